/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One walk for all tables: each level takes its bits of the address as an index, and an entry
 * names the next table or ends the walk. What an entry of each machine says: Arm Architecture
 * Reference Manual (ARMv7-A B3.5, B3.6; Armv8-A D8.3) and arch/arm/include/asm/pgtable-2level-
 * hwdef.h, pgtable-3level-hwdef.h; arch/arm64/include/asm/pgtable-hwdef.h; Intel SDM vol. 3A 4.5.
 * Tables name each other by physical address. They are not trusted: no walk takes more reads
 * than there are levels.
 */
#include "vmcore/translate_walk.h"

#include "vmcore/elf_fields.h"
#include "vmcore/physmem.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>

enum { BLOCK_SHIFT_MAX = 30 /* Linux maps nothing in larger blocks than 1 GiB */ };

enum step { STEP_INVALID, STEP_TABLE, STEP_LEAF };

/*
 * The short descriptors of ARM. Supersections and large pages stand in 16 entries, each with the
 * same address; bits 23 to 20 of the former are bits 35 to 32 of the address.
 */
static enum step take_short(unsigned int level, uint64_t e, uint64_t va, uint64_t *at)
{
	enum { TABLE = 1, LARGE = 1, SMALL = 2, SECTION = 2, SUPER = 0x40000 };

	if (level == 0 && (e & 3) == TABLE) {
		*at = e & 0xfffffc00;
		return STEP_TABLE;
	}
	if (level == 0 && (e & SECTION) != 0) {
		*at = e & 0xfff00000;
		if ((e & SUPER) != 0)
			*at = (e & 0xff000000) | (e & 0xf00000) << 12 | (va & 0xf00000);
		return STEP_LEAF;
	}
	if ((e & 3) == 0)
		return STEP_INVALID;
	*at = (e & SMALL) != 0 ? e & 0xfffff000 : (e & 0xffff0000) | (va & 0xf000);
	return STEP_LEAF;
}

/* Long descriptors: ARM with LPAE, and arm64. */
static enum step kind_arm(uint64_t e, bool lowest)
{
	enum { BLOCK = 1, TABLE = 3, PAGE = 3 };

	if (lowest)
		return (e & 3) == PAGE ? STEP_LEAF : STEP_INVALID;
	if ((e & 3) == BLOCK)
		return STEP_LEAF;
	return (e & 3) == TABLE ? STEP_TABLE : STEP_INVALID;
}

static enum step kind_x86(uint64_t e, bool lowest)
{
	enum { PRESENT = 1, LARGE = 0x80 /* of a page it is a bit of the PAT */ };

	if ((e & PRESENT) == 0)
		return STEP_INVALID;
	return lowest || (e & LARGE) != 0 ? STEP_LEAF : STEP_TABLE;
}

/* What the entry E of a table says of VA, and in *AT where that is. */
static enum step take(const struct translate *t, unsigned int level, uint64_t e, uint64_t va,
		      uint64_t *at)
{
	const struct translate_walk *w = &t->walk;
	bool lowest = level + 1 == w->levels;
	enum step step;

	if (w->entry == 4)
		return take_short(level, e, va, at);
	step = t->machine == EM_X86_64 ? kind_x86(e, lowest) : kind_arm(e, lowest);
	*at = (e & w->address) | (e & w->high) << w->up;
	if (step != STEP_LEAF)
		return step;
	*at &= -(UINT64_C(1) << w->shift[level]);
	return w->shift[level] <= BLOCK_SHIFT_MAX ? STEP_LEAF : STEP_INVALID;
}

/* Finds the entry that ends the walk, and keeps what that says. */
static int find_leaf(struct translate *t, uint64_t va)
{
	const struct translate_walk *w = &t->walk;
	enum step step = STEP_TABLE;
	uint64_t at = w->root;

	for (unsigned int level = 0; level < w->levels && step == STEP_TABLE; level++) {
		uint64_t size = UINT64_C(1) << w->shift[level];
		uint64_t index = va >> w->shift[level] & ((UINT64_C(1) << w->bits[level]) - 1);
		uint8_t raw[8];
		int r = physmem_read(t->memory, at + index * w->entry, raw, w->entry);

		if (r != 0)
			return r;
		step = take(t, level, elf_field(raw, w->entry), va, &at);
		if (step == STEP_LEAF) {
			t->block = va & -size;
			t->block_size = size;
			t->block_at = at;
		}
	}
	return step == STEP_LEAF ? 0 : -ENXIO;
}

