/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86_64 (arch/x86/include/asm/page_64.h). VMCOREINFO has phys_base, where the image begins, since
 * 4.10; before that the program header of the image says it. The base of the direct map of all
 * memory is in no key: the headers have it (kernel/kexec_file.c), or a guess of it (kexec-tools,
 * when it cannot read page_offset_base).
 */
#include "vmcore/elfcore.h"
#include "vmcore/translate.h"
#include "vmcore/translate_machines.h"
#include "vmcore/translate_walk.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>

#define MIB	   UINT64_C(0x100000)
#define KERNEL_MAP UINT64_C(0xffffffff80000000) /* __START_KERNEL_map */

/* The names that the top table has had, new to old. */
static const char *const roots[] = {"SYMBOL(init_top_pgt)", "SYMBOL(init_level4_pgt)",
				    "SYMBOL(swapper_pg_dir)"};

static bool find_base(const struct elfcore *core, const struct vmcoreinfo *info, uint64_t *base)
{
	if (vmcoreinfo_number(info, "NUMBER(phys_base)", 10, base))
		return true;
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		*base = s->paddr - (s->vaddr - KERNEL_MAP);
		if (s->vaddr >= KERNEL_MAP)
			return true;
	}
	return false;
}

/* Intel SDM volume 3A, 4.5. */
static enum translate_step take(const struct translate_walk *w, unsigned int level, uint64_t e,
				uint64_t va, uint64_t *at)
{
	enum { PRESENT = 1, LARGE = 0x80 /* of a page it is a bit of the PAT */ };
	bool leaf = level + 1 == w->levels || (e & LARGE) != 0;

	(void)va; /* no entry stands for more than its own block */
	if ((e & PRESENT) == 0)
		return STEP_INVALID;
	return translate_take_address(w, level, e, leaf ? STEP_LEAF : STEP_TABLE, at);
}

static void describe_tables(struct translate_walk *w, const struct vmcoreinfo *info)
{
	uint64_t five = 0;
	uint64_t sme = 0;

	(void)vmcoreinfo_number(info, "NUMBER(pgtable_l5_enabled)", 10, &five);
	(void)vmcoreinfo_number(info, "NUMBER(sme_mask)", 10, &sme);
	w->address = UINT64_C(0xffffffffff000) & ~sme;
	w->first = -(UINT64_C(1) << (five != 0 ? 56 : 47));
	w->last = UINT64_MAX;
	w->take = take;
	translate_walk_levels(w, 12, five != 0 ? 57 : 48);
}

static void find_direct_map(struct translate *t, const struct elfcore *core)
{
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		if (s->vaddr >> 63 != 0 && s->vaddr < KERNEL_MAP)
			t->map[1] = (struct translate_map){s->vaddr - s->paddr, KERNEL_MAP - 1,
							   s->paddr - s->vaddr};
	}
	if (t->map[1].end != 0 && translate_linear_holds(t, 0))
		t->maps = 2;
}

int translate_open_x86_64(struct translate *t, const struct elfcore *core,
			  const struct vmcoreinfo *info)
{
	uint64_t size = 0;
	uint64_t base;
	uint64_t symbol;
	unsigned int root = 0;

	if (!translate_find_proof(t, info) || !find_base(core, info, &base))
		return -ENOKEY;
	(void)vmcoreinfo_number(info, "NUMBER(KERNEL_IMAGE_SIZE)", 10, &size);
	if (size == 0 || size > -KERNEL_MAP)
		size = 512 * MIB;
	t->map[0] = (struct translate_map){KERNEL_MAP, KERNEL_MAP + (size - 1), base - KERNEL_MAP};
	t->maps = 1;
	if (!translate_proves_right(t))
		return -ENXIO;
	while (root < 2 && !vmcoreinfo_number(info, roots[root], 16, &symbol))
		root++;
	describe_tables(&t->walk, info);
	translate_use_tables(t, info, roots[root]);
	find_direct_map(t, core);
	return 0;
}
