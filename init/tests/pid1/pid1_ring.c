/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target without a filesystem: a file stands for its device, on which the product itself made the
 * earlier dumps. Afterwards kdump-init extract gets out what is there, and each of that has to be
 * what it would have to be on a disk. What is durable of it is told by its headers: pid1_model.c.
 */
#include "cli/cli_command.h"
#include "store/ring_header.h"
#include "store/store.h"
#include "tests/images/corefile.h"
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_calls.h"
#include "tests/pid1/pid1_look.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { BYTES = 9 << 20, SAID = 4096, SWEEP = 12, PATIENCE_S = 200 };

/* ---- Before ---- */

static void make_earlier(struct ring *ring, unsigned int n, unsigned int kib)
{
	static struct store s;
	struct corefile c;
	char text[256];
	int fd;

	snprintf(text, sizeof(text), "elf32 arm\nnote A=1\nload 0x40000000 %uK data\n", kib);
	corefile_build(&c, text);
	store_open_ring(&s, ring);
	pid1_earlier(n, text, sizeof(text));
	REQUIRE(store_make(&s, layout_seconds(text)) == 0);
	REQUIRE(strcmp(s.name, text) == 0);
	fd = store_create(&s, LAYOUT_MEMORY);
	REQUIRE(fd >= 0 && write(fd, c.bytes, c.size) == (ssize_t)c.size);
	s.memory_bytes = c.size;
	REQUIRE(store_commit(&s, LAYOUT_MEMORY, fd) == 0);
	snprintf(text, sizeof(text),
		 "result=complete\nkernel=6.1.0\nformat=elf\ndump_bytes=%zu\ncrc32=%08lx\n", c.size,
		 crc32(0, c.bytes, (uInt)c.size));
	REQUIRE(store_text(&s, LAYOUT_STATUS, text, strlen(text)) == 0);
	REQUIRE(store_end(&s) == 0);
	corefile_free(&c);
}

void pid1_ring_make(const struct pid1_plan *plan, const char *device)
{
	static struct ring ring;

	scratch_write_file(device, "", 0);
	REQUIRE(truncate(device, BYTES) == 0);
	for (unsigned int i = 0; i < plan->earlier; i++) {
		REQUIRE(ring_open(&ring, device, true) == 0);
		make_earlier(&ring, i, plan->earlier_kib);
		ring_close(&ring);
	}
}

/* ---- Afterwards ---- */

static int extract(const char *device, const char *out, char said[SAID])
{
	char *arguments[] = {(char *)(uintptr_t)device, (char *)(uintptr_t)out, NULL};
	int code;

	pid1_collect(said, SAID);
	code = cli_extract(2, arguments);
	pid1_collect(NULL, 0);
	return code;
}

/* A header that cannot be read is none: pread is what reads them. */
static bool headers_may_be_lost(const struct look *l)
{
	for (unsigned int i = 0; i < l->run->plan.faults; i++) {
		const struct pid1_fault *f = &l->run->plan.fault[i];

		if (f->struck > 0 && f->call == CALL_PREAD && f->kind == STRIKE_ERROR)
			return true;
	}
	return false;
}

/* There is room for all of them, unless keep says otherwise: the newest one goes for a better. */
static void check_earlier_ones(struct look *l, const char *out)
{
	const struct pid1_plan *p = &l->run->plan;

	for (unsigned int i = 0; i < p->earlier && !headers_may_be_lost(l); i++) {
		bool newest = i == p->earlier - 1;
		bool gone = was_undisturbed(l) || newest ? l->here >= LEFT_PARTIAL : true;
		char path[PID1_PATH];
		char name[40];

		pid1_earlier(i, name, sizeof(name));
		pid1_path(path, "%s/%s/status", out, name);
		if (access(path, F_OK) != 0 && !gone)
			blame(l, "%s is gone, and nothing newer is whole", name);
	}
}

