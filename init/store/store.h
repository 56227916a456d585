/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transaction that makes a dump: a new numbered directory in which each file is written
 * under the name FILE-incomplete, fsynced, renamed, and its directory fsynced. A final name is
 * never on anything that is not whole and durable.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_NAME = 32, STORE_LOOSE = 0022 /* S_IWGRP and S_IWOTH: others may write */ };

struct store {
	struct ring
		*ring; /* the caller's: there is no filesystem, and nothing has a name; or NULL */
	struct stream *stream;		    /* the same: all of it is on another machine; or NULL */
	uint64_t memory_bytes;		    /* of LAYOUT_MEMORY in both; the caller's to set */
	int path_fd;			    /* the directory that holds the dumps */
	int dump_fd;			    /* the directory of this one */
	unsigned int number;		    /* NNNN */
	char name[STORE_NAME];		    /* NNNN-YYYYMMDDThhmmssZ, or "" before it is made */
	char wish[STORE_NAME];		    /* the same, once that was tried */
	bool fat;			    /* the filesystem is FAT */
	unsigned int owner;		    /* of what this run makes, as the filesystem shows it */
	unsigned int loose_dir, loose_file; /* of its modes what says nothing there */
	volatile uint32_t *progress;	    /* counted up with each name, or NULL; the caller's */
};

/*
 * Opens PATH (absolute, no "..") inside the directory ROOT_FD, making what is missing (0700).
 * Symbolic links are not followed. Returns 0, or -errno after which nothing needs to be closed.
 */
int store_open(struct store *s, int root_fd, const char *path);
void store_open_ring(struct store *s, struct ring *ring); /* the same there; cannot fail */
void store_open_stream(struct store *s, struct stream *stream);

/* Opens NAME in the directory AT, and makes it first if it is missing, durably. fd or -errno. */
int store_directory(int at, const char *name);

/*
 * Makes in it a directory for a crash at TIME (seconds since 1970; negative: not known). Returns
 * 0, or -errno; then it may be tried again, or store_end called. */
int store_make(struct store *s, int64_t time);

/* Opens FILE-incomplete, new and empty, 0600, for writing. Returns a descriptor or -errno. */
int store_create(struct store *s, const char *file);

/*
 * Makes FILE durable and gives it its name: fsync, close, rename, fsync of the directory. FD
 * is closed in any case. Returns 0 or the first -errno, and what has no room is removed; then the
 * name FILE is not there, or, where even its taking back failed, stands on a file that is whole.
 */
int store_commit(struct store *s, const char *file, int fd);

/* Closes FD and removes FILE-incomplete, which nobody will want. Returns 0 or -errno. */
int store_discard(struct store *s, const char *file, int fd);

/*
 * Removes FILE, which was committed, for good; before it the status, should that have got its name
 * and then neither become durable nor given it back. Returns 0 or -errno. */
int store_remove(struct store *s, const char *file);

/*
 * Bytes that may be taken there so that FREE are left for everybody (with 0 those that are
 * reserved for root, too), and that a file can have. What cannot be known is UINT64_MAX.
 */
void store_room(const struct store *s, uint64_t free, uint64_t *room, uint64_t *limit);

/* The three in one, for small texts. */
int store_text(struct store *s, const char *file, const char *text, size_t size);
int store_sync(const struct store *s); /* the new directory in its parent, durably: 0 or -errno */
void store_drop(struct store *s);      /* removes one that is empty */

/* Closes the directories. Returns 0 or the first -errno of close. */
int store_end(struct store *s);

#endif
