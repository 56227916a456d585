/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attempt: find the target, mount it, save the memory, commit, unmount. The only place that
 * ties vmcore/, output/ and target/ together. Each step logs its own failure and returns what
 * the supervisor needs to know; all memory is in this file, reserved before the work begins.
 */
#include "worker.h"

#include "board/memory.h"
#include "child.h"
#include "log.h"
#include "output/elf_writer.h"
#include "output/sink.h"
#include "progress.h"
#include "status.h"
#include "target/device.h"
#include "target/mount.h"
#include "target/store.h"
#include "vmcore/elfcore.h"
#include "vmcore/vmcoreinfo.h"
#include "vmcore/window.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NOTES_MAX = 64 * 1024, WAIT_STEP_MS = 100 };

/* What the worker works with. Pages of it that are not used are never touched. */
static struct {
	_Alignas(SINK_BLOCK) uint8_t sink[SINK_RESERVE];
	_Alignas(SINK_BLOCK) uint8_t scratch[WINDOW_READ_BYTES];
	uint8_t head[ELFCORE_HEADERS];
	uint8_t notes[NOTES_MAX];
} reserve;

/* The state of the attempt, in the order in which it comes about. */
struct run {
	struct worker *worker;
	struct device device;
	struct mount mount;
	int vmcore;
	uint64_t started_ms;
	struct elfcore core;
	struct window window;
	struct store store;
	struct sink sink;
	struct elf_writer writer;
	struct progress progress;
	struct status status;
};

static struct run run;

static void move(struct run *r)
{
	r->worker->shared->progress = r->worker->shared->progress + 1;
}

/* Which kind of failure ERROR, met while storing, is. */
static enum worker_end blame(int error)
{
	if (error == -ENODATA)
		return WORKER_FAILED;
	return error == -ENOSPC || error == -EFBIG || error == -EDQUOT ? WORKER_NO_SPACE
								       : WORKER_TARGET;
}

static void pause_ms(int ms)
{
	struct timespec step = {.tv_nsec = ms * 1000000L};

	nanosleep(&step, NULL); /* cut short: the caller looks at the clock */
}

/* Devices appear when their drivers have probed, which may be seconds after init starts. */
static enum worker_end find_target(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	uint64_t until = child_clock_ms() + (uint64_t)t->wait * 1000;
	bool told = false;
	int error;

	if (!device_is_block(t->name))
		return WORKER_DONE;
	while ((error = device_find(t->name, &r->device)) == -ENODEV && child_clock_ms() < until) {
		if (!told)
			log_line("waiting up to %u s for %s", (unsigned int)t->wait, t->name);
		told = true;
		move(r);
		pause_ms(WAIT_STEP_MS);
	}
	if (error == -ENODEV)
		log_line("%s did not appear within %u s", t->name, (unsigned int)t->wait);
	else if (error != 0)
		log_line("%s cannot be read: %s", t->name, strerror(-error));
	return error == 0 ? WORKER_DONE : WORKER_TARGET;
}

static enum worker_end mount_it(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	bool block = device_is_block(t->name);
	struct mount_request request = {
		.name = t->name,
		.device = block ? &r->device : NULL,
		.fstype = t->fstype,
		.options = t->options,
	};
	int error = mount_target(&r->mount, &request);

	if (error == 0) {
		log_line("%s %s%s%s", r->mount.is_root ? "remounted" : "mounted",
			 block ? r->device.path : t->name, r->mount.is_root ? " (/)" : ", ",
			 r->mount.fstype);
		move(r);
		return WORKER_DONE;
	}
	log_line("cannot mount %s as %s: %s%s", block ? r->device.path : t->name, t->fstype,
		 strerror(-error), error == -ENODEV ? " (is the module of the filesystem listed?)" : "");
	return WORKER_TARGET;
}

static void tell_faults(const struct elfcore *core)
{
	for (unsigned int i = core->segments - core->faults; i < core->segments; i++) {
		const struct elfcore_segment *s = &core->segment[i];

		log_line("segment %u (physical 0x%llx, 0x%llx bytes) %s: not saved",
			 (unsigned int)s->index, (unsigned long long)s->paddr,
			 (unsigned long long)s->size, elfcore_fault_text(s->fault));
	}
	if (core->unlisted > 0)
		log_line("%u program headers do not fit the headers: not saved", core->unlisted);
}

static void read_notes(struct run *r)
{
	struct vmcoreinfo info;
	size_t size = r->core.note_size < NOTES_MAX ? (size_t)r->core.note_size : NOTES_MAX;
	ssize_t got = pread(r->vmcore, reserve.notes, size, (off_t)r->core.note_offset);

	if (got <= 0 || !vmcoreinfo_find(&info, reserve.notes, (size_t)got)) {
		log_line("the crashed kernel left no VMCOREINFO");
		return;
	}
	status_from_vmcoreinfo(&r->status, &info);
	log_line("the kernel that crashed: %s", r->status.kernel);
}

static enum worker_end open_vmcore(struct run *r)
{
	int error;

	r->started_ms = child_clock_ms();
	r->vmcore = open(VMCORE_PATH, O_RDONLY | O_CLOEXEC);
	if (r->vmcore < 0) {
		log_line("cannot open " VMCORE_PATH ": %s", strerror(errno));
		return WORKER_FAILED;
	}
	error = elfcore_read(&r->core, r->vmcore, reserve.head, sizeof(reserve.head));
	if (error != 0) {
		log_line(VMCORE_PATH " has no usable ELF header: %s", strerror(-error));
		return WORKER_FAILED;
	}
	tell_faults(&r->core);
	read_notes(r);
	move(r);
	return WORKER_DONE;
}

