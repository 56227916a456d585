/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/vmcore_page: a page is what the core has of it, wherever that lies in the file; stacks
 * are found in the notes, which say nothing that is believed unseen.
 */
#include "tests/images/corefile.h"
#include "tests/test.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, LARGE = 65536 };

struct opened {
	struct corefile file;
	struct vmcore core;
	struct window window;
	uint8_t scratch[WINDOW_READ_BYTES];
	int fd;
};

/* What memory holds: the same in each segment that has it. */
static uint8_t byte_of(uint64_t pa)
{
	return (uint8_t)((pa * UINT64_C(0x9e3779b97f4a7c15)) >> 56);
}

static struct opened *open_core(const char *description)
{
	struct opened *o = malloc(sizeof(*o));

	REQUIRE(o != NULL);
	memset(o, 0xa5, sizeof(*o));
	corefile_build(&o->file, description);
	for (unsigned int i = 0; i < o->file.loads; i++) {
		const struct corefile_load *l = &o->file.load[i];

		for (uint64_t at = 0; at < l->size; at++)
			o->file.bytes[l->offset + at] = byte_of(l->paddr + at);
	}
	o->fd = corefile_open(&o->file, "core");
	REQUIRE(vmcore_open(&o->core, o->fd, NULL) == 0);
	window_open(&o->window, o->fd, o->core.elf.file_size, o->scratch);
	return o;
}

static void close_core(struct opened *o)
{
	window_close(&o->window);
	close(o->fd);
	corefile_free(&o->file);
	free(o);
}

/* What the page of frame PFN should be. Returns false when there is nothing of it. */
static bool expect(const struct opened *o, uint64_t pfn, uint8_t *page)
{
	size_t size = (size_t)1 << o->core.frames.shift;
	bool any = false;

	memset(page, 0, size);
	for (unsigned int i = 0; i < o->file.loads; i++) {
		const struct corefile_load *l = &o->file.load[i];
		uint64_t pa = pfn * size > l->paddr ? pfn * size : l->paddr;

		for (; pa < (pfn + 1) * size && pa - l->paddr < l->size; pa++) {
			page[pa - pfn * size] = byte_of(pa);
			any = true;
		}
	}
	return any;
}

/* Checks every frame of the core and some beside it. */
static void check_all(const char *description, bool mapped)
{
	static uint8_t want[LARGE];
	struct opened *o = open_core(description);
	size_t size = (size_t)1 << o->core.frames.shift;
	uint64_t first = o->core.frames.first;

	o->window.mapped = o->window.mapped && mapped;
	for (uint64_t pfn = first > 2 ? first - 2 : 0; pfn < o->core.frames.end + 2; pfn++) {
		const uint8_t *page = NULL;
		bool there = expect(o, pfn, want);

		if (!CHECK_EQ(vmcore_page(&o->core, &o->window, pfn, &page), there ? 0 : -ENODATA))
			test_note("frame %#llx of %s", (unsigned long long)pfn, description);
		else if (there && !CHECK_MEM(page, want, size))
			test_note("frame %#llx of %s", (unsigned long long)pfn, description);
	}
	CHECK_EQ(o->window.unreadable, 0);
	close_core(o);
}

TEST("whole pages of one segment, and nothing before, between and behind segments")
{
	check_all("elf32 arm\nload 0x10000 32K data\nload 0x20000 4K data\n", true);
	check_all("elf64 x86_64\nload 0 32K data\nload 0x20000 4K mixed\n", true);
	check_all("elf64 arm64\nload 0x10000 8M mixed\nload 0x900000 4K data\n", true);
	check_all("elf64 arm64\nload 0x10000 1M mixed\nload 0x200000 4K data\n", false);
}

TEST("a page of which there is a part has zeros for the rest")
{
	static const char *const loads[] = {
		"load 0x10123 1 data\n",
		"load 0x10fff 1 data\n",
		"load 0x10fff 2 data\n",
		"load 0x10800 0x2801 data\n",
		"load 0x10000 0x1001 data\nload 0x12ffe 0x1002 data\n",
	};

	for (unsigned int i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "elf64 arm64\nnote A=1\n%s", loads[i]);
		check_all(text, true);
		check_all(text, false);
	}
}

