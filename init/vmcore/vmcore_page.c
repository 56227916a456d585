/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages and the stacks of a core that is open.
 */
#include "base/bytes.h"
#include "base/io.h"
#include "vmcore/elf_fields.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/machine.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

/* A page that does not lie in one piece in the file: of parts, and zeros where nothing is. */
static int put_together(struct vmcore *v, struct window *window, uint64_t pa)
{
	size_t size = (size_t)1 << v->frames.shift;
	bool any = false;

	memset(v->page, 0, size);
	for (size_t at = 0; at < size;) {
		const struct elfcore_segment *s = elfcore_from(&v->elf, pa + at);
		const uint8_t *data;
		uint64_t left;
		size_t n;

		if (s == NULL || (s->paddr > pa + at && s->paddr - pa >= size))
			break;
		if (s->paddr > pa + at)
			at = (size_t)(s->paddr - pa);
		left = s->size - (pa + at - s->paddr);
		n = left < size - at ? (size_t)left : size - at;
		data = window_at(window, s->offset + (pa + at - s->paddr), n, &n);
		if (data == NULL)
			break;
		memcpy(v->page + at, data, n);
		at += n;
		any = true;
	}
	return any ? 0 : -ENODATA;
}

int vmcore_page(struct vmcore *v, struct window *window, uint64_t pfn, const uint8_t **page)
{
	size_t size = (size_t)1 << v->frames.shift;
	uint64_t pa = pfn << v->frames.shift;
	const struct elfcore_segment *s;
	size_t got = 0;
	int r;

	if (v->kdump != NULL)
		return kdumpfile_page(v->kdump, pfn, page);
	s = elfcore_from(&v->elf, pa);
	if (s != NULL && s->paddr <= pa && s->size - (pa - s->paddr) >= size) {
		*page = window_at(window, s->offset + (pa - s->paddr), size, &got);
		if (*page != NULL && got == size)
			return 0;
	}
	r = put_together(v, window, pa);
	*page = v->page;
	return r;
}

int vmcore_mark(struct vmcore *v, uint64_t first, uint64_t count, uint8_t *bitmap)
{
	if (v->kdump != NULL)
		return kdumpfile_mark(v->kdump, first, count, bitmap);
	frames_mark(&v->frames, first, count, bitmap);
	return 0;
}

uint64_t vmcore_base(const struct vmcore *v)
{
	if (v->kdump != NULL)
		return v->kdump->base;
	if (!machine_of(v->elf.machine)->relative_frames ||
	    v->frames.first << v->frames.shift > UINT32_MAX)
		return 0;
	return v->frames.first;
}

bool vmcore_next_stack(const struct vmcore *v, struct note *note, uint64_t *va)
{
	const struct machine *m = machine_of(v->elf.machine);
	uint8_t word[sizeof(*va)];

	while (m->stack_at != 0 && notes_next(&v->elf.notes, note)) {
		if (note->type != NT_PRSTATUS || !note_is(note, "CORE") ||
		    note->size < (size_t)m->stack_at + m->word ||
		    io_read_at(v->fd, word, m->word, note->at + m->stack_at) != m->word)
			continue;
		*va = bytes_get(word, m->word);
		return true;
	}
	return false;
}
