/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A buffer of a sink: pieces of the file, side by side in memory, on their way to it.
 */
#ifndef OUTPUT_SINK_BUFFER_H
#define OUTPUT_SINK_BUFFER_H

#include "output/file.h"

#include <stdint.h>

enum {
	SINK_BLOCK = FILE_BLOCK,
	SINK_BUFFERS = 2,
	SINK_BUFFER_BYTES = 512 * 1024,
	SINK_RUNS = 64, /* pieces of the file that one buffer may hold */
	SINK_RESERVE = SINK_BUFFERS * SINK_BUFFER_BYTES,
};

struct sink_run {
	uint64_t offset; /* in the file */
	uint32_t start;	 /* in the buffer */
	uint32_t size;
};

struct sink_buffer {
	uint8_t *data;
	uint32_t used;
	unsigned int runs;
	unsigned int in_flight; /* of the runs; writer.c */
	struct sink_run run[SINK_RUNS];
};

#endif
