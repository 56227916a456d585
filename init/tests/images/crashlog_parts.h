/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of crashlog share: crashlog.c (text and memory), crashlog_kernel.c (machines),
 * crashlog_ring.c and crashlog_records.c (how the log was written).
 */
#ifndef TESTS_IMAGES_CRASHLOG_PARTS_H
#define TESTS_IMAGES_CRASHLOG_PARTS_H

#include "tests/images/crashlog.h"
#include "tests/images/crashlog_memory.h"

/* crashlog.c: fields by name, and what of a record is printed. */
void crashlog_name(struct crashlog *c, const char *name, uint64_t pa, unsigned int size);
struct crashlog_line *crashlog_line(struct crashlog *c, uint64_t ns, const char *text, size_t size);

enum crashlog_state { RESERVED, COMMITTED, FINALIZED, REUSABLE, EMPTY, FAILED };

/* Both writers have these: room for their buffers, keys of VMCOREINFO, the buffer, a record. */
void ring_place(struct crashlog *c);
size_t ring_keys(const struct crashlog *c, char *text, size_t size);
void ring_start(struct crashlog *c);
void ring_add(struct crashlog *c, enum crashlog_state state, uint64_t ns, const char *text,
	      size_t size);
void records_place(struct crashlog *c);
size_t records_keys(const struct crashlog *c, char *text, size_t size);
void records_start(struct crashlog *c);
void records_add(struct crashlog *c, enum crashlog_state state, uint64_t ns, const char *text,
		 size_t size);

/* Takes the words of the first line, REST being the others, and builds the core; true for a ring.
 */
bool crashlog_start(struct crashlog *c, char **word, const char *rest);

/* SIZE bytes of RAM that stand across a page boundary. */
uint64_t crashlog_place(struct crashlog *c, uint64_t size);

#endif
