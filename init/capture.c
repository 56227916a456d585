/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ties vmcore/ to output/. All memory that a capture needs is in this file, reserved before it
 * begins; pages of it that are not used are never touched.
 */
#include "capture.h"

#include "board/memory.h"
#include "child.h"
#include "log.h"
#include "output/elf_writer.h"
#include "output/sink.h"
#include "progress.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct {
	_Alignas(SINK_BLOCK) uint8_t sink[SINK_RESERVE];
	_Alignas(SINK_BLOCK) uint8_t scratch[WINDOW_READ_BYTES];
} reserve;

static struct vmcore vmcore;
static struct window window;
static struct sink sink;
static struct elf_writer writer;
static struct progress progress;

static void tell_faults(void)
{
	for (unsigned int i = vmcore.core.segments - vmcore.core.faults; i < vmcore.core.segments;
	     i++) {
		const struct elfcore_segment *s = &vmcore.core.segment[i];

		log_line("segment %u (physical 0x%llx, 0x%llx bytes) %s: not saved",
			 (unsigned int)s->index, (unsigned long long)s->paddr,
			 (unsigned long long)s->size, elfcore_fault_text(s->fault));
	}
	if (vmcore.core.unlisted > 0)
		log_line("%u program headers are not where the header says: not saved",
			 vmcore.core.unlisted);
}

int capture_open(struct capture *c)
{
	int fd = open(VMCORE_PATH, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : 0;

	c->started_ms = child_clock_ms();
	c->image = &vmcore;
	if (fd < 0) {
		log_line("cannot open " VMCORE_PATH ": %s", strerror(-error));
		return error;
	}
	error = vmcore_open(&vmcore, fd);
	if (error != 0) {
		log_line(VMCORE_PATH " has no usable ELF header: %s", strerror(-error));
		close(fd); /* read only */
		return error;
	}
	tell_faults();
	if (vmcore.info.text == NULL) {
		log_line("the crashed kernel left no VMCOREINFO");
		return 0;
	}
	status_from_vmcoreinfo(c->status, &vmcore.info);
	log_line("the kernel that crashed: %s", c->status->kernel);
	return 0;
}

/* Keeps the mapping away from what this kernel has struct pages of; see vmcore/window.c. */
static void shun_own_memory(void)
{
	struct memory_range own[MEMORY_RANGES];
	unsigned int count = memory_own(own);

	window_shun(&window, 0, vmcore.core.data_start);
	if (count == 0)
		window_shun(&window, 0, vmcore.core.file_size);
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int k = 0; k < vmcore.core.segments - vmcore.core.faults; k++) {
			const struct elfcore_segment *s = &vmcore.core.segment[k];
			uint64_t from = own[i].start > s->paddr ? own[i].start - s->paddr : 0;
			uint64_t to = own[i].end > s->paddr ? own[i].end - s->paddr : 0;

			if (from < s->size)
				window_shun(&window, s->offset + from,
					    s->offset + (to < s->size ? to : s->size));
		}
	}
}

static void on_window(void *arg, const struct elf_writer *w)
{
	struct capture *c = arg;

	*c->progress = *c->progress + 1;
	progress_show(&progress, w->done, w->size);
}

int capture_elf(struct capture *c, const struct capture_output *out)
{
	struct sink_options options = {
		.direct = out->direct,
		.sparse = out->sparse,
		.progress = c->progress,
	};
	int finish_error;
	int error;

	elf_writer_plan(&writer, &vmcore.core);
	writer.progress = on_window;
	writer.progress_arg = c;
	options.expected_size = writer.size;
	error = sink_start(&sink, out->fd, &options, reserve.sink);
	if (error != 0)
		return error;
	window_open(&window, vmcore.fd, vmcore.core.file_size, reserve.scratch);
	shun_own_memory();
	progress_start(&progress);
	error = elf_writer_run(&writer, &vmcore.core, &window, &sink, vmcore.head);
	finish_error = sink_finish(&sink);
	window_close(&window);
	return error != 0 ? error : finish_error;
}

void capture_account(struct capture *c)
{
	struct status *s = c->status;
	struct rusage usage = {0};

	s->duration_ms = child_clock_ms() - c->started_ms;
	s->dump_bytes = writer.size;
	s->memory_bytes = writer.pages * ELF_PAGE;
	s->pages = writer.pages;
	s->pages_unreadable = window.unreadable;
	s->segments_left_out = vmcore.core.faults + vmcore.core.unlisted;
	s->crc32 = sink.crc32;
	if (s->pages_unreadable > 0)
		log_line("%llu pages could not be read and are zero, the first at 0x%llx",
			 (unsigned long long)s->pages_unreadable,
			 (unsigned long long)window.first_unreadable);
	(void)getrusage(RUSAGE_SELF, &usage); /* cannot fail for ourselves */
	log_line("saved %u MiB of memory (%u MiB of it zero pages) in %u.%02u s, using %ld KiB",
		 (unsigned int)(s->memory_bytes >> 20), (unsigned int)(writer.zero_pages >> 8),
		 (unsigned int)(s->duration_ms / 1000), (unsigned int)(s->duration_ms % 1000 / 10),
		 usage.ru_maxrss);
}

void capture_close(struct capture *c)
{
	close(vmcore.fd); /* read only */
	c->image = NULL;
}