void check_ring(struct look *l, const char *dir, unsigned int n)
{
	bool durable = l->durable;
	char device[PID1_PATH], out[PID1_PATH], path[PID1_PATH], said[SAID];
	const struct dirent *e;
	DIR *all;

	pid1_path(device, "%s/dev/kdump-254-%u", dir, n);
	pid1_path(out, "%s/ring%u", dir, n);
	if (extract(device, out, said) != CLI_DONE)
		blame(l, "%s cannot be extracted: %.200s", device, said);
	l->here = LEFT_NOTHING;
	all = opendir(out);
	while (all != NULL && (e = readdir(all)) != NULL) {
		pid1_path(path, "%s/%s", out, e->d_name);
		if (e->d_name[0] == '.')
			continue;
		if (is_earlier(l, e->d_name))
			check_verified(l, path);
		else
			check_dump(l, path);
	}
	if (all != NULL)
		closedir(all);
	check_earlier_ones(l, out);
	l->durable = durable || (l->here > LEFT_LOG && l->run->ring_saved);
}

/* ---- Runs ---- */

static struct pid1_plan plan_of_ring(void)
{
	struct pid1_plan plan = pid1_quiet();

	plan.disk[0] = DISK_RAW;
	plan.earlier = 2;
	return plan;
}

static int when_nothing_fails(void)
{
	struct pid1_plan plan = plan_of_ring();
	struct pid1_verdict v;
	bool good;

	pid1_images();
	v = pid1_one(&plan, NULL);
	good = CHECK_STR(v.why, "") && CHECK_EQ(v.left, LEFT_COMPLETE) && CHECK(v.saved);
	plan.fsync_is_lie = true;
	v = pid1_one(&plan, NULL);
	good &= CHECK_HAS(v.why, "header");
	return !good;
}

/*
 * Number FIRST to FIRST + SWEEP - 1 of that call fails, and where it stays so each later one, too;
 * false where none did.
 */
static bool sweep(enum pid1_call call, unsigned int first, int error, bool stays, bool *good)
{
	struct pid1_plan plans[SWEEP];
	struct pid1_verdict v[SWEEP];
	bool any = false;

	for (unsigned int i = 0; i < SWEEP; i++) {
		plans[i] = plan_of_ring();
		if (call == CALLS) { /* the power does */
			plans[i].cut = first + i;
			continue;
		}
		plans[i].faults = 1;
		plans[i].fault[0] = (struct pid1_fault){
			.call = call, .nth = first + i, .on = stays, .value = error};
	}
	pid1_several(plans, SWEEP, PATIENCE_S, v);
	for (unsigned int i = 0; i < SWEEP; i++) {
		*good &= CHECK_STR(v[i].why, "");
		any |= call == CALLS ? pid1_last(i)->dark : pid1_last(i)->plan.fault[0].struck > 0;
	}
	return any;
}

static int when_a_call_fails(void)
{
	static const enum pid1_call calls[] = {CALL_WRITE, CALL_PWRITE, CALL_FSYNC,
					       CALL_OPEN,  CALL_CLOSE,	CALL_READ};
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		unsigned int first = 1;

		while (sweep(calls[i], first, EIO, false, &good))
			first += SWEEP;
		CHECK(first > 1);
	}
	return !good;
}

/* A device that promises more than it has, as one of dm-thin does: no old dump makes room there. */
static int when_the_device_is_full(void)
{
	static const enum pid1_call calls[] = {CALL_WRITE, CALL_PWRITE, CALL_FSYNC, CALL_CLOSE};
	bool good = true;

	pid1_images();
	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		unsigned int first = 1;

		while (sweep(calls[i], first, ENOSPC, true, &good))
			first += SWEEP;
		CHECK(first > 1);
	}
	return !good;
}

static int when_the_power_goes(void)
{
	unsigned int first = 1;
	bool good = true;

	pid1_images();
	while (sweep(CALLS, first, 0, false, &good))
		first += SWEEP;
	test_note("%u power cuts", first);
	return !good || !CHECK(first > 100);
}

TEST("a raw device takes a dump, which is durable, and one that is not is seen")
{
	pid1_test(when_nothing_fails);
}

TEST("a raw device: whatever call fails, what is extracted is whole, and the newest stays")
{
	pid1_test(when_a_call_fails);
}

TEST("a raw device that is full before its ring is costs no dump of before")
{
	pid1_test(when_the_device_is_full);
}

TEST("a raw device: whenever the power goes, what is extracted is whole, and the newest stays")
{
	pid1_test(when_the_power_goes);
}
