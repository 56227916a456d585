/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The promises of store.h, kept by whoever takes a stream.
 */
#include "store/layout.h"
#include "store/store_parts.h"
#include "store/stream.h"

#include <unistd.h>

/* The number is theirs, and so is the name, which is made of it in the same way. */
int stream_store_make(struct store *s, int64_t seconds)
{
	int r = stream_make(s->stream, seconds);

	s->number = s->stream->number;
	layout_name(s->wish, sizeof(s->wish), s->number, seconds);
	if (r == 0)
		layout_name(s->name, sizeof(s->name), s->number, seconds);
	return r;
}

/* The memory may end with zeros, which nobody sent. */
int stream_store_commit(struct store *s, const char *file, int fd)
{
	unsigned int index = layout_index(file);
	bool memory = index == LAYOUT_IS_MEMORY || index == LAYOUT_IS_SEALED_MEMORY;

	close(fd); /* a copy of the connection's */
	return stream_commit(s->stream, index, memory ? s->memory_bytes : s->stream->end);
}
