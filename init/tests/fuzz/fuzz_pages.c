/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of vmcore/frames, memmap, page_layout, pages, filter and vmcore_page. The input is a
 * core taken apart, so that any change of it is a core again:
 *
 *   machine, level, how, number of banks, of stacks, of keys: a byte each
 *   each bank: where it begins and what it has, 2 bytes each, in KiB
 *   each stack: 4 bytes, from where the linear map begins
 *   each key: its number, how it is printed, a value of 8 bytes; it stands before the text
 *   2 bytes, and as many bytes of VMCOREINFO
 *   the memory: again and again 4 bytes of address, from where RAM begins, a size less one, bytes
 *
 * Bits of how: 0 a filter, too, when the size is a multiple of 4, since it takes long; 1 reads, no
 * mappings; 2 some bits of the bitmap are clear; 3 counted from another base.
 *
 * Contract: a result is one that is documented; bits only become clear, as many as are counted;
 * a second walk, and one in other steps, gives the same; what is in force is the level asked for
 * or 1; what is kept and what is left out add up to what there is.
 */
#include "base/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "vmcore/elf_fields.h"
#include "vmcore/filter.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum {
	MIB = 1 << 20,
	RAM = 16 * MIB, /* banks lie within this, and have no more in all */
	INPUT_MAX = 64 * 1024,
	BANKS = 8,
	STACKS = 8,
	KEYS = 8,
	NOTES = 4096, /* where they stand in the file */
	DATA = 128 * 1024,
	FRAMES = RAM / 4096 + 16, /* that can be looked at, a multiple of 8 */
	PRSTATUS = 392,
};

static const struct machine {
	uint16_t machine;
	bool is64;
	uint64_t base, linear;
} machines[] = {
	{EM_ARM, false, 0x40000000, 0xc0000000},
	{EM_ARM, true, UINT64_C(0x880000000), 0xc0000000},
	{EM_AARCH64, true, 0x40000000, UINT64_C(0xffff000000000000)},
	{EM_X86_64, true, 0x40000000, UINT64_C(0xffff888040000000)},
};

static const char *const keys[] = {
	"PAGESIZE",
	"SYMBOL(mem_map)",
	"SYMBOL(mem_section)",
	"LENGTH(mem_section)",
	"SIZE(mem_section)",
	"OFFSET(mem_section.section_mem_map)",
	"NUMBER(SECTION_SIZE_BITS)",
	"NUMBER(MAX_PHYSMEM_BITS)",
	"SIZE(page)",
	"OFFSET(page.flags)",
	"OFFSET(page._mapcount)",
	"OFFSET(page.mapping)",
	"OFFSET(page.private)",
	"OFFSET(page.compound_head)",
	"OFFSET(page.compound_info)",
	"OFFSET(page.compound_order)",
	"OFFSET(page.compound_dtor)",
	"OFFSET(folio._folio_order)",
	"OFFSET(folio._folio_dtor)",
	"NUMBER(HUGETLB_PAGE_DTOR)",
	"NUMBER(PG_hugetlb)",
	"NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)",
	"NUMBER(PG_lru)",
	"NUMBER(PG_private)",
	"NUMBER(PG_swapcache)",
	"NUMBER(PG_swapbacked)",
	"NUMBER(PG_slab)",
	"NUMBER(PG_hwpoison)",
	"NUMBER(PG_buddy)",
	"NUMBER(PG_head_mask)",
	"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)",
	"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)",
	"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)",
	"NUMBER(PAGE_UNACCEPTED_MAPCOUNT_VALUE)",
	"LENGTH(zone.free_area)",
	"SYMBOL(swapper_pg_dir)",
	"SYMBOL(init_top_pgt)",
};

/* What is left of the input. */
struct input {
	const uint8_t *at;
	size_t left;
};

struct bank {
	uint64_t paddr, size, offset;
};

static struct core {
	const struct machine *machine;
	unsigned int level, how, banks;
	struct bank bank[BANKS];
	uint8_t *file; /* DATA + RAM bytes */
	int fd;
	size_t size;
} core;

static struct vmcore vmcore;
static struct window window;
static struct filter filter;
static struct pages pages;
static uint8_t scratch[WINDOW_READ_BYTES];
static uint8_t had[FRAMES / 8], first_walk[FRAMES / 8], other_walk[FRAMES / 8];