TEST("a page that is in parts in several segments is put together")
{
	static const char *const loads[] = {
		"load 0x10000 0x1400 data\nload 0x11400 0x1c00 data\n",
		"load 0x11400 0x1c00 data\nload 0x10000 0x1400 data\n",
		"load 0x10000 0x100 data\nload 0x10200 0x100 data\nload 0x10f00 0x200 data\n",
		"load 0x10ff0 0x10 data\nload 0x10000 0x10 data\nload 0x10800 1 data\n",
		"load 0x10000 1 data\nload 0x10001 1 data\nload 0x10002 0xffd data\n",
	};

	for (unsigned int i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "elf64 arm64\nnote A=1\n%s", loads[i]);
		check_all(text, true);
		check_all(text, false);
	}
}

TEST("a page that is twice in a core is there, whole or in parts")
{
	static const char *const loads[] = {
		"load 0x10000 8K data\nload 0x10000 8K data\n",
		"load 0x10000 8K data\nload 0x11000 4K data\nload 0x10000 4K data\n",
		"load 0x10000 0x800 data\nload 0x10000 8K data\n",
		"load 0x10400 0x100 data\nload 0x10000 8K data\nload 0x10c00 0x800 data\n",
		"load 0x10000 8K data\nload 0x10800 8K data\n",
	};

	for (unsigned int i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "elf64 x86_64\nnote A=1\n%s", loads[i]);
		check_all(text, true);
		check_all(text, false);
	}
}

TEST("pages of 16 and 64 KiB, that a window does not show at once")
{
	for (unsigned int shift = 13; shift <= 16; shift++) {
		char text[512];

		snprintf(text, sizeof(text),
			 "elf64 arm64\nnote PAGESIZE=%u\nload 0x%x 5M data\n"
			 "load 0x1003000 0x9000 data\nload 0x100d000 0x13000 data\n",
			 1u << shift, 1u << shift);
		check_all(text, true);
		check_all(text, false);
	}
}

TEST("any segments: each page is all that there is of it")
{
	for (unsigned int round = 0; round < 30; round++) {
		char text[4096];
		size_t n = (size_t)snprintf(text, sizeof(text), "elf64 arm64\nnote PAGESIZE=%d\n",
					    PAGE << round % 3);

		for (unsigned int i = 0; i < 1 + test_below(30); i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "load %#zx %#zx data\n",
					      0x10000 + test_below(0x20000),
					      1 + test_below(0x3000));
		check_all(text, round % 2 == 0);
	}
}

TEST("a frame beyond all addresses is not there")
{
	struct opened *o = open_core("elf64 arm64\nload 0x10000 8K data\n");
	static const uint64_t frames[] = {
		0, 0x12, UINT64_C(1) << 40, UINT64_C(1) << 52, UINT64_MAX >> 12, UINT64_MAX};
	const uint8_t *page;

	for (unsigned int i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		CHECK_EQ(vmcore_page(&o->core, &o->window, frames[i], &page), -ENODATA);
	close_core(o);
}

TEST("a page whose bytes are not in the file is not there; a part of one that is stays")
{
	struct opened *o = open_core("elf64 arm64\nload 0x10000 32K data\n");
	const uint8_t *page;

	/* the file shrinks after its headers were read */
	o->window.file_size = o->file.load[0].offset + 3 * PAGE + 100;
	o->window.mapped = false;
	CHECK_EQ(vmcore_page(&o->core, &o->window, 0x12, &page), 0);
	CHECK_EQ(vmcore_page(&o->core, &o->window, 0x13, &page), 0);
	CHECK_MEM(page, o->file.bytes + o->file.load[0].offset + 3 * PAGE, 100);
	for (unsigned int i = 100; i < PAGE; i++)
		CHECK_EQ(page[i], 0);
	CHECK_EQ(vmcore_page(&o->core, &o->window, 0x14, &page), -ENODATA);
	close_core(o);
}

TEST("kdump-compressed files count frames from the lowest on ARM, from 0 elsewhere")
{
	static const struct {
		const char *text;
		uint64_t want;
	} cases[] = {{"elf32 arm\nload 0x40000000 4K data\nload 0x20001000 4K data\n", 0x20001},
		     {"elf64 arm\nload 0xfffff000 8K data\n", 0xfffff},
		     {"elf64 arm\nload 0x100000000 4K data\n", 0},
		     {"elf64 arm\nload 0x880000000 4K data\n", 0},
		     {"elf64 arm64\nload 0x40000000 4K data\n", 0},
		     {"elf64 x86_64\nload 0x1000 4K data\n", 0},
		     {"elf32 arm\nnote A=1\n", 0}};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct opened *o = open_core(cases[i].text);

		CHECK_EQ(vmcore_base(&o->core), cases[i].want);
		close_core(o);
	}
}

