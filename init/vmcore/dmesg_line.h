/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of the crashed kernel's log, as vmcore-dmesg(8) prints it, and where lines go. Knows
 * nothing of the formats that the log can have.
 */
#ifndef VMCORE_DMESG_LINE_H
#define VMCORE_DMESG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct translate;

enum {
	DMESG_ROOM_MIN = 512, /* that a bound must leave */
	DMESG_LINE_MIN = 16,  /* bytes of the shortest line: a time and a newline */
};

struct dmesg {
	/* The caller's. Takes SIZE bytes of text; what it returns but 0 ends the log. */
	int (*emit)(void *arg, const char *text, size_t size);
	/*
	 * The caller's, or NULL: gets how each message of the kernel's own begins, also of those
	 * that are left out. CONTINUES: it is more of the message before.
	 */
	void (*message)(void *arg, const char *text, size_t size, bool continues);
	/* The caller's, or NULL: is it time to come to an end? Asked at each record. */
	bool (*late)(void *arg);
	void *arg;
	uint64_t room; /* bytes that the log may have, DMESG_ROOM_MIN or more; 0: no bound */

	unsigned int records; /* that were written */
	unsigned int torn;    /* that could not be read whole */
	uint64_t last_ns;     /* the latest time of a record that was looked at */
	/* Records and their bytes, for want of room or time. Of those that were not looked at some
	 * may be none, and they count DMESG_LINE_MIN each. */
	uint64_t left_out, left_out_bytes;

	/* For dmesg*.c. */
	bool counting, hurried, stopped, muted;
	uint64_t seen, total;	 /* bytes of the lines so far, and of all */
	uint64_t last;		 /* records that were counted before time was up */
	uint64_t gap, gap_bytes; /* left out since the last line */
};

/* What a format tells of a record. */
struct dmesg_record {
	uint64_t ns;	   /* its time */
	uint64_t text;	   /* the virtual address of its text */
	size_t size;	   /* bytes of that */
	uint64_t facility; /* who spoke, in its low byte, and flags above: struct printk_info */
};

/*
 * Writes the line of a record, unless it is left out. Text that cannot be read counts as torn.
 * Returns 0, what emit returned, or a number when the log ends here for want of time.
 */
int dmesg_line(struct dmesg *d, struct translate *memory, const struct dmesg_record *record);

/* From here on only the newest 64 KiB are written, whatever the time is. */
void dmesg_hurry(struct dmesg *d);

/* Leaves out RECORDS that were not looked at. */
void dmesg_pass_over(struct dmesg *d, uint64_t records);

/* Writes a line about what was left out since the last one, if there is any. As dmesg_line. */
int dmesg_gap(struct dmesg *d);

#endif
