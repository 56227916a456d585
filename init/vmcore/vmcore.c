/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers, notes, VMCOREINFO, translation, page frames: one after the other.
 */
#include "vmcore/vmcore.h"

#include "base/io.h"
#include "vmcore/kdumpfile.h"

#include <errno.h>
#include <string.h>

enum { SIGNATURE = 16 };

/* Opens the file as what its first bytes say. */
static int open_file(struct vmcore *v, int fd, struct kdumpfile *kdump)
{
	uint8_t first[SIGNATURE];

	if (kdump == NULL || io_read_at(fd, first, sizeof(first), 0) != sizeof(first) ||
	    !kdumpfile_is(first, sizeof(first)))
		return elfcore_read(&v->elf, fd);
	v->kdump = kdump;
	return kdumpfile_open(kdump, fd, &v->elf);
}

/* Of a page; where PAGESIZE does not say, of the smallest there is. */
static unsigned int page_shift(const struct vmcore *v)
{
	unsigned int shift = FRAMES_SHIFT_MIN;
	uint64_t size = 0;

	if (v->kdump != NULL)
		return v->kdump->shift;
	if (v->info.text == NULL || !vmcoreinfo_number(&v->info, "PAGESIZE", 10, &size))
		return FRAMES_SHIFT_MIN;
	while (shift < FRAMES_SHIFT_MAX && size != UINT64_C(1) << shift)
		shift++;
	return size == UINT64_C(1) << shift ? shift : FRAMES_SHIFT_MIN;
}

int vmcore_open(struct vmcore *v, int fd, struct kdumpfile *kdump)
{
	int r;

	v->fd = fd;
	v->kdump = NULL;
	v->info = (struct vmcoreinfo){0};
	v->translate_error = -ENOKEY;
	r = open_file(v, fd, kdump);
	if (r != 0)
		return r;
	physmem_open(&v->memory, fd, &v->elf, v->kdump);
	if (vmcoreinfo_find(&v->info, &v->elf.notes, v->text))
		v->translate_error = translate_open(&v->translate, &v->elf, &v->info, &v->memory);
	if (!frames_open(&v->frames, &v->elf, page_shift(v))) {
		v->elf.unlisted++;
		v->elf.reason = ELFCORE_TOO_MANY;
	}
	return 0;
}

const char *vmcore_open_problem(int fd, int error)
{
	static const char flat[] = "makedumpfile"; /* MAKEDUMPFILE_SIGNATURE, 16 bytes with NULs */
	uint8_t first[sizeof(flat)];

	switch (error) {
	case -ENOEXEC:
		break;
	case -EBADMSG:
		return "its headers or bitmaps make no sense";
	case -ENOTSUP:
		return "of a machine, version or size that is not supported, or one part of several";
	default:
		return strerror(-error);
	}
	if (io_read_at(fd, first, sizeof(first), 0) == sizeof(first) &&
	    memcmp(first, flat, sizeof(first)) == 0)
		return "flattened: run makedumpfile -R first";
	return "neither an ELF core nor a kdump-compressed dump";
}
