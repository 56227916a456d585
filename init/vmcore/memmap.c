/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FLATMEM is one array behind the pointer mem_map. SPARSEMEM has an array for each section of
 * memory; what a section stores is where its array would begin if it began at frame 0, with
 * flags in the lowest bits (mm/sparse.c). With VMEMMAP that address lies in a region of its own,
 * which the page tables translate, and nothing else differs.
 */
#include "vmcore/memmap.h"

#include "vmcore/machine.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>

/* Flags of section_mem_map; the kernel keeps at least six bits for them. */
enum { SECTION_PRESENT = 1, SECTION_HAS_MAP = 2, SECTION_FLAGS = 0x3f };

static int open_flat(struct memmap *m, const struct vmcoreinfo *info)
{
	uint64_t symbol;
	int r;

	if (!m->memory->machine->flatmem ||
	    !vmcoreinfo_number(info, "SYMBOL(mem_map)", 16, &symbol))
		return -ENOKEY;
	r = translate_word(m->memory, symbol, &m->map);
	if (r == 0 && m->map == 0)
		r = -ENXIO;
	m->base = m->memory->physical >> m->shift;
	return r;
}

/* How many bits the number of a section has, by the length of an array of roots; 0: unknown. */
static unsigned int bits_of_roots(const struct memmap *m, const struct vmcoreinfo *info)
{
	uint64_t roots = 0;
	unsigned int bits = 0;

	if (!m->memory->machine->section_roots ||
	    !vmcoreinfo_number(info, "LENGTH(mem_section)", 10, &roots) || roots > UINT32_MAX)
		return 0;
	while (UINT64_C(1) << bits < roots * m->per_root)
		bits++;
	return bits;
}

/*
 * Sizes of a section and of physical memory. The latter is exported since 5.9, the former since
 * 5.13: where the array has roots, what is missing follows from its length. (arm64's sections went
 * from 30 bits to 27 in 5.12, and memory may have 52 bits in place of 46 or 48.)
 */
static bool read_sizes(struct memmap *m, const struct vmcoreinfo *info)
{
	uint64_t section = m->memory->machine->section_bits;
	uint64_t physical;
	unsigned int bits = bits_of_roots(m, info);
	bool has_section = vmcoreinfo_number(info, "NUMBER(SECTION_SIZE_BITS)", 10, &section);
	bool has_physical = machine_physical_bits(m->memory->machine, info, &physical);

	if (physical > 64 || section > 64)
		return false;
	if (bits != 0 && has_physical && !has_section)
		section = physical > bits ? physical - bits : 0;
	else if (bits != 0 && !has_physical)
		physical = section + bits;
	m->section_shift = (unsigned int)section;
	m->section_bits = (unsigned int)(physical - section);
	return section > m->shift && section < physical && physical <= 64;
}

/* Can the section that the memory begins with be looked up? */
static bool works(struct memmap *m, uint64_t pfn)
{
	uint64_t va;
	uint64_t left;

	m->section = UINT64_MAX;
	return memmap_page(m, pfn, &va, &left) == 0;
}

/*
 * SYMBOL(mem_section) is the array, or, on kernels before 4.15 and with other tools, a pointer
 * to it: whichever finds the section of frame PFN. An array as long as there are sections is a
 * static one, a shorter one has roots.
 */
static int open_sparse(struct memmap *m, const struct vmcoreinfo *info, uint64_t pfn)
{
	uint64_t page = m->memory->page;
	uint64_t sections;
	uint64_t length;

	if (!vmcoreinfo_number(info, "SYMBOL(mem_section)", 16, &m->roots) ||
	    !vmcoreinfo_number(info, "SIZE(mem_section)", 10, &m->section_size) ||
	    !vmcoreinfo_number(info, "OFFSET(mem_section.section_mem_map)", 10, &m->section_map) ||
	    m->section_size == 0 || m->section_size > page || m->section_map > m->section_size)
		return -ENOKEY;
	m->per_root = page / m->section_size;
	if (!read_sizes(m, info))
		return -ENOKEY;
	sections = UINT64_C(1) << m->section_bits;
	if (vmcoreinfo_number(info, "LENGTH(mem_section)", 10, &length) &&
	    length != (sections - 1) / m->per_root + 1)
		m->per_root = 0;
	if (works(m, pfn))
		return 0;
	if (translate_word(m->memory, m->roots, &m->roots) == 0 && works(m, pfn))
		return 0;
	return -ENXIO;
}

int memmap_open(struct memmap *m, struct translate *memory, const struct vmcoreinfo *info,
		unsigned int shift, uint64_t pfn)
{
	uint64_t page_size;

	*m = (struct memmap){.memory = memory, .shift = shift, .section = UINT64_MAX};
	if (!vmcoreinfo_number(info, "SIZE(page)", 10, &page_size) || page_size == 0 ||
	    page_size > memory->page)
		return -ENOKEY;
	m->page_size = page_size;
	m->sparse = vmcoreinfo_number(info, "SYMBOL(mem_section)", 16, &m->roots);
	return m->sparse ? open_sparse(m, info, pfn) : open_flat(m, info);
}

/* Looks up section NR: sets its map, 0 when it is absent or out of reach. */
static void find_section(struct memmap *m, uint64_t nr)
{
	uint64_t entry = m->roots + nr * m->section_size;
	uint64_t value = 0;

	m->section = nr;
	m->section_pages = 0;
	if (nr >> m->section_bits != 0)
		return;
	if (m->per_root != 0) {
		if (translate_word(m->memory, m->roots + nr / m->per_root * m->memory->word,
				   &entry) != 0 ||
		    entry == 0)
			return;
		entry += nr % m->per_root * m->section_size;
	}
	if (translate_word(m->memory, entry + m->section_map, &value) != 0 ||
	    (value & SECTION_PRESENT) == 0 || (value & SECTION_HAS_MAP) == 0)
		return;
	m->section_pages = value & ~(uint64_t)SECTION_FLAGS;
}

int memmap_page(struct memmap *m, uint64_t pfn, uint64_t *va, uint64_t *left)
{
	uint64_t mask = m->memory->word == 4 ? UINT32_MAX : UINT64_MAX;
	uint64_t frames;

	if (!m->sparse) {
		*left = UINT64_MAX - pfn;
		*va = (m->map + (pfn - m->base) * m->page_size) & mask;
		return pfn >= m->base ? 0 : -ENXIO;
	}
	frames = UINT64_C(1) << (m->section_shift - m->shift);
	*left = frames - pfn % frames;
	if (pfn / frames != m->section)
		find_section(m, pfn / frames);
	*va = (m->section_pages + pfn * m->page_size) & mask;
	return m->section_pages != 0 ? 0 : -ENXIO;
}
