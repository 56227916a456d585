/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF core headers out of a file. The header of /proc/vmcore is built in the crashed kernel's
 * memory, often by another program (kexec-tools), and is not to be believed: on arm64 kernels
 * without _text in kallsyms it claims 1.8e19 bytes, and following it oopses the reader. One lie
 * costs what it is about, and nothing else: a wrong count of headers no segment, a segment inside
 * the notes not the notes, and notes that claim the memory behind them not the memory.
 */
#include "base/bytes.h"
#include "base/io.h"
#include "vmcore/elf_fields.h"
#include "vmcore/elfcore_rows.h"
#include "vmcore/machine.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { ELFCORE_BEFORE = 64 * 1024 /* program headers begin before this */ };

/* The fields of a program header that matter. */
struct claim {
	uint32_t type;
	uint64_t offset, vaddr, paddr, filesz, memsz;
	bool in_file; /* all of its bytes */
};

static bool sums_to(uint64_t a, uint64_t b, uint64_t limit)
{
	return b <= limit && a <= limit - b;
}

/* What program header I claims. Returns false when it is not there, or cannot be read. */
static bool claim_at(struct elf_headers *h, unsigned int i, struct claim *c)
{
	const struct phdr_layout *l = elf_phdr(h->core->is64);
	const uint8_t *p = elf_headers_at(h, i);
	uint64_t end = h->core->file_size < INT64_MAX ? h->core->file_size : INT64_MAX;

	if (p == NULL)
		return false;
	c->type = (uint32_t)bytes_get(p, 4);
	c->offset = bytes_get(p + l->offset, l->word);
	c->vaddr = bytes_get(p + l->vaddr, l->word);
	c->paddr = bytes_get(p + l->paddr, l->word);
	c->filesz = bytes_get(p + l->filesz, l->word);
	c->memsz = bytes_get(p + l->memsz, l->word);
	c->in_file = sums_to(c->offset, c->filesz, end);
	return true;
}

static enum elfcore_fault judge(const struct elfcore *core, const struct claim *c)
{
	uint64_t most = core->is64 ? UINT64_MAX : (uint64_t)UINT32_MAX + 1;
	uint64_t span = c->filesz > c->memsz ? c->filesz : c->memsz;

	if (!sums_to(c->offset, c->filesz, UINT64_MAX) || !sums_to(c->paddr, span, most))
		return ELFCORE_WRAPS;
	if (!sums_to(c->paddr, span, UINT64_C(1) << machine_of(core->machine)->address_bits))
		return ELFCORE_ADDRESS;
	if (c->offset < core->headers_size ||
	    notes_touch(&core->notes, c->offset, c->offset + c->filesz))
		return ELFCORE_HEADER;
	return c->in_file ? ELFCORE_SANE : ELFCORE_FILE;
}

/* Takes header I, when it is a segment. Returns false when there is no room for it. */
static bool take_segment(struct elfcore *core, const struct claim *c, unsigned int i)
{
	struct elfcore_segment *s;

	if (c->type != PT_LOAD || c->filesz == 0)
		return true;
	s = elfcore_add(core);
	if (s == NULL)
		return false;
	*s = (struct elfcore_segment){
		.offset = c->offset,
		.size = c->filesz,
		.paddr = c->paddr,
		.vaddr = c->vaddr,
		.index = i,
		.fault = judge(core, c),
	};
	return true;
}

/* The header I is the last; the others are not listed for that reason. */
static void end_at(struct elfcore *core, unsigned int i, enum elfcore_fault reason)
{
	core->unlisted += core->headers - i;
	core->headers = i;
	core->reason = reason;
}

/*
 * Looks through all headers that are claimed. Those that speak of bytes behind themselves say how
 * far the headers go; a count may claim more. Returns how many these are.
 */
static unsigned int find_end(struct elfcore *core, struct elf_headers *h)
{
	unsigned int believed = 0;
	unsigned int i = 0;
	struct claim c;

	for (; claim_at(h, i, &c); i++) {
		uint64_t end = core->table + (uint64_t)(i + 1) * elf_phdr(core->is64)->size;

		if ((c.type != PT_LOAD && c.type != PT_NOTE) || c.filesz == 0 || c.offset < end ||
		    !c.in_file)
			continue;
		believed = i + 1;
		core->headers_size = end;
	}
	if (i < core->headers)
		end_at(core, i, h->error != 0 ? ELFCORE_UNREAD : ELFCORE_CUT);
	return believed;
}

