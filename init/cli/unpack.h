/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacks a file by the program that is here for its packing: xz, zstd, lz4, bzip2 or lzop, or else
 * bsdtar, which turns an archive into one that is not packed.
 */
#ifndef CLI_UNPACK_H
#define CLI_UNPACK_H

#include <sys/types.h>

struct unpack {
	int fd; /* the content is read from it; the caller's until unpack_end */
	pid_t pid;
};

/* Starts to unpack the file FD, from its begin. PACKING is as gunzip_begin has it. Returns 0 or
 * -errno. */
int unpack_begin(struct unpack *u, int fd, const char *packing);

/*
 * Ends that. Returns 0 when all was unpacked, and read; -ENOENT when there is no such program, and
 * nothing was; -EBADMSG when it failed, as it does with a torn file, or was ended early.
 */
int unpack_end(struct unpack *u);

/* The name of the program for PACKING. */
const char *unpack_program(const char *packing);

#endif
