/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dumps that lie in a path, as their names and files tell. Only what has the name of a dump
 * and is a directory is looked at; links are not followed, and nothing is changed.
 */
#ifndef STORE_DUMPS_H
#define STORE_DUMPS_H

#include "store/store.h"

#include <stdbool.h>

enum { DUMPS_MAX = 16384 /* are looked at, so that it ends */ };

/* What is in the directory, from nothing of ours to what must not be lost. */
enum dump_kind {
	DUMP_NOTHING,
	DUMP_LOG,	 /* files of a dump, no memory */
	DUMP_UNFINISHED, /* the memory; the capture was interrupted before the status */
	DUMP_PARTIAL,	 /* as much of the memory as could be believed */
	DUMP_COMPLETE,
};

struct dump {
	char name[STORE_NAME];
	enum dump_kind kind;
	bool status;
	unsigned int of_day; /* of the status: which dump of its day it is; 0: not told */
	uint64_t bytes;	     /* that its memory takes on the disk */
};

/*
 * Calls LOOK with each dump but the one being made, and its directory; what cannot be looked at
 * is left out, and so never taken for less than it is. Returns 0; -errno of the
 * list; -E2BIG, some not having been looked at, when there are more than DUMPS_MAX.
 */
int dumps_each(const struct store *s, void (*look)(void *arg, const struct dump *d, int dump_fd),
	       void *arg);

/* Of the one being made. */
enum dump_kind dumps_present(const struct store *s);

#endif
