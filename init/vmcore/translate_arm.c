/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 32-bit ARM, with and without LPAE. Nothing in VMCOREINFO says where the linear map begins, so
 * candidates are tried until the release of the kernel stands where one of them says. Nothing is
 * believed that is not proved so.
 */
#include "vmcore/elfcore.h"
#include "vmcore/translate.h"
#include "vmcore/translate_machines.h"
#include "vmcore/translate_walk.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>

#define MIB		UINT64_C(0x100000)
#define ARM_VMALLOC_MIN UINT64_C(0xf0000000) /* lowmem ends here or before (arch/arm/mm/mmu.c) */

enum { CANDIDATES = 4, HIDDEN_MIB = 512 /* of RAM that firmware may keep from the kernel */ };

static uint64_t lowest_address(const struct elfcore *core)
{
	uint64_t lowest = UINT64_MAX;

	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		if (core->segment[i].paddr < lowest)
			lowest = core->segment[i].paddr;
	}
	return lowest;
}

/*
 * Where PAGE_OFFSET may be; returns how many candidates there are. VMSPLIT (arch/arm/Kconfig) knows
 * four values, and the kernel's data lie close behind the right one, be the text in flash (XIP) or
 * not. Only with a split of a vendor's own it is _stext rounded down: to 4 MiB or to more, the
 * roundest first, since with LPAE the text begins at a later block of 2 MiB than TEXT_OFFSET says.
 */
static unsigned int page_offsets(const struct translate *t, uint64_t stext,
				 uint64_t candidates[CANDIDATES])
{
	static const uint32_t splits[] = {0xc0000000, 0xb0000000, 0x80000000, 0x40000000};
	static const uint32_t grids[] = {32 * MIB, 16 * MIB, 8 * MIB, 4 * MIB};
	unsigned int n = 0;

	for (unsigned int i = 0; i < CANDIDATES; i++) {
		if (t->proof >= splits[i] && t->proof - splits[i] < 64 * MIB)
			candidates[n++] = splits[i];
	}
	for (unsigned int i = 0; i < CANDIDATES && n == 0; i++)
		candidates[i] = stext & -(uint64_t)grids[i];
	return n > 0 ? n : CANDIDATES;
}

/* Do PAGE_OFFSET at START and PHYS_OFFSET at PHYSICAL prove right? */
static bool proves(struct translate *t, uint64_t start, uint64_t physical)
{
	t->physical = physical;
	t->map[0] = (struct translate_map){start, ARM_VMALLOC_MIN - 1, physical - start};
	return translate_proves_right(t);
}

/*
 * Finds both offsets. PHYS_OFFSET is where RAM begins, unless firmware hides the first part of
 * that; then it lies below, at a multiple of 2 MiB (ARM_PATCH_PHYS_VIRT). The proof tells only how
 * far the two are apart: so that nothing is hidden is tried first, with every candidate.
 */
static bool find_offsets(struct translate *t, uint64_t stext, uint64_t lowest)
{
	uint64_t candidates[CANDIDATES];
	unsigned int n = page_offsets(t, stext, candidates);

	for (unsigned int i = 0; i < n; i++) {
		if (proves(t, candidates[i], lowest))
			return true;
	}
	for (unsigned int i = 0; i < n; i++) {
		uint64_t physical = lowest;

		for (unsigned int step = 0; step < HIDDEN_MIB / 2 && physical > 0; step++) {
			physical = (physical - 1) & -(2 * MIB);
			if (proves(t, candidates[i], physical))
				return true;
		}
	}
	return false;
}

/*
 * Where lowmem ends: below VMALLOC_START, a multiple of 8 MiB; the key is there since 6.9. Before
 * that, "vmalloc=" may have moved it, and the first byte of each 8 MiB tells which they are.
 */
static void end_lowmem(struct translate *t, const struct vmcoreinfo *info)
{
	struct translate_map *m = &t->map[0];
	uint64_t end = 0;

	(void)vmcoreinfo_number(info, "NUMBER(VMALLOC_START)", 10, &end);
	if (end > t->proof && end <= UINT32_MAX) {
		m->end = end - 1;
		return;
	}
	while (t->walk.trusted && m->end - t->proof >= 8 * MIB &&
	       !translate_tables_lead(t, m->end + 1 - 8 * MIB, m->end + 1 - 8 * MIB + m->add))
		m->end -= 8 * MIB;
}

/*
 * Short descriptors (ARMv7-A Architecture Reference Manual, B3.5). Supersections and large pages
 * stand in 16 entries, each with the same address; bits 23 to 20 of the former are bits 35 to 32
 * of the address.
 */
static enum translate_step take_short(const struct translate_walk *w, unsigned int level,
				      uint64_t e, uint64_t va, uint64_t *at)
{
	enum { TABLE = 1, LARGE = 1, SMALL = 2, SECTION = 2, SUPER = 0x40000 };

	(void)w; /* these tables have one layout */
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

static void describe_tables(struct translate_walk *w, const struct vmcoreinfo *info)
{
	char lpae[2];

	if (vmcoreinfo_text(info, "CONFIG_ARM_LPAE", lpae, sizeof(lpae)) && lpae[0] == 'y') {
		*w = (struct translate_walk){.last = UINT32_MAX,
					     .address = UINT64_C(0xfffffff000),
					     .take = translate_take_long};
		translate_walk_levels(w, 12, 32);
		return;
	}
	*w = (struct translate_walk){.last = UINT32_MAX,
				     .levels = 2,
				     .shift = {20, 12},
				     .bits = {12, 8},
				     .entry = 4,
				     .take = take_short};
}

int translate_open_arm(struct translate *t, const struct elfcore *core,
		       const struct vmcoreinfo *info)
{
	uint64_t stext;

	if (!translate_find_proof(t, info) ||
	    !vmcoreinfo_number(info, "SYMBOL(_stext)", 16, &stext))
		return -ENOKEY;
	t->maps = 1;
	if (!find_offsets(t, stext & UINT32_MAX, lowest_address(core)))
		return -ENXIO;
	describe_tables(&t->walk, info);
	translate_use_tables(t, info, "SYMBOL(swapper_pg_dir)");
	end_lowmem(t, info);
	return 0;
}
