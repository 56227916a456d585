/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attempt: find the target, mount it, save, unmount. This file ties disk/ to the rest, save.c
 * and space.c tie store/ to it, and capture*.c ties vmcore/ to output/. Each step logs its own
 * failure and returns what the supervisor needs to know.
 */
#include "worker/attempt.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "disk/device.h"
#include "disk/flash.h"
#include "disk/mount.h"
#include "output/seal.h"
#include "store/ring.h"
#include "store/status.h"
#include "store/stream.h"
#include "worker/capture.h"
#include "worker/mtdoops.h"
#include "worker/network.h"
#include "worker/save.h"
#include "worker/save_seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

enum { WAIT_STEP_MS = 100 };

/* The state of the one attempt that this process makes, in the order in which it comes about. */
struct run {
	struct worker *worker;
	struct device device;
	bool flash; /* of DEVICE the name in the kernel's list, a number and the note are set */
	struct mount mount;
	struct ring ring;
	struct network network;
	struct stream stream;
	struct capture capture;
	struct status status;
	struct save save;
};

static struct run run;

static void count_progress(struct run *r)
{
	r->worker->shared->progress = r->worker->shared->progress + 1;
}

/* What was found, and whether it may be written to. */
static enum worker_end judge_target(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	char why[DEVICE_NOTE];

	if (r->device.doubt != DEVICE_SURE)
		log_line("%s is the name of %s: taking %s, %s", t->name, r->device.note,
			 r->device.path,
			 r->device.doubt == DEVICE_ROOT_WON
				 ? "which is on the disk of root="
				 : "the first of them; name the right one by PARTUUID=");
	if (device_is_root(&r->device) ||
	    device_refusal(&r->device, t->fstype, why, sizeof(why)) == NULL)
		return WORKER_DONE;
	log_line("%s: %s", t->name, why);
	return WORKER_TARGET;
}

/* root= has the place behind all targets, and may be one of them under another name. */
static bool was_tried(struct run *r)
{
	const struct config *c = r->worker->config;
	volatile uint64_t *device = r->worker->shared->device;
	unsigned int at = (unsigned int)(r->worker->attempt->target - c->target);

	if (at < CONFIG_ROOT)
		device[at] = r->device.number;
	for (unsigned int i = 0; at == CONFIG_ROOT && i < c->targets; i++) {
		if (r->device.number == 0 || device[i] != r->device.number)
			continue;
		log_line("root= is %s, which was tried", c->target[i].name);
		return true;
	}
	return false;
}

static int look_for(struct run *r)
{
	const char *name = r->worker->attempt->target->name;

	return r->flash ? flash_find(name, &r->device) : device_find(name, &r->device);
}

/* Devices appear when their drivers have probed, which may be seconds after init starts. */
static enum worker_end find_target(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	uint64_t until = clock_ms() + (uint64_t)t->wait * 1000;
	uint64_t deadline = r->worker->deadline_ms;
	bool told = false;
	int error;

	r->flash = flash_is_target(t->name, t->fstype);
	r->worker->shared->flash = r->flash ? (uint32_t)getpid() : 0;
	if (!r->flash && !device_is_block(t->name, t->fstype))
		return WORKER_DONE;
	if (deadline > 0 && until > deadline)
		until = deadline;
	while ((error = look_for(r)) == -ENODEV && clock_ms() < until) {
		if (!told)
			log_line("waiting up to %u s for %s", (unsigned int)t->wait, t->name);
		told = true;
		count_progress(r);
		clock_pause(WAIT_STEP_MS);
	}
	if (was_tried(r))
		return WORKER_TARGET;
	if (r->flash && error == 0) {
		if (r->device.note[0] != '\0')
			log_line("%s: %s", t->name, r->device.note);
		return WORKER_DONE;
	}
	if (error == 0)
		return judge_target(r);
	if (error == -ENODEV)
		log_line("%s did not appear within %u s%s%s", t->name, (unsigned int)t->wait,
			 r->device.note[0] == '\0' ? "" : ": ", r->device.note);
	else if (error == -EINVAL)
		log_line("%s is no target: %s", t->name, r->device.note);
	else
		log_line("%s cannot be read: %s", t->name, strerror(-error));
	return WORKER_TARGET;
}

/* A device without a filesystem is opened. It is not touched before the first byte of the dump. */
static int open_ring(struct run *r)
{
	int error = ring_open(&r->ring, r->device.path, true);

	r->mount = (struct mount){.direct = true, .fstype = "raw"};
	r->save.ring = &r->ring;
	return error;
}

/* What was saved there is durable already. */
static void release_target(struct run *r)
{
	int error = 0;

	if (r->save.ring != NULL)
		ring_close(&r->ring);
	else if (r->save.stream != NULL)
		close(r->network.fd); /* nothing is on its way any more */
	else
		error = mount_release(&r->mount);
	if (error != 0)
		log_line("cannot unmount the target: %s; its journal will be replayed",
			 strerror(-error));
}

