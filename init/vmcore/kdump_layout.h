/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the fields of a kdump-compressed file stand, for who writes one and who reads one. Both
 * headers are structs of the crashed machine's C compiler (struct disk_dump_header and
 * kdump_sub_header, in diskdump_mod.h of makedumpfile and diskdump.h of crash), so most offsets
 * depend on its unsigned long. They depend on nothing of this build.
 *
 * The header has a struct timeval before its status. On 32-bit ARM its size is that of the time_t
 * of whoever reads the file. With 64 bits (tools of Debian 13 and later, of musl since 1.2) status
 * stands where it does on 64-bit machines, with 32 bits (libkdumpfile, and all tools of Debian 12)
 * twelve bytes before that. The sub header has no time, and is the same for both.
 */
#ifndef VMCORE_KDUMP_LAYOUT_H
#define VMCORE_KDUMP_LAYOUT_H

#include <stdint.h>

/* What a file begins with. */
#define KDUMP_SIGNATURE "KDUMP   "

/* In the header. */
enum {
	KDUMP_VERSION = 8,  /* directly behind the signature */
	KDUMP_UTSNAME = 12, /* struct new_utsname: fields of one size */
	KDUMP_UTS_FIELD = 65,
	KDUMP_UTS_FIELDS = 6,
	KDUMP_UTS_RELEASE = 2, /* the number of that field, and of the next */
	KDUMP_UTS_MACHINE = 4,
	KDUMP_HEADER_END = 464, /* on every machine, by either time_t: no more is used */
};

/* From status on, which has four bytes, as these have. */
enum {
	KDUMP_BLOCK_SIZE = 4,
	KDUMP_SUB_BLOCKS = 8, /* sub_hdr_size */
	KDUMP_BITMAP_BLOCKS = 12,
	KDUMP_MAX_MAPNR = 16,
	KDUMP_NR_CPUS = 36,
};

/* Bits of status beside the flags of codecs. */
enum { KDUMP_INCOMPLETE = 8, KDUMP_NO_PAGE_STRUCTS = 16 };

/* Versions of the format: the first with the notes; the newest, with a 64-bit max_mapnr. */
enum { KDUMP_VERSION_NOTES = 4, KDUMP_VERSION_WIDE = 6 };

enum { KDUMP_SUB_HEADER_MAX = 104 /* bytes of the larger sub header */ };

/* A page descriptor begins with the offset in the file, of eight bytes. The others have four. */
enum { KDUMP_DESC_SIZE = 8, KDUMP_DESC_FLAGS = 12, KDUMP_DESC = 24 /* bytes of one */ };

/* What the unsigned long decides. */
struct kdump_layout {
	uint16_t status[2]; /* in the header, by time_t of 64 and of 32 bits; 0: there is no such */
	uint16_t seconds;   /* in the header: of the time, by the smaller time_t */
	/* In the sub header, which begins with phys_base. */
	uint8_t level, split, vmcoreinfo, vmcoreinfo_size, note, note_size, max_mapnr_64;
	uint8_t size; /* of the sub header */
};

extern const struct kdump_layout kdump_layout_32, kdump_layout_64;

#endif
