/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of a stream, as README.md lists their bytes: what both sides have to agree on.
 */
#ifndef STORE_STREAM_FRAME_H
#define STORE_STREAM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STREAM_VERSION = 1,
	STREAM_HEAD = 28,	   /* bytes of a frame before its data */
	STREAM_PIECE = 256 * 1024, /* bytes of data at most */
};

enum stream_kind {
	STREAM_MAKE = 1, /* FILE: the version; AT: the time of the crash */
	STREAM_PUT,	 /* data of FILE that belong AT */
	STREAM_COMMIT,	 /* FILE has AT bytes, and is to get its name */
	STREAM_DROP,	 /* FILE, and a status, are to go */
	STREAM_ANSWER,	 /* FILE: an enum stream_answer; AT: bytes of room; EXTRA: the dump's number
			  */
};

/* Numbers of their own: errno has others on other machines. */
enum stream_answer { STREAM_DONE, STREAM_NO_SPACE, STREAM_FAILED, STREAM_REFUSED, STREAM_ANSWERS };

struct stream_frame {
	uint8_t kind, file;
	uint32_t sequence; /* of the frame, from 0; of an answer that of the frame it answers */
	uint64_t at;
	uint32_t extra;
	uint32_t size; /* of the data behind it */
};

/* Puts the head of F, whose data are DATA, at HEAD, with the checksum of both. */
void stream_pack(uint8_t head[STREAM_HEAD], const struct stream_frame *f, const void *data);

/* Reads a head. False where it is none, or has more data than there may be. */
bool stream_unpack(const uint8_t head[STREAM_HEAD], struct stream_frame *f);

/* Are head and data as they were sent? F is the unpacked head. */
bool stream_is_whole(const uint8_t head[STREAM_HEAD], const struct stream_frame *f,
		     const void *data);

#endif
