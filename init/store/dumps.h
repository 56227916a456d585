/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dumps that lie in a path, as the names in them tell. Only what has the name of a dump and is
 * a directory is looked at; links are not followed, and nothing is changed. However many there are,
 * each costs the same few calls: open, fstat, the list of its names, close.
 */
#ifndef STORE_DUMPS_H
#define STORE_DUMPS_H

#include "store/layout.h"
#include "store/store.h"

#include <stdbool.h>

struct ring_dump;
struct status_text;

/* What a dump is, from nothing of ours to what must not be lost. */
enum dump_kind {
	DUMP_NOTHING,
	DUMP_LOG,	 /* files of a dump, no memory */
	DUMP_UNFINISHED, /* the memory; the capture was interrupted before the status */
	DUMP_PARTIAL,	 /* as much of the memory as could be believed */
	DUMP_COMPLETE,
};

/* The files of a dump as a set: bit I is layout_files[I]. */
enum {
	DUMP_HAS_STATUS = 1 << LAYOUT_IS_STATUS,
	DUMP_HAS_MEMORY = 1 << LAYOUT_IS_MEMORY | 1 << LAYOUT_IS_SEALED_MEMORY,
	DUMP_HAS_LOG = 1 << LAYOUT_IS_LOG | 1 << LAYOUT_IS_SEALED_LOG,
};

struct dump {
	char name[STORE_NAME];
	int fd;				/* of the directory, while it is looked at; in a ring -1 */
	const struct ring_dump *header; /* its header in a ring, else NULL */
	bool foreign;		 /* a run like ours did not make it: its names were not read */
	unsigned int files;	 /* that are there and regular */
	unsigned int incomplete; /* the same of those that were being written */
	bool records;		 /* a directory of records is there */
	unsigned int others;	 /* how many other names there are */
};

/*
 * Calls LOOK with each dump but the one being made; what cannot be looked at is left out, and so
 * never taken for less than it is. Returns 0, or the -errno of the list.
 */
int dumps_each(const struct store *s, void (*look)(void *arg, struct dump *d), void *arg);

/* Opens the dump called NAME, and reads what is in it. Returns 0, D->fd being open, or -errno. In a
 * ring nothing is opened, and D->fd is -1. */
int dumps_open(const struct store *s, const char *name, struct dump *d);

/* Reads the status of D. Returns as status_load. */
int dumps_status(const struct store *s, const struct dump *d, struct status_text *t);

/* What a dump is that has its memory, by its status; T is NULL where there is none. */
enum dump_kind dumps_kind(const struct status_text *t);

/* What the one being made is. */
enum dump_kind dumps_present(const struct store *s);

#endif
