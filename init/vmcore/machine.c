/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of machines. The stack pointer is a register of struct elf_prstatus
 * (include/linux/elfcore.h): pr_reg begins at 72 where a long has four bytes, at 112 where it has
 * eight. Sections: arch/ARCH/include/asm/sparsemem.h.
 */
#include "vmcore/machine.h"

#include "vmcore/kdump_layout.h"
#include "vmcore/translate_machines.h"
#include "vmcore/vmcoreinfo.h"

#include <elf.h>
#include <string.h>

static const struct machine machines[] = {
	{
		.elf = EM_ARM,
		.utsname = "armv7l",
		.utsname_prefix = 3, /* armv6l, armv8l ... */
		.kdump = &kdump_layout_32,
		.word = 4,
		.address_bits = 40, /* LPAE */
		.stack_at = 72 + 13 * 4,
		.relative_frames = true, /* ARCH_PFN_OFFSET of makedumpfile */
		.section_bits = 28,
		.physical_bits = 36,
		.flatmem = true,
		.translate = translate_open_arm,
	},
	{
		.elf = EM_AARCH64,
		.utsname = "aarch64",
		.utsname_prefix = sizeof("aarch64"), /* aarch64_be is another one */
		.kdump = &kdump_layout_64,
		.word = 8,
		.address_bits = 52,
		.stack_at = 112 + 31 * 8,
		.section_bits = 30,
		.section_roots = true,
		.physical_bits = 48,
		.translate = translate_open_arm64,
	},
	{
		.elf = EM_X86_64,
		.utsname = "x86_64",
		.utsname_prefix = sizeof("x86_64"),
		.kdump = &kdump_layout_64,
		.word = 8,
		.address_bits = 52,
		.stack_at = 112 + 19 * 8,
		.section_bits = 27,
		.section_roots = true,
		.physical_bits = 46,
		.translate = translate_open_x86_64,
	},
};

static const struct machine unknown = {
	.elf = EM_NONE,
	.utsname = "x86_64", /* so that readers take the layout of a kdump file */
	.kdump = &kdump_layout_64,
	.word = 8,
	.address_bits = 63,
};

const struct machine *machine_of(uint16_t e_machine)
{
	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (machines[i].elf == e_machine)
			return &machines[i];
	}
	return &unknown;
}

const struct machine *machine_named(const char *utsname)
{
	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (strncmp(utsname, machines[i].utsname, machines[i].utsname_prefix) == 0)
			return &machines[i];
	}
	return NULL;
}

bool machine_physical_bits(const struct machine *m, const struct vmcoreinfo *info, uint64_t *bits)
{
	*bits = m->physical_bits;
	return vmcoreinfo_number(info, "NUMBER(MAX_PHYSMEM_BITS)", 10, bits);
}
