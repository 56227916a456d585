/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes, piece by piece.
 */
#include "output/notes_writer.h"

#include "output/sink.h"
#include "vmcore/notes.h"

#include <errno.h>

enum { PIECE = 4096 };

int notes_write(const struct notes *notes, struct sink *sink)
{
	uint8_t piece[PIECE];
	int r = 0;

	for (uint64_t at = 0; at < notes->size && r == 0; at += sizeof(piece)) {
		uint64_t left = notes->size - at;
		size_t size = left < sizeof(piece) ? (size_t)left : sizeof(piece);

		r = notes_read(notes, at, piece, size) ? sink_write(sink, piece, size) : -ENODATA;
	}
	return r;
}
