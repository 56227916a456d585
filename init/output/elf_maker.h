/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF core made anew from a core of any format: headers, the notes, and all page frames that
 * there were. Pages that the source leaves out are zeros. For kdump-compressed sources, which only
 * a desk has.
 */
#ifndef OUTPUT_ELF_MAKER_H
#define OUTPUT_ELF_MAKER_H

#include "base/desk.h"

#include <stdbool.h>
#include <stdint.h>

struct sink;
struct vmcore;
struct window;

struct elf_maker {
	struct vmcore *core; /* the caller's */
	bool is64;
	uint64_t headers_size; /* of the file, before its notes */
	uint64_t data_start;
	uint64_t size;	  /* of the finished file */
	uint64_t done;	  /* bytes so far */
	uint64_t missing; /* pages that the source leaves out */
	uint64_t damaged; /* pages that cannot be had of it; both are zeros */

	/* Called now and then, with the maker; may be NULL. */
	void (*progress)(void *arg, const struct elf_maker *m);
	void *progress_arg;
};

/* Lays out the file. */
DESK_ONLY void elf_maker_plan(struct elf_maker *m, struct vmcore *core);

/*
 * Writes it to SINK, with memory read through WINDOW. Returns 0, the -errno of the sink, -ENODATA
 * when the notes cannot be read any more, or
 * -ENOTSUP when pages are compressed in a way that is not built in.
 */
DESK_ONLY int elf_maker_run(struct elf_maker *m, struct window *window, struct sink *sink);

#endif
