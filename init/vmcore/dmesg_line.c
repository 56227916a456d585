/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a line of the log is written. Its text is read in pieces, so that a record of any length
 * takes no more room than one of them.
 */
#include "vmcore/dmesg_line.h"

#include "vmcore/translate.h"

#include <stdint.h>
#include <stdio.h>

enum { CHUNK = 128, ESCAPED = 4 };

/* What is neither printable nor white space becomes \xNN, as vmcore-dmesg has it. */
static size_t escape(const uint8_t *raw, size_t size, char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		uint8_t c = raw[i];

		if ((c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r'))
			text[n++] = (char)c;
		else
			n += (size_t)snprintf(text + n, 5, "\\x%02x", c);
	}
	return n;
}

static int emit_text(struct dmesg *d, struct translate *memory, uint64_t at, size_t size)
{
	uint8_t raw[CHUNK];
	char text[CHUNK * ESCAPED + 1];
	int r = 0;

	while (size > 0 && r == 0) {
		size_t n = size < CHUNK ? size : CHUNK;

		if (translate_read(memory, at, raw, n) != 0) {
			d->torn++;
			return 0;
		}
		r = d->emit(d->arg, text, escape(raw, n, text));
		at += n;
		size -= n;
	}
	return r;
}

int dmesg_line(struct dmesg *d, struct translate *memory, unsigned long long ns,
	       unsigned long long text, size_t size)
{
	char prefix[40];
	int n = snprintf(prefix, sizeof(prefix), "[%5llu.%06llu] ", ns / 1000000000,
			 ns % 1000000000 / 1000);
	int r = d->emit(d->arg, prefix, (size_t)n);

	if (r == 0)
		r = emit_text(d, memory, text, size);
	d->records++;
	return r == 0 ? d->emit(d->arg, "\n", 1) : r;
}
