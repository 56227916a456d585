/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens the image of the crashed kernel and judges it. Its memory is reserved here, before
 * anything begins; pages of that which are not used are never touched.
 */
#include "worker/capture.h"

#include "base/clock.h"
#include "base/log.h"
#include "board/memory.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"
#include "worker/capture_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct vmcore vmcore;
static struct window window;
/* Aligned as zero_is() wants it: pages that are read, not mapped, can be zero as well. */
static _Alignas(8) uint8_t scratch[WINDOW_READ_BYTES];

enum { FAULTS_TOLD = 16 /* a line each; a console takes milliseconds for one */ };

static void log_faults(void)
{
	const struct elfcore *e = &vmcore.elf;
	const struct elfcore_segment *s = e->segment + (e->segments - e->faults);

	for (unsigned int i = 0; i < e->faults && i < FAULTS_TOLD; i++, s++)
		log_line("segment %u (physical 0x%llx, 0x%llx bytes) %s: not saved",
			 (unsigned int)s->index, (unsigned long long)s->paddr,
			 (unsigned long long)s->size, elfcore_fault_text(s->fault));
	if (e->faults > FAULTS_TOLD)
		log_line("%u more segments cannot be true: not saved", e->faults - FAULTS_TOLD);
	if (e->unlisted > 0)
		log_line("%u of %u program headers: %s: what they stand for is not saved",
			 e->unlisted, e->unlisted + e->headers, elfcore_fault_text(e->reason));
	if (e->notes.left_out > 0)
		log_line("%u groups of notes are too many: not looked at", e->notes.left_out);
}

/* Keeps the mapping away from what this kernel has struct pages of; see vmcore/window.c. */
static void never_map_own_memory(void)
{
	struct memory_range own[MEMORY_RANGES];
	unsigned int count = memory_own(own);

	window_exclude(&window, 0, vmcore.elf.data_start);
	if (count == 0)
		window_exclude(&window, 0, vmcore.elf.file_size);
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int k = 0; k < vmcore.elf.segments - vmcore.elf.faults; k++) {
			const struct elfcore_segment *s = &vmcore.elf.segment[k];
			uint64_t from = own[i].start > s->paddr ? own[i].start - s->paddr : 0;
			uint64_t to = own[i].end > s->paddr ? own[i].end - s->paddr : 0;

			if (from < s->size)
				window_exclude(&window, s->offset + from,
					       s->offset + (to < s->size ? to : s->size));
		}
	}
}

void capture_reads(const struct capture *c, bool reads)
{
	if (c->reading != NULL)
		*c->reading = reads;
}

static int open_image(struct capture *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : 0;

	c->started_ms = clock_ms();
	c->image = &vmcore;
	if (fd < 0) {
		log_line("cannot open %s: %s", path, strerror(-error));
		return error;
	}
	error = vmcore_open(&vmcore, fd, c->kdump);
	if (error != 0) {
		log_line("%s: %s", path, vmcore_open_problem(fd, error));
		close(fd); /* read only */
		return error;
	}
	c->window = &window;
	window_open(&window, fd, vmcore.elf.file_size, scratch);
	never_map_own_memory();
	log_faults();
	if (vmcore.info.text == NULL) {
		log_line("the crashed kernel left no VMCOREINFO");
		return 0;
	}
	status_from_vmcoreinfo(c->status, &vmcore.info);
	log_line("the kernel that crashed: %s", c->status->kernel);
	return 0;
}

int capture_open(struct capture *c, const char *path)
{
	int error;

	capture_reads(c, true);
	error = open_image(c, path);
	capture_reads(c, false);
	return error;
}

void capture_account(struct capture *c)
{
	struct status *s = c->status;
	struct rusage usage = {0};

	s->duration_ms = clock_ms() - c->started_ms;
	if (s->pages_unreadable > 0)
		log_line("%llu pages could not be read and are zero, the first at 0x%llx",
			 (unsigned long long)s->pages_unreadable,
			 (unsigned long long)window.first_unreadable);
	(void)getrusage(RUSAGE_SELF, &usage); /* cannot fail for ourselves */
	log_line("saved %u MiB of memory as %u MiB in %u.%02u s, using %ld KiB",
		 (unsigned int)(s->memory_bytes >> 20), (unsigned int)(s->dump_bytes >> 20),
		 (unsigned int)(s->duration_ms / 1000), (unsigned int)(s->duration_ms % 1000 / 10),
		 usage.ru_maxrss);
}

void capture_close(struct capture *c)
{
	window_close(&window);
	close(vmcore.fd); /* read only */
	c->image = NULL;
}
