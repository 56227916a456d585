/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads kdump-compressed files (diskdump header version 4 to 6), as makedumpfile and
 * output/kdump_writer.c write them, of any supported machine. Who has no struct kdumpfile reads ELF
 * cores only, and needs none of this: see base/desk.h.
 */
#ifndef VMCORE_KDUMPFILE_H
#define VMCORE_KDUMPFILE_H

#include "base/desk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elfcore;

enum {
	KDUMPFILE_PAGE_MAX = 65536,
	KDUMPFILE_BLOCK = 4096,	      /* bytes of a bitmap looked at together */
	KDUMPFILE_BLOCKS = 64 * 1024, /* so many of them: 8 TiB of 4 KiB pages */
};

struct kdumpfile {
	int fd; /* the caller's */
	uint64_t file_size;
	uint16_t machine;   /* e_machine, by utsname.machine */
	unsigned int shift; /* a page, and a block of the file, has 1 << shift bytes */
	unsigned int level; /* of the dump; what was left out */
	bool incomplete;    /* its writer says that it did not finish */
	uint64_t max_mapnr; /* frames of the bitmaps */
	uint64_t base;	    /* the frame number of their first bit: not 0 on ARM */
	uint64_t phys_base;
	uint64_t note_offset, note_size;
	uint64_t bitmap1, bitmap2, descs; /* offsets in the file */
	uint64_t saved;			  /* bits set in bitmap2 */
	uint64_t block_at;		  /* which block of bitmap2 is in BLOCK; UINT64_MAX: none */
	uint8_t block[KDUMPFILE_BLOCK];
	uint32_t before[KDUMPFILE_BLOCKS]; /* bits set in bitmap2 before each block, from the first
					      on */
	uint64_t page_at;		   /* which frame is in PAGE; UINT64_MAX: none */
	_Alignas(8) uint8_t page[KDUMPFILE_PAGE_MAX];
	uint8_t packed[KDUMPFILE_PAGE_MAX];
};

/* Is this the beginning (16 bytes at least) of such a file? */
DESK_ONLY bool kdumpfile_is(const uint8_t *head, size_t size);

/*
 * Opens FD. Returns 0; -ENOEXEC when it is no such file; -EBADMSG when its headers or bitmaps
 * make no sense; -ENOTSUP when its machine or version is not known here, when it is one of
 * several files, or has more frames than BEFORE or more runs of them than CORE has room for; or the
 * -errno of a read. CORE gets the machine, the notes, and one sane segment for each run of frames
 * that existed.
 */
DESK_ONLY int kdumpfile_open(struct kdumpfile *k, int fd, struct elfcore *core);

/*
 * The page of frame PFN (absolute), valid until the next call, in *PAGE. Returns 0; -ENODATA when
 * the dump leaves it out; -EBADMSG when its descriptor or content is damaged; -ENOTSUP when its
 * codec is not built in; or the -errno of a read.
 */
DESK_ONLY int kdumpfile_page(struct kdumpfile *k, uint64_t pfn, const uint8_t **page);

/* As frames_mark, for the frames whose pages the dump has (bitmap 2). Returns 0 or -errno. */
DESK_ONLY int kdumpfile_mark(struct kdumpfile *k, uint64_t first, uint64_t count, uint8_t *bitmap);

/*
 * Checks every descriptor: inside the file, a known codec, no larger than a page. Returns 0,
 * -EBADMSG, also when the file is incomplete, or the -errno of a read.
 */
int kdumpfile_check(struct kdumpfile *k);

/*
 * Unpacks every page that the dump has. Sets *BAD to how many cannot be unpacked, *UNKNOWN to how
 * many are packed by a codec that is not built in. Returns 0 or the -errno of a read.
 */
int kdumpfile_unpack(struct kdumpfile *k, uint64_t *bad, uint64_t *unknown);

#endif
