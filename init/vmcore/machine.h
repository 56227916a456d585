/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between the machines whose cores are read, one row for each. Which row counts is
 * said by the core, never by the architecture of this build.
 */
#ifndef VMCORE_MACHINE_H
#define VMCORE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct elfcore;
struct kdump_layout;
struct translate;
struct vmcoreinfo;

struct machine {
	uint16_t elf; /* e_machine */

	const char *utsname;		  /* what uname -m says there */
	unsigned int utsname_prefix;	  /* bytes of it that tell this machine from others */
	const struct kdump_layout *kdump; /* of kdump-compressed files */

	unsigned int word; /* bytes of an unsigned long of its kernel; 8: its cores are ELF64 */
	unsigned int address_bits; /* of a physical address, at most */
	unsigned int stack_at; /* of the stack pointer, in the desc of NT_PRSTATUS; 0: unknown */
	bool relative_frames;  /* bit 0 of a kdump file's bitmaps is the first frame of RAM */

	/* SPARSEMEM, where VMCOREINFO does not say; see memmap.c */
	unsigned int section_bits, physical_bits;
	bool section_roots; /* SPARSEMEM_EXTREME, not SPARSEMEM_STATIC */
	bool flatmem;	    /* the kernel may have one mem_map, from PHYS_OFFSET on */

	/*
	 * Works out the maps of T, proves them, and finds the page tables. Returns as
	 * translate_open. NULL: nothing in this program knows how the machine maps memory.
	 */
	int (*translate)(struct translate *t, const struct elfcore *core,
			 const struct vmcoreinfo *info);
};

/* The row of E_MACHINE; a machine that is not known has one, too, which cannot translate. */
const struct machine *machine_of(uint16_t e_machine);

/* The row of the machine that is called UTSNAME (field machine of struct new_utsname), or NULL. */
const struct machine *machine_named(const char *utsname);

/* Bits of a physical address: by VMCOREINFO, then it returns true, or else by the row. */
bool machine_physical_bits(const struct machine *m, const struct vmcoreinfo *info, uint64_t *bits);

#endif