/* A target on another machine: the way there, and of a stream all that is to be opened. */
static enum worker_end reach_server(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	struct network *n = &r->network;
	enum worker_end end;

	n->fd = -1;
	if (!address_of_target(t->name, &n->host) ||
	    (!n->host.tcp && text_begins(t->fstype, "auto|nfs") == 0))
		return WORKER_DONE;
	if (network_open == NULL) {
		log_line("%s: targets of the network are not built in (WITH_NET=yes)", t->name);
		return WORKER_TARGET;
	}
	end = network_open(r->worker, n);
	if (end != WORKER_DONE || !n->host.tcp)
		return end;
	stream_begin(&r->stream, n->fd);
	r->save.stream = &r->stream;
	r->mount = (struct mount){.sparse = true}; /* zeros need not be sent */
	r->worker->shared->mounted = 1;
	log_line("connected to %s port %u", n->server_text, n->host.port);
	return WORKER_DONE;
}

static enum worker_end mount_it(struct run *r)
{
	const struct config_target *t = r->worker->attempt->target;
	bool block = device_is_block(t->name, t->fstype);
	struct mount_request request = {
		.name = r->flash ? r->device.name : t->name,
		.address = r->network.server_text,
		.device = block ? &r->device : NULL,
		.fstype = t->fstype,
		.options = t->options,
	};
	bool raw = block && device_is_raw(t->fstype);
	int error = raw ? open_ring(r) : mount_target(&r->mount, &request);

	if (error == 0) {
		log_line("%s %s%s%s", r->mount.is_root ? "remounted" : "mounted",
			 block ? r->device.path : t->name, r->mount.is_root ? " (/)" : ", ",
			 r->mount.fstype);
		count_progress(r);
		r->worker->shared->mounted = 1;
		return WORKER_DONE;
	}
	log_line("cannot mount %s as %s: %s%s", block ? r->device.path : t->name, t->fstype,
		 raw ? ring_reason(error) : strerror(-error),
		 error == -ENODEV ? " (is the module of the filesystem listed?)" : "");
	return WORKER_TARGET;
}

/* A report is none of what was to be sealed: it has nothing of the crashed kernel. */
static enum worker_end begin_sealing(struct run *r)
{
	const struct worker *w = r->worker;
	const char *why = save_seal_open(w->config, w->attempt->number, &r->capture.seal);

	r->status.sealed = SEALED_ONLY(r->capture.seal) != NULL;
	r->status.hides_panic = r->status.sealed && w->config->seal_status != 0;
	if (why == NULL)
		return WORKER_DONE;
	snprintf(r->status.panic, sizeof(r->status.panic), "panic, no dump: %s", why);
	log_line("%s", r->status.panic);
	return w->attempt->kind == ATTEMPT_REPORT ? WORKER_DONE : WORKER_FAILED;
}

/* Nothing can be removed there then. */
static void mount_pstore(const char *dir)
{
	(void)mount("pstore", dir, "pstore", MS_RDONLY,
		    NULL); /* or it is already, or there is none */
}

int worker_run(void *arg)
{
	struct run *r = &run;
	enum worker_end end;

	r->worker = arg;
	hung_use(&r->worker->shared->hung);
	device_prefer(r->worker->config->root);
	status_init(&r->status);
	r->status.attempt = r->worker->attempt->number;
	r->status.test = r->worker->config->test != 0;
	if (r->worker->attempt->target == &r->worker->config->target[CONFIG_ROOT])
		r->status.instead_of = r->worker->config->target[0].name;
	r->capture = (struct capture){
		.status = &r->status,
		.progress = &r->worker->shared->progress,
		.reading = &r->worker->shared->in_image,
	};
	r->save = (struct save){
		.worker = r->worker,
		.mount = &r->mount,
		.capture = &r->capture,
		.records = "/sys/fs/pstore",
		.show_records = mount_pstore,
		.open_mtdoops = mtdoops_open,
		.status = &r->status,
	};
	r->worker->tell(); /* PID 1 is silent from here on */
	end = begin_sealing(r);
	if (end == WORKER_DONE)
		end = find_target(r);
	r->worker->shared->found = end == WORKER_DONE;
	if (end == WORKER_DONE)
		end = reach_server(r);
	if (end == WORKER_DONE && r->save.stream == NULL)
		end = mount_it(r);
	if (end != WORKER_DONE)
		return end;
	r->worker->tell();
	if (r->worker->attempt->kind == ATTEMPT_REPORT) {
		end = save_report(&r->save);
	} else if (capture_open(&r->capture, VMCORE_PATH) != 0) {
		end = WORKER_FAILED;
	} else {
		end = save_dump(&r->save);
		capture_close(&r->capture);
	}
	release_target(r);
	return end;
}
