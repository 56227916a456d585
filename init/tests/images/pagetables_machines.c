/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/images/pagetables_machines.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSET UINT64_MAX

/* Base, image, linear map; what the tables are for, an address that only they know. */
#define ARM(base) UINT64_C(base), 0xc0000000, 0xc0000000, 0, UINT32_MAX, 0xf1323000
#define ARM64(base, image, linear, first)                                                          \
	UINT64_C(base), UINT64_C(image), UINT64_C(linear), UINT64_C(first), UINT64_MAX,            \
		UINT64_C(0xfffffffe40323000)
#define OLD(base, image, linear, first)                                                            \
	UINT64_C(base), UINT64_C(image), UINT64_C(linear), UINT64_C(first), UINT64_MAX,            \
		UINT64_C(0xffff000100323000)
#define PC(base, linear, first, other)                                                             \
	UINT64_C(base), UINT64_C(0xffffffff81000000), UINT64_C(linear), UINT64_C(first),           \
		UINT64_MAX, UINT64_C(other)
#define K 1024

/* clang-format off */
const struct pagetables_machine pagetables_machines[PAGETABLES_MACHINES] = {
	{"arm", "elf32 arm", 4 * K, 0, 0, ARM(0x40000000),
	 SHORT, 2, {20, 12}, {12, 8}, 3},
	{"lpae", "elf64 arm", 4 * K, 0, 0, ARM(0x840000000),
	 LONG, 3, {30, 21, 12}, {2, 9, 9}, 7},
	{"4k-39", "elf64 arm64", 4 * K, 39, 25,
	 ARM64(0x40000000, 0xffffffc008000000, 0xffffff8000000000, 0xffffff8000000000),
	 LONG, 3, {30, 21, 12}, {9, 9, 9}, 7},
	{"4k-48", "elf64 arm64", 4 * K, 48, 16,
	 ARM64(0x40000000, 0xffff800008000000, 0xffff000000000000, 0xffff000000000000),
	 LONG, 4, {39, 30, 21, 12}, {9, 9, 9, 9}, 14},
	{"4k-48-old", "elf64 arm64", 4 * K, 48, 0,
	 OLD(0x40000000, 0xffff000008000000, 0xffff800000000000, 0xffff000000000000),
	 LONG, 4, {39, 30, 21, 12}, {9, 9, 9, 9}, 14},
	{"4k-52", "elf64 arm64", 4 * K, 52, 12,
	 ARM64(0xd000040000000, 0xffff800008000000, 0xfff0000000000000, 0xfff0000000000000),
	 LONG, 5, {48, 39, 30, 21, 12}, {4, 9, 9, 9, 9}, 28},
	{"4k-52-on-48", "elf64 arm64", 4 * K, 52, 16,
	 ARM64(0x80000000, 0xffff800008000000, 0xffff000000000000, 0xffff000000000000),
	 LONG, 4, {39, 30, 21, 12}, {9, 9, 9, 9}, 14},
	{"16k-36", "elf64 arm64", 16 * K, 36, 28,
	 ARM64(0x40000000, 0xfffffff808000000, 0xfffffff000000000, 0xfffffff000000000),
	 LONG, 2, {25, 14}, {11, 11}, 3},
	{"16k-47", "elf64 arm64", 16 * K, 47, 17,
	 ARM64(0x40000000, 0xffffc00008000000, 0xffff800000000000, 0xffff800000000000),
	 LONG, 3, {36, 25, 14}, {11, 11, 11}, 6},
	{"16k-48", "elf64 arm64", 16 * K, 48, 16,
	 ARM64(0x40000000, 0xffff800008000000, 0xffff000000000000, 0xffff000000000000),
	 LONG, 4, {47, 36, 25, 14}, {1, 11, 11, 11}, 12},
	{"16k-52", "elf64 arm64", 16 * K, 52, 12,
	 ARM64(0xe000040000000, 0xffffc00008000000, 0xfff0000000000000, 0xfff0000000000000),
	 LONG, 4, {47, 36, 25, 14}, {5, 11, 11, 11}, 12},
	{"16k-52-on-47", "elf64 arm64", 16 * K, 52, 17,
	 ARM64(0x80000000, 0xffffc00008000000, 0xffff800000000000, 0xffff800000000000),
	 LONG, 3, {36, 25, 14}, {11, 11, 11}, 6},
	{"64k-42", "elf64 arm64", 64 * K, 42, 22,
	 ARM64(0x40000000, 0xfffffe0008000000, 0xfffffc0000000000, 0xfffffc0000000000),
	 LONG, 2, {29, 16}, {13, 13}, 3},
	{"64k-48", "elf64 arm64", 64 * K, 48, 16,
	 ARM64(0x40000000, 0xffff800008000000, 0xffff000000000000, 0xffff000000000000),
	 LONG, 3, {42, 29, 16}, {6, 13, 13}, 6},
	{"64k-52", "elf64 arm64", 64 * K, 52, 12,
	 ARM64(0xf000040000000, 0xffff800008000000, 0xfff0000000000000, 0xfff0000000000000),
	 LONG, 3, {42, 29, 16}, {10, 13, 13}, 6},
	/* the tables stay as they are, and the linear map begins where 48 bits do */
	{"64k-52-on-48", "elf64 arm64", 64 * K, 52, 16,
	 ARM64(0x80000000, 0xffff800008000000, 0xffff000000000000, 0xfff0000000000000),
	 LONG, 3, {42, 29, 16}, {10, 13, 13}, 6},
	{"x86_64", "elf64 x86_64", 4 * K, 0, 0,
	 PC(0x40000000, 0xffff888040000000, 0xffff800000000000, 0xffffc90000323000),
	 X86, 4, {39, 30, 21, 12}, {9, 9, 9, 9}, 14},
	{"x86_64-la57", "elf64 x86_64", 4 * K, 0, 0,
	 PC(0xe000040000000, 0xff1f000040000000, 0xff00000000000000, 0xffa0000000323000),
	 X86, 5, {48, 39, 30, 21, 12}, {9, 9, 9, 9, 9}, 28},
	{"x86_64-sme", "elf64 x86_64", 4 * K, 0, 0,
	 PC(0x40000000, 0xffff888040000000, 0xffff800000000000, 0xffffc90000323000),
	 X86, 4, {39, 30, 21, 12}, {9, 9, 9, 9}, 14},
};
/* clang-format on */

