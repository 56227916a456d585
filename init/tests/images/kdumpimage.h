/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-compressed files from a text, as makedumpfile lays them out (IMPLEMENTATION and
 * diskdump_mod.h there). The first line says what it is of; frames are counted from physical
 * address 0, SHIFT is that of a page:
 *
 *   MACHINE NAME=NUMBER ...          armv7l, aarch64, x86_64, or any other utsname.machine
 *
 *   shift= version= level= phys_base=
 *   frames=                          max_mapnr; otherwise up to the last frame there is
 *   more=                            blocks that the sub header has behind the notes
 *   wide=                            blocks that each bitmap has more than it needs
 *   gap=                             bytes between descriptors and pages
 *   own=1                            each zero page is stored for itself
 *   time64=1                         of ARM, written where time_t has 64 bits
 *
 * Then, one a line:
 *
 *   note OSRELEASE=6.1.0 A=1         VMCOREINFO, one line of it for each word
 *   ram FIRST COUNT CONTENT CODEC    frames; data, text, zero or mixed; raw, zlib, lzo, zstd or
 *                                    snappy, which is never really packed
 *   core CODEC                       the memory and the notes of an ELF core; its first load is
 *                                    phys_base of ARM
 *   out FIRST COUNT                  frames that exist and are left out
 *   poke FIELD VALUE | +N | -N       a field of a header, by its name there; dump_level of the
 *                                    sub header; or "offset:FRAME", "size:FRAME", "flags:FRAME"
 *   byte AT VALUE | +N | -N          any byte of the file
 *   cut SIZE | -N                    the file ends here, or N bytes earlier than it would
 *
 * A page that does not shrink is stored raw. Numbers may be hexadecimal or end in K or M.
 */
#ifndef TESTS_IMAGES_KDUMPIMAGE_H
#define TESTS_IMAGES_KDUMPIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corefile;

enum { KDUMPIMAGE_RANGES = 3000 };

struct kdumpimage_range {
	uint64_t first, end;	     /* frames */
	unsigned int content, codec; /* of kdumpimage_page.h */
};

struct kdumpimage {
	uint8_t *bytes; /* the whole file */
	size_t size, room;
	const struct corefile *core; /* the caller's, or NULL */
	bool is64;
	uint64_t shift, version, level, phys_base, frames, more, wide, gap, own, time64;
	uint64_t base; /* the frame of the first bit */
	uint64_t note_offset, note_size, bitmap1, bitmap2, descs, data, saved, status;
	unsigned int ranges, outs;
	struct kdumpimage_range range[KDUMPIMAGE_RANGES], out[KDUMPIMAGE_RANGES];
};

/* Builds it. CORE is what "core" refers to. A description that is wrong ends the test. */
struct kdumpimage *kdumpimage_build(const char *description, const struct corefile *core);
void kdumpimage_free(struct kdumpimage *k);

/* Writes it to PATH and opens that for reading. Ends the test when that is impossible. */
int kdumpimage_open(const struct kdumpimage *k, const char *path);

/* Is there such a frame, and is its page in the file (kdumpimage_saved)? */
bool kdumpimage_exists(const struct kdumpimage *k, uint64_t pfn);
bool kdumpimage_saved(const struct kdumpimage *k, uint64_t pfn);

/* Where the field of that name, as "poke" has it, stands; its size goes to *SIZE. */
size_t kdumpimage_field(const struct kdumpimage *k, const char *name, unsigned int *size);

#endif