/* The notes decide where segments cannot be, so they are taken before any segment is judged. */
static void take_notes(struct elfcore *core, struct elf_headers *h, unsigned int believed)
{
	struct claim c;

	for (unsigned int i = 0; i < believed; i++) {
		if (claim_at(h, i, &c) && c.type == PT_NOTE && c.offset >= core->headers_size &&
		    c.in_file)
			notes_take(&core->notes, c.offset, c.filesz);
	}
}

/* Headers of which nothing is believed end where notes or sane segments begin. */
static void cut_count(struct elfcore *core)
{
	size_t size = elf_phdr(core->is64)->size;
	uint64_t first = UINT64_MAX;
	uint64_t room;

	if (core->notes.ranges > 0)
		first = core->notes.range[0].offset;
	if (core->segments > core->faults && core->segment[0].offset < first)
		first = core->segment[0].offset;
	room = (first - core->table) / size;
	if (room < core->headers)
		end_at(core, (unsigned int)room, ELFCORE_COUNT);
	core->headers_size = core->table + (uint64_t)core->headers * size;
}

static void take_segments(struct elfcore *core, struct elf_headers *h, unsigned int from,
			  unsigned int to)
{
	struct claim c;

	for (unsigned int i = from; i < to && i < core->headers; i++) {
		if (!claim_at(h, i, &c))
			end_at(core, i, ELFCORE_UNREAD);
		else if (!take_segment(core, &c, i))
			end_at(core, i, ELFCORE_TOO_MANY);
	}
	elfcore_settle(core);
}

/* More headers than 16 bits can count are counted by the first section header. */
static uint64_t count_headers(const struct elfcore *core, const uint8_t *ehdr)
{
	bool is64 = core->is64;
	uint64_t count = bytes_get(ehdr + EHDR(is64, e_phnum), 2);
	uint64_t at = bytes_get(ehdr + EHDR(is64, e_shoff), is64 ? 8 : 4);
	size_t size = is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint8_t section[sizeof(Elf64_Shdr)];

	if (count != PN_XNUM || at == 0 || at > (uint64_t)INT64_MAX - size ||
	    io_read_at(core->fd, section, size, at) != size ||
	    bytes_get(section + SHDR(is64, sh_info), 4) < PN_XNUM)
		return count;
	return bytes_get(section + SHDR(is64, sh_info), 4);
}

static bool is_core(const uint8_t *h, size_t size)
{
	return size >= sizeof(Elf32_Ehdr) && memcmp(h, ELFMAG, SELFMAG) == 0 &&
	       (h[EI_CLASS] == ELFCLASS32 ||
		(h[EI_CLASS] == ELFCLASS64 && size >= sizeof(Elf64_Ehdr))) &&
	       h[EI_DATA] == ELFDATA2LSB &&
	       bytes_get(h + offsetof(Elf64_Ehdr, e_type), 2) == ET_CORE;
}

int elfcore_read_sized(struct elfcore *core, int fd, uint64_t file_size)
{
	uint8_t ehdr[sizeof(Elf64_Ehdr)];
	size_t used = io_read_at(fd, ehdr, sizeof(ehdr), 0);
	struct elf_headers h;
	unsigned int believed;
	uint64_t count;

	if (used < sizeof(ehdr) && errno != 0)
		return -errno;
	if (!is_core(ehdr, used))
		return -ENOEXEC;
	elfcore_clear(core, fd);
	core->is64 = ehdr[EI_CLASS] == ELFCLASS64;
	core->machine = (uint16_t)bytes_get(ehdr + offsetof(Elf64_Ehdr, e_machine), 2);
	memcpy(core->ehdr, ehdr, used);
	core->file_size = file_size;
	core->table = bytes_get(ehdr + EHDR(core->is64, e_phoff), core->is64 ? 8 : 4);
	core->headers_size = core->table;
	if (core->table < elf_ehdr_size(core->is64) || core->table > ELFCORE_BEFORE ||
	    core->table > file_size ||
	    bytes_get(ehdr + EHDR(core->is64, e_phentsize), 2) != elf_phdr(core->is64)->size)
		return -ENOEXEC;
	count = count_headers(core, ehdr);
	core->headers = (unsigned int)count;
	if (count > ELFCORE_SEGMENTS)
		end_at(core, ELFCORE_SEGMENTS, ELFCORE_TOO_MANY);
	elf_headers_open(&h, core);
	believed = find_end(core, &h);
	if (core->headers == 0 && h.error != 0)
		return h.error; /* headers that were not read are not headers that are not there */
	take_notes(core, &h, believed);
	take_segments(core, &h, 0, believed);
	cut_count(core);
	take_segments(core, &h, believed, core->headers);
	return 0;
}

int elfcore_read(struct elfcore *core, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	return elfcore_read_sized(core, fd, st.st_size > 0 ? (uint64_t)st.st_size : UINT64_MAX);
}
