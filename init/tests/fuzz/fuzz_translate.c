/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of vmcore/translate*. The input is a kernel of tests/images/pagetables.h, altered: a
 * byte for the machine, one for the segments, two that count what follows; changes of keys (which
 * one, eight bytes of bits to flip), addresses of eight bytes, and then memory: eight bytes at
 * three bytes of place, over and over. Contract: what is found lies inside of a segment, with at
 * least a byte of room; whether it was found before does not matter; no address takes more reads
 * than two walks have.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/images/pagetables.h"
#include "vmcore/elfcore_rows.h"
#include "vmcore/physmem.h"
#include "vmcore/translate.h"
#include "vmcore/translate_walk.h"
#include "vmcore/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

enum {
	INPUT_MAX = 8192,
	COUNT_MAX = 8,
	RECORD = 11,
	SLOTS = PAGETABLES_BYTES / 8,
	WALK_READS = 5,
	OPEN_READS = 2048, /* lowmem of ARM is looked at in steps of 8 MiB */
	BYTES = 40,
};

/* Where segments begin and end, in that memory. */
static const struct {
	unsigned int count;
	uint64_t from[3], to[3];
} layouts[] = {
	{1, {0}, {PAGETABLES_BYTES}},
	{2, {0x100000, 0}, {PAGETABLES_BYTES, 0x100000}},
	{2, {0, 0x100000}, {0x80000, PAGETABLES_BYTES}},
	{3, {0, 0x40800, 0x280123}, {0x40800, 0x200001, PAGETABLES_BYTES - 1}},
};

static _Alignas(8) uint8_t ram[PAGETABLES_BYTES];
static const struct pagetables_machine *m;
static struct elfcore core;
static struct physmem memory;
static struct vmcoreinfo info;
static struct translate t;
static unsigned int reads;

static const struct elfcore_segment *segment_of(uint64_t pa)
{
	for (unsigned int i = 0; i < core.segments - core.faults; i++) {
		const struct elfcore_segment *s = &core.segment[i];

		if (pa >= s->paddr && pa - s->paddr < s->size)
			return s;
	}
	return NULL;
}

/* In place of vmcore/physmem.c, so that reads can be counted. */
/* cppcheck-suppress constParameter ; the header says what it is */
int physmem_read(struct physmem *from, uint64_t pa, void *out, size_t size)
{
	uint8_t *to = out;

	HOLDS(from == &memory);
	reads++;
	for (size_t i = 0; i < size; i++) {
		if (segment_of(pa + i) == NULL)
			return -ENXIO;
		to[i] = ram[pa + i - m->base];
	}
	return 0;
}

static uint64_t number(const uint8_t *p, unsigned int bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | p[bytes];
	return n;
}

static void set_segments(unsigned int way)
{
	static const uint16_t numbers[] = {
		[SHORT] = EM_ARM, [LONG] = EM_AARCH64, [X86] = EM_X86_64};

	elfcore_clear(&core, -1);
	core.machine = m->format == LONG && m->va_bits == 0 ? EM_ARM : numbers[m->format];
	for (unsigned int i = 0; i < layouts[way % 4].count; i++) {
		uint64_t from = layouts[way % 4].from[i];

		core.segment[core.segments++] =
			(struct elfcore_segment){.offset = i * PAGETABLES_BYTES,
						 .size = layouts[way % 4].to[i] - from,
						 .index = i,
						 .paddr = m->base + from,
						 .vaddr = (way & 4) != 0   ? m->linear + from
							  : (way & 8) != 0 ? from
									   : 0};
	}
	if ((way >> 4 & 1) != 0)
		core.segment[core.segments++] = (struct elfcore_segment){
			.size = UINT64_MAX, .index = 9, .fault = ELFCORE_ADDRESS};
	elfcore_settle(&core);
}

/* Whether it was in a leaf that was kept must make no difference. */
static void check_again(uint64_t va, int r, uint64_t pa, uint64_t left)
{
	uint64_t again = 0;
	uint64_t again_left = 0;

	t.block_size = 0;
	HOLDS(translate_physical(&t, va, &again, &again_left) == r);
	HOLDS(r != 0 || (again == pa && again_left == left));
}

