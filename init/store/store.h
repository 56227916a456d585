/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transaction that makes a dump: a new numbered directory in which each file is written
 * under the name FILE-incomplete, fsynced, renamed, and its directory fsynced. A final name is
 * never on anything that is not whole and durable.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

enum { STORE_NAME = 32 };

struct store {
	int path_fd;	       /* the directory that holds the dumps */
	int dump_fd;	       /* the directory of this one */
	unsigned int number;   /* NNNN */
	char name[STORE_NAME]; /* NNNN-YYYYMMDDThhmmssZ, or "" before it is made */
	volatile uint32_t
		*progress; /* counted up with each dump looked at, or NULL; the caller's */
};

/*
 * Opens PATH (absolute, no "..") inside the directory ROOT_FD, making what is missing (0700).
 * Symbolic links are not followed. Returns 0, or -errno after which nothing needs to be closed.
 */
int store_open(struct store *s, int root_fd, const char *path);

/*
 * Makes in it a directory for a crash at TIME (seconds since 1970; negative: not known). Returns
 * 0, or -errno; then it may be tried again, or store_end called.
 */
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
 * Is FILE in the directory of a dump, and of it? What is no regular file is none of ours. Returns 1
 * and, unless BYTES is NULL, how many bytes it takes on the disk; 0; or -errno.
 */
int store_has(int dump_fd, const char *file, uint64_t *bytes);

/* Removes FILE, which was committed, in a dump that is not complete yet. Returns 0 or -errno. */
int store_remove(struct store *s, const char *file);

/*
 * Bytes that may be taken there so that FREE are left for everybody (with 0 those that are
 * reserved for root, too), and that a file can have. What cannot be known is UINT64_MAX.
 */
void store_room(const struct store *s, uint64_t free, uint64_t *room, uint64_t *limit);

/* The three in one, for small texts. */
int store_text(struct store *s, const char *file, const char *text, size_t size);

/* Makes the new directory itself durable in its parent. Returns 0 or -errno. */
int store_sync(const struct store *s);

/* Removes the directory of the dump if there is nothing in it. */
void store_drop(struct store *s);

/* Closes the directories. Returns 0 or the first -errno of close. */
int store_end(struct store *s);

#endif
