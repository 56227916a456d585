/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a device that may have bad blocks: each of them costs itself.
 */
#include "cli/ring_copy.h"

#include "base/io.h"
#include "output/crc.h"
#include "output/zero.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 * 1024 };

/* Zeros become holes, as far as the filesystem keeps them. FD is -1 where nothing is made. */
static int put(int fd, const uint8_t *piece, size_t size)
{
	if (fd < 0)
		return 0;
	if (!zero_is(piece, size))
		return io_write(fd, piece, size);
	return lseek(fd, (off_t)size, SEEK_CUR) < 0 ? -errno : 0;
}

/* Reads as much as can be had. Returns how many bytes of it are zeros, for blocks that cannot. */
static uint64_t read_piece(const struct ring *r, const struct ring_dump *d, unsigned int file,
			   uint64_t at, uint8_t *piece, size_t size)
{
	uint64_t lost = 0;

	if (ring_read(r, d, file, at, piece, size) == 0)
		return 0;
	for (size_t i = 0; i < size; i += RING_BLOCK) {
		size_t n = size - i < RING_BLOCK ? size - i : RING_BLOCK;

		if (ring_read(r, d, file, at + i, piece + i, n) == 0)
			continue;
		memset(piece + i, 0, n);
		lost += n;
	}
	return lost;
}

int ring_copy(const struct ring *ring, const struct ring_dump *d, unsigned int file, int fd,
	      uint32_t *crc, uint64_t *lost)
{
	static _Alignas(uint64_t) uint8_t piece[PIECE];
	int r = 0;

	*crc = 0;
	*lost = 0;
	for (uint64_t at = 0; at < d->size[file] && r == 0;) {
		uint64_t left = d->size[file] - at;
		size_t n = left < PIECE ? (size_t)left : PIECE;

		*lost += read_piece(ring, d, file, at, piece, n);
		r = put(fd, piece, n);
		*crc = crc_update(*crc, piece, n);
		at += n;
	}
	if (r == 0 && fd >= 0 && ftruncate(fd, (off_t)d->size[file]) != 0)
		r = -errno;
	return r;
}
