/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of the crashed kernel's log, as vmcore-dmesg(8) prints it, and where lines go. Knows
 * nothing of the formats that the log can have.
 */
#ifndef VMCORE_DMESG_LINE_H
#define VMCORE_DMESG_LINE_H

#include <stddef.h>

struct translate;

struct dmesg {
	/* Takes SIZE bytes of text; what it returns but 0 ends the log. */
	int (*emit)(void *arg, const char *text, size_t size);
	void *arg;
	unsigned int records; /* that were written */
	unsigned int torn;    /* that could not be read whole */
};

/*
 * Writes the line of a record: its time, NS nanoseconds, and the SIZE bytes of its text at the
 * virtual address TEXT. Text that cannot be read counts as torn. Returns 0, or what emit returned.
 */
int dmesg_line(struct dmesg *d, struct translate *memory, unsigned long long ns,
	       unsigned long long text, size_t size);

#endif
