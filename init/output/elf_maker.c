/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers by hand, in both ELF classes: 32-bit ARM gets ELF32, as its kernel would make it,
 * unless its memory is too large. Virtual addresses are left at 0: readers of kernel dumps
 * (crash, drgn) go by the physical ones.
 */
#include "output/elf_maker.h"

#include "base/bytes.h"
#include "output/notes_writer.h"
#include "output/sink.h"
#include "output/zero.h"
#include "vmcore/elf_fields.h"
#include "vmcore/machine.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <string.h>

enum { PAGE = 4096, PROGRESS_PAGES = 256 };

static uint64_t round_up(uint64_t value)
{
	return (value + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

/* How many program headers: one for the notes. */
static unsigned int headers(const struct elf_maker *m)
{
	return 1 + m->core->frames.ranges;
}

static void lay_out(struct elf_maker *m)
{
	const struct frames *f = &m->core->frames;
	size_t section = headers(m) < PN_XNUM ? 0 : ELFCORE_HEADER_SIZE;

	m->headers_size = elf_ehdr_size(m->is64) + (uint64_t)headers(m) * elf_phdr(m->is64)->size;
	m->data_start = round_up(m->headers_size + section + m->core->elf.notes.size);
	m->size = m->data_start + (f->count << f->shift);
}

void elf_maker_plan(struct elf_maker *m, struct vmcore *core)
{
	m->core = core;
	m->done = 0;
	m->missing = m->damaged = 0;
	m->is64 = machine_of(core->elf.machine)->word == 8;
	m->is64 = m->is64 || core->frames.end << core->frames.shift >> 32 != 0;
	lay_out(m);
	if (!m->is64 && m->size > UINT32_MAX) {
		m->is64 = true;
		lay_out(m);
	}
}

static void put_ehdr(const struct elf_maker *m, uint8_t *h)
{
	bool is64 = m->is64;

	memcpy(h, ELFMAG, SELFMAG);
	h[EI_CLASS] = is64 ? ELFCLASS64 : ELFCLASS32;
	h[EI_DATA] = ELFDATA2LSB;
	h[EI_VERSION] = EV_CURRENT;
	bytes_put(h + EHDR(is64, e_type), 2, ET_CORE);
	bytes_put(h + EHDR(is64, e_machine), 2, m->core->elf.machine);
	bytes_put(h + EHDR(is64, e_version), 4, EV_CURRENT);
	bytes_put(h + EHDR(is64, e_phoff), is64 ? 8 : 4, elf_ehdr_size(m->is64));
	bytes_put(h + EHDR(is64, e_ehsize), 2, elf_ehdr_size(m->is64));
	bytes_put(h + EHDR(is64, e_phentsize), 2, elf_phdr(is64)->size);
	elf_put_count(h, is64, headers(m), m->headers_size);
}

static int write_phdr(const struct elf_maker *m, struct sink *sink, uint32_t type, uint64_t offset,
		      uint64_t paddr, uint64_t size)
{
	uint8_t p[ELFCORE_HEADER_SIZE] = {0};
	const struct phdr_layout *l = elf_phdr(m->is64);
	size_t flags = m->is64 ? offsetof(Elf64_Phdr, p_flags) : offsetof(Elf32_Phdr, p_flags);

	bytes_put(p, 4, type);
	bytes_put(p + l->offset, l->word, offset);
	bytes_put(p + l->paddr, l->word, paddr);
	bytes_put(p + l->filesz, l->word, size);
	bytes_put(p + l->memsz, l->word, size);
	bytes_put(p + flags, 4, type == PT_LOAD ? PF_R | PF_W | PF_X : 0);
	return sink_write(sink, p, l->size);
}

static int write_headers(struct elf_maker *m, struct sink *sink)
{
	const struct frames *f = &m->core->frames;
	uint64_t notes = m->core->elf.notes.size;
	uint64_t offset = m->data_start;
	uint8_t head[ELFCORE_HEADER_SIZE] = {0};
	size_t section = 0;
	int r;

	put_ehdr(m, head);
	r = sink_write(sink, head, elf_ehdr_size(m->is64));
	if (headers(m) >= PN_XNUM) {
		elf_put_section(head, m->is64, headers(m));
		section = sizeof(head);
	}
	if (r == 0)
		r = write_phdr(m, sink, PT_NOTE, m->headers_size + section, 0, notes);
	for (unsigned int i = 0; i < f->ranges && r == 0; i++) {
		uint64_t size = (f->range[i].end - f->range[i].first) << f->shift;

		r = write_phdr(m, sink, PT_LOAD, offset, f->range[i].first << f->shift, size);
		offset += size;
	}
	if (r == 0)
		r = sink_write(sink, head, section);
	if (r == 0)
		r = notes_write(&m->core->elf.notes, sink);
	return r == 0 ? sink_zeros(sink, m->data_start - sink->position) : r;
}

static int write_page(struct elf_maker *m, struct window *window, struct sink *sink, uint64_t pfn)
{
	size_t size = (size_t)1 << m->core->frames.shift;
	const uint8_t *page;
	int r = vmcore_page(m->core, window, pfn, &page);

	if (r == -ENOTSUP)
		return r;
	m->missing += r == -ENODATA;
	m->damaged += r != 0 && r != -ENODATA;
	m->done += size;
	return r != 0 || zero_is(page, size) ? sink_zeros(sink, size)
					     : sink_write(sink, page, size);
}

int elf_maker_run(struct elf_maker *m, struct window *window, struct sink *sink)
{
	const struct frames *f = &m->core->frames;
	size_t size = (size_t)1 << f->shift;
	int r = write_headers(m, sink);

	for (unsigned int i = 0; i < f->ranges && r == 0; i++) {
		for (uint64_t pfn = f->range[i].first; pfn < f->range[i].end && r == 0; pfn++) {
			r = write_page(m, window, sink, pfn);
			if (m->progress != NULL && m->done / size % PROGRESS_PAGES == 0)
				m->progress(m->progress_arg, m);
		}
	}
	return r;
}
