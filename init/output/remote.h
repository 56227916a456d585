/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What takes the bytes of a file that is not on this machine: the connection to whoever writes it.
 */
#ifndef OUTPUT_REMOTE_H
#define OUTPUT_REMOTE_H

#include <stddef.h>
#include <stdint.h>

struct remote {
	/*
	 * Sends SIZE bytes that belong at the offset AT of the file; what is never sent there is
	 * zero. Returns 0 or -errno, and may wait for as long as the network does.
	 */
	int (*put)(struct remote *r, const void *data, size_t size, uint64_t at);
};

#endif
