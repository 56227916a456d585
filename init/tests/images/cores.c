/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes what init/tests/binaries gives to the binaries that are shipped: cores DIR writes, for
 * each machine, DIR/MACHINE.core (memory of many kinds, with a kernel's map of it),
 * DIR/MACHINE.kept (for each level a line: the level, and the frames that a dump of it keeps),
 * DIR/MACHINE.log (a core with a log in it) and DIR/MACHINE.log.txt (that log). Which frames stay
 * is what the image was asked to be, so nothing of the product has a say in it. Pages of zeros
 * stay at every level: where they are left out, all of them are one page in the file.
 */
#include "tests/images/crashlog.h"
#include "tests/images/memimage_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, PATH = 512 };

/* +N counts from the first frame of RAM; the kernel's own structures are below +0x80. */
#define STATES                                                                                     \
	"free +0x80 3\nfree +0xc0 6\nfree +0x100 0\nfree +0x102 1\nanon +0x110\nanon +0x114 2\n"   \
	"ksm +0x111\nanon +0x180 6\ncache +0x120\nbuffers +0x121\ncache +0x124 2\n"                \
	"buffers +0x128 3\nswapcache +0x122\nslab +0x130 2\nhuge +0x140 4\ncompound +0x150 2\n"    \
	"reserved +0x162\ntable +0x163\ncache +0x1c0 6\nanon +0x2ff\nfree +0x280 5\n"

static const struct {
	const char *name, *image, *log;
} machines[] = {
	{"arm", "arm kernel=6.1\nram 0x40000000 3M\n" STATES, "ring arm"},
	{"arm64", "arm64 kernel=6.12\nram 0x40000000 3M\n" STATES, "ring arm64"},
	{"x86_64", "x86_64 kernel=6.6\nram 0x1000000 3M\n" STATES, "records x86_64"},
};

/* The configuration's levels that exclude one state each, none, and all. */
static const unsigned int levels[] = {0, 1, 2, 4, 8, 16, 31};

#define LOG                                                                                        \
	"\nrecord 0.0 Booting Linux\nempty 1.0\nrecord 1.5 two\\nlines\nrecord 2.25 \\x1b[m\n"     \
	"record 3.75 Kernel panic - not syncing: tried\n"

static _Noreturn void wrong(const char *what)
{
	fprintf(stderr, "cores: %s\n", what);
	exit(1);
}

/* The same numbers each time: xorshift32, Marsaglia 2003. */
static uint32_t draw(void)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Kinds of pages. Each writes the PAGE bytes at P of frame PFN. */

static void zeros(uint8_t *p, uint64_t pfn)
{
	(void)pfn;
	memset(p, 0, PAGE);
}

static void one_byte(uint8_t *p, uint64_t pfn)
{
	memset(p, 0, PAGE);
	p[pfn % 3 == 0 ? PAGE - 1 : draw() % PAGE] = 1;
}

static void noise(uint8_t *p, uint64_t pfn)
{
	(void)pfn;
	for (unsigned int i = 0; i < PAGE; i++)
		p[i] = (uint8_t)(draw() >> 11);
}

static void text(uint8_t *p, uint64_t pfn)
{
	static const char *const words[] = {"kernel", "panic ", "not syncing: ", "memory\n",
					    "0x",     "of ",	"usb 1-1: ",	 "\t"};
	size_t at = (size_t)snprintf((char *)p, PAGE, "frame %#llx\n", (unsigned long long)pfn);

	while (at < PAGE) {
		const char *word = words[draw() % 8];
		size_t length = strlen(word) < PAGE - at ? strlen(word) : PAGE - at;

		memcpy(p + at, word, length);
		at += length;
	}
}

/* As a page of a slab: words of eight bytes, most of them near each other. */
static void pointers(uint8_t *p, uint64_t pfn)
{
	for (unsigned int i = 0; i < PAGE; i += 8) {
		uint64_t value = UINT64_C(0xffff888000000000) + (pfn << 12) + draw() % 64 * 64;

		if (draw() % 4 == 0)
			value = draw() % 16;
		memcpy(p + i, &value, sizeof(value));
	}
}

static void pattern(uint8_t *p, uint64_t pfn)
{
	unsigned int period = 1 + (unsigned int)(pfn % 40);

	for (unsigned int i = 0; i < PAGE; i++)
		p[i] = (uint8_t)(i < period ? draw() | 1 : p[i - period]);
}

static void runs(uint8_t *p, uint64_t pfn)
{
	uint8_t byte = (uint8_t)pfn;

	for (unsigned int i = 0; i < PAGE; i++) {
		byte = draw() % 200 == 0 ? (uint8_t)draw() : byte;
		p[i] = byte;
	}
}

/* A match as far away as one can be. */
static void halves(uint8_t *p, uint64_t pfn)
{
	noise(p, pfn);
	memcpy(p + PAGE / 2, p, PAGE / 2);
	p[PAGE - 1 - pfn % 9] ^= 1;
}

/* As machine code: four bytes each, some of which stay and some of which do not. */
static void code(uint8_t *p, uint64_t pfn)
{
	static const uint32_t words[] = {0xe5900000, 0xe59f1000, 0xebfffff0, 0xe1a00000,
					 0xe3500000, 0x0a000000, 0xe8bd8010, 0xe92d4010};

	(void)pfn;
	for (unsigned int i = 0; i < PAGE; i += 4) {
		uint32_t word = words[draw() % 8] | (draw() % 3 == 0 ? draw() % 256 : 0);

		memcpy(p + i, &word, sizeof(word));
	}
}

/* Few values, so that their codes are of very different lengths. */
static void skewed(uint8_t *p, uint64_t pfn)
{
	(void)pfn;
	for (unsigned int i = 0; i < PAGE; i++)
		p[i] = (uint8_t)(__builtin_ctz(draw() | 0x80000000) * 7);
}

static void (*const kinds[])(uint8_t *p, uint64_t pfn) = {
	zeros, text, pointers, code, noise, pattern, skewed, runs, one_byte, halves, text,
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static FILE *create(const char *dir, const char *name, const char *ending)
{
	char path[PATH];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, ending);
	f = fopen(path, "we");
	if (f == NULL)
		wrong(path);
	return f;
}

static void write_all(FILE *f, const void *bytes, size_t size)
{
	if (fwrite(bytes, 1, size, f) != size || fclose(f) != 0)
		wrong("cannot write");
}

/* Fills what the kernel's own structures left free. */
static void fill(struct memimage *m)
{
	if (m->cursor > m->ram[0].paddr + UINT64_C(0x80) * PAGE)
		wrong("the kernel's structures need more than 0x80 frames");
	for (uint64_t pa = (m->cursor + PAGE - 1) / PAGE * PAGE;
	     pa < m->ram[0].paddr + m->ram[0].size; pa += PAGE)
		kinds[pa / PAGE % KINDS](memimage_at(m, pa), pa / PAGE);
}

static void write_image(const char *dir, const char *name, const char *description)
{
	struct memimage *m = memimage_build(description);
	FILE *f = create(dir, name, "kept");

	fill(m);
	for (unsigned int i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		fprintf(f, "%u", levels[i]);
		for (uint64_t pfn = memimage_first(m); pfn < memimage_end(m); pfn++) {
			if (memimage_out(m, pfn, levels[i]) == MEMIMAGE_KEPT)
				fprintf(f, " %llu", (unsigned long long)pfn);
		}
		fprintf(f, "\n");
	}
	if (fclose(f) != 0)
		wrong("cannot write");
	write_all(create(dir, name, "core"), m->bytes, m->size);
	memimage_free(m);
}

static void write_log(const char *dir, const char *name, const char *first)
{
	char description[PATH];
	struct crashlog *c;

	snprintf(description, sizeof(description), "%s%s", first, LOG);
	c = crashlog_build(description);
	write_all(create(dir, name, "log"), c->core.bytes, c->core.size);
	write_all(create(dir, name, "log.txt"), c->expected, strlen(c->expected));
	crashlog_free(c);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: cores DIR\n");
		return 2;
	}
	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		write_image(argv[1], machines[i].name, machines[i].image);
		write_log(argv[1], machines[i].name, machines[i].log);
	}
	return 0;
}
