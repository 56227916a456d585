/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps in a ring: an image of a device, captures of crashes that are made up, and what must be
 * true of the image afterwards.
 */
#ifndef TESTS_RING_SCENE_H
#define TESTS_RING_SCENE_H

#include "store/ring.h"
#include "worker/attempt.h"

#include <stdbool.h>
#include <stdint.h>

/* Makes the image "device", of that many bytes of FILL. */
void ring_scene_device(uint64_t bytes, uint8_t fill);

/* What the next captures do, and its defaults: a full dump, of a crash that is no test. */
extern struct config ring_scene_config;

/*
 * Captures one crash, each with a log and a memory of its own: LOG bytes or so, which stand in a
 * buffer of 2^BITS, and that is most of the memory, besides 120 KiB.
 * Returns how the attempt ended; NAME, unless it is NULL, gets the name of the dump.
 */
enum worker_end ring_scene_crash(enum attempt_kind kind, unsigned int log, unsigned int bits,
				 char name[32]);

/* What was written to the device while it was recorded. SIZE 0: an fsync. */
enum { RING_SCENE_WRITES = 4000 };
extern struct ring_write {
	uint64_t at;
	size_t size;
	uint8_t *bytes; /* by malloc */
} ring_scene_writes[RING_SCENE_WRITES];
extern unsigned int ring_scene_count;
extern bool ring_scene_record;

/* From here on each write of memory to the device fails with this errno; 0: none does. */
extern int ring_scene_error;

/* From here on no header can be written to the bytes FROM to TO of the device; TO 0: to all. */
void ring_scene_spoil(uint64_t from, uint64_t to);

/* Counts of what is in the ring. */
struct ring_scene_found {
	unsigned int dumps, complete, unfinished, logs;
	uint32_t newest; /* the highest number of a complete one */
};

/*
 * Opens the image at PATH and reads all that is there: each dump with a status is what that says,
 * byte for byte by its checksums; what has none is a log, or a memory, as it was captured.
 */
struct ring_scene_found ring_scene_look(const char *path);

/* The number of every dump there, the oldest first, as "1 2 3". */
const char *ring_scene_numbers(const char *path);

#endif
