/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of sink.h share with each other, and with nobody else.
 */
#ifndef OUTPUT_SINK_PARTS_H
#define OUTPUT_SINK_PARTS_H

#include "output/sink.h"

/* Appends SIZE bytes to the file, or zeros where DATA is NULL. SINK is the sink. As sink_write. */
int sink_append(void *sink, const uint8_t *data, size_t size);

/* Where the byte AT of the file is; of *SIZE bytes from there on, those that follow it in a row. */
uint64_t sink_place_of(const struct sink *s, uint64_t at, size_t *size);

/* Takes all that is in the buffer into the CRC. */
void sink_sum_up(struct sink *s);

/*
 * In a sealed file: of SIZE bytes that are appended, keeps those that share a block with the end of
 * a gap. Returns how many.
 */
size_t sink_keep_behind(struct sink *s, const uint8_t *data, size_t size);

/* At the end: writes the last block of a gap, and joins the CRC of all parts. */
void sink_close_gap(struct sink *s);

#endif
