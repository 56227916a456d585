/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream, as Linux's Documentation/staging/lzo.rst has it: instructions, each of which copies
 * bytes of the page from further back, and then literals, bytes of the stream. What the smallest
 * ones mean depends on how many literals there were before.
 */
#include "codec/expand_lzo.h"

#include "codec/codec_lzo.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum {
	MANY = 4,    /* literals: as many, or more */
	NEAR = 2048, /* how far back a match of three bytes behind many literals is at least */
	FAR = 16384, /* how far the longest distances are at least; none more: the end */
};

struct expansion {
	const uint8_t *in, *in_end;
	uint8_t *page, *out, *out_end;
	bool bad; /* it asked for what is not there */
};

static unsigned int next_byte(struct expansion *e)
{
	if (e->in == e->in_end) {
		e->bad = true;
		return 1; /* so that a length ends here, too */
	}
	return *e->in++;
}

/* A length that is not in its instruction: zeros count 255 each. */
static size_t long_length(struct expansion *e, unsigned int least)
{
	size_t length = least;
	unsigned int byte;

	while ((byte = next_byte(e)) == 0)
		length += 255;
	return length + byte;
}

static void copy_literals(struct expansion *e, size_t count)
{
	if (count > (size_t)(e->in_end - e->in) || count > (size_t)(e->out_end - e->out)) {
		e->bad = true;
		return;
	}
	memcpy(e->out, e->in, count);
	e->in += count;
	e->out += count;
}

/* Source and destination may overlap: then bytes repeat. */
static void copy_match(struct expansion *e, size_t length, size_t distance)
{
	if (distance > (size_t)(e->out - e->page) || length > (size_t)(e->out_end - e->out)) {
		e->bad = true;
		return;
	}
	for (const uint8_t *from = e->out - distance; length > 0; length--)
		*e->out++ = *from++;
}

/* What an instruction copies from further back. */
struct match {
	size_t length, distance;
	unsigned int literals; /* that follow, 0 to 3 */
};

/* The two bytes that end instructions of three bytes and more. */
static size_t two_bytes(struct expansion *e, struct match *m)
{
	unsigned int low = next_byte(e);

	m->literals = low & 3;
	return low >> 2 | (size_t)next_byte(e) << 6;
}

/* INSTRUCTION, when there were BEFORE literals, 0 to MANY, and it is none that only copies some. */
static struct match read_match(struct expansion *e, unsigned int instruction, unsigned int before)
{
	struct match m = {0};

	if (instruction >= 64) {
		m.length = (instruction >> 5) + 1;
		m.literals = instruction & 3;
		m.distance = (instruction >> 2 & 7) + ((size_t)next_byte(e) << 3) + 1;
	} else if (instruction >= 32) {
		m.length = instruction == 32 ? long_length(e, 33) : instruction - 32 + 2;
		m.distance = two_bytes(e, &m) + 1;
	} else if (instruction >= 16) {
		m.length = (instruction & 7) == 0 ? long_length(e, 9) : (instruction & 7) + 2;
		m.distance = FAR + ((size_t)(instruction & 8) << 11) + two_bytes(e, &m);
	} else {
		m.length = before == MANY ? 3 : 2;
		m.literals = instruction & 3;
		m.distance = (instruction >> 2) + ((size_t)next_byte(e) << 2) + 1;
		m.distance += before == MANY ? NEAR : 0;
	}
	return m;
}

int expand_lzo(const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	struct expansion e = {packed, packed + size, page, page, page + page_size, false};
	unsigned int literals = 0;
	struct match m;

	if (size > 0 && packed[0] > 17) {
		size_t count = next_byte(&e) - 17;

		copy_literals(&e, count);
		literals = count < MANY ? (unsigned int)count : MANY;
	}
	while (!e.bad) {
		unsigned int instruction = next_byte(&e);

		if (instruction < 16 && literals == 0) {
			copy_literals(&e, instruction == 0 ? long_length(&e, 18) : instruction + 3);
			literals = MANY;
			continue;
		}
		m = read_match(&e, instruction, literals);
		if (instruction >= 16 && instruction < 32 && m.distance == FAR)
			break;
		copy_match(&e, m.length, m.distance);
		copy_literals(&e, m.literals);
		literals = m.literals;
	}
	return e.bad || e.in != e.in_end || e.out != e.out_end ? -EBADMSG : 0;
}

/* For the row in codec.c: nothing but the page is needed. */
int lzo_unpack(void *memory, const uint8_t *packed, size_t size, uint8_t *page, size_t page_size)
{
	(void)memory;
	return expand_lzo(packed, size, page, page_size);
}
