/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCOREINFO: the text the crashed kernel left about itself, found in the notes of the core.
 */
#ifndef VMCORE_VMCOREINFO_H
#define VMCORE_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct notes;

/* The kernel's is a page, of 64 KiB at most (VMCOREINFO_BYTES); more of it is not looked at. */
enum { VMCOREINFO_MOST = 64 * 1024 };

struct vmcoreinfo {
	const char *text; /* not terminated; in the caller's room */
	size_t size;
	uint64_t offset; /* of the text among all notes */
};

/*
 * Finds the note and reads it into ROOM, VMCOREINFO_MOST bytes. Returns false when there is none,
 * or it cannot be read.
 */
bool vmcoreinfo_find(struct vmcoreinfo *info, const struct notes *notes, char *room);

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