static void check_walk(uint64_t va)
{
	uint64_t pa, left, last, last_left;
	int r;

	reads = 0;
	r = translate_walk(&t, va, &pa, &left);
	HOLDS(reads <= t.walk.levels && (r == 0 || r == -ENXIO));
	if (r != 0)
		return;
	HOLDS(left > 0 && left <= t.block_size && t.block_size <= UINT64_C(1) << 30);
	HOLDS(translate_walk(&t, va + left - 1, &last, &last_left) == 0);
	HOLDS(last == pa + left - 1 && last_left == 1);
	t.block_size = 0;
	HOLDS(translate_walk(&t, va + left - 1, &last, &last_left) == 0);
	HOLDS(last == pa + left - 1 && last_left == 1);
}

static void check_address(uint64_t va)
{
	uint8_t bytes[BYTES];
	uint64_t pa = 0;
	uint64_t left = 0;
	int r;

	reads = 0;
	r = translate_physical(&t, va, &pa, &left);
	HOLDS(reads <= 2 * WALK_READS && (r == 0 || r == -ENXIO));
	if (r == 0)
		HOLDS(segment_of(pa) != NULL && left > 0 && left - 1 <= UINT64_MAX - pa);
	check_again(va, r, pa, left);
	check_walk(va);
	reads = 0;
	if (translate_read(&t, va, bytes, sizeof(bytes)) == 0)
		HOLDS(r == 0 && bytes[0] == ram[pa - m->base]);
	HOLDS(reads <= BYTES * (2 * WALK_READS + 1));
}

static void check_open(void)
{
	HOLDS(t.maps >= 1 && t.maps <= TRANSLATE_MAPS && t.walk.levels <= WALK_READS);
	HOLDS(t.page >= 4096 && t.page <= 65536 && (t.page & (t.page - 1)) == 0);
	for (unsigned int i = 0; i < t.maps; i++) {
		check_address(t.map[i].start);
		check_address(t.map[i].start - 1);
		check_address(t.map[i].end);
		check_address(t.map[i].end + 1);
	}
	check_address(t.walk.first);
	check_address(t.walk.last);
	check_address(m->other);
	for (uint64_t at = 0; at < PAGETABLES_BYTES; at += 0xdfff1) {
		check_address(m->image + at);
		check_address(m->linear + at);
	}
	check_address(t.proof);
	HOLDS(translate_number(&t, t.proof, 1, &(uint64_t){0}) == 0);
}

/* Takes changes of keys into TEXT. Returns how many bytes of the input they are. */
static size_t take_keys(const uint8_t *data, size_t count, char *text, size_t size)
{
	uint64_t change[PAGETABLES_KEYS] = {0};

	for (size_t i = 0; i < count; i++)
		change[data[9 * i] % PAGETABLES_KEYS] = number(data + 9 * i + 1, 8);
	pagetables_keys(m, change, text, size);
	for (char *p = strchr(text, ' '); p != NULL; p = strchr(p, ' '))
		*p = '\n';
	info = (struct vmcoreinfo){.text = text, .size = strlen(text)};
	return 9 * count;
}

/* Puts memory there, or takes it away again. */
static void put_memory(const uint8_t *data, size_t size, bool there)
{
	static const char release[] = "6.1.0-tables";
	static const uint8_t nothing[sizeof(release)];

	memcpy(ram + PAGETABLES_RELEASE, there ? (const void *)release : nothing, sizeof(release));
	for (; size >= RECORD; data += RECORD, size -= RECORD)
		memcpy(ram + number(data, 3) % SLOTS * 8, there ? data + 3 : nothing, 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[2048];
	size_t changes, addresses, head;
	int r;

	if (size < 4 || size > INPUT_MAX)
		return 0;
	m = &pagetables_machines[data[0] % PAGETABLES_MACHINES];
	changes = data[2] % (COUNT_MAX + 1);
	addresses = data[3] % (COUNT_MAX + 1);
	head = 4 + 9 * changes + 8 * addresses;
	if (head > size)
		return 0;
	set_segments(data[1]);
	put_memory(data + head, size - head, true);
	data += 4;
	data += take_keys(data, changes, text, sizeof(text));
	memory.core = &core;
	reads = 0;
	r = translate_open(&t, &core, &info, &memory);
	HOLDS(r == 0 || r == -ENXIO || r == -ENOKEY);
	HOLDS(reads <= OPEN_READS);
	if (r == 0)
		check_open();
	for (size_t i = 0; i < addresses && r == 0; i++)
		check_address(number(data + 8 * i, 8));
	put_memory(data + 8 * addresses, size - head, false);
	return 0;
}
