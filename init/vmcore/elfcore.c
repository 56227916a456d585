/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF core headers. The header of /proc/vmcore is built in the crashed kernel's memory, often
 * by another program (kexec-tools), and is not to be believed: on arm64 kernels without _text
 * in kallsyms it claims 1.8e19 bytes, and following it oopses the reader.
 *
 * Layouts: ELF-64 Object File Format and the System V ABI.
 */
#include "vmcore/elfcore.h"

#include "base/bytes.h"
#include "vmcore/elf_fields.h"
#include "vmcore/machine.h"

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

static bool sums_to(uint64_t a, uint64_t b, uint64_t limit)
{
	return b <= limit && a <= limit - b;
}

static enum elfcore_fault judge(const struct elfcore *core, const struct elfcore_segment *s,
				uint64_t memsz)
{
	uint64_t most = core->is64 ? UINT64_MAX : (uint64_t)UINT32_MAX + 1;
	uint64_t span = s->size > memsz ? s->size : memsz;

	if (!sums_to(s->offset, s->size, UINT64_MAX) || !sums_to(s->paddr, span, most))
		return ELFCORE_WRAPS;
	if (!sums_to(s->paddr, span, UINT64_C(1) << machine_of(core->machine)->address_bits))
		return ELFCORE_ADDRESS;
	if (s->offset < core->headers_size || s->offset < core->note_offset + core->note_size)
		return ELFCORE_HEADER;
	if (!sums_to(s->offset, s->size, core->file_size) ||
	    !sums_to(s->offset, s->size, INT64_MAX))
		return ELFCORE_FILE;
	return ELFCORE_SANE;
}

/* Sane before unsound, then by offset, then by program header: one order for any input. */
static int by_offset(const void *left, const void *right)
{
	const struct elfcore_segment *a = left;
	const struct elfcore_segment *b = right;

	if ((a->fault != 0) != (b->fault != 0))
		return a->fault != 0 ? 1 : -1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return (int)a->index - (int)b->index;
}

/* Insertion by offset: the kernel lists segments in order, so this is one pass. */
static void sort_segments(struct elfcore *core)
{
	struct elfcore_segment *s = core->segment;

	for (unsigned int i = 1; i < core->segments; i++) {
		struct elfcore_segment moved = s[i];
		unsigned int k = i;

		for (; k > 0 && by_offset(&moved, &s[k - 1]) < 0; k--)
			s[k] = s[k - 1];
		s[k] = moved;
	}
}

static void find_overlaps(struct elfcore *core)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < core->segments; i++) {
		struct elfcore_segment *s = &core->segment[i];

		if (s->fault != ELFCORE_SANE)
			continue;
		if (s->offset < end)
			s->fault = ELFCORE_OVERLAPS;
		else
			end = s->offset + s->size;
	}
}

static void summarise(struct elfcore *core)
{
	core->faults = 0;
	for (unsigned int i = 0; i < core->segments; i++)
		core->faults += core->segment[i].fault != ELFCORE_SANE;
	if (core->segments > core->faults)
		core->data_start = core->segment[0].offset;
}

/* The notes decide where data may begin, so they are taken before any segment is judged. */
static void take_note(struct elfcore *core, const uint8_t *p)
{
	const struct phdr_layout *l = elf_phdr(core->is64);
	uint64_t offset = bytes_get(p + l->offset, l->word);
	uint64_t size = bytes_get(p + l->filesz, l->word);

	if (core->note_size != 0 || offset < core->headers_size ||
	    !sums_to(offset, size, core->file_size) || !sums_to(offset, size, INT64_MAX))
		return;
	core->note_offset = offset;
	core->note_size = size;
	core->data_start = offset + size;
}

static void take_segment(struct elfcore *core, const uint8_t *p, unsigned int index)
{
	const struct phdr_layout *l = elf_phdr(core->is64);
	struct elfcore_segment *s = &core->segment[core->segments];

	*s = (struct elfcore_segment){
		.offset = bytes_get(p + l->offset, l->word),
		.size = bytes_get(p + l->filesz, l->word),
		.paddr = bytes_get(p + l->paddr, l->word),
		.vaddr = bytes_get(p + l->vaddr, l->word),
		.index = (uint16_t)index,
	};
	if (s->size == 0)
		return;
	s->fault = (uint16_t)judge(core, s, bytes_get(p + l->memsz, l->word));
	core->segments++;
}

/* Returns how many program headers of the file are in HEAD, and notes those that are not. */
static unsigned int listed(struct elfcore *core, uint64_t phoff, unsigned int count, size_t size)
{
	size_t room = phoff < size ? (size - (size_t)phoff) / elf_phdr(core->is64)->size : 0;
	unsigned int n = count < room ? count : (unsigned int)room;

	core->unlisted = count - n;
	core->headers = n;
	return n;
}

int elfcore_parse(struct elfcore *core, const uint8_t *head, size_t size, uint64_t file_size)
{
	bool is64 = size > EI_CLASS && head[EI_CLASS] == ELFCLASS64;
	const struct phdr_layout *l = elf_phdr(is64);
	size_t ehsize = is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	uint64_t phoff;
	unsigned int count;

	if (size < ehsize || memcmp(head, ELFMAG, SELFMAG) != 0 ||
	    (head[EI_CLASS] != ELFCLASS32 && !is64) || head[EI_DATA] != ELFDATA2LSB ||
	    bytes_get(head + offsetof(Elf64_Ehdr, e_type), 2) != ET_CORE)
		return -ENOEXEC;
	memset(core, 0, offsetof(struct elfcore, segment));
	core->is64 = is64;
	core->machine = (uint16_t)bytes_get(head + offsetof(Elf64_Ehdr, e_machine), 2);
	core->file_size = file_size;
	phoff = bytes_get(head + EHDR(is64, e_phoff), is64 ? 8 : 4);
	count = (unsigned int)bytes_get(head + EHDR(is64, e_phnum), 2);
	if (phoff < ehsize || phoff > size ||
	    bytes_get(head + EHDR(is64, e_phentsize), 2) != l->size)
		return -ENOEXEC;
	count = listed(core, phoff, count, size);
	core->headers_size = phoff + (uint64_t)count * l->size;
	core->data_start = core->headers_size;
	head += phoff;
	for (unsigned int i = 0; i < count; i++) {
		if (bytes_get(head + i * l->size, 4) == PT_NOTE)
			take_note(core, head + i * l->size);
	}
	for (unsigned int i = 0; i < count; i++) {
		if (bytes_get(head + i * l->size, 4) != PT_LOAD)
			continue;
		if (core->segments == ELFCORE_SEGMENTS)
			core->unlisted++;
		else
			take_segment(core, head + i * l->size, i);
	}
	sort_segments(core);
	find_overlaps(core);
	sort_segments(core);
	summarise(core);
	return 0;
}
