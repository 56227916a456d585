/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/images/pagetables_machines.h"
#include "tests/images/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSET UINT64_MAX

/* What machines of one kind have in common. */
#define ARM                                                                                        \
	.image = 0xc0000000, .linear = 0xc0000000, .first = 0, .last = UINT32_MAX,                 \
	.other = 0xf1323000
#define ARM64 .last = UINT64_MAX, .other = UINT64_C(0xfffffffe40323000)
#define OLD   .last = UINT64_MAX, .other = UINT64_C(0xffff000100323000)
#define PC    .image = UINT64_C(0xffffffff81000000), .last = UINT64_MAX
#define K     1024

/* clang-format off */
const struct pagetables_machine pagetables_machines[PAGETABLES_MACHINES] = {
	{.name = "arm", .elf = "elf32 arm", .page = 4 * K,
	 ARM, .base = UINT64_C(0x40000000),
	 .format = SHORT, .levels = 2, .shift = {20, 12}, .bits = {12, 8}, .blocks = 3},
	{.name = "lpae", .elf = "elf64 arm", .page = 4 * K,
	 ARM, .base = UINT64_C(0x840000000),
	 .format = LONG, .levels = 3, .shift = {30, 21, 12}, .bits = {2, 9, 9}, .blocks = 7},
	{.name = "4k-39", .elf = "elf64 arm64", .page = 4 * K, .va_bits = 39, .t1sz = 25,
	 ARM64, .base = UINT64_C(0x40000000), .image = UINT64_C(0xffffffc008000000),
	 .linear = UINT64_C(0xffffff8000000000), .first = UINT64_C(0xffffff8000000000),
	 .format = LONG, .levels = 3, .shift = {30, 21, 12}, .bits = {9, 9, 9}, .blocks = 7},
	{.name = "4k-48", .elf = "elf64 arm64", .page = 4 * K, .va_bits = 48, .t1sz = 16,
	 ARM64, .base = UINT64_C(0x40000000), .image = UINT64_C(0xffff800008000000),
	 .linear = UINT64_C(0xffff000000000000), .first = UINT64_C(0xffff000000000000),
	 .format = LONG, .levels = 4, .shift = {39, 30, 21, 12}, .bits = {9, 9, 9, 9},
	 .blocks = 14},
	{.name = "4k-48-old", .elf = "elf64 arm64", .page = 4 * K, .va_bits = 48,
	 OLD, .base = UINT64_C(0x40000000), .image = UINT64_C(0xffff000008000000),
	 .linear = UINT64_C(0xffff800000000000), .first = UINT64_C(0xffff000000000000),
	 .format = LONG, .levels = 4, .shift = {39, 30, 21, 12}, .bits = {9, 9, 9, 9},
	 .blocks = 14},
	{.name = "4k-52", .elf = "elf64 arm64", .page = 4 * K, .va_bits = 52, .t1sz = 12,
	 ARM64, .base = UINT64_C(0xd000040000000), .image = UINT64_C(0xffff800008000000),
	 .linear = UINT64_C(0xfff0000000000000), .first = UINT64_C(0xfff0000000000000),
	 .format = LONG, .levels = 5, .shift = {48, 39, 30, 21, 12}, .bits = {4, 9, 9, 9, 9},
	 .blocks = 28},
	{.name = "4k-52-on-48", .elf = "elf64 arm64", .page = 4 * K, .va_bits = 52, .t1sz = 16,
	 ARM64, .base = UINT64_C(0x80000000), .image = UINT64_C(0xffff800008000000),
	 .linear = UINT64_C(0xffff000000000000), .first = UINT64_C(0xffff000000000000),
	 .format = LONG, .levels = 4, .shift = {39, 30, 21, 12}, .bits = {9, 9, 9, 9},
	 .blocks = 14},
	{.name = "16k-36", .elf = "elf64 arm64", .page = 16 * K, .va_bits = 36, .t1sz = 28,
	 ARM64, .base = UINT64_C(0x40000000), .image = UINT64_C(0xfffffff808000000),
	 .linear = UINT64_C(0xfffffff000000000), .first = UINT64_C(0xfffffff000000000),
	 .format = LONG, .levels = 2, .shift = {25, 14}, .bits = {11, 11}, .blocks = 3},
	{.name = "16k-47", .elf = "elf64 arm64", .page = 16 * K, .va_bits = 47, .t1sz = 17,
	 ARM64, .base = UINT64_C(0x40000000), .image = UINT64_C(0xffffc00008000000),
	 .linear = UINT64_C(0xffff800000000000), .first = UINT64_C(0xffff800000000000),
	 .format = LONG, .levels = 3, .shift = {36, 25, 14}, .bits = {11, 11, 11}, .blocks = 6},
	{.name = "16k-48", .elf = "elf64 arm64", .page = 16 * K, .va_bits = 48, .t1sz = 16,
	 ARM64, .base = UINT64_C(0x40000000), .image = UINT64_C(0xffff800008000000),
	 .linear = UINT64_C(0xffff000000000000), .first = UINT64_C(0xffff000000000000),
	 .format = LONG, .levels = 4, .shift = {47, 36, 25, 14}, .bits = {1, 11, 11, 11},
	 .blocks = 12},
	{.name = "16k-52", .elf = "elf64 arm64", .page = 16 * K, .va_bits = 52, .t1sz = 12,
	 ARM64, .base = UINT64_C(0xe000040000000), .image = UINT64_C(0xffffc00008000000),
	 .linear = UINT64_C(0xfff0000000000000), .first = UINT64_C(0xfff0000000000000),
	 .format = LONG, .levels = 4, .shift = {47, 36, 25, 14}, .bits = {5, 11, 11, 11},
	 .blocks = 12},
	{.name = "16k-52-on-47", .elf = "elf64 arm64", .page = 16 * K, .va_bits = 52, .t1sz = 17,
	 ARM64, .base = UINT64_C(0x80000000), .image = UINT64_C(0xffffc00008000000),
	 .linear = UINT64_C(0xffff800000000000), .first = UINT64_C(0xffff800000000000),
	 .format = LONG, .levels = 3, .shift = {36, 25, 14}, .bits = {11, 11, 11}, .blocks = 6},
	{.name = "64k-42", .elf = "elf64 arm64", .page = 64 * K, .va_bits = 42, .t1sz = 22,
	 ARM64, .base = UINT64_C(0x40000000), .image = UINT64_C(0xfffffe0008000000),
	 .linear = UINT64_C(0xfffffc0000000000), .first = UINT64_C(0xfffffc0000000000),
	 .format = LONG, .levels = 2, .shift = {29, 16}, .bits = {13, 13}, .blocks = 3},
	{.name = "64k-48", .elf = "elf64 arm64", .page = 64 * K, .va_bits = 48, .t1sz = 16,
	 ARM64, .base = UINT64_C(0x40000000), .image = UINT64_C(0xffff800008000000),
	 .linear = UINT64_C(0xffff000000000000), .first = UINT64_C(0xffff000000000000),
	 .format = LONG, .levels = 3, .shift = {42, 29, 16}, .bits = {6, 13, 13}, .blocks = 6},
	{.name = "64k-52", .elf = "elf64 arm64", .page = 64 * K, .va_bits = 52, .t1sz = 12,
	 ARM64, .base = UINT64_C(0xf000040000000), .image = UINT64_C(0xffff800008000000),
	 .linear = UINT64_C(0xfff0000000000000), .first = UINT64_C(0xfff0000000000000),
	 .format = LONG, .levels = 3, .shift = {42, 29, 16}, .bits = {10, 13, 13}, .blocks = 6},
	/* the tables stay as they are, and the linear map begins where 48 bits do */
	{.name = "64k-52-on-48", .elf = "elf64 arm64", .page = 64 * K, .va_bits = 52, .t1sz = 16,
	 ARM64, .base = UINT64_C(0x80000000), .image = UINT64_C(0xffff800008000000),
	 .linear = UINT64_C(0xffff000000000000), .first = UINT64_C(0xfff0000000000000),
	 .format = LONG, .levels = 3, .shift = {42, 29, 16}, .bits = {10, 13, 13}, .blocks = 6},
	{.name = "x86_64", .elf = "elf64 x86_64", .page = 4 * K,
	 PC, .base = UINT64_C(0x40000000), .linear = UINT64_C(0xffff888040000000),
	 .first = UINT64_C(0xffff800000000000), .other = UINT64_C(0xffffc90000323000),
	 .format = X86, .levels = 4, .shift = {39, 30, 21, 12}, .bits = {9, 9, 9, 9}, .blocks = 14},
	{.name = "x86_64-la57", .elf = "elf64 x86_64", .page = 4 * K,
	 PC, .base = UINT64_C(0xe000040000000), .linear = UINT64_C(0xff1f000040000000),
	 .first = UINT64_C(0xff00000000000000), .other = UINT64_C(0xffa0000000323000),
	 .format = X86, .levels = 5, .shift = {48, 39, 30, 21, 12}, .bits = {9, 9, 9, 9, 9},
	 .blocks = 28},
	{.name = "x86_64-sme", .elf = "elf64 x86_64", .page = 4 * K,
	 PC, .base = UINT64_C(0x40000000), .linear = UINT64_C(0xffff888040000000),
	 .first = UINT64_C(0xffff800000000000), .other = UINT64_C(0xffffc90000323000),
	 .format = X86, .levels = 4, .shift = {39, 30, 21, 12}, .bits = {9, 9, 9, 9}, .blocks = 14},
};
/* clang-format on */

