/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the fields of ELF headers stand, by class. For the files of this room: fields are
 * read one by one, so the class and alignment of the build do not matter.
 */
#ifndef VMCORE_ELF_FIELDS_H
#define VMCORE_ELF_FIELDS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a field of the ELF header stands. */
#define EHDR(is64, field) ((is64) ? offsetof(Elf64_Ehdr, field) : offsetof(Elf32_Ehdr, field))

/* Where the fields of a program header stand. */
struct phdr_layout {
	size_t size, word; /* word: bytes of an address or offset */
	size_t offset, vaddr, paddr, filesz, memsz;
};

extern const struct phdr_layout elf_phdr32, elf_phdr64;

static inline const struct phdr_layout *elf_phdr(bool is64)
{
	return is64 ? &elf_phdr64 : &elf_phdr32;
}

#endif
