/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of a dump in a ring, read from its beginning to its end.
 */
#ifndef CLI_RING_COPY_H
#define CLI_RING_COPY_H

#include "store/ring.h"

/*
 * Copies FILE of D to FD, or only reads it where that is -1; zeros become holes. Sets *CRC to its
 * CRC-32, and *LOST to how many bytes of it cannot be read, which are zeros then. Returns 0, or the
 * -errno of a write.
 */
int ring_copy(const struct ring *ring, const struct ring_dump *d, unsigned int file, int fd,
	      uint32_t *crc, uint64_t *lost);

#endif