static const struct {
	const char *name;
	bool hex;
} keys[PAGETABLES_KEYS] = {
	[KEY_UTS] = {.name = "SYMBOL(init_uts_ns)", .hex = true},
	[KEY_STEXT] = {.name = "SYMBOL(_stext)", .hex = true},
	[KEY_ROOT] = {.name = "SYMBOL(swapper_pg_dir)", .hex = true},
	[KEY_PAGESIZE] = {.name = "PAGESIZE"},
	[KEY_VA_BITS] = {.name = "NUMBER(VA_BITS)"},
	[KEY_T1SZ] = {.name = "NUMBER(TCR_EL1_T1SZ)", .hex = true},
	[KEY_VOFFSET] = {.name = "NUMBER(kimage_voffset)", .hex = true},
	[KEY_PHYS_OFFSET] = {.name = "NUMBER(PHYS_OFFSET)", .hex = true},
	[KEY_PHYS_BASE] = {.name = "NUMBER(phys_base)"},
	[KEY_FIVE_LEVELS] = {.name = "NUMBER(pgtable_l5_enabled)"},
	[KEY_VMALLOC_START] = {.name = "NUMBER(VMALLOC_START)"},
	[KEY_IMAGE_SIZE] = {.name = "NUMBER(KERNEL_IMAGE_SIZE)"},
	[KEY_SME_MASK] = {.name = "NUMBER(sme_mask)"},
	[KEY_MEM_SECTION] = {.name = "SYMBOL(mem_section)", .hex = true},
};

