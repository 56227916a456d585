/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers, notes, VMCOREINFO, translation: one after the other.
 */
#include "vmcore/vmcore.h"

#include <errno.h>
#include <unistd.h>

/* As much of the notes as there is and fits; an unreadable page ends them. */
static size_t read_notes(struct vmcore *v)
{
	size_t size = VMCORE_NOTES;
	size_t used = 0;

	if (v->core.note_size < size)
		size = (size_t)v->core.note_size;
	while (used < size) {
		ssize_t n = pread(v->fd, v->notes + used, size - used,
				  (off_t)(v->core.note_offset + used));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	return used;
}

int vmcore_open(struct vmcore *v, int fd)
{
	int r = elfcore_read(&v->core, fd, v->head, sizeof(v->head));

	v->fd = fd;
	v->info = (struct vmcoreinfo){0};
	v->translate_error = -ENOKEY;
	if (r != 0)
		return r;
	physmem_open(&v->memory, fd, &v->core);
	if (vmcoreinfo_find(&v->info, v->notes, read_notes(v)))
		v->translate_error = translate_open(&v->translate, &v->core, &v->info, &v->memory);
	return 0;
}
