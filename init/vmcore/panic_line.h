/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a kernel died, in its own words: the line of its log that says so. Looks at how messages
 * begin, and believes only those of the kernel itself, which whoever feeds them has to sort out.
 */
#ifndef VMCORE_PANIC_LINE_H
#define VMCORE_PANIC_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum { PANIC_LINE = 160 /* bytes of a line that are kept, with its terminator */ };

/* What a line can be; each kind has a place below. */
enum panic_kind { PANIC_PANIC, PANIC_OOPS, PANIC_MAYBE, PANIC_HINT, PANIC_KINDS };

struct panic_line {
	char text[PANIC_KINDS][PANIC_LINE]; /* the last one of each kind, or "" */
	char *growing; /* the one that was taken last, and may go on, or NULL */
	bool led;      /* the oops has not come to its own header yet */
	bool by_sysrq; /* somebody asked for a crash */
};

void panic_line_begin(struct panic_line *p);

/*
 * Takes the beginning of the next message, SIZE bytes at TEXT. CONTINUES: it is more of the one
 * before.
 */
void panic_line_take(struct panic_line *p, const char *text, size_t size, bool continues);

/*
 * The last line of a panic; else how the last oops began; else what may have been one, or has led
 * to one; "" when there is nothing of all that. It stays the same until more is taken.
 */
const char *panic_line_text(const struct panic_line *p);

/*
 * A panic of panic_on_oops says no more than "Fatal exception": how the oops began that it came
 * from; "" for any other.
 */
const char *panic_line_before(const struct panic_line *p);

#endif
