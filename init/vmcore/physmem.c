/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pread through one page of buffer: structures of the kernel are small and lie close together.
 */
#include "vmcore/physmem.h"

#include "vmcore/elf_fields.h"
#include "vmcore/elfcore.h"
#include "vmcore/kdumpfile.h"

#include <errno.h>
#include <string.h>

void physmem_open(struct physmem *m, int fd, const struct elfcore *core, struct kdumpfile *kdump)
{
	m->fd = fd;
	m->core = core;
	m->kdump = kdump;
	m->size = 0;
}

/* The sane segment that PA is in, or NULL. */
static const struct elfcore_segment *segment_of(const struct elfcore *core, uint64_t pa)
{
	for (unsigned int i = 0; i < core->segments - core->faults; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		if (pa >= s->paddr && pa - s->paddr < s->size)
			return s;
	}
	return NULL;
}

/* What is left out must not be mistaken for zeros. A page there has PHYSMEM_PAGE bytes at least. */
static int fetch_kdump(struct physmem *m, uint64_t pa)
{
	uint64_t size = UINT64_C(1) << m->kdump->shift;
	const uint8_t *page;
	int r = kdumpfile_page(m->kdump, pa >> m->kdump->shift, &page);

	m->size = 0;
	if (r != 0)
		return r == -ENODATA ? -ENXIO : r;
	memcpy(m->page, page + (pa & (size - PHYSMEM_PAGE)), PHYSMEM_PAGE);
	m->at = pa & ~(uint64_t)(PHYSMEM_PAGE - 1);
	m->size = PHYSMEM_PAGE;
	return 0;
}

/* Fills the buffer with the page that PA is in, or with what a segment has of it. */
static int fetch_elf(struct physmem *m, uint64_t pa)
{
	const struct elfcore_segment *s = segment_of(m->core, pa);
	uint64_t start = pa & ~(uint64_t)(PHYSMEM_PAGE - 1);
	uint64_t left;
	size_t n;

	m->size = 0;
	if (s == NULL)
		return -ENXIO;
	if (start < s->paddr)
		start = s->paddr;
	left = s->size - (start - s->paddr);
	errno = 0;
	n = elf_read(m->fd, m->page, left < PHYSMEM_PAGE ? (size_t)left : PHYSMEM_PAGE,
		     s->offset + (start - s->paddr));
	if (n == 0)
		return errno != 0 ? -errno : -ENXIO;
	m->at = start;
	m->size = n;
	return pa - start < m->size ? 0 : -ENXIO;
}

int physmem_read(struct physmem *m, uint64_t pa, void *out, size_t size)
{
	uint8_t *to = out;

	while (size > 0) {
		size_t n;
		int r = 0;

		if (pa < m->at || pa - m->at >= m->size)
			r = m->kdump != NULL ? fetch_kdump(m, pa) : fetch_elf(m, pa);
		if (r != 0)
			return r;
		n = m->size - (size_t)(pa - m->at);
		if (n > size)
			n = size;
		memcpy(to, m->page + (pa - m->at), n);
		to += n;
		pa += n;
		size -= n;
	}
	return 0;
}
