/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes kdump-compressed dumps of cores, as a capture does, and judges them twice: by a small
 * reader of its own, written from the format's description and the codecs' own libraries, and by
 * vmcore/kdumpfile. Every byte of the file is accounted for.
 */
#ifndef TESTS_KDUMP_JUDGE_H
#define TESTS_KDUMP_JUDGE_H

#include "output/kdump_writer.h"
#include "output/sink.h"
#include "tests/images/corefile.h"
#include "vmcore/filter.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"

#include <stdbool.h>
#include <stdint.h>

struct judge_how {
	unsigned int level, codec;
	bool direct, sparse, mapped, sealed;
};

/* What is to be in the file, besides what HOW says. */
struct judge_want {
	unsigned int level; /* in force: there are no struct pages in such cores */
	uint64_t phys_base, seconds;
	unsigned int cpus; /* 0 is 1 */
	const char *machine, *release;
	uint64_t out_first, out_end; /* frames that are not kept */
};

/* What writes, one at a time. */
extern struct judge {
	struct vmcore core;
	struct kdumpfile source;
	struct window window;
	struct filter filter;
	struct kdump_writer writer;
	struct sink sink;
	uint8_t *notes;	   /* all that CORE has */
	uint64_t seen;	   /* by the callback of progress, which ... */
	void (*now)(void); /* ... calls this, if it is not NULL */
	int64_t lie;	   /* added to what the filter keeps, as if memory changed since */
} judge;

/* Level 1, zlib, no O_DIRECT, with holes, mapped. */
extern const struct judge_how judge_plain;

/*
 * Opens the core in IN and writes it to OUT (-1: a new file "dump"), both of which are closed.
 * Returns what the writer, or else the sink, returned.
 */
int judge_write(int in, int out, const struct judge_how *how);

/* The second half of that, of what is open in judge.core. */
int judge_write_open(int out, const struct judge_how *how);

/* Judges "dump", which was made of C. */
void judge_dump(const struct corefile *c, const struct judge_how *how,
		const struct judge_want *want);

#endif
