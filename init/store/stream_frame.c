/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames to bytes and back.
 */
#include "store/stream_frame.h"

#include "base/bytes.h"
#include "output/crc.h"

enum { MARK = 0x646b, SUM = STREAM_HEAD - 4 /* of all before it, and of the data */ };

static uint32_t sum_of(const uint8_t *head, const void *data, uint32_t size)
{
	uint32_t crc = crc_update(0, head, SUM);

	return size > 0 ? crc_update(crc, data, size) : crc;
}

void stream_pack(uint8_t head[STREAM_HEAD], const struct stream_frame *f, const void *data)
{
	bytes_put(head, 2, MARK);
	head[2] = f->kind;
	head[3] = f->file;
	bytes_put(head + 4, 4, f->sequence);
	bytes_put(head + 8, 8, f->at);
	bytes_put(head + 16, 4, f->extra);
	bytes_put(head + 20, 4, f->size);
	bytes_put(head + SUM, 4, sum_of(head, data, f->size));
}

bool stream_unpack(const uint8_t head[STREAM_HEAD], struct stream_frame *f)
{
	f->kind = head[2];
	f->file = head[3];
	f->sequence = bytes_get32(head + 4);
	f->at = bytes_get(head + 8, 8);
	f->extra = bytes_get32(head + 16);
	f->size = bytes_get32(head + 20);
	return bytes_get16(head) == MARK && f->size <= STREAM_PIECE;
}

bool stream_is_whole(const uint8_t head[STREAM_HEAD], const struct stream_frame *f,
		     const void *data)
{
	return bytes_get32(head + SUM) == sum_of(head, data, f->size);
}
