/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Program headers of a file, some at a time, and how they are counted.
 *
 * Layouts: ELF-64 Object File Format, and the System V ABI, which has PN_XNUM.
 */
#include "base/bytes.h"
#include "base/io.h"
#include "vmcore/elf_fields.h"

#include <errno.h>
#include <string.h>

const struct phdr_layout elf_phdr32 = {
	.size = sizeof(Elf32_Phdr),
	.word = 4,
	.offset = offsetof(Elf32_Phdr, p_offset),
	.vaddr = offsetof(Elf32_Phdr, p_vaddr),
	.paddr = offsetof(Elf32_Phdr, p_paddr),
	.filesz = offsetof(Elf32_Phdr, p_filesz),
	.memsz = offsetof(Elf32_Phdr, p_memsz),
};

const struct phdr_layout elf_phdr64 = {
	.size = sizeof(Elf64_Phdr),
	.word = 8,
	.offset = offsetof(Elf64_Phdr, p_offset),
	.vaddr = offsetof(Elf64_Phdr, p_vaddr),
	.paddr = offsetof(Elf64_Phdr, p_paddr),
	.filesz = offsetof(Elf64_Phdr, p_filesz),
	.memsz = offsetof(Elf64_Phdr, p_memsz),
};

void elf_headers_open(struct elf_headers *h, const struct elfcore *core)
{
	h->core = core;
	h->first = h->count = 0;
	h->error = 0;
}

/* Not a byte more than the headers: what lies behind them may be unreadable, or be a lie. */
const uint8_t *elf_headers_at(struct elf_headers *h, unsigned int i)
{
	size_t size = elf_phdr(h->core->is64)->size;
	unsigned int want = ELFCORE_PIECE;
	size_t got;

	if (i >= h->core->headers)
		return NULL;
	if (i - h->first >= h->count) {
		if (want > h->core->headers - i)
			want = h->core->headers - i;
		got = io_read_at(h->core->fd, h->bytes, want * size,
				 h->core->table + (uint64_t)i * size);
		h->error = got < want * size ? -errno : 0;
		h->first = i;
		h->count = (unsigned int)(got / size);
		if (h->count == 0)
			return NULL;
	}
	return h->bytes + (i - h->first) * size;
}

bool elf_put_count(uint8_t *ehdr, bool is64, unsigned int count, uint64_t at)
{
	bool extended = count >= PN_XNUM;

	bytes_put(ehdr + EHDR(is64, e_phnum), 2, extended ? PN_XNUM : count);
	bytes_put(ehdr + EHDR(is64, e_shoff), is64 ? 8 : 4, extended ? at : 0);
	bytes_put(ehdr + EHDR(is64, e_shnum), 2, extended);
	bytes_put(ehdr + EHDR(is64, e_shstrndx), 2, SHN_UNDEF);
	bytes_put(ehdr + EHDR(is64, e_shentsize), 2,
		  is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	return extended;
}

void elf_put_section(uint8_t section[ELFCORE_HEADER_SIZE], bool is64, unsigned int count)
{
	memset(section, 0, ELFCORE_HEADER_SIZE);
	bytes_put(section + SHDR(is64, sh_info), 4, count);
}
