/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a kernel's memory stands: arch/arm/include/asm/memory.h; arch/arm64/include/asm/memory.h
 * (VMCOREINFO has kimage_voffset, PHYS_OFFSET, VA_BITS); arch/x86/include/asm/page_64.h (it has
 * phys_base). ARM exports no base: candidates are tried until one proves right. Then the tables
 * must lead to the proof, too, and have the last word where a key or a header can be wrong.
 */
#include "vmcore/translate.h"

#include "vmcore/elfcore.h"
#include "vmcore/physmem.h"
#include "vmcore/translate_walk.h"
#include "vmcore/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#define MIB		UINT64_C(0x100000)
#define X86_KERNEL_MAP	UINT64_C(0xffffffff80000000) /* __START_KERNEL_map */
#define ARM64_TAG	UINT64_C(0xff00000000000000)
#define ARM_VMALLOC_MIN UINT64_C(0xf0000000) /* lowmem ends here or before (arch/arm/mm/mmu.c) */

enum { UTS_RELEASE = 2 }; /* its place among the fields of struct new_utsname */

/* Takes what a translation is proved with. Returns false when VMCOREINFO lacks any of it. */
static bool find_proof(struct translate *t, const struct vmcoreinfo *info)
{
	uint64_t uts;
	uint64_t name;

	if (!vmcoreinfo_number(info, "SYMBOL(init_uts_ns)", 16, &uts) ||
	    !vmcoreinfo_number(info, "OFFSET(uts_namespace.name)", 10, &name) ||
	    !vmcoreinfo_text(info, "OSRELEASE", t->release, sizeof(t->release)))
		return false;
	t->proof = uts + name + UTS_RELEASE * TRANSLATE_RELEASE;
	return t->release[0] != '\0';
}

/* Does init_uts_ns hold the release that VMCOREINFO names? */
static bool proves_right(struct translate *t)
{
	char there[TRANSLATE_RELEASE];

	if (translate_read(t, t->proof, there, sizeof(there)) != 0)
		return false;
	there[sizeof(there) - 1] = '\0';
	return strcmp(there, t->release) == 0;
}

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
 * The tables, if there are any. Some that lead elsewhere than to the proof are not used at all;
 * some that cannot be read there may still do for other addresses, but decide nothing.
 */
static void find_tables(struct translate *t, const struct vmcoreinfo *info)
{
	uint64_t want = t->proof + t->map[0].add;
	uint64_t pa;
	uint64_t left;
	int r;

	translate_walk_open(t, info);
	r = translate_walk(t, t->proof, &pa, &left);
	t->walk.trusted = r == 0 && pa == want;
	if (r == 0 && pa != want)
		t->walk.levels = 0;
}

static bool tables_lead(struct translate *t, uint64_t va, uint64_t pa)
{
	uint64_t there;
	uint64_t left;

	return translate_walk(t, va, &there, &left) == 0 && there == pa;
}

/*
 * May map[1], of all memory, be believed? It has a second address of the proof. Where the tables
 * cannot tell, KNOWN, an address of that map (or 0), must lead to memory.
 */
static bool linear_holds(struct translate *t, uint64_t known)
{
	const struct translate_map *m = &t->map[1];
	uint64_t pa = t->proof + t->map[0].add;
	uint8_t byte;

	if (t->walk.trusted)
		return tables_lead(t, pa - m->add, pa);
	return known < m->start || known > m->end ||
	       physmem_read(t->memory, known + m->add, &byte, 1) == 0;
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
	       !tables_lead(t, m->end + 1 - 8 * MIB, m->end + 1 - 8 * MIB + m->add))
		m->end -= 8 * MIB;
}

/*
 * PAGE_OFFSET is _stext rounded down to 4 MiB. PHYS_OFFSET is where RAM begins, unless firmware
 * hides the first part of it; then a coarser grid finds it.
 */