static const struct {
	const char *name;
	bool hex;
} keys[PAGETABLES_KEYS] = {
	[KEY_UTS] = {"SYMBOL(init_uts_ns)", true},
	[KEY_STEXT] = {"SYMBOL(_stext)", true},
	[KEY_ROOT] = {"SYMBOL(swapper_pg_dir)", true},
	[KEY_PAGESIZE] = {"PAGESIZE", false},
	[KEY_VA_BITS] = {"NUMBER(VA_BITS)", false},
	[KEY_T1SZ] = {"NUMBER(TCR_EL1_T1SZ)", true},
	[KEY_VOFFSET] = {"NUMBER(kimage_voffset)", true},
	[KEY_PHYS_OFFSET] = {"NUMBER(PHYS_OFFSET)", true},
	[KEY_PHYS_BASE] = {"NUMBER(phys_base)", false},
	[KEY_FIVE_LEVELS] = {"NUMBER(pgtable_l5_enabled)", false},
	[KEY_VMALLOC_START] = {"NUMBER(VMALLOC_START)", false},
	[KEY_IMAGE_SIZE] = {"NUMBER(KERNEL_IMAGE_SIZE)", false},
	[KEY_SME_MASK] = {"NUMBER(sme_mask)", false},
	[KEY_MEM_SECTION] = {"SYMBOL(mem_section)", true},
};

_Noreturn void pagetables_wrong(const char *what)
{
	printf("pagetables: %s\n", what);
	fflush(stdout);
	abort();
}

const struct pagetables_machine *pagetables_machine(const char *name)
{
	for (unsigned int i = 0; i < PAGETABLES_MACHINES; i++) {
		if (strcmp(pagetables_machines[i].name, name) == 0)
			return &pagetables_machines[i];
	}
	pagetables_wrong(name);
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
