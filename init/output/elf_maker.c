/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers by hand, in both ELF classes: 32-bit ARM gets ELF32, as its kernel would make it,
 * unless its memory is too large. Virtual addresses are left at 0: readers of kernel dumps
 * (crash, drgn) go by the physical ones.
 */
#include "output/elf_maker.h"

#include "base/bytes.h"
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

static size_t ehdr_size(const struct elf_maker *m)
{
	return m->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
}

int elf_maker_plan(struct elf_maker *m, struct vmcore *core)
{
	uint64_t bytes = core->frames.count << core->frames.shift;

	m->core = core;
	m->done = 0;
	m->missing = m->damaged = 0;
	m->is64 = machine_of(core->elf.machine)->word == 8;
	m->is64 = m->is64 || core->frames.end << core->frames.shift >> 32 != 0;
	m->is64 = m->is64 || bytes + VMCORE_NOTES + sizeof(core->head) > UINT32_MAX;
	m->headers_size = ehdr_size(m) + (1 + core->frames.ranges) * elf_phdr(m->is64)->size;
	m->data_start = round_up(m->headers_size + core->notes_size);
	m->size = m->data_start + bytes;
	return m->headers_size <= sizeof(core->head) ? 0 : -E2BIG;
}

static void put_ehdr(const struct elf_maker *m, uint8_t *h)
{
	bool is64 = m->is64;

	memcpy(h, ELFMAG, SELFMAG);
	h[EI_CLASS] = is64 ? ELFCLASS64 : ELFCLASS32;
	h[EI_DATA] = ELFDATA2LSB;
	h[EI_VERSION] = EV_CURRENT;
	bytes_put(h + EHDR(is64, e_type), ET_CORE, 2);
	bytes_put(h + EHDR(is64, e_machine), m->core->elf.machine, 2);
	bytes_put(h + EHDR(is64, e_version), EV_CURRENT, 4);
	bytes_put(h + EHDR(is64, e_phoff), ehdr_size(m), is64 ? 8 : 4);
	bytes_put(h + EHDR(is64, e_ehsize), ehdr_size(m), 2);
	bytes_put(h + EHDR(is64, e_phentsize), elf_phdr(is64)->size, 2);
	bytes_put(h + EHDR(is64, e_phnum), 1 + m->core->frames.ranges, 2);
}

static void put_phdr(const struct elf_maker *m, uint8_t *p, uint32_t type, uint64_t offset,
		     uint64_t paddr, uint64_t size)
{
	const struct phdr_layout *l = elf_phdr(m->is64);
	size_t flags = m->is64 ? offsetof(Elf64_Phdr, p_flags) : offsetof(Elf32_Phdr, p_flags);

	bytes_put(p, type, 4);
	bytes_put(p + l->offset, offset, l->word);
	bytes_put(p + l->paddr, paddr, l->word);
	bytes_put(p + l->filesz, size, l->word);
	bytes_put(p + l->memsz, size, l->word);
	bytes_put(p + flags, type == PT_LOAD ? PF_R | PF_W | PF_X : 0, 4);
}

static int write_headers(struct elf_maker *m, struct sink *sink)
{
	const struct frames *f = &m->core->frames;
	uint8_t *head = m->core->head;
	size_t step = elf_phdr(m->is64)->size;
	uint8_t *p = head + ehdr_size(m);
	uint64_t offset = m->data_start;
	int r;

	memset(head, 0, (size_t)m->headers_size);
	put_ehdr(m, head);
	put_phdr(m, p, PT_NOTE, m->headers_size, 0, m->core->notes_size);
	for (unsigned int i = 0; i < f->ranges; i++) {
		uint64_t size = (f->range[i].end - f->range[i].first) << f->shift;

		p += step;
		put_phdr(m, p, PT_LOAD, offset, f->range[i].first << f->shift, size);
		offset += size;
	}
	r = sink_write(sink, head, (size_t)m->headers_size);
	if (r == 0)
		r = sink_write(sink, m->core->notes, m->core->notes_size);
	if (r == 0)
		r = sink_zeros(sink, m->data_start - m->headers_size - m->core->notes_size);
	return r;
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
