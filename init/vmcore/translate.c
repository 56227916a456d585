/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linear translations. Sources: arch/arm/include/asm/memory.h; arch/arm64/include/asm/memory.h
 * (kimage_voffset, PHYS_OFFSET and VA_BITS are in VMCOREINFO); arch/x86/include/asm/page_64.h
 * (phys_base is). ARM exports no base at all, so candidates are tried until one proves right.
 */
#include "vmcore/translate.h"

#include "vmcore/elfcore.h"
#include "vmcore/physmem.h"
#include "vmcore/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#define X86_KERNEL_MAP UINT64_C(0xffffffff80000000) /* __START_KERNEL_map */

enum { UTS_RELEASE = 2 }; /* its place among the fields of struct new_utsname */

static int to_physical(const struct translate *t, uint64_t va, uint64_t *pa)
{
	for (unsigned int i = 0; i < t->maps; i++) {
		if (va >= t->map[i].start && va <= t->map[i].end) {
			*pa = va + t->map[i].add;
			return 0;
		}
	}
	return -ENXIO;
}

int translate_read(struct translate *t, uint64_t va, void *out, size_t size)
{
	uint64_t pa;
	int r = to_physical(t, va, &pa);

	return r == 0 ? physmem_read(t->memory, pa, out, size) : r;
}

int translate_number(struct translate *t, uint64_t va, unsigned int size, uint64_t *value)
{
	uint8_t raw[sizeof(*value)];
	int r = size <= sizeof(raw) ? translate_read(t, va, raw, size) : -EINVAL;

	*value = 0;
	while (r == 0 && size-- > 0)
		*value = *value << 8 | raw[size];
	return r;
}

int translate_word(struct translate *t, uint64_t va, uint64_t *value)
{
	return translate_number(t, va, t->word, value);
}

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
 * PAGE_OFFSET is _stext rounded down to 4 MiB. PHYS_OFFSET is where RAM begins, unless firmware
 * hides the first part of it; then a coarser grid finds it.
 */
static int open_arm(struct translate *t, const struct elfcore *core, const struct vmcoreinfo *info)
{
	static const uint64_t grids[] = {1, 2 << 20, 4 << 20, 16 << 20, 128 << 20};
	uint64_t lowest = lowest_address(core);
	uint64_t stext;

	if (!vmcoreinfo_number(info, "SYMBOL(_stext)", 16, &stext))
		return -ENOKEY;
	stext &= UINT32_C(0xffc00000);
	t->maps = 1;
	for (unsigned int i = 0; i < sizeof(grids) / sizeof(grids[0]); i++) {
		uint64_t physical = lowest & ~(grids[i] - 1);

		t->map[0] = (struct translate_map){stext, UINT32_MAX, physical - stext};
		if (proves_right(t))
			return 0;
	}
	return -ENXIO;
}

/*
 * Since 5.4 the linear map is the lower half of the kernel's addresses, before that the upper;
 * _stext lies in the other half and tells which. KASLR is inside the two offsets.
 */
static int open_arm64(struct translate *t, const struct vmcoreinfo *info)
{
	uint64_t bits;
	uint64_t image;
	uint64_t physical;
	uint64_t stext;
	uint64_t middle;

	if (!vmcoreinfo_number(info, "NUMBER(VA_BITS)", 10, &bits) || bits < 36 || bits > 52 ||
	    !vmcoreinfo_number(info, "NUMBER(kimage_voffset)", 16, &image) ||
	    !vmcoreinfo_number(info, "NUMBER(PHYS_OFFSET)", 16, &physical) ||
	    !vmcoreinfo_number(info, "SYMBOL(_stext)", 16, &stext))
		return -ENOKEY;
	middle = -(UINT64_C(1) << ((bits > 48 ? 48 : bits) - 1));
	t->maps = 2;
	if (stext > middle) {
		uint64_t start = -(UINT64_C(1) << bits);

		t->map[0] = (struct translate_map){start, middle - 1, physical - start};
		t->map[1] = (struct translate_map){middle, UINT64_MAX, -image};
	} else {
		t->map[0] = (struct translate_map){middle, UINT64_MAX, physical - middle};
		t->map[1] = (struct translate_map){-(UINT64_C(1) << bits), middle - 1, -image};
	}
	return proves_right(t) ? 0 : -ENXIO;
}

/* The base of the direct map is in no key: the headers have it (kernel/kexec_file.c). */
static int open_x86_64(struct translate *t, const struct elfcore *core,
		       const struct vmcoreinfo *info)
{
	uint64_t base;

	if (!vmcoreinfo_number(info, "NUMBER(phys_base)", 10, &base))
		return -ENOKEY;
	t->map[0] = (struct translate_map){X86_KERNEL_MAP, UINT64_MAX, base - X86_KERNEL_MAP};
	t->maps = 1;
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		if (s->vaddr >> 63 == 0 || s->vaddr >= X86_KERNEL_MAP)
			continue;
		t->map[1] = (struct translate_map){s->vaddr - s->paddr, X86_KERNEL_MAP - 1,
						   s->paddr - s->vaddr};
		t->maps = 2;
	}
	return proves_right(t) ? 0 : -ENXIO;
}

int translate_open(struct translate *t, const struct elfcore *core, const struct vmcoreinfo *info,
		   struct physmem *memory)
{
	/* an ARM kernel with LPAE has a 64-bit core, and 32-bit words all the same */
	*t = (struct translate){.memory = memory, .word = core->machine == EM_ARM ? 4 : 8};
	if (core->machine != EM_ARM && core->machine != EM_AARCH64 && core->machine != EM_X86_64)
		return -ENOTSUP;
	if (!find_proof(t, info))
		return -ENOKEY;
	switch (core->machine) {
	case EM_ARM:
		return open_arm(t, core, info);
	case EM_AARCH64:
		return open_arm64(t, info);
	default:
		return open_x86_64(t, core, info);
	}
}