/* Writes a note at AT. Returns where the next one goes. */
static uint8_t *put_note(uint8_t *at, const char *name, size_t name_size, uint32_t type,
			 size_t size)
{
	memset(at, 0, 12 + (name_size + 3) / 4 * 4 + (size + 3) / 4 * 4);
	memcpy(at, (const uint8_t[]){(uint8_t)name_size, 0, 0, 0}, 4);
	memcpy(at + 4, (const uint8_t[]){(uint8_t)size, (uint8_t)(size >> 8), 0, 0}, 4);
	memcpy(at + 8, (const uint8_t[]){(uint8_t)type, 0, 0, 0}, 4);
	memcpy(at + 12, name, name_size);
	return at + 12 + (name_size + 3) / 4 * 4 + (size + 3) / 4 * 4;
}

/* A CPU's note of that size, with the stack pointer at AT of it. */
static uint8_t *put_cpu(uint8_t *note, size_t size, size_t at, unsigned int word, uint64_t sp)
{
	uint8_t *end = put_note(note, "CORE", 5, 1, size);

	for (unsigned int i = 0; i < word && at + i < size; i++)
		note[20 + at + i] = (uint8_t)(sp >> 8 * i);
	return end;
}

static const struct {
	const char *elf;
	size_t size, at; /* of struct elf_prstatus */
	unsigned int word;
} cpus[] = {{"elf32 arm", 148, 124, 4},
	    {"elf64 arm", 148, 124, 4},
	    {"elf64 arm64", 392, 360, 8},
	    {"elf64 x86_64", 336, 264, 8}};

/* Puts these notes into the place of those that the core has. */
static void use_notes(struct opened *o, const uint8_t *bytes, size_t size)
{
	int fd = corefile_store(bytes, size, "notes");

	REQUIRE(dup2(fd, o->fd) == o->fd && close(fd) == 0);
	notes_open(&o->core.elf.notes, o->fd);
	notes_take(&o->core.elf.notes, 0, size);
}

/* That of the N-th CPU. */
static bool stack(const struct vmcore *v, unsigned int n, uint64_t *va)
{
	struct note note = {0};

	do {
		if (!vmcore_next_stack(v, &note, va))
			return false;
	} while (n-- > 0);
	return true;
}

TEST("the stack of each CPU, in the registers of each machine")
{
	for (unsigned int i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		const uint64_t sp = UINT64_C(0xfedcba9876543210);
		struct opened *o;
		uint8_t notes[4096];
		uint8_t *at;
		char text[64];
		uint64_t va = 0;

		snprintf(text, sizeof(text), "%s\nnote A=1\n", cpus[i].elf);
		o = open_core(text);
		at = put_cpu(notes, cpus[i].size, cpus[i].at, cpus[i].word, sp);
		at = put_note(at, "VMCOREINFO", 11, 0, 400);
		at = put_note(at, "CORE", 5, 3, 400);  /* NT_PRPSINFO */
		at = put_note(at, "CORE", 4, 1, 400);  /* another name */
		at = put_note(at, "CORF", 5, 1, 400);  /* and another */
		at = put_note(at, "LINUX", 6, 1, 400); /* another name */
		at = put_cpu(at, cpus[i].at + cpus[i].word - 1, cpus[i].at, cpus[i].word, 1);
		at = put_cpu(at, cpus[i].at + cpus[i].word, cpus[i].at, cpus[i].word, sp + 1);
		at = put_cpu(at, cpus[i].size, cpus[i].at, cpus[i].word, sp + 2);
		use_notes(o, notes, (size_t)(at - notes));
		for (unsigned int n = 0; n < 3; n++) {
			CHECK(stack(&o->core, n, &va));
			CHECK_EQ(va, cpus[i].word == 4 ? (sp + n) & UINT32_MAX : sp + n);
		}
		CHECK(!stack(&o->core, 3, &va));
		CHECK(!stack(&o->core, UINT32_MAX, &va));
		/* the last one is cut off */
		use_notes(o, notes, (size_t)(at - notes) - (cpus[i].size - cpus[i].at));
		CHECK(stack(&o->core, 1, &va));
		CHECK(!stack(&o->core, 2, &va));
		o->core.elf.machine = 3; /* EM_386 */
		CHECK(!stack(&o->core, 0, &va));
		use_notes(o, notes, 0);
		CHECK(!stack(&o->core, 0, &va));
		close_core(o);
	}
}
