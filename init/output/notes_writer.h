/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes of any size on their way from one core into another.
 */
#ifndef OUTPUT_NOTES_WRITER_H
#define OUTPUT_NOTES_WRITER_H

struct notes;
struct sink;

/* Appends all notes, notes->size bytes. Returns 0, the -errno of the sink, or -ENODATA: some
 * that were there cannot be read any more. */
int notes_write(const struct notes *notes, struct sink *sink);

#endif
