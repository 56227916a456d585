/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of a stream that are made up, and a receiver that is given them without a network.
 */
#ifndef TESTS_STREAM_SCENE_H
#define TESTS_STREAM_SCENE_H

#include "cli/receive.h"

#include <stddef.h>
#include <stdint.h>

enum { STREAM_SCENE_BYTES = 1 << 20 };

/* What will be sent, and how much of it there is. */
extern uint8_t stream_scene_bytes[STREAM_SCENE_BYTES];
extern size_t stream_scene_size;

/* Forgets all frames. */
void stream_scene_begin(void);

/* Adds a frame, the next in the sequence. */
void stream_scene_add(enum stream_kind kind, unsigned int file, uint64_t at, const void *data,
		      uint32_t size);

/* A whole dump: a log, a memory with a hole and a patch in it, capture.log, status. */
void stream_scene_dump(void);

/* What each file of that dump is, by malloc; memory ends with a hole. */
uint8_t *stream_scene_file(unsigned int file, size_t *size);

/*
 * Gives the first SIZE bytes to a receiver that keeps dumps in the directory DIR, which is made.
 * Returns what receive_dump does; R tells more, and NAME is that of the dump, or "".
 */
int stream_scene_receive(struct receive *r, const char *dir, size_t size, char name[STORE_NAME]);

#endif
