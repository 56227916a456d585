/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attempt: find the target, mount it, save the log and the memory, commit, unmount. With
 * capture.c the only place that ties vmcore/, output/ and target/ together. Each step logs its own
 * failure and returns what the supervisor needs to know.
 */
#include "worker.h"

#include "attempts.h"
#include "capture.h"
#include "child.h"
#include "log.h"
#include "status.h"
#include "target/device.h"
#include "target/mount.h"
#include "target/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_STEP_MS = 100 };

/* The state of the attempt, in the order in which it comes about. */
struct run {
	struct worker *worker;
	struct device device;
	struct mount mount;
	struct capture capture;
	struct store store;
	struct status status;
	bool log_saved;
};

static struct run run;

static void move(struct run *r)
{
	r->worker->shared->progress = r->worker->shared->progress + 1;
}

/* Which kind of failure ERROR, met while storing, is. */
static enum worker_end blame(int error)
{
	if (error == -ENODATA || error == -ENOMEM)
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
		 strerror(-error),
		 error == -ENODEV ? " (is the module of the filesystem listed?)" : "");
	return WORKER_TARGET;
}

static enum worker_end begin_dump(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	int root = open(r->mount.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = root < 0 ? -errno : store_begin(&r->store, root, t->path, r->status.crash_time);

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

/* A log that cannot be read does not hold up the memory; a target that fails does. */
static enum worker_end save_log(struct run *r)
{
	static const char file[] = "vmcore-dmesg.txt";
	bool alone = r->worker->attempt->kind == ATTEMPT_LOG;
	int fd = store_create(&r->store, file);
	int error = fd < 0 ? fd : capture_log(&r->capture, fd);

	if (error == 0)
		error = store_commit(&r->store, file, fd);
	else if (fd >= 0)
		(void)store_discard(&r->store, file, fd); /* if it stays, its name says so */
	r->log_saved = error == 0;
	if (error == 0 || (error == -ENODATA && !alone))
		return WORKER_DONE;
	log_line("cannot save the log: %s", strerror(-error));
	return blame(error);
}

/* The memory as the configuration has it, or less of it. */
static int write_memory(struct run *r, enum attempt_kind kind, int fd)
{
	const struct config *c = r->worker->config;
	struct capture_output out = {
		.fd = fd,
		.direct = r->mount.direct,
		.sparse = r->mount.sparse,
	};

	store_room(&r->store, &out.room, &out.limit);
	if (kind == ATTEMPT_FILTERED)
		return capture_kdump(&r->capture, &out, CONFIG_LEVEL_MAX,
				     c->compress == CODEC_NONE ? CODEC_ZLIB : c->compress);
	if (c->format == FORMAT_KDUMP)
		return capture_kdump(&r->capture, &out, c->level, c->compress);
	return capture_elf(&r->capture, &out);
}

static enum worker_end save_memory(struct run *r, enum attempt_kind kind)
{
	int fd = store_create(&r->store, "vmcore");
	int error = fd < 0 ? fd : write_memory(r, kind, fd);

	if (error == 0)
		error = store_commit(&r->store, "vmcore", fd);
	else if (fd >= 0 && blame(error) == WORKER_NO_SPACE)
		(void)store_discard(&r->store, "vmcore", fd); /* room for something smaller */
	else if (fd >= 0)
		close(fd); /* the file stays incomplete, and its name says so */
	if (error != 0) {
		log_line("cannot save the memory: %s%s", strerror(-error),
			 blame(error) == WORKER_NO_SPACE
				 ? ""
				 : "; what there is stays as vmcore-incomplete");
		return blame(error);
	}
	capture_account(&r->capture);
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
	log_line("%s: %s/%s on %s", r->status.log_only ? "saved the log" : "complete", t->path,
		 r->store.name, t->name);
	return WORKER_DONE;
}

/* One kind of dump, the log being saved already: the memory, if it is wanted, and the status. */
static enum worker_end save_kind(struct run *r, enum attempt_kind kind)
{
	enum worker_end end = WORKER_DONE;

	r->status.log_only = kind == ATTEMPT_LOG;
	if (kind != ATTEMPT_LOG)
		end = save_memory(r, kind);
	if (end != WORKER_DONE)
		return end;
	end = commit(r);
	if (end == WORKER_NO_SPACE && kind != ATTEMPT_LOG)
		(void)store_remove(&r->store, "vmcore"); /* something smaller may fit */
	return end;
}

/* What does not fit is followed by less at once, in the same directory. */
static enum worker_end save(struct run *r)
{
	static const char *const less[] = {
		[ATTEMPT_FILTERED] = "a filtered dump instead",
		[ATTEMPT_LOG] = "the log alone, then",
	};
	const struct attempt *a = r->worker->attempt;
	bool with_log = r->worker->config->dmesg != 0 || a->kind == ATTEMPT_LOG;
	enum attempt_kind kind = a->kind;
	enum worker_end end = begin_dump(r);
	int error;

	if (end != WORKER_DONE)
		return end;
	if (with_log)
		end = save_log(r);
	if (end == WORKER_DONE)
		end = save_kind(r, kind);
	while (end == WORKER_NO_SPACE && attempts_next(r->worker->config, &kind) &&
	       (kind != ATTEMPT_LOG || r->log_saved)) {
		log_line("%s", less[kind]);
		end = save_kind(r, kind);
	}
	if (end != WORKER_DONE)
		store_drop(&r->store);
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
	r->status.attempt = r->worker->attempt->number;
	r->capture =
		(struct capture){.status = &r->status, .progress = &r->worker->shared->progress};
	end = find_target(r);
	if (end == WORKER_DONE)
		end = mount_it(r);
	if (end != WORKER_DONE)
		return end;
	if (capture_open(&r->capture, VMCORE_PATH) != 0) {
		end = WORKER_FAILED;
	} else {
		end = save(r);
		capture_close(&r->capture);
	}
	error = mount_release(&r->mount);
	if (error != 0)
		log_line("cannot unmount the target: %s; its journal will be replayed",
			 strerror(-error));
	return end;
}
