/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arm64 (arch/arm64/include/asm/memory.h). VMCOREINFO has kimage_voffset, PHYS_OFFSET and VA_BITS
 * since 4.12, the first kernel there that could be dumped; KASLR is inside the first two.
 */
#include "vmcore/translate.h"
#include "vmcore/translate_machines.h"
#include "vmcore/translate_walk.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>

#define MIB	  UINT64_C(0x100000)
#define ARM64_TAG UINT64_C(0xff00000000000000) /* a kernel's address has all of these set */

/* The keys of an arm64 kernel. */
struct arm64 {
	uint64_t bits;	 /* VA_BITS: of a kernel's virtual address, at most */
	uint64_t actual; /* on this machine */
	uint64_t image;	 /* virtual minus physical */
	uint64_t physical, stext;
	uint64_t middle;    /* between the linear map and all else */
	uint64_t allocated; /* an address in the linear map, if it is in a range of that */
};

static bool read_keys(struct arm64 *a, const struct translate *t, const struct vmcoreinfo *info)
{
	uint64_t least;
	uint64_t size;

	if (!vmcoreinfo_number(info, "NUMBER(VA_BITS)", 10, &a->bits) || a->bits < 36 ||
	    a->bits > 52 || !vmcoreinfo_number(info, "NUMBER(kimage_voffset)", 16, &a->image) ||
	    !vmcoreinfo_number(info, "NUMBER(PHYS_OFFSET)", 16, &a->physical) ||
	    !vmcoreinfo_number(info, "SYMBOL(_stext)", 16, &a->stext))
		return false;
	a->allocated = 0;
	(void)vmcoreinfo_number(info, "SYMBOL(mem_section)", 16, &a->allocated);
	a->allocated |= ARM64_TAG;				      /* without one of KASAN's */
	least = a->bits <= 48 ? a->bits : t->page == 16384 ? 47 : 48; /* VA_BITS_MIN */
	a->middle = -(UINT64_C(1) << (least - 1));
	/* 5.4 to 5.8 do not say; the bit is clear in a linear map of 52 bits */
	a->actual = a->bits == 52 && (a->allocated >> 51 & 1) != 0 ? 48 : a->bits;
	if (vmcoreinfo_number(info, "NUMBER(TCR_EL1_T1SZ)", 16, &size) && size <= 64 - 36 &&
	    size >= 64 - a->bits)
		a->actual = 64 - size;
	return true;
}

/*
 * Since 5.4 the linear map is the lower half of the kernel's addresses, before that the upper.
 * Where a kernel for 52 bits runs on a machine with less, PHYS_OFFSET is made to fit the address
 * that the map would have with 52; some kernels had it otherwise.
 */
static void find_linear(struct translate *t, const struct arm64 *a)
{
	uint64_t starts[] = {-(UINT64_C(1) << a->bits), -(UINT64_C(1) << a->actual)};
	uint64_t end = a->middle - 1;

	if (a->stext <= a->middle) {
		starts[0] = starts[1] = a->middle;
		end = UINT64_MAX;
	}
	for (unsigned int i = 0; i < 2 && t->maps == 1; i++) {
		t->map[1] = (struct translate_map){starts[i], end, a->physical - starts[i]};
		t->maps = translate_linear_holds(t, a->allocated) ? 2 : 1;
	}
}

/*
 * Of the image no more is known than where it begins. What is near is taken for it, the tables
 * permitting (t->image_is_guessed); the proof is in it in any case.
 */
static void bound_image(struct translate *t, uint64_t stext)
{
	struct translate_map *m = &t->map[0];
	uint64_t start = stext - 2 * MIB;
	uint64_t end = stext + 64 * MIB;

	if (end < t->proof + 2 * MIB)
		end = t->proof + 2 * MIB;
	if (start <= t->proof)
		m->start = start;
	if (end > m->start && end < m->end)
		m->end = end;
	t->image_is_guessed = true;
}

/*
 * Tables of 64 KiB pages are laid out for all of VA_BITS on any machine; those of smaller pages
 * lose levels where the machine has less (VA_BITS_MIN in arch/arm64/include/asm/memory.h). An
 * address of 52 bits has its upper ones in the lower part of an entry.
 */
static void describe_tables(struct translate *t, const struct vmcoreinfo *info)
{
	struct translate_walk *w = &t->walk;
	unsigned int page_shift = t->page == 4096 ? 12 : t->page == 16384 ? 14 : 16;
	uint64_t bits = 0;
	uint64_t unused;

	if (t->page != UINT64_C(1) << page_shift ||
	    !vmcoreinfo_number(info, "NUMBER(VA_BITS)", 10, &bits))
		return;
	if (page_shift < 16 && vmcoreinfo_number(info, "NUMBER(TCR_EL1_T1SZ)", 16, &unused))
		bits = 64 - unused;
	if (bits < 36 || bits > 52)
		return;
	w->address = UINT64_C(0xffffffffffff) & -t->page;
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
	w->take = translate_take_long;
	translate_walk_levels(w, page_shift, (unsigned int)bits);
}

int translate_open_arm64(struct translate *t, const struct elfcore *core,
			 const struct vmcoreinfo *info)
{
	struct translate_map *m = &t->map[0];
	struct arm64 a;

	(void)core; /* its headers say nothing that VMCOREINFO does not */
	if (!translate_find_proof(t, info) || !read_keys(&a, t, info))
		return -ENOKEY;
	*m = (struct translate_map){a.middle, UINT64_MAX, -a.image};
	if (a.stext <= a.middle)
		*m = (struct translate_map){-(UINT64_C(1) << a.bits), a.middle - 1, -a.image};
	t->maps = 1;
	t->tag = ARM64_TAG;
	t->proof |= t->tag;
	if (!translate_proves_right(t))
		return -ENXIO;
	describe_tables(t, info);
	translate_use_tables(t, info, "SYMBOL(swapper_pg_dir)");
	bound_image(t, a.stext);
	find_linear(t, &a);
	return 0;
}
