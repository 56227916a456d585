/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a file as a stream, and unpacks it on the way where it begins as gzip's files do (RFC
 * 1952). Another packing is told from none, and not unpacked.
 */
#ifndef CLI_GUNZIP_H
#define CLI_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZLIB_CONST
#include <zlib.h>

enum { GUNZIP_INPUT = 8192, GUNZIP_MEMORY = 64 * 1024 };

struct gunzip {
	int fd; /* the caller's, read from where it stands */
	bool packed, ended;
	uint32_t crc;
	uint64_t size; /* of what was unpacked so far */
	z_stream z;
	size_t taken; /* of the memory, by inflate */
	uint8_t input[GUNZIP_INPUT];
	_Alignas(16) uint8_t memory[GUNZIP_MEMORY];
};

/*
 * Begins with the file FD. Returns 0; -ENOTSUP when it is packed by something else, whose name is
 * in *PACKING then; -EBADMSG when its head is torn; or the -errno of a read.
 */
int gunzip_begin(struct gunzip *g, int fd, const char **packing);

/*
 * Reads SIZE bytes. Returns how many there were, fewer only at the end, which was the right one; or
 * -EBADMSG when the file is torn or its checksum is wrong, or the -errno of a read.
 */
int64_t gunzip_read(struct gunzip *g, uint8_t *into, size_t size);

#endif
