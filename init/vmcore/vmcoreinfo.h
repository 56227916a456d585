/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCOREINFO: the text the crashed kernel left about itself, found in the notes of the core and
 * looked up in place.
 */
#ifndef VMCORE_VMCOREINFO_H
#define VMCORE_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmcoreinfo {
	const char *text; /* not terminated; points into the notes */
	size_t size;
	size_t offset; /* of the text in the notes */
};

/* A note of a PT_NOTE segment; begin with all zero. */
struct vmcoreinfo_note {
	const char *name; /* not to be trusted to have its terminator */
	const uint8_t *desc;
	uint32_t name_size, size, type;
	size_t next; /* where the one behind it begins */
};

/* Steps to the next note in NOTES, SIZE bytes. Returns false when there is none. */
bool vmcoreinfo_note_next(struct vmcoreinfo_note *note, const uint8_t *notes, size_t size);

/*
 * Finds the note in NOTES, the SIZE bytes of a PT_NOTE segment. Returns false when there is
 * none. The text stays the caller's.
 */
bool vmcoreinfo_find(struct vmcoreinfo *info, const uint8_t *notes, size_t size);

/*
 * The value of the line "KEY=VALUE". Returns its first byte and sets *SIZE, or NULL. KEY is the
 * whole left side, such as "OSRELEASE" or "SYMBOL(prb)".
 */
const char *vmcoreinfo_value(const struct vmcoreinfo *info, const char *key, size_t *size);

/* The same as text, cut to fit and terminated; what is not printable becomes '?'. */
bool vmcoreinfo_text(const struct vmcoreinfo *info, const char *key, char *text, size_t size);

/*
 * The same as a number in BASE (10, or 16 without 0x; a 0x is accepted). Negative numbers wrap
 * to 64 bits. Returns false when there is no such line, or it is no such number.
 */
bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *key, unsigned int base,
		       uint64_t *value);

#endif
