/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of a file that comes later than what is behind it, and what a sealed file takes for that.
 * A part of sink.h.
 */
#ifndef OUTPUT_SINK_GAP_H
#define OUTPUT_SINK_GAP_H

#include "output/seal.h"
#include "output/sink_buffer.h"

struct sink;

/* What a file takes that is sealed, the caller's until sink_finish. KEYS is the caller's to set. */
struct sink_sealed {
	struct seal *keys;
	struct seal_stream stream;
	/* Of a gap: chunks on their way to it, and the bytes behind it that share its last block.
	 */
	uint64_t chunk;
	uint32_t used, behind, behind_used;
	uint8_t after[SINK_BLOCK];
	_Alignas(SINK_BLOCK) uint8_t fill[AGE_CHUNK + 2 * SINK_BLOCK];
};

/* What was left out of the file, to come later; bytes of the file. */
struct sink_gap {
	uint64_t from, size, filled;
	uint64_t at;	      /* where the next block of it goes */
	uint32_t before, crc; /* the CRC-32 of all before it, and of what was filled in */
};

/*
 * Leaves SIZE bytes out, once in a file: they come by sink_fill, in order, while the rest flows.
 * Position and SIZE are multiples of the grain, and content has to follow.
 */
void sink_gap(struct sink *s, uint64_t size);

/*
 * The next SIZE bytes of the gap are written, at once and past the buffers; SIZE is a multiple of
 * the grain, DATA one of SINK_BLOCK. The position stays as it is. As sink_write.
 */
int sink_fill(struct sink *s, const uint8_t *data, size_t size);

/* The grain of gaps, in a file that is sealed or not. */
#ifdef WITH_SEAL
#define SINK_GRAIN(sealed) ((sealed) ? (uint32_t)AGE_CHUNK : (uint32_t)SINK_BLOCK)
#else
#define SINK_GRAIN(sealed) ((uint32_t)SINK_BLOCK)
#endif

#endif
