/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF dump: what /proc/vmcore holds, byte for byte, at the same offsets. Pages of zeros
 * become holes where the sink allows them.
 */
#ifndef OUTPUT_ELF_WRITER_H
#define OUTPUT_ELF_WRITER_H

#include <stdint.h>

struct elfcore;
struct sink;
struct window;

enum { ELF_PAGE = 4096 }; /* the grain of zero detection and of the counts below */

struct elf_writer {
	const struct elfcore *core; /* the caller's, as WINDOW and SINK are, while it runs */
	struct window *window;
	struct sink *sink;
	uint64_t size;	     /* of the finished file, in bytes */
	uint64_t done;	     /* bytes of it so far */
	uint64_t zero_pages; /* pages of zeros, left out or not */
	uint64_t pages;	     /* pages of memory in all */
	uint64_t section;    /* behind all else: where headers are counted, when there are many */

	/* Called after each piece of a window, with the writer; may be NULL. */
	void (*progress)(void *arg, const struct elf_writer *w);
	void *progress_arg;
};

/*
 * Sets up W for CORE: all of the file when every segment is sane; otherwise the headers, the notes
 * and the sane segments, with the others struck from the program headers.
 */
void elf_writer_plan(struct elf_writer *w, const struct elfcore *core);

/*
 * How many bytes of what was planned are no hole: reads all of it, which takes a second, and
 * writes nothing. Calls progress with nothing done.
 */
uint64_t elf_writer_measure(struct elf_writer *w, const struct elfcore *core,
			    struct window *window);

/*
 * Copies what was planned from WINDOW to SINK. Returns 0, the -errno of the sink, or
 * -ENODATA when the core ended before its own headers say.
 */
int elf_writer_run(struct elf_writer *w, const struct elfcore *core, struct window *window,
		   struct sink *sink);

#endif
