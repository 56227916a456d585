/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pread through one page of buffer: structures of the kernel are small and lie close together.
 */
#include "vmcore/physmem.h"

#include "vmcore/elf_fields.h"
#include "vmcore/elfcore.h"

#include <errno.h>
#include <string.h>

void physmem_open(struct physmem *m, int fd, const struct elfcore *core)
{
	m->fd = fd;
	m->core = core;
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

/* Fills the buffer with the page that PA is in, or with what a segment has of it. */
static int fetch(struct physmem *m, uint64_t pa)
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
			r = fetch(m, pa);
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
