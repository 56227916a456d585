/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers, notes, VMCOREINFO, translation: one after the other.
 */
#include "vmcore/vmcore.h"

#include "vmcore/elf_fields.h"

#include <errno.h>

int vmcore_open(struct vmcore *v, int fd)
{
	int r = elfcore_read(&v->core, fd, v->head, sizeof(v->head));
	size_t notes = VMCORE_NOTES;

	v->fd = fd;
	v->info = (struct vmcoreinfo){0};
	v->translate_error = -ENOKEY;
	if (r != 0)
		return r;
	physmem_open(&v->memory, fd, &v->core);
	if (v->core.note_size < notes)
		notes = (size_t)v->core.note_size;
	notes = elf_read(fd, v->notes, notes, v->core.note_offset);
	if (vmcoreinfo_find(&v->info, v->notes, notes))
		v->translate_error = translate_open(&v->translate, &v->core, &v->info, &v->memory);
	return 0;
}