static uint64_t take(struct input *in, unsigned int size)
{
	uint64_t value = 0;

	if (in->left < size)
		size = (unsigned int)in->left;
	value = bytes_get(in->at, size);
	in->at += size;
	in->left -= size;
	return value;
}

static void take_banks(struct input *in, unsigned int count)
{
	uint64_t used = DATA;

	core.banks = 0;
	for (unsigned int i = 0; i < count; i++) {
		struct bank *b = &core.bank[core.banks];
		uint64_t at = take(in, 2) * 1024 % RAM;

		b->size = take(in, 2) * 1024;
		if (b->size > RAM - at)
			b->size = RAM - at;
		b->paddr = core.machine->base + at;
		b->offset = used + at % 4096;
		used = (b->offset + b->size + 4095) & ~UINT64_C(4095);
		if (used > DATA + RAM)
			break;
		core.size = (size_t)used;
		core.banks += b->size != 0;
	}
}

static uint8_t *put_note(uint8_t *at, const char *name, uint32_t type, size_t size)
{
	const uint32_t head[] = {(uint32_t)strlen(name) + 1, (uint32_t)size, type};

	memcpy(at, head, sizeof(head));
	memcpy(at + sizeof(head), name, strlen(name) + 1);
	return at + sizeof(head) + (strlen(name) + 4) / 4 * 4;
}

/* Where the stack pointer stands in elf_prstatus is what vmcore_page.c is to know. */
static uint8_t *put_stacks(struct input *in, unsigned int count, uint8_t *at)
{
	static const size_t places[] = {124, 124, 360, 264};
	size_t place = places[core.machine - machines];

	for (unsigned int i = 0; i < count; i++) {
		uint64_t sp = core.machine->linear + take(in, 4);

		at = put_note(at, "CORE", NT_PRSTATUS, PRSTATUS);
		memcpy(at + place, &sp, core.machine->machine == EM_ARM ? 4 : 8);
		at += PRSTATUS;
	}
	return at;
}

static size_t put_keys(struct input *in, unsigned int count, char *text, size_t size)
{
	static const char *const formats[] = {"%s=%lld\n", "%s=%llx\n", "%s=0x%llx\n", "%s=%llu\n"};
	size_t n = 0;

	for (unsigned int i = 0; i < count; i++) {
		uint64_t key = take(in, 1) % (sizeof(keys) / sizeof(keys[0]));
		uint64_t form = take(in, 1);
		uint64_t value = take(in, 8) >> (form / 4 % 8 * 8);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		n += (size_t)snprintf(text + n, size - n, formats[form % 4], keys[key],
				      (unsigned long long)value);
#pragma GCC diagnostic pop
	}
	return n;
}

static size_t put_vmcoreinfo(struct input *in, unsigned int count, uint8_t *at)
{
	char text[KEYS * 64];
	size_t n = put_keys(in, count, text, sizeof(text));
	size_t size = (size_t)take(in, 2);
	uint8_t *desc;

	size = size < in->left ? size : in->left;
	desc = put_note(at, "VMCOREINFO", 0, n + size);
	memcpy(desc, text, n);
	memcpy(desc + n, in->at, size);
	in->at += size;
	in->left -= size;
	return (size_t)(desc - at) + n + size;
}

static void put_headers(size_t notes)
{
	if (core.machine->is64) {
		Elf64_Ehdr h = {.e_type = ET_CORE,
				.e_machine = core.machine->machine,
				.e_phoff = sizeof(h),
				.e_phentsize = sizeof(Elf64_Phdr),
				.e_phnum = (uint16_t)(core.banks + 1)};
		Elf64_Phdr p[BANKS + 1] = {
			{.p_type = PT_NOTE, .p_offset = NOTES, .p_filesz = notes}};

		memcpy(h.e_ident,
		       "\x7f"
		       "ELF\2\1\1",
		       7);
		for (unsigned int i = 0; i < core.banks; i++) {
			const struct bank *b = &core.bank[i];

			p[i + 1] = (Elf64_Phdr){.p_type = PT_LOAD,
						.p_offset = b->offset,
						.p_paddr = b->paddr,
						.p_vaddr = b->paddr - core.machine->base +
							   core.machine->linear,
						.p_filesz = b->size,
						.p_memsz = b->size};
		}
		memcpy(core.file, &h, sizeof(h));
		memcpy(core.file + sizeof(h), p, sizeof(p));
	} else {
		Elf32_Ehdr h = {.e_type = ET_CORE,
				.e_machine = core.machine->machine,
				.e_phoff = sizeof(h),
				.e_phentsize = sizeof(Elf32_Phdr),
				.e_phnum = (uint16_t)(core.banks + 1)};
		Elf32_Phdr p[BANKS + 1] = {
			{.p_type = PT_NOTE, .p_offset = NOTES, .p_filesz = (uint32_t)notes}};

		memcpy(h.e_ident,
		       "\x7f"
		       "ELF\1\1\1",
		       7);
		for (unsigned int i = 0; i < core.banks; i++) {
			const struct bank *b = &core.bank[i];

			p[i + 1] = (Elf32_Phdr){.p_type = PT_LOAD,
						.p_offset = (uint32_t)b->offset,
						.p_paddr = (uint32_t)b->paddr,
						.p_filesz = (uint32_t)b->size,
						.p_memsz = (uint32_t)b->size};
		}
		memcpy(core.file, &h, sizeof(h));
		memcpy(core.file + sizeof(h), p, sizeof(p));
	}
}

