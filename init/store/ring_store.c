/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The promises of store.h and dumps.h, kept by a ring.
 */
#include "store/dumps.h"
#include "store/ring_write.h"
#include "store/store_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

unsigned int ring_store_index(const char *file)
{
	unsigned int i = layout_index(file);

	if (i >= RING_FILES)
		return i == LAYOUT_IS_SEALED_MEMORY ? LAYOUT_IS_MEMORY : LAYOUT_IS_LOG;
	return i;
}

int ring_store_make(struct store *s, int64_t seconds)
{
	const struct ring *ring = s->ring;
	uint32_t highest = ring->dumps > 0 ? ring->dump[ring->dumps - 1].number : 0;
	int r;

	s->number = highest + (highest < LAYOUT_NUMBER_MAX);
	layout_name(s->wish, sizeof(s->wish), s->number, seconds);
	r = ring_make(s->ring, s->number, seconds);
	if (r == 0)
		snprintf(s->name, sizeof(s->name), "%s", s->wish);
	return r;
}

/* Where a text ends is told by where its descriptor stands; of the memory parts are written in any
 * order, beside the descriptor's place. */
int ring_store_commit(struct store *s, const char *file, int fd)
{
	unsigned int index = ring_store_index(file);
	uint64_t first = ring_offset(s->ring, &s->ring->own, index);
	off_t end = lseek(fd, 0, SEEK_CUR);
	uint64_t size = index == LAYOUT_IS_MEMORY ? s->memory_bytes : (uint64_t)end - first;
	int r = end < 0 ? -errno : 0;

	close(fd); /* a device has nothing to say there that fsync does not */
	return r != 0 ? r : ring_commit(s->ring, index, size, NULL);
}

int ring_store_text(struct store *s, const char *text, size_t size)
{
	int r = ring_drop(s->ring, LAYOUT_IS_STATUS);

	return r != 0 ? r : ring_commit(s->ring, LAYOUT_IS_STATUS, size, text);
}
