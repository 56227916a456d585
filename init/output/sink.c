/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers that are filled in turn. A buffer is a list of runs, so scattered pages between holes
 * still travel in large batches.
 */
#include "output/sink.h"

#include "output/crc.h"
#include "output/sink_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { COPY_BYTES = 16 * 1024 };

/*
 * Takes the CRC of the buffer up to END: of the copy, since devices of the crashed kernel may
 * still be writing to the original.
 */
static void sum_up_to(struct sink *s, uint32_t end)
{
	const struct sink_buffer *b = &s->writer.buffer[s->filling];

	s->crc32 = crc_update(s->crc32, b->data + s->summed, end - s->summed);
	s->summed = end;
}

void sink_sum_up(struct sink *s)
{
	sum_up_to(s, s->writer.buffer[s->filling].used);
}

/* Sends the buffer off and takes the next one. Returns the first error so far. */
static int hand_over(struct sink *s)
{
	s->summed = 0;
	writer_put(&s->writer, s->filling);
	s->filling = (s->filling + 1) % SINK_BUFFERS;
	return writer_take(&s->writer, s->filling);
}

int sink_start(struct sink *s, int fd, const struct sink_options *options, uint8_t *reserve)
{
	struct sink_sealed *sealed = SEALED_ONLY(options->sealed);
	uint64_t size = options->expected_size;

	memset(s, 0, sizeof(*s));
	s->options = *options;
	for (unsigned int i = 0; i < SINK_BUFFERS; i++)
		s->writer.buffer[i].data = reserve + i * (size_t)SINK_BUFFER_BYTES;
	if (sealed != NULL && size > 0)
		size = seal_size(sealed->keys, size);
	if (options->sparse && size > 0 && options->remote == NULL &&
	    ftruncate(fd, (off_t)size) != 0)
		return -errno;
	writer_begin(&s->writer, fd, options->direct, options->progress);
	s->writer.file.reading = options->reading;
	s->writer.file.remote = options->remote;
	if (sealed != NULL) {
		sealed->behind = sealed->behind_used = 0;
		sink_fail(s, seal_begin(&sealed->stream, sealed->keys, sink_append, s));
	}
	return 0;
}

uint64_t sink_place_of(const struct sink *s, uint64_t at, size_t *size)
{
	const struct sink_ring *ring = s->options.ring;

	if (ring == NULL)
		return at;
	at += ring->first;
	if (at >= ring->end)
		at -= ring->end - ring->begin;
	if (*size > ring->end - at)
		*size = (size_t)(ring->end - at);
	return at;
}

/* Is there no room in the ring for SIZE bytes more? */
static bool is_full(const struct sink *s, uint64_t size)
{
	const uint64_t *room = s->options.room;

	return room != NULL && s->end + size > *room;
}

/* The run that the next byte belongs to, which is at AT, with room for it, or NULL with *ERROR set.
 */
static struct sink_run *open_run(struct sink *s, uint64_t at, int *error)
{
	struct sink_buffer *b = &s->writer.buffer[s->filling];
	struct sink_run *last = b->runs > 0 ? &b->run[b->runs - 1] : NULL;
	bool joins = last != NULL && last->offset + last->size == at;

	if (b->used == SINK_BUFFER_BYTES || (!joins && b->runs == SINK_RUNS)) {
		sink_sum_up(s);
		*error = hand_over(s);
		if (*error != 0)
			return NULL;
		b = &s->writer.buffer[s->filling];
		joins = false;
	}
	if (joins)
		return last;
	b->run[b->runs] = (struct sink_run){.offset = at, .start = b->used};
	return &b->run[b->runs++];
}

/*
 * Copies N bytes, or as many zeros where DATA is NULL, behind what the buffer has. Pages are added
 * to the CRC on the way; smaller pieces once there are more of them, since each costs a little.
 */