static enum worker_end begin_dump(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	int root = open(r->mount.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = root < 0 ? -errno
			     : store_begin(&r->store, root, t->path, r->status.crash_time);

	if (root >= 0)
		close(root); /* read only */
	if (error != 0) {
		log_line("cannot make a directory for the dump in %s: %s", t->path,
			 strerror(-error));
		return blame(error);
	}
	log_line("dump %s/%s", t->path, r->store.name);
	return WORKER_DONE;
}

static void on_window(void *arg, const struct elf_writer *w)
{
	struct run *r = arg;

	move(r);
	progress_show(&r->progress, w->done, w->size);
}

/* Copies everything; the sink is finished whatever happens. Returns 0 or the first -errno. */
static int copy_memory(struct run *r, int fd)
{
	struct sink_options options = {
		.direct = r->mount.direct,
		.sparse = r->mount.sparse,
		.expected_size = r->writer.size,
		.progress = &r->worker->shared->progress,
	};
	int error = sink_start(&r->sink, fd, &options, reserve.sink);
	int finish_error;

	if (error != 0)
		return error;
	progress_start(&r->progress);
	error = elf_writer_run(&r->writer, &r->core, &r->window, &r->sink, reserve.head);
	finish_error = sink_finish(&r->sink);
	return error != 0 ? error : finish_error;
}

static void measure(struct run *r)
{
	struct status *s = &r->status;

	s->duration_ms = child_clock_ms() - r->started_ms;
	s->dump_bytes = r->writer.size;
	s->memory_bytes = r->writer.pages * ELF_PAGE;
	s->pages = r->writer.pages;
	s->pages_unreadable = r->window.unreadable;
	s->crc32 = r->sink.crc32;
	s->attempt = r->worker->attempt->number;
}

static void tell_saved(struct run *r)
{
	const struct status *s = &r->status;
	unsigned int zero = (unsigned int)(r->writer.zero_pages >> 8);

	if (s->pages_unreadable > 0)
		log_line("%llu pages could not be read and are zero, the first at 0x%llx",
			 (unsigned long long)s->pages_unreadable,
			 (unsigned long long)r->window.first_unreadable);
	log_line("saved %u MiB of memory (%u MiB of it zero pages) in %u.%02u s",
		 (unsigned int)(s->memory_bytes >> 20), zero, (unsigned int)(s->duration_ms / 1000),
		 (unsigned int)(s->duration_ms % 1000 / 10));
}

/* Keeps the mapping away from what this kernel has struct pages of; see vmcore/window.c. */
static void shun_own_memory(struct run *r)
{
	struct memory_range own[MEMORY_RANGES];
	unsigned int count = memory_own(own);

	window_shun(&r->window, 0, r->core.data_start);
	if (count == 0)
		window_shun(&r->window, 0, r->core.file_size);
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int k = 0; k < r->core.segments - r->core.faults; k++) {
			const struct elfcore_segment *s = &r->core.segment[k];
			uint64_t from = own[i].start > s->paddr ? own[i].start - s->paddr : 0;
			uint64_t to = own[i].end > s->paddr ? own[i].end - s->paddr : 0;

			if (from < s->size)
				window_shun(&r->window, s->offset + from,
					    s->offset + (to < s->size ? to : s->size));
		}
	}
}

static enum worker_end save_memory(struct run *r)
{
	int fd = store_create(&r->store, "vmcore");
	int error = fd < 0 ? fd : 0;

	if (fd >= 0) {
		elf_writer_plan(&r->writer, &r->core);
		r->writer.progress = on_window;
		r->writer.progress_arg = r;
		window_open(&r->window, r->vmcore, r->core.file_size, reserve.scratch);
		shun_own_memory(r);
		error = copy_memory(r, fd);
		window_close(&r->window);
		if (error == 0)
			error = store_commit(&r->store, "vmcore", fd);
		else
			close(fd); /* the file stays incomplete, and its name says so */
	}
	measure(r);
	if (error != 0) {
		log_line("cannot save the memory: %s; what there is stays as vmcore-incomplete",
			 strerror(-error));
		return blame(error);
	}
	tell_saved(r);
	return WORKER_DONE;
}

static enum worker_end commit(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	static char text[STATUS_BYTES];
	const char *log;
	size_t log_size;
	int error;

	log_line("writing capture.log and status");
	log_size = log_text(&log);
	error = store_text(&r->store, "capture.log", log, log_size);
	if (error == 0)
		error = store_text(&r->store, "status", text,
				   status_format(&r->status, text, sizeof(text)));
	if (error != 0) {
		log_line("cannot finish the dump: %s", strerror(-error));
		return blame(error);
	}
	r->worker->shared->saved = 1;
	log_line("complete: %s/%s on %s", t->path, r->store.name, t->name);
	return WORKER_DONE;
}

static enum worker_end save(struct run *r)
{
	enum worker_end end = begin_dump(r);
	int error;

	if (end != WORKER_DONE)
		return end;
	end = save_memory(r);
	if (end == WORKER_DONE)
		end = commit(r);
	error = store_end(&r->store);
	if (error != 0 && end == WORKER_DONE)
		log_line("closing the dump failed, after it was made durable: %s",
			 strerror(-error));
	return end;
}

int worker_run(void *arg)
{
	struct run *r = &run;
	enum worker_end end;
	int error;

	r->worker = arg;
	status_init(&r->status);
	end = find_target(r);
	if (end == WORKER_DONE)
		end = mount_it(r);
	if (end != WORKER_DONE)
		return end;
	end = open_vmcore(r);
	if (end == WORKER_DONE)
		end = save(r);
	if (r->vmcore >= 0)
		close(r->vmcore); /* read only */
	error = mount_release(&r->mount);
	if (error != 0)
		log_line("cannot unmount the target: %s; its journal will be replayed",
			 strerror(-error));
	return end;
}