static int open_arm(struct translate *t, const struct elfcore *core, const struct vmcoreinfo *info)
{
	static const uint64_t grids[] = {1, 2 * MIB, 4 * MIB, 16 * MIB, 128 * MIB};
	uint64_t lowest = lowest_address(core);
	uint64_t stext;

	if (!find_proof(t, info) || !vmcoreinfo_number(info, "SYMBOL(_stext)", 16, &stext))
		return -ENOKEY;
	stext &= UINT32_C(0xffc00000);
	t->maps = 1;
	for (unsigned int i = 0; i < sizeof(grids) / sizeof(grids[0]); i++) {
		t->physical = lowest & ~(grids[i] - 1);
		t->map[0] = (struct translate_map){stext, ARM_VMALLOC_MIN - 1, t->physical - stext};
		if (!proves_right(t))
			continue;
		find_tables(t, info);
		end_lowmem(t, info);
		return 0;
	}
	return -ENXIO;
}

/* The keys of an arm64 kernel. */
struct arm64 {
	uint64_t bits;	 /* VA_BITS: of a kernel's virtual address, at most */
	uint64_t actual; /* on this machine */
	uint64_t image;	 /* virtual minus physical */
	uint64_t physical, stext;
	uint64_t middle;    /* between the linear map and all else */
	uint64_t allocated; /* an address in the linear map, if it is in a range of that */
};

static bool read_arm64(struct arm64 *a, const struct translate *t, const struct vmcoreinfo *info)
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
		t->maps = linear_holds(t, a->allocated) ? 2 : 1;
	}
}

/*
 * Of the image no more is known than where it begins. What is near is taken for it, by_image in
 * translate.c permitting; the proof is in it in any case.
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
}

/* KASLR is inside the two offsets. */
static int open_arm64(struct translate *t, const struct vmcoreinfo *info)
{
	struct translate_map *m = &t->map[0];
	struct arm64 a;

	if (!find_proof(t, info) || !read_arm64(&a, t, info))
		return -ENOKEY;
	*m = (struct translate_map){a.middle, UINT64_MAX, -a.image};
	if (a.stext <= a.middle)
		*m = (struct translate_map){-(UINT64_C(1) << a.bits), a.middle - 1, -a.image};
	t->maps = 1;
	t->proof |= ARM64_TAG;
	if (!proves_right(t))
		return -ENXIO;
	find_tables(t, info);
	bound_image(t, a.stext);
	find_linear(t, &a);
	return 0;
}

/*
 * The base of the direct map is in no key: the headers have it (kernel/kexec_file.c), or a guess
 * of it (kexec-tools, when it cannot read page_offset_base).
 */
static int open_x86_64(struct translate *t, const struct elfcore *core,
		       const struct vmcoreinfo *info)
{
	uint64_t size = 0;
	uint64_t base;

	if (!find_proof(t, info) || !vmcoreinfo_number(info, "NUMBER(phys_base)", 10, &base))
		return -ENOKEY;
	(void)vmcoreinfo_number(info, "NUMBER(KERNEL_IMAGE_SIZE)", 10, &size);
	if (size == 0 || size > -X86_KERNEL_MAP)
		size = 512 * MIB;
	t->map[0] = (struct translate_map){X86_KERNEL_MAP, X86_KERNEL_MAP + (size - 1),
					   base - X86_KERNEL_MAP};
	t->maps = 1;
	if (!proves_right(t))
		return -ENXIO;
	find_tables(t, info);
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		if (s->vaddr >> 63 != 0 && s->vaddr < X86_KERNEL_MAP)
			t->map[1] = (struct translate_map){s->vaddr - s->paddr, X86_KERNEL_MAP - 1,
							   s->paddr - s->vaddr};
	}
	if (t->map[1].end != 0 && linear_holds(t, 0))
		t->maps = 2;
	return 0;
}

int translate_open(struct translate *t, const struct elfcore *core, const struct vmcoreinfo *info,
		   struct physmem *memory)
{
	uint64_t page = 0;

	(void)vmcoreinfo_number(info, "PAGESIZE", 10, &page);
	if (page < 4096 || page > 65536 || (page & (page - 1)) != 0)
		page = 4096;
	*t = (struct translate){
		.memory = memory,
		.machine = core->machine,
		/* an ARM kernel with LPAE has a 64-bit core, and 32-bit words all the same */
		.word = core->machine == EM_ARM ? 4 : 8,
		.page = page,
	};
	switch (core->machine) {
	case EM_ARM:
		return open_arm(t, core, info);
	case EM_AARCH64:
		return open_arm64(t, info);
	case EM_X86_64:
		return open_x86_64(t, core, info);
	default:
		return -ENOTSUP;
	}
}
