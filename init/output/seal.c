/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last chunk is marked in its nonce, and has content unless it is the only one: so a chunk that
 * is full waits until more comes.
 */
#include "output/seal.h"

#include <errno.h>
#include <string.h>

#ifdef WITH_SEAL

int seal_begin(struct seal_stream *s, struct seal *keys,
	       int (*put)(void *arg, const uint8_t *data, size_t size), void *arg)
{
	struct age_secret secret;
	uint8_t header[AGE_HEADER];
	size_t size;

	s->chunk = 0;
	s->used = 0;
	s->put = put;
	s->arg = arg;
	age_secret_of(keys->root, keys->file++, &secret);
	size = age_begin(&s->age, keys->recipients, keys->count, &secret, header);
	return size > 0 ? put(arg, header, size) : -ENOKEY;
}

static int put_chunk(struct seal_stream *s, bool last)
{
	size_t size = s->used;

	age_chunk(&s->age, s->chunk++, last, s->data, size);
	s->used = 0;
	return s->put(s->arg, s->data, size + AGE_TAG);
}

int seal_write(struct seal_stream *s, const uint8_t *data, uint64_t size)
{
	int r = 0;

	while (size > 0 && r == 0) {
		uint32_t room = AGE_CHUNK - s->used;
		uint32_t n = size < room ? (uint32_t)size : room;

		if (room == 0) {
			r = put_chunk(s, false);
			continue;
		}
		if (data == NULL) {
			memset(s->data + s->used, 0, n);
		} else {
			memcpy(s->data + s->used, data, n);
			data += n;
		}
		s->used += n;
		size -= n;
	}
	return r;
}

int seal_skip(struct seal_stream *s, uint64_t count)
{
	int r = s->used > 0 ? put_chunk(s, false) : 0;

	s->chunk += count;
	return r;
}

int seal_end(struct seal_stream *s)
{
	return put_chunk(s, true);
}

uint64_t seal_size(const struct seal *keys, uint64_t size)
{
	return keys == NULL ? size : age_size(keys->count, size);
}

uint64_t seal_content(const struct seal *keys, uint64_t size)
{
	uint64_t empty;

	if (keys == NULL)
		return size;
	empty = age_size(keys->count, 0);
	if (size <= empty)
		return 0;
	size -= empty;
	return size - size / (AGE_CHUNK + AGE_TAG) * AGE_TAG;
}

#endif
