/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kdump-compressed dump (diskdump header version 6, as makedumpfile writes and crash reads
 * it): the pages that a filter keeps, each compressed by itself, all zero pages stored once.
 */
#ifndef OUTPUT_KDUMP_WRITER_H
#define OUTPUT_KDUMP_WRITER_H

#include "codec/compress.h"
#include "vmcore/kdump_layout.h"

#include <stdbool.h>
#include <stdint.h>

struct filter;
struct sink;
struct vmcore;
struct window;

enum {
	KDUMP_DESCS = 8192, /* so many are written at once: they are whole chunks of 64 KiB */
	KDUMP_BITMAP_PIECE = 4096, /* so many bytes of a bitmap are looked at or made at once */
};

/* A file that is being written. Other rooms only read it, but for PROGRESS and its argument. */
struct kdump_writer {
	struct vmcore *core;   /* where the memory comes from; the caller's */
	struct filter *filter; /* which pages are kept; its base is bit 0; the caller's */
	struct window *window; /* the caller's, as SINK is, while it runs */
	struct sink *sink;
	struct compress compress;
	/* The layout, by kdump_writer_plan. Sizes and places are in bytes. */
	bool sealed;	       /* the file will be sealed; the caller's to set before that */
	uint64_t block;	       /* the size of a page, and of a block of the file */
	uint64_t max_mapnr;    /* the frames in a bitmap, maybe more than there are */
	uint64_t sub_blocks;   /* the blocks of sub header and notes, behind the one header block */
	uint64_t bitmap_bytes; /* the size of each of the two bitmaps */
	uint64_t descs_at;     /* where in the file the page descriptors begin */
	uint64_t data_at;      /* where in the file the data of pages begin */
	uint64_t size_limit;   /* the finished file is no larger than this */
	/* The state, by kdump_writer_run. */
	uint64_t size;	     /* the size of the finished file before it is sealed, in bytes */
	uint64_t done;	     /* the pages that are through, of filter->kept */
	uint64_t zero_pages; /* those of them that are all zeros */
	uint64_t lost;	     /* those of them that could not be read, and are written as zeros */
	uint64_t descs;	     /* the descriptors in TABLE that are not written yet */
	/* Called now and then with the writer, or NULL. What it returns but 0 ends the file. */
	int (*progress)(void *arg, const struct kdump_writer *w);
	void *progress_arg;
	_Alignas(4096) uint8_t table[KDUMP_DESCS * KDUMP_DESC]; /* descriptors */
	uint8_t piece[KDUMP_BITMAP_PIECE];			/* of a bitmap */
	uint8_t packed[COMPRESS_ROOM];				/* a page, compressed */
};

/*
 * Lays out the file for what FILTER keeps of CORE, with pages compressed by the codec
 * whose flag CODEC is. Returns 0; -ENODATA when CORE has no memory at all; or as compress_start.
 */
int kdump_writer_plan(struct kdump_writer *w, struct vmcore *core, struct filter *filter,
		      uint32_t codec);

/*
 * Writes the file to SINK, from its beginning, with memory read through WINDOW. Returns 0, the
 * -errno of the sink; -ENODATA when a bitmap of a kdump-compressed core cannot be read, or the
 * filter does not keep as many pages any more as it said; -ENOTSUP when pages of that core are
 * compressed in a way that is not built in.
 */
int kdump_writer_run(struct kdump_writer *w, struct window *window, struct sink *sink);

/* Packs all pages to find out the exact size, w->size; after another plan they can be written. */
int kdump_writer_measure(struct kdump_writer *w, struct window *window);

/* In kdump_header.c: header, sub header and notes, as blocks. Returns 0 or -errno of the sink. */
int kdump_header_write(const struct kdump_writer *w, struct sink *sink);

/* For its plan: bytes before the notes; and for how many frames bitmaps are, of ARM maybe more. */
uint64_t kdump_header_size(const struct kdump_writer *w);
uint64_t kdump_header_frames(const struct kdump_writer *w, uint64_t frames);

#endif