int translate_walk(struct translate *t, uint64_t va, uint64_t *pa, uint64_t *left)
{
	int r = 0;

	if (t->walk.levels == 0 || va < t->walk.first || va > t->walk.last)
		return -ENXIO;
	if (va - t->block >= t->block_size)
		r = find_leaf(t, va);
	if (r != 0)
		return r;
	*pa = t->block_at + (va - t->block);
	*left = t->block_size - (va - t->block);
	return 0;
}

/* Tables of pages of 1 << PAGE_SHIFT bytes with entries of 8, for BITS of address. */
static void set_levels(struct translate_walk *w, unsigned int page_shift, unsigned int bits)
{
	unsigned int each = page_shift - 3;

	w->entry = 8;
	w->levels = (bits - page_shift + each - 1) / each;
	for (unsigned int i = 0; i < w->levels; i++) {
		w->shift[i] = page_shift + each * (w->levels - 1 - i);
		w->bits[i] = each;
	}
	w->bits[0] = bits - w->shift[0];
}

static void open_arm(struct translate_walk *w, const struct vmcoreinfo *info)
{
	char lpae[2];

	w->last = UINT32_MAX;
	if (vmcoreinfo_text(info, "CONFIG_ARM_LPAE", lpae, sizeof(lpae)) && lpae[0] == 'y') {
		w->address = UINT64_C(0xfffffff000);
		set_levels(w, 12, 32);
		return;
	}
	*w = (struct translate_walk){.root = w->root,
				     .last = UINT32_MAX,
				     .levels = 2,
				     .shift = {20, 12},
				     .bits = {12, 8},
				     .entry = 4};
}

/*
 * Tables of 64 KiB pages are laid out for all of VA_BITS on any machine; those of smaller pages
 * lose levels where the machine has less (VA_BITS_MIN in arch/arm64/include/asm/memory.h). An
 * address of 52 bits has its upper ones in the lower part of an entry.
 */
static void open_arm64(struct translate_walk *w, const struct vmcoreinfo *info, uint64_t page)
{
	unsigned int page_shift = page == 4096 ? 12 : page == 16384 ? 14 : 16;
	uint64_t bits = 0;
	uint64_t unused;

	if (page != UINT64_C(1) << page_shift ||
	    !vmcoreinfo_number(info, "NUMBER(VA_BITS)", 10, &bits))
		return;
	if (page_shift < 16 && vmcoreinfo_number(info, "NUMBER(TCR_EL1_T1SZ)", 16, &unused))
		bits = 64 - unused;
	if (bits < 36 || bits > 52)
		return;
	w->address = UINT64_C(0xffffffffffff) & -page;
	if (page_shift == 16) {
		w->high = 0xf000;
		w->up = 36;
	} else if (bits == 52) {
		w->address |= UINT64_C(0x3000000000000);
		w->high = 0x300;
		w->up = 42;
	}
	w->first = -(UINT64_C(1) << bits);
	w->last = UINT64_MAX;
	set_levels(w, page_shift, (unsigned int)bits);
}

static void open_x86_64(struct translate_walk *w, const struct vmcoreinfo *info)
{
	uint64_t five = 0;
	uint64_t sme = 0;

	(void)vmcoreinfo_number(info, "NUMBER(pgtable_l5_enabled)", 10, &five);
	(void)vmcoreinfo_number(info, "NUMBER(sme_mask)", 10, &sme);
	w->address = UINT64_C(0xffffffffff000) & ~sme;
	set_levels(w, 12, five != 0 ? 57 : 48);
	w->first = -(UINT64_C(1) << (five != 0 ? 56 : 47));
	w->last = UINT64_MAX;
}

void translate_walk_open(struct translate *t, const struct vmcoreinfo *info)
{
	/* the names that x86_64 gave the same table, new to old; others only have the last */
	static const char *const roots[] = {"SYMBOL(init_top_pgt)", "SYMBOL(init_level4_pgt)",
					    "SYMBOL(swapper_pg_dir)"};
	unsigned int i = t->machine == EM_X86_64 ? 0 : 2;
	uint64_t symbol = 0;
	uint64_t left;

	t->walk = (struct translate_walk){0};
	t->block_size = 0;
	while (i < 3 && !vmcoreinfo_number(info, roots[i], 16, &symbol))
		i++;
	if (i == 3 || translate_physical(t, symbol, &t->walk.root, &left) != 0)
		return;
	if (t->machine == EM_ARM)
		open_arm(&t->walk, info);
	else if (t->machine == EM_AARCH64)
		open_arm64(&t->walk, info, t->page);
	else
		open_x86_64(&t->walk, info);
}
