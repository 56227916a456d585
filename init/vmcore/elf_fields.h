/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the fields of ELF headers stand, by class, and the program headers of a file. For the
 * files of vmcore and output: fields are read one by one, so the class and alignment of the
 * build do not matter.
 */
#ifndef VMCORE_ELF_FIELDS_H
#define VMCORE_ELF_FIELDS_H

#include "vmcore/elfcore.h"

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ELFCORE_PIECE = 64,	  /* so many program headers are read at once */
	ELFCORE_HEADER_SIZE = 64, /* no header of any kind is larger */
};

/* Where a field of the ELF header, and of a section header, stands. */
#define EHDR(is64, field) ((is64) ? offsetof(Elf64_Ehdr, field) : offsetof(Elf32_Ehdr, field))
#define SHDR(is64, field) ((is64) ? offsetof(Elf64_Shdr, field) : offsetof(Elf32_Shdr, field))

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

static inline size_t elf_ehdr_size(bool is64)
{
	return is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
}

/* The program headers of CORE, some of which are in memory. */
struct elf_headers {
	const struct elfcore *core;
	unsigned int first, count; /* in memory */
	int error;		   /* 0, or -errno of the read that failed */
	uint8_t bytes[ELFCORE_PIECE * ELFCORE_HEADER_SIZE];
};

void elf_headers_open(struct elf_headers *h, const struct elfcore *core);

/* Program header I, until the next call; NULL when it is not there, or cannot be read. */
const uint8_t *elf_headers_at(struct elf_headers *h, unsigned int i);

/*
 * More program headers than 16 bits can count are counted by a section header (PN_XNUM of elf(5)).
 * Puts COUNT into the ELF header, and the place AT of that section header where it takes one; there
 * are no sections otherwise. Returns whether it takes one.
 */
bool elf_put_count(uint8_t *ehdr, bool is64, unsigned int count, uint64_t at);

/* That section header. */
void elf_put_section(uint8_t section[ELFCORE_HEADER_SIZE], bool is64, unsigned int count);

#endif
