/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of the memory while it is written, whatever its format: where it goes, how far it is,
 * whether it will be there in time. There is one at a time.
 */
#ifndef WORKER_CAPTURE_MEMORY_H
#define WORKER_CAPTURE_MEMORY_H

#include "output/sink.h"
#include "worker/pace.h"
#include "worker/progress.h"

#include <stdbool.h>
#include <stdint.h>

struct capture;
struct capture_output;

struct capture_memory {
	struct capture *capture;
	struct capture_output *output;
	struct sink sink;
	struct pace pace;
	uint64_t cpu_ms; /* of clock_cpu_ms, when it was begun */
	struct progress progress;
};

/* Before the file is planned. From here on C reads the crashed kernel's memory. */
struct capture_memory *capture_memory_begin(struct capture *c, struct capture_output *out);

/*
 * Before it is written: EXPECTED_SIZE bytes of content, 0: not known. Returns 0, after which
 * sink_finish has to be called, or -errno.
 */
int capture_memory_start(struct capture_memory *m, uint64_t expected_size);

/* Counts and shows that DONE of TOTAL bytes are through. */
void capture_memory_moved(struct capture_memory *m, uint64_t done, uint64_t total);

/* How large a file with SIZE bytes of content is; and whether zeros can be holes of it. */
uint64_t capture_memory_size(const struct capture_memory *m, uint64_t size);
bool capture_memory_holes(const struct capture_memory *m);

/* As more_room of the output; false also where NEEDED bytes are no more than there is room for. */
bool capture_memory_more_room(struct capture_memory *m, uint64_t needed);

/*
 * Can SIZE bytes fit, of which only NEEDED take room? Makes more room where that is enough. Returns
 * 0, -EFBIG or -ENOSPC.
 */
int capture_memory_ensure_room(struct capture_memory *m, uint64_t size, uint64_t needed);

/* Says in numbers that the LEFT bytes will not be written in time. Nothing is from here on. */
void capture_memory_give_up(struct capture_memory *m, uint64_t left);

/* The file is written, or is not: ERROR, which is returned. */
int capture_memory_end(struct capture_memory *m, int error);

#endif
