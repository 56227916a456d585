/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names in a directory, one after the other, without the heap that opendir(3) wants.
 */
#ifndef BASE_DIRLIST_H
#define BASE_DIRLIST_H

#include <stddef.h>
#include <stdint.h>

enum { DIRLIST_BYTES = 2048 };

struct dirlist {
	int fd;		    /* the caller's, and read from its present position */
	int error;	    /* -errno of the read that ended the list, or 0 */
	unsigned char type; /* of the last name: DT_REG, DT_DIR ..., DT_UNKNOWN (getdents(2)) */
	size_t used, at;
	_Alignas(uint64_t) char block[DIRLIST_BYTES];
};

void dirlist_begin(struct dirlist *d, int fd);

/* The same of the directory PATH; one that cannot be opened has no names. */
void dirlist_open(struct dirlist *d, const char *path);

/* Ends what dirlist_open has begun. */
void dirlist_close(struct dirlist *d);

/*
 * The next name, without "." and "..", valid until the next call; NULL at the end, or after an
 * error that is then in d->error.
 */
const char *dirlist_next(struct dirlist *d);

#endif
