/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF core headers out of a file, and a copy of them made true.
 */
#include "base/bytes.h"
#include "base/io.h"
#include "vmcore/elfcore.h"

#include "vmcore/elf_fields.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Not a byte more than the headers: what lies behind them may be unreadable, or be a lie. */
int elfcore_read(struct elfcore *core, int fd, uint8_t *head, size_t size)
{
	struct stat st;
	size_t used;
	uint64_t end;
	bool is64;

	if (fstat(fd, &st) != 0)
		return -errno;
	used = io_read_at(fd, head, size < sizeof(Elf64_Ehdr) ? size : sizeof(Elf64_Ehdr), 0);
	if (used == 0 && errno == 0)
		return -ENOEXEC;
	if (used == sizeof(Elf64_Ehdr)) {
		is64 = head[EI_CLASS] == ELFCLASS64;
		end = bytes_get(head + EHDR(is64, e_phnum), 2) *
		      bytes_get(head + EHDR(is64, e_phentsize), 2);
		end += bytes_get(head + EHDR(is64, e_phoff), is64 ? 8 : 4);
		end = end < size ? end : size;
		if (end > used)
			used += io_read_at(fd, head + used, (size_t)end - used, used);
	}
	if (errno != 0)
		return -errno; /* headers that were not read are not headers that are not there */
	return elfcore_parse(core, head, used, st.st_size > 0 ? (uint64_t)st.st_size : UINT64_MAX);
}

static bool is_kept(const struct elfcore *core, unsigned int index)
{
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		if (core->segment[i].index == index)
			return true;
	}
	return false;
}

void elfcore_disown(const struct elfcore *core, uint8_t *head)
{
	const struct phdr_layout *l = elf_phdr(core->is64);
	uint8_t *p = head + core->headers_size - (size_t)core->headers * l->size;
	uint8_t *phnum = head + EHDR(core->is64, e_phnum);

	for (unsigned int i = 0; i < core->headers; i++, p += l->size) {
		if (bytes_get(p, 4) != PT_LOAD || bytes_get(p + l->filesz, l->word) == 0 ||
		    is_kept(core, i))
			continue;
		memset(p, 0, 4); /* p_type: PT_NULL */
		memset(p + l->filesz, 0, l->word);
		memset(p + l->memsz, 0, l->word);
	}
	bytes_put(phnum, core->headers, 2);
}

const char *elfcore_fault_text(enum elfcore_fault fault)
{
	static const char *const texts[] = {
		[ELFCORE_SANE] = "is sane",
		[ELFCORE_WRAPS] = "wraps around the end of the address space",
		[ELFCORE_ADDRESS] = "lies beyond the physical addresses of this machine",
		[ELFCORE_FILE] = "lies beyond the end of the file",
		[ELFCORE_HEADER] = "lies inside the headers",
		[ELFCORE_OVERLAPS] = "overlaps another segment",
	};

	return fault < sizeof(texts) / sizeof(texts[0]) ? texts[fault] : "is unknown";
}