/* The same memory in each bank that has it. */
static void put_memory(struct input *in)
{
	while (in->left > 5) {
		uint64_t pa = core.machine->base + take(in, 4) % RAM;
		size_t size = (size_t)take(in, 1) + 1;

		size = size < in->left ? size : in->left;
		for (unsigned int i = 0; i < core.banks; i++) {
			const struct bank *b = &core.bank[i];

			for (size_t k = 0; k < size; k++) {
				if (pa + k >= b->paddr && pa + k - b->paddr < b->size)
					core.file[b->offset + (pa + k - b->paddr)] = in->at[k];
			}
		}
		in->at += size;
		in->left -= size;
	}
}

/* Builds the core of that input. */
static void build(struct input *in)
{
	unsigned int banks, stacks, count;
	uint8_t *at;

	core.machine = &machines[take(in, 1) % 4];
	core.level = (unsigned int)take(in, 1) % 32;
	core.how = (unsigned int)take(in, 1);
	banks = (unsigned int)take(in, 1) % (BANKS + 1);
	stacks = (unsigned int)take(in, 1) % (STACKS + 1);
	count = (unsigned int)take(in, 1) % (KEYS + 1);
	core.size = DATA;
	take_banks(in, banks);
	HOLDS(ftruncate(core.fd, 0) == 0 && ftruncate(core.fd, (off_t)core.size) == 0);
	at = put_stacks(in, stacks, core.file + NOTES);
	at += put_vmcoreinfo(in, count, at);
	put_headers((size_t)(at - (core.file + NOTES)));
	put_memory(in);
}

static uint64_t count_bits(const uint8_t *bitmap, size_t size)
{
	uint64_t n = 0;
	uint64_t word;
	size_t i = 0;

	for (; i + sizeof(word) <= size; i += sizeof(word)) {
		memcpy(&word, bitmap + i, sizeof(word));
		n += (unsigned int)__builtin_popcountll(word);
	}
	for (; i < size; i++)
		n += (unsigned int)__builtin_popcount(bitmap[i]);
	return n;
}

/* The first frame that is looked at: the lowest of RAM, or a few more. */
static uint64_t first_frame(void)
{
	uint64_t first = core.machine->base >> vmcore.frames.shift;

	return (core.how & 8) != 0 ? first - 8 : first;
}

/* One walk in steps of STEP frames; those end where they are looked at together. */
static void walk(uint8_t *bitmap, uint64_t step)
{
	uint64_t first = first_frame();

	memcpy(bitmap, had, sizeof(had));
	for (uint64_t at = 0; at < FRAMES;) {
		uint64_t n = step - (first + at) % step;

		n = n < FRAMES - at ? n : FRAMES - at;
		pages_exclude(&pages, first + at, n, bitmap + at / 8);
		at += n;
	}
}

