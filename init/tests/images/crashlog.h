/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores with the log of a crashed kernel in them, from a text. The log is written the way that
 * kernel wrote it (crashlog_ring.c, crashlog_records.c), so that it wraps where it would. The
 * first line says which kernel:
 *
 *   ring MACHINE NAME=NUMBER ...      5.10 and later; arm, lpae, arm64, arm64-old or x86_64
 *   records MACHINE NAME=NUMBER ...   3.5 to 5.9
 *
 *   base= hide= split= bits= phys=    RAM; bytes of it that are hidden; PAGE_OFFSET; VA_BITS;
 *                                     PHYS_OFFSET of arm64
 *   dynamic=1 pad= small=1            buffers through the linear map; bytes before each field;
 *                                     nothing stands across pages
 *   count_bits= text_bits= id= lpos=  of a ring; where ids and positions start
 *   keep=1                            a block that ends where the ring does is not wrapped
 *   size= start= old=1 caller=1       of records; the struct is called log; it has a caller
 *
 * Then, one a line; \n and \xNN in a text are what they are in C:
 *
 *   record 1.234567 a text            also: committed, reserved, reusable
 *   empty 1.2 | failed 1.2            no text was wanted; none was stored
 *   poke FIELD VALUE | +N | -N        a field of the buffer, or of the record before this line
 *   note KEY=VALUE | without KEY      in VMCOREINFO
 */
#ifndef TESTS_IMAGES_CRASHLOG_H
#define TESTS_IMAGES_CRASHLOG_H

#include "tests/images/corefile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CRASHLOG_FIELDS = 32, CRASHLOG_LINES = 1024, CRASHLOG_TEXT = 70000 };

struct crashlog_field {
	const char *name;
	uint64_t pa;
	unsigned int size;
};

/* One record that was ever written. */
struct crashlog_line {
	uint64_t id;	/* of its descriptor */
	uint64_t begin; /* of a ring: the position of its text */
	uint64_t next;	/* of records: where the next one stands */
	bool stored, alive;
	char *printed; /* NULL when a reader skips it */
};

struct crashlog {
	struct corefile core;
	char *expected;	      /* what vmcore-dmesg(8) prints of it, were it not for pokes */
	unsigned int records; /* lines of that */

	uint64_t base, hide, split, bits, phys, dynamic, pad, small;
	uint64_t count_bits, text_bits, id, lpos, keep;
	uint64_t size, start, old, caller;

	unsigned int word;
	uint64_t mask;		/* of an unsigned long */
	uint64_t image, linear; /* virtual minus physical */
	uint64_t stext;
	uint64_t variables, buffer, descs, infos, end; /* physical */
	uint64_t head, tail, head_lpos;
	unsigned int lines;
	struct crashlog_line line[CRASHLOG_LINES];
	unsigned int fields;
	struct crashlog_field field[CRASHLOG_FIELDS];
};

/* Builds it; crashlog_free gives it back. A description that is wrong ends the test. */
struct crashlog *crashlog_build(const char *description);
void crashlog_free(struct crashlog *c);

#endif