static void copy_in(struct sink *s, const uint8_t *data, size_t n)
{
	struct sink_buffer *b = &s->writer.buffer[s->filling];
	uint8_t *copy = b->data + b->used;

	if (data != NULL && n >= SINK_BLOCK && s->summed == b->used) {
		s->crc32 = crc_copy(s->crc32, copy, data, n);
		b->used += (uint32_t)n;
		s->summed = b->used;
		return;
	}
	if (data == NULL)
		memset(copy, 0, n);
	else
		memcpy(copy, data, n);
	b->used += (uint32_t)n;
	if (b->used - s->summed >= COPY_BYTES) /* still in the cache; words are faster */
		sum_up_to(s, b->used & ~(uint32_t)(sizeof(uint64_t) - 1));
}

int sink_append(void *sink, const uint8_t *data, size_t size)
{
	struct sink *s = sink;
	int r;

	if (is_full(s, size))
		sink_fail(s, -EFBIG);
	if (SEALED_ONLY(s->options.sealed) != NULL) {
		size_t kept = sink_keep_behind(s, data, size);

		data += kept;
		size -= kept;
	}
	r = s->writer.error;
	while (size > 0 && r == 0) {
		size_t n = size < COPY_BYTES ? size : COPY_BYTES;
		struct sink_run *run = open_run(s, sink_place_of(s, s->end, &n), &r);
		size_t room = SINK_BUFFER_BYTES - s->writer.buffer[s->filling].used;

		if (run == NULL)
			break;
		if (n > room)
			n = room;
		copy_in(s, data, n);
		if (data != NULL)
			data += n;
		run->size += (uint32_t)n;
		s->end += n;
		s->written += n;
		size -= n;
	}
	return r;
}

/* Appends SIZE bytes of content, or zeros where DATA is NULL. */
static int append(struct sink *s, const uint8_t *data, uint64_t size)
{
	struct sink_sealed *sealed = SEALED_ONLY(s->options.sealed);
	int r = s->writer.error;

	s->position += size;
	if (sealed != NULL)
		return r == 0 ? seal_write(&sealed->stream, data, size) : r;
	for (; size > COPY_BYTES && data == NULL && r == 0; size -= COPY_BYTES)
		r = sink_append(s, NULL, COPY_BYTES);
	return r == 0 ? sink_append(s, data, (size_t)size) : r;
}

int sink_write(struct sink *s, const uint8_t *data, size_t size)
{
	return append(s, data, size);
}

/* A hole begins and ends on the block grid, or O_DIRECT could not write the runs beside it. */
int sink_zeros(struct sink *s, uint64_t size)
{
	bool aligned = s->position % SINK_BLOCK == 0 && size % SINK_BLOCK == 0;

	if (!aligned || !s->options.sparse || SEALED_ONLY(s->options.sealed) != NULL)
		return append(s, NULL, size);
	sink_sum_up(s);
	s->crc32 = crc_zeros(s->crc32, size);
	s->position += size;
	s->end += size;
	return s->writer.error;
}

void sink_fail(struct sink *s, int error)
{
	if (s->writer.error == 0)
		s->writer.error = error;
}

/* O_DIRECT writes whole blocks: the last run is padded, and ftruncate takes that back. */
static void pad_last(struct sink *s)
{
	struct sink_buffer *b = &s->writer.buffer[s->filling];
	uint32_t pad = (SINK_BLOCK - b->used % SINK_BLOCK) % SINK_BLOCK;

	if (b->runs == 0 || !s->options.direct)
		return;
	memset(b->data + b->used, 0, pad);
	b->used += pad;
	b->run[b->runs - 1].size += pad;
}

int sink_finish(struct sink *s)
{
	struct sink_sealed *sealed = SEALED_ONLY(s->options.sealed);
	int r;

	if (sealed != NULL && s->writer.error == 0)
		sink_fail(s, seal_end(&sealed->stream));
	sink_sum_up(s);
	pad_last(s);
	writer_put(&s->writer, s->filling);
	sink_close_gap(s);
	r = writer_end(&s->writer);
	if (r == 0 && s->options.ring == NULL && s->options.remote == NULL &&
	    ftruncate(s->writer.file.fd, (off_t)s->end) != 0)
		r = -errno;
	return r;
}