static void check_pages(void)
{
	uint64_t left[PAGE_STATES];
	uint64_t sum = 0;
	uint64_t unknown;
	int r = pages_open(&pages, &vmcore, &window, core.level);

	HOLDS(r == 0 || r == -ENOKEY || r == -ENXIO || r == -ENOTSUP);
	if (r != 0)
		return;
	HOLDS(vmcore_mark(&vmcore, first_frame(), FRAMES, had) == 0);
	HOLDS(count_bits(had, sizeof(had)) == vmcore.frames.count);
	for (size_t i = 0; i < sizeof(had) && (core.how & 4) != 0; i++)
		had[i] &= (uint8_t)(i * 37 + core.how);
	walk(first_walk, UINT64_C(1) << 40);
	for (size_t i = 0; i < sizeof(had); i++)
		HOLDS((first_walk[i] & ~had[i]) == 0);
	memcpy(left, pages.left_out, sizeof(left));
	unknown = pages.unknown;
	for (unsigned int i = 0; i < PAGE_STATES; i++)
		sum += left[i];
	HOLDS(left[PAGE_KEPT] == 0 && unknown <= vmcore.frames.count);
	HOLDS(sum == count_bits(had, sizeof(had)) - count_bits(first_walk, sizeof(had)));
	HOLDS((core.level & LEVEL_FREE) != 0 || left[PAGE_FREE] == 0);
	HOLDS((core.level & LEVEL_USER) != 0 || left[PAGE_USER] == 0);
	HOLDS((core.level & (LEVEL_CACHE | LEVEL_PRIVATE_CACHE)) != 0 || left[PAGE_CACHE] == 0);
	pages_rewind(&pages);
	walk(other_walk, 512);
	HOLDS(memcmp(first_walk, other_walk, sizeof(first_walk)) == 0);
	HOLDS(memcmp(left, pages.left_out, sizeof(left)) == 0 && pages.unknown == unknown);
}

static void check_filter(void)
{
	uint64_t base = (core.how & 8) != 0 ? 0 : vmcore_base(&vmcore);
	uint64_t kept = 0;
	uint64_t sum = 0;

	HOLDS(filter_open(&filter, &vmcore, &window, core.level, base, NULL) == 0);
	HOLDS(filter.level == core.level || (filter.level == 1 && core.level > 1));
	HOLDS((filter.doubt == FILTER_SURE) == (filter.level == core.level));
	HOLDS(filter.present == vmcore.frames.count && filter.kept <= filter.present);
	HOLDS(filter.doubt == FILTER_SURE || filter.kept == filter.present);
	HOLDS(filter.doubt != FILTER_NO_STRUCT_PAGES || filter.error != 0);
	HOLDS(filter.kept > 0 || filter.present == 0);
	for (uint64_t i = 0; i < filter_chunks(&filter); i++) {
		const uint8_t *chunk = filter_chunk(&filter, i);

		HOLDS(chunk != NULL);
		kept += count_bits(chunk, FILTER_BYTES);
	}
	HOLDS(kept == filter.kept);
	for (unsigned int i = 0; i < PAGE_STATES && filter.level > 1; i++)
		sum += filter.pages.left_out[i];
	HOLDS(sum == filter.present - filter.kept);
}

/* Pages at the edges of all there is; each byte of them is there. */
static void check_edges(void)
{
	for (unsigned int i = 0; i < vmcore.frames.ranges; i++) {
		const struct frame_range *f = &vmcore.frames.range[i];
		const uint64_t frames[] = {f->first - 1, f->first, f->end - 1, f->end};

		for (unsigned int k = 0; k < 4; k++) {
			const uint8_t *page = NULL;
			int r = vmcore_page(&vmcore, &window, frames[k], &page);
			volatile uint8_t byte;

			HOLDS(r == (k == 1 || k == 2 ? 0 : -ENODATA));
			for (size_t b = 0; r == 0 && b < (size_t)1 << vmcore.frames.shift; b += 64)
				byte = page[b];
			(void)byte;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};

	if (size < 8 || size > INPUT_MAX)
		return 0;
	if (core.file == NULL) {
		core.fd = memfd_create("core", MFD_CLOEXEC);
		core.file = mmap(NULL, DATA + RAM, PROT_READ | PROT_WRITE, MAP_SHARED, core.fd, 0);
		HOLDS(core.fd >= 0 && core.file != MAP_FAILED);
	}
	build(&in);
	HOLDS(vmcore_open(&vmcore, core.fd, NULL) == 0);
	window_open(&window, core.fd, vmcore.elf.file_size, scratch);
	window.mapped = window.mapped && (core.how & 2) == 0;
	check_edges();
	check_pages();
	if ((core.how & 1) != 0 && size % 4 == 0)
		check_filter();
	window_close(&window);
	return 0;
}
