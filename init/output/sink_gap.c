/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of the file that is written when the rest behind it is under way. Each chunk of a sealed
 * file is sealed by itself, under its number, so they can come in any order; but their ends are
 * not on the grid of blocks, and O_DIRECT writes nothing else. So the gap takes over the bytes of
 * its first block that belong to what is before it, and at the end gets those of its last block
 * that belong to what is behind.
 */
#include "output/crc.h"
#include "output/sink_parts.h"

#include <errno.h>
#include <string.h>

enum { SEALED_CHUNK = AGE_CHUNK + AGE_TAG };

/* The bytes at the end of the buffer that are not a whole block go to that of the gap. */
static void take_over(struct sink *s, struct sink_sealed *e)
{
	struct sink_buffer *b = &s->writer.buffer[s->filling];
	struct sink_run *last = b->runs > 0 ? &b->run[b->runs - 1] : NULL;
	uint32_t size = (uint32_t)(s->end % SINK_BLOCK);

	e->used = size;
	if (size == 0)
		return;
	if (last == NULL || last->size < size) { /* there was an error before */
		sink_fail(s, -EIO);
		return;
	}
	b->used -= size;
	last->size -= size;
	b->runs -= last->size == 0;
	s->summed = b->used;
	memcpy(e->fill, b->data + b->used, size);
}

void sink_gap(struct sink *s, uint64_t size)
{
	struct sink_sealed *e = SEALED_ONLY(s->options.sealed);
	struct sink_gap *g = &s->gap;

	s->position += size;
	if (e != NULL) {
		sink_fail(s, seal_skip(&e->stream, size / AGE_CHUNK));
		e->chunk = e->stream.chunk - size / AGE_CHUNK;
		size = size / AGE_CHUNK * SEALED_CHUNK;
	}
	sink_sum_up(s);
	*g = (struct sink_gap){.from = s->end, .size = size, .at = s->end, .before = s->crc32};
	s->crc32 = 0;
	if (e != NULL && size > 0 && s->writer.error == 0) {
		take_over(s, e);
		g->at -= e->used;
		e->behind = (uint32_t)(-(s->end + size) % SINK_BLOCK);
	}
	s->end += size;
}

size_t sink_keep_behind(struct sink *s, const uint8_t *data, size_t size)
{
	struct sink_sealed *e = s->options.sealed;
	size_t left = e->behind - e->behind_used;

	if (left == 0)
		return 0;
	size = size < left ? size : left;
	memcpy(e->after + e->behind_used, data, size);
	s->crc32 = crc_update(s->crc32, data, size);
	e->behind_used += (uint32_t)size;
	s->end += size;
	s->written += size;
	return size;
}

static int write_blocks(struct sink *s, const uint8_t *data, size_t size)
{
	struct sink_gap *g = &s->gap;
	int r = s->writer.error;

	while (size > 0 && r == 0) {
		size_t n = size;
		uint64_t at = sink_place_of(s, g->at, &n);

		r = file_write(&s->writer.file, data, n, at);
		data += n;
		g->at += n;
		size -= n;
	}
	return r;
}

/* One chunk more; what is not a whole block of it waits. */
static int fill_sealed(struct sink *s, struct sink_sealed *e, const uint8_t *data)
{
	uint8_t *to = e->fill + e->used;
	size_t whole;
	int r;

	memcpy(to, data, AGE_CHUNK);
	age_chunk(&e->stream.age, e->chunk++, false, to, AGE_CHUNK);
	s->gap.crc = crc_update(s->gap.crc, to, SEALED_CHUNK);
	s->gap.filled += SEALED_CHUNK;
	e->used += SEALED_CHUNK;
	whole = e->used - e->used % SINK_BLOCK;
	r = write_blocks(s, e->fill, whole);
	e->used -= (uint32_t)whole;
	memmove(e->fill, e->fill + whole, e->used);
	return r;
}

int sink_fill(struct sink *s, const uint8_t *data, size_t size)
{
	struct sink_sealed *e = SEALED_ONLY(s->options.sealed);
	int r = s->writer.error;

	if (e == NULL) {
		s->gap.crc = crc_update(s->gap.crc, data, size);
		s->gap.filled += size;
		return write_blocks(s, data, size);
	}
	for (; size > 0 && r == 0; size -= AGE_CHUNK, data += AGE_CHUNK)
		r = fill_sealed(s, e, data);
	return r;
}

/* What was not filled in is zeros: it is a hole of the file, or nothing of it will be used. */
void sink_close_gap(struct sink *s)
{
	const struct sink_gap *g = &s->gap;
	struct sink_sealed *e = SEALED_ONLY(s->options.sealed);
	uint32_t crc = crc_join(g->before, crc_zeros(g->crc, g->size - g->filled), g->size);

	if (e != NULL && g->size > 0 && e->used > 0 && g->filled == g->size) {
		memcpy(e->fill + e->used, e->after, e->behind_used);
		memset(e->fill + e->used + e->behind_used, 0,
		       SINK_BLOCK - e->used - e->behind_used);
		sink_fail(s, write_blocks(s, e->fill, SINK_BLOCK));
	}
	s->crc32 = crc_join(crc, s->crc32, s->end - g->from - g->size);
}
