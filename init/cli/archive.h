/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files in an archive that a kernel boots from (initramfs): cpio of the kind "newc", plain or
 * packed by gzip.
 */
#ifndef CLI_ARCHIVE_H
#define CLI_ARCHIVE_H

#include "cli/gunzip.h"

enum { ARCHIVE_NAME = 256 };

struct archive {
	struct gunzip stream;
	uint64_t left; /* of the present file's content */
	unsigned int padding;
};

struct archive_entry {
	char name[ARCHIVE_NAME]; /* without a leading "./" or "/", cut where it is longer */
	uint32_t mode;		 /* as st_mode of stat(2) */
	uint64_t size;		 /* bytes of content */
};

/* As gunzip_begin. */
int archive_open(struct archive *a, int fd, const char **packing);

/*
 * Goes on to the next file. Returns 1 with *E filled; 0 at the end; -EBADMSG when the archive is
 * torn, or is none; or the -errno of a read.
 */
int archive_next(struct archive *a, struct archive_entry *e);

/* Reads up to SIZE bytes of the present file's content. Returns how many, or as archive_next. */
int64_t archive_read(struct archive *a, void *into, size_t size);

#endif
