/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a dump, in the order that promises something whatever comes after: the log, the
 * memory, the status. What does not fit is followed by less at once, in the same directory.
 */
#include "save.h"

#include "attempts.h"
#include "capture.h"
#include "log.h"
#include "status.h"
#include "target/mount.h"
#include "target/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Which kind of failure ERROR is: of space, our own or the image's, or the target's. */
static enum worker_end blame(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EFBIG:
	case -EDQUOT:
		return WORKER_NO_SPACE;
	case -ENODATA:
	case -ENOMEM:
	case -ENOTSUP:
	case -E2BIG:
		return WORKER_FAILED;
	default:
		return WORKER_TARGET;
	}
}

static const struct config_target *target_of(const struct save *s)
{
	return s->worker->attempt->target;
}

static enum worker_end begin_dump(struct save *s)
{
	const struct config_target *t = target_of(s);
	int root = open(s->mount->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error =
		root < 0 ? -errno : store_begin(&s->store, root, t->path, s->status->crash_time);

	if (root >= 0)
		close(root); /* read only */
	if (error != 0) {
		log_line("cannot make a directory for the dump in %s: %s", t->path,
			 strerror(-error));
		return blame(error);
	}
	log_line("dump %s/%s", t->path, s->store.name);
	return WORKER_DONE;
}

/* A log that cannot be read does not hold up the memory; a target that fails does. */
static enum worker_end save_log(struct save *s)
{
	static const char file[] = "vmcore-dmesg.txt";
	bool alone = s->worker->attempt->kind == ATTEMPT_LOG;
	int fd = store_create(&s->store, file);
	int error = fd < 0 ? fd : capture_log(s->capture, fd);

	if (error == 0)
		error = store_commit(&s->store, file, fd);
	else if (fd >= 0)
		(void)store_discard(&s->store, file, fd); /* if it stays, its name says so */
	s->log_saved = error == 0;
	if (error == 0 || (error == -ENODATA && !alone))
		return WORKER_DONE;
	log_line("cannot save the log: %s", strerror(-error));
	return blame(error);
}

/* The memory as the configuration has it, or less of it. */
static int write_memory(struct save *s, enum attempt_kind kind, int fd)
{
	const struct config *c = s->worker->config;
	struct capture_output out = {
		.fd = fd,
		.direct = s->mount->direct,
		.sparse = s->mount->sparse,
	};

	store_room(&s->store, &out.room, &out.limit);
	if (kind == ATTEMPT_FILTERED)
		return capture_kdump(s->capture, &out, CONFIG_LEVEL_MAX,
				     c->compress == CODEC_NONE ? CODEC_ZLIB : c->compress);
	if (c->format == FORMAT_KDUMP)
		return capture_kdump(s->capture, &out, c->level, c->compress);
	return capture_elf(s->capture, &out);
}

static enum worker_end save_memory(struct save *s, enum attempt_kind kind)
{
	int fd = store_create(&s->store, "vmcore");
	int error = fd < 0 ? fd : write_memory(s, kind, fd);

	if (error == 0)
		error = store_commit(&s->store, "vmcore", fd);
	else if (fd >= 0 && blame(error) == WORKER_NO_SPACE)
		(void)store_discard(&s->store, "vmcore", fd); /* room for something smaller */
	else if (fd >= 0)
		close(fd); /* the file stays incomplete, and its name says so */
	if (error != 0) {
		log_line("cannot save the memory: %s%s", strerror(-error),
			 blame(error) == WORKER_NO_SPACE
				 ? ""
				 : "; what there is stays as vmcore-incomplete");
		return blame(error);
	}
	capture_account(s->capture);
	return WORKER_DONE;
}

static enum worker_end commit(struct save *s)
{
	const struct config_target *t = target_of(s);
	static char text[STATUS_BYTES];
	const char *log;
	size_t log_size;
	int error;

	log_line("writing capture.log and status");
	log_size = log_text(&log);
	error = store_text(&s->store, "capture.log", log, log_size);
	if (error == 0 || blame(error) == WORKER_NO_SPACE) /* the status matters more */
		error = store_text(&s->store, "status", text,
				   status_format(s->status, text, sizeof(text)));
	if (error != 0) {
		log_line("cannot finish the dump: %s", strerror(-error));
		return blame(error);
	}
	s->worker->shared->saved = 1;
	log_line("%s: %s/%s on %s", s->status->log_only ? "saved the log" : "complete", t->path,
		 s->store.name, t->name);
	return WORKER_DONE;
}

/* One kind of dump, the log being saved already: the memory, if it is wanted, and the status. */
static enum worker_end save_kind(struct save *s, enum attempt_kind kind)
{
	enum worker_end end = WORKER_DONE;

	status_forget_memory(s->status);
	s->status->log_only = kind == ATTEMPT_LOG;
	if (kind != ATTEMPT_LOG)
		end = save_memory(s, kind);
	if (end != WORKER_DONE)
		return end;
	end = commit(s);
	if (end == WORKER_NO_SPACE && kind != ATTEMPT_LOG)
		(void)store_remove(&s->store, "vmcore"); /* something smaller may fit */
	return end;
}

/* Less in the same directory, of what the configuration allows; false when there is no less. */
static bool settle_for_less(struct save *s, enum attempt_kind *kind)
{
	static const char *const less[] = {
		[ATTEMPT_FILTERED] = "a filtered dump instead",
		[ATTEMPT_LOG] = "the log alone, then",
	};

	if (!attempts_next(s->worker->config, kind) || (*kind == ATTEMPT_LOG && !s->log_saved))
		return false;
	log_line("%s", less[*kind]);
	return true;
}

static enum worker_end save_all(struct save *s)
{
	enum attempt_kind kind = s->worker->attempt->kind;
	enum worker_end end = WORKER_DONE;

	if (retention_sweep(&s->store) >
	    0) /* an attempt that was killed may have filled the disk */
		log_line("removed what interrupted captures had left");
	if (s->worker->config->dmesg != 0 || kind == ATTEMPT_LOG)
		end = save_log(s);
	if (end != WORKER_DONE)
		return end;
	end = save_kind(s, kind);
	while (end == WORKER_NO_SPACE && settle_for_less(s, &kind))
		end = save_kind(s, kind);
	return end;
}

enum worker_end save_dump(struct save *s)
{
	enum worker_end end = begin_dump(s);
	int error;

	if (end == WORKER_DONE)
		end = save_all(s);
	if (end != WORKER_DONE)
		store_drop(&s->store);
	error = store_end(&s->store);
	if (error != 0 && end == WORKER_DONE)
		log_line("closing the dump failed, after it was made durable: %s",
			 strerror(-error));
	return end;
}