const struct pagetables_machine *pagetables_machine(const char *name)
{
	return WORDS_ROW(pagetables_machines, name, "unknown machine");
}

uint64_t pagetables_sme_mask(const struct pagetables_machine *m)
{
	return strcmp(m->name, "x86_64-sme") == 0 ? UINT64_C(1) << 47 : 0;
}

/* Of the lower half the linear map has the beginning, before 5.4 of the upper. */
static uint64_t phys_offset(const struct pagetables_machine *m)
{
	return m->base - m->linear -
	       (UINT64_C(1) << (m->linear < m->image ? m->va_bits : m->va_bits - 1));
}

static uint64_t key_value(const struct pagetables_machine *m, unsigned int key)
{
	bool arm64 = m->va_bits != 0;
	bool pc = m->format == X86;

	switch (key) {
	case KEY_UTS:
		return m->image + PAGETABLES_UTS;
	case KEY_STEXT:
		return m->image + (arm64 || pc ? 0x10000 : 0x8000);
	case KEY_ROOT:
		return m->image + PAGETABLES_ROOT;
	case KEY_PAGESIZE:
		return m->page;
	case KEY_VA_BITS:
		return arm64 ? m->va_bits : UNSET;
	case KEY_T1SZ:
		return m->t1sz != 0 ? m->t1sz : UNSET;
	case KEY_VOFFSET:
		return arm64 ? m->image - m->base : UNSET;
	case KEY_PHYS_OFFSET:
		return arm64 ? phys_offset(m) : UNSET;
	case KEY_PHYS_BASE:
		return pc ? m->base - (m->image - (UINT64_C(0xffffffff) << 32 | 0x80000000))
			  : UNSET;
	case KEY_FIVE_LEVELS:
		return pc ? m->levels == 5 : UNSET;
	case KEY_SME_MASK:
		return pc ? pagetables_sme_mask(m) : UNSET;
	default:
		return UNSET;
	}
}

void pagetables_keys(const struct pagetables_machine *m, const uint64_t *change, char *text,
		     size_t size)
{
	size_t n = (size_t)snprintf(text, size, "OSRELEASE=%s OFFSET(uts_namespace.name)=%u%s",
				    PAGETABLES_RELEASE_NAME, (unsigned int)PAGETABLES_NAME,
				    strcmp(m->name, "lpae") == 0 ? " CONFIG_ARM_LPAE=y" : "");

	for (unsigned int i = 0; i < PAGETABLES_KEYS && n < size; i++) {
		uint64_t value = key_value(m, i);
		uint64_t bits = change == NULL ? 0 : change[i];

		if (bits == UNSET || (value == UNSET && bits == 0))
			continue;
		value = value == UNSET ? bits : value ^ bits;
		n += (size_t)snprintf(text + n, size - n, keys[i].hex ? " %s=%llx" : " %s=%lld",
				      keys[i].name, (unsigned long long)value);
	}
}
