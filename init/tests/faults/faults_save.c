/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One whole attempt of save.c, on a target with a history, in which call number N fails: N = 1, 2,
 * 3 ... until nothing failed any more. What is read of the crashed kernel is made up here; what is
 * stored, kept and removed is the real thing. Each time: the newest complete dump of before is
 * whole unless the new one is complete; a status that says "complete" is beside a whole vmcore;
 * success is reported only of a dump that has its status; nothing leaks.
 */
#include "tests/faults/faults.h"

#include "base/clock.h"
#include "base/log.h"
#include "disk/mount.h"
#include "store/status.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALLS_MAX = 3000, CORE = 9000, ASKED = 100, LOG = 200000, PIECE = 8192 };

#define PATH   "top/crash/"
#define NEWEST PATH "0003-20231114T000000Z/"
#define NEW    PATH "0006-20231114T221320Z/"

static uint8_t core[CORE];
static uint8_t crash_log[LOG]; /* as long as logs are, written in pieces as they are */

/* How the memory goes: bytes that are asked for beyond the room, and dumps that have to go. */
static struct {
	unsigned int asked;
	unsigned int full_times;
	bool fails; /* the device does */
} memory;

/* What keeps the log from having room. */
static enum { LOG_FITS, LOG_AFTER_MEMORY, LOG_NEVER } log_room;

static unsigned int calls_before_log;
static uint64_t deadline_ms; /* of the attempt */
static uint64_t log_ms;	     /* that its log was given */
static bool sealed;	     /* log and memory have the names of age files */

/* ---- In place of what knows the crashed kernel ---- */

int faults_put(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

int capture_log(struct capture *c, int fd, const struct capture_bound *most)
{
	int r = 0;

	(void)c;
	log_ms = most->ms;
	calls_before_log = faults_calls();
	if (most->ends)
		return faults_ring_log(fd);
	if (log_room != LOG_FITS)
		return -ENOSPC;
	for (size_t at = 0; at < LOG && r == 0; at += PIECE)
		r = faults_put(fd, crash_log + at, LOG - at < PIECE ? LOG - at : PIECE);
	return r;
}

int capture_elf(struct capture *c, struct capture_output *out)
{
	if (out->ring != NULL)
		return faults_ring_memory(c, out);
	if (log_room == LOG_AFTER_MEMORY)
		log_room = LOG_FITS;
	out->needed = memory.asked > CORE ? memory.asked : CORE;
	if (memory.asked > 0) {
		out->room = 0;
		if (!out->more_room(out, memory.asked))
			return -ENOSPC;
	}
	if (memory.fails)
		return -EIO;
	if (memory.full_times > 0) {
		memory.full_times--;
		(void)faults_put(out->fd, core, CORE / 2); /* the disk is full in the middle */
		return -ENOSPC;
	}
	return faults_put(out->fd, core, CORE);
}

int capture_kdump(struct capture *c, struct capture_output *out, unsigned int level, uint32_t codec)
{
	(void)level;
	(void)codec;
	return capture_elf(c, out);
}

void capture_account(struct capture *c)
{
	(void)c;
}

static void tell(void)
{
}

void log_line(const char *format, ...)
{
	(void)format;
}

size_t log_text(const char **text)
{
	*text = "said\n";
	return 5;
}

/* ---- The history ---- */

static void make(const char *name, const char *file, const void *data, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), PATH "%s", name);
	if (access(path, F_OK) != 0)
		REQUIRE(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), PATH "%s/%s", name, file);
	scratch_write_file(path, data, size);
}

static void make_old(const char *name, const char *result)
{
	char text[64];

	make(name, "vmcore-dmesg.txt", "log\n", 4);
	if (result == NULL)
		return;
	if (strcmp(result, "log-only") != 0)
		make(name, "vmcore", core, CORE);
	snprintf(text, sizeof(text), "result=%s\nkernel=x\nof_day=1\n", result);
	make(name, "status", text, strlen(text));
}

/* Gives it room beyond its end: what its removal frees is more than the new dump can take. */
static void make_large(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	REQUIRE(fd >= 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20) == 0);
	close(fd);
}

static void make_history(void)
{
	for (unsigned int i = 0; i < CORE; i++)
		core[i] = (uint8_t)(i * 7 + i / 256);
	for (unsigned int i = 0; i < LOG; i++)
		crash_log[i] = (uint8_t)(i % 64 == 63 ? '\n' : ' ' + (i / 64 + i % 61) % 95);
	REQUIRE(mkdir("top", 0755) == 0 && mkdir("top/crash", 0700) == 0);
	make_old("0001-20231113T000000Z", "complete");
	make_large(PATH "0001-20231113T000000Z/vmcore");
	make_old("0002-20231114T000000Z", "log-only");
	make_old("0003-20231114T000000Z", "complete");
	make_old("0004-20231114T000000Z", NULL);
	make("0004-20231114T000000Z", "vmcore-incomplete", "half", 4);
	make_old("0005-20231114T221320Z", NULL);
}

/* Is there a status that says "complete" in DIR? Then the vmcore beside it must be whole. */
static bool is_complete(const char *dir)
{
	char path[128];
	bool complete = false;
	uint8_t *data;
	size_t size;

	snprintf(path, sizeof(path), "%sstatus", dir);
	if (access(path, F_OK) != 0)
		return false;
	data = scratch_read_file(path, &size);
	complete = strncmp((char *)data, "result=complete\n", 16) == 0;
	free(data);
	if (!complete)
		return false;
	snprintf(path, sizeof(path), "%svmcore%s", dir,
		 sealed && strcmp(dir, NEW) == 0 ? ".age" : "");
	if (!CHECK(access(path, F_OK) == 0))
		return false;
	data = scratch_read_file(path, &size);
	CHECK_EQ(size, CORE);
	complete = CHECK_MEM(data, core, size < CORE ? size : CORE);
	free(data);
	return complete;
}

static const char *records; /* the directory that stands for pstore; or NULL */

static void show_records(const char *dir)
{
	(void)dir;
}

/* What bears its final name there is what it is in pstore. */
static bool records_are_whole(void)
{
	return records == NULL ||
	       CHECK(scratch_shell(
		       "! cd " NEW "pstore 2>/dev/null || for f in *; do case $f in "
		       "'*' | *-incomplete) ;; *) cmp $f ../../../../%s/$f || exit 1 ;; "
		       "esac; done",
		       records));
}

/* A log with its final name is the log, to its last byte. */
static bool log_is_whole(void)
{
	const char *path = sealed ? NEW "vmcore-dmesg.txt.age" : NEW "vmcore-dmesg.txt";
	uint8_t *data;
	size_t size;
	bool good;

	if (access(path, F_OK) != 0)
		return true;
	data = scratch_read_file(path, &size);
	good = CHECK_EQ(size, LOG) && CHECK_MEM(data, crash_log, LOG);
	free(data);
	return good;
}

static enum worker_end save(const struct config *config, enum attempt_kind kind,
			    struct worker_shared *shared)
{
	static const struct config_target target = {.name = "test", .path = "/crash"};
	const struct attempt attempt = {.kind = kind, .target = &target, .number = 2};
	const struct worker worker = {.config = config,
				      .attempt = &attempt,
				      .shared = shared,
				      .deadline_ms = deadline_ms,
				      .tell = tell};
	const struct mount mount = {.dir = "top"};
	struct status status;
	struct save save = {.worker = &worker,
			    .mount = &mount,
			    .status = &status,
			    .records = records,
			    .show_records = show_records};

	status_init(&status);
	status.sealed = sealed;
	status.test = config->test != 0;
	status.crash_time = 1700000000;
	return save_dump(&save);
}

/* Makes one dump under F and judges it. Returns whether the fault was reached. */
static bool try_fault(const struct fault *f, const struct config *config, enum attempt_kind kind,
		      unsigned int asked, unsigned int full_times)
{
	unsigned int before = scratch_count_entries("/proc/self/fd");
	struct worker_shared shared = {0};
	enum worker_end end;
	bool complete, good;
	const char *promise;

	make_history();
	memory.asked = asked;
	memory.full_times = full_times;
	faults_begin(f);
	end = save(config, kind, &shared);
	faults_end();
	promise = faults_broken_promise();
	complete = is_complete(NEW);
	good = CHECK(promise == NULL);
	good &= CHECK_EQ(scratch_count_entries("/proc/self/fd"), before);
	good &= CHECK(complete || is_complete(NEWEST));
	good &= log_is_whole() && records_are_whole();
	if (end == WORKER_DONE)
		good &= CHECK(shared.saved != 0 && access(NEW "status", F_OK) == 0);
	else if (!f->from_there_on) /* else a name may stay on a file that is whole */
		good &= CHECK(access(NEW "status", F_OK) != 0);
	if (faults_hit().call == NULL) {
		good &= CHECK_EQ(end, WORKER_DONE);
		good &= CHECK_EQ(complete, kind != ATTEMPT_LOG);
		good &= CHECK(access(PATH "0004-20231114T000000Z/vmcore-dmesg.txt", F_OK) == 0);
		good &= CHECK(access(PATH "0004-20231114T000000Z/vmcore-incomplete", F_OK) != 0);
		good &= CHECK(access(PATH "0005-20231114T221320Z", F_OK) != 0);
	}
	if (!good)
		test_note("call %u (%s) with errno %d%s; end %d", f->call,
			  faults_hit().call == NULL ? "none" : faults_hit().call, f->error,
			  f->from_there_on ? " from there on" : "", (int)end);
	scratch_remove("top");
	return faults_hit().call != NULL;
}

static void sweep(const struct config *config, enum attempt_kind kind, unsigned int asked,
		  unsigned int full_times)
{
	static const int errors[] = {EIO, ENOSPC, EPERM};

	for (unsigned int i = 0; i < 3; i++) {
		struct fault f = {.error = errors[i], .from_there_on = i == 2, .call = 1};

		while (f.call < CALLS_MAX && try_fault(&f, config, kind, asked, full_times))
			f.call++;
		CHECK(f.call < CALLS_MAX && f.call > 50);
	}
}

static enum worker_end run(const struct config *config, unsigned int asked,
			   unsigned int full_times);

static const struct config few = {.keep = 1, .dmesg = 1, .max_per_day = 20};
static const struct config many = {.keep = 5, .dmesg = 1, .max_per_day = 20};

TEST("saving: when a call fails with keep = 1, the newest complete dump is whole")
{
	sweep(&few, ATTEMPT_FULL, 0, 0);
}

TEST("saving: when a call fails while room is made, the newest complete dump is whole")
{
	sweep(&many, ATTEMPT_FULL, ASKED, 0);
}

TEST("saving: when a call fails on a disk that is full in the middle, the same")
{
	sweep(&many, ATTEMPT_FULL, 0, 1);
}

TEST("saving: when a call fails in a test, the same")
{
	struct config test = few;

	test.test = 1;
	sweep(&test, ATTEMPT_FULL, 0, 0);
}

TEST("saving: when a call fails in a sealed dump, the same")
{
	sealed = true;
	sweep(&many, ATTEMPT_FULL, ASKED, 0);
}

TEST("saving: when a call fails with records in pstore, they are whole, and cost no dump")
{
	records = "records";
	REQUIRE(scratch_shell("mkdir records && echo said >records/console-ramoops-0"));
	scratch_write_file("records/dmesg-ramoops-0", crash_log, 10000);
	for (int i = 0; i < 2; i++) {
		struct fault f = {.error = i == 0 ? EIO : ENOSPC, .call = 1};

		while (f.call < CALLS_MAX && try_fault(&f, &many, ATTEMPT_FULL, 0, 0))
			f.call++;
		CHECK(f.call < CALLS_MAX && f.call > 50);
	}
	CHECK(run(&many, 0, 0) == WORKER_DONE && is_complete(NEW));
	CHECK(scratch_shell("diff -r records " NEW "pstore"));
}

TEST("saving: when a call fails in a capture of the log alone, the same")
{
	sweep(&few, ATTEMPT_LOG, 0, 0);
}

/* One run without faults; what is there afterwards is looked at before it is removed. */
static enum worker_end run_without(unsigned int skip, const struct config *config,
				   unsigned int asked, unsigned int full_times)
{
	struct worker_shared shared = {.skip = skip, .repeated = skip != 0};

	make_history();
	memory.asked = asked;
	memory.full_times = full_times;
	return save(config, ATTEMPT_FULL, &shared);
}

static enum worker_end run(const struct config *config, unsigned int asked, unsigned int full_times)
{
	return run_without(0, config, asked, full_times);
}

static bool left(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), PATH "%s", name);
	return access(path, F_OK) == 0;
}

TEST("saving: the oldest goes for room, what keep says goes when the dump is complete")
{
	CHECK_EQ(run(&many, ASKED, 0), WORKER_DONE);
	CHECK(is_complete(NEW) && is_complete(NEWEST) && !left("0001-20231113T000000Z"));
	scratch_remove("top");
	CHECK_EQ(run(&few, 0, 0), WORKER_DONE);
	CHECK(is_complete(NEW) && !left("0003-20231114T000000Z"));
	CHECK(left("0002-20231114T000000Z") && left("0004-20231114T000000Z"));
}

TEST("saving: what would not make enough room is not removed, and less is saved")
{
	CHECK_EQ(run(&many, 2 << 20, 0), WORKER_DONE);
	CHECK(!is_complete(NEW) && left("0006-20231114T221320Z/vmcore-dmesg.txt"));
	CHECK(is_complete(NEWEST) && left("0001-20231113T000000Z/status"));
}

TEST("saving: a disk that is full in the middle makes one go, then less is tried, and it ends")
{
	CHECK_EQ(run(&many, 0, 1), WORKER_DONE);
	CHECK(is_complete(NEW) && !left("0001-20231113T000000Z"));
	scratch_remove("top");
	CHECK_EQ(run(&many, 0, 100), WORKER_DONE);
	CHECK(!is_complete(NEW) && left("0006-20231114T221320Z/status") && is_complete(NEWEST));
	CHECK(!left("0006-20231114T221320Z/vmcore-incomplete"));
}

TEST("saving: beyond max_per_day only the log is saved, and no memory goes for it")
{
	struct config one = few;

	one.max_per_day = 3;
	CHECK_EQ(run(&one, 0, 0), WORKER_DONE);
	CHECK(is_complete(NEW));
	scratch_remove("top");
	one.max_per_day = 2;
	CHECK_EQ(run(&one, 0, 0), WORKER_DONE);
	CHECK(!is_complete(NEW) && left("0006-20231114T221320Z/status"));
	CHECK(is_complete(NEWEST) && left("0001-20231113T000000Z/status"));
	scratch_remove("top");
	one.max_per_day = 0;
	CHECK_EQ(run(&one, 0, 0), WORKER_DONE);
	CHECK(is_complete(NEW));
}

TEST("saving: a test has its memory on a day that is full, and removes tests alone")
{
	static const char was_test[] = "result=complete\nof_day=0\ntest=yes\n";
	struct config test = few;

	test.max_per_day = 1;
	test.test = 1;
	make_history();
	make("0001-20231113T000000Z", "status", was_test, sizeof(was_test) - 1);
	memory.asked = memory.full_times = 0;
	CHECK_EQ(save(&test, ATTEMPT_FULL, &(struct worker_shared){0}), WORKER_DONE);
	CHECK(is_complete(NEW) && is_complete(NEWEST) && !left("0001-20231113T000000Z"));
	scratch_remove("top");
	CHECK_EQ(run(&test, ASKED, 0), WORKER_DONE);
	CHECK(!is_complete(NEW) && left("0006-20231114T221320Z/status"));
	CHECK(is_complete(NEWEST) && left("0001-20231113T000000Z/status"));
}

TEST("saving: the log is saved before any old dump is looked at, however many there are")
{
	static const struct fault none = {0};
	char name[32];

	make_history();
	for (unsigned int n = 100; n < 400; n++) {
		snprintf(name, sizeof(name), "%04u-20231114T000000Z", n);
		make_old(name, n % 3 == 0 ? "complete" : "log-only");
	}
	faults_begin(&none);
	memory.asked = memory.full_times = 0;
	CHECK_EQ(save(&few, ATTEMPT_FULL, &(struct worker_shared){0}), WORKER_DONE);
	faults_end();
	test_note("%u calls before the log", calls_before_log);
	CHECK(calls_before_log < 40);
	CHECK(is_complete(PATH "0400-20231114T221320Z/"));
	CHECK(!left("0001-20231113T000000Z") && !left("0003-20231114T000000Z"));
}

TEST("saving: a log without room removes logs and no memory, and has its turn after the memory")
{
	log_room = LOG_AFTER_MEMORY;
	CHECK_EQ(run(&many, 0, 0), WORKER_DONE);
	CHECK(is_complete(NEW) && left("0006-20231114T221320Z/vmcore-dmesg.txt"));
	CHECK(is_complete(NEWEST) && left("0001-20231113T000000Z/status"));
	CHECK(!left("0002-20231114T000000Z"));
	scratch_remove("top");
	log_room = LOG_NEVER;
	CHECK_EQ(run(&many, 0, 0), WORKER_DONE);
	CHECK(is_complete(NEW) && !left("0006-20231114T221320Z/vmcore-dmesg.txt"));
	CHECK(is_complete(NEWEST) && left("0001-20231113T000000Z/status"));
	scratch_remove("top");
	CHECK_EQ(run(&many, 2 << 20, 0), WORKER_NO_SPACE);
	CHECK(is_complete(NEWEST) && left("0001-20231113T000000Z/status"));
	CHECK(!left("0006-20231114T221320Z"));
}

#define BEFORE "0005-20231114T221320Z"

/* As run, but the attempt before has left half of the memory. */
static enum worker_end run_after(bool fails)
{
	make_history();
	make(BEFORE, "vmcore-incomplete", core, CORE / 2);
	memory.asked = memory.full_times = 0;
	memory.fails = fails;
	return save(&many, ATTEMPT_FULL, &(struct worker_shared){0});
}

TEST("saving: what an earlier attempt of this run has of the memory stays until there is as much")
{
	CHECK_EQ(run_after(true), WORKER_IO);
	CHECK(left(BEFORE "/vmcore-incomplete"));
	CHECK(!left("0004-20231114T000000Z/vmcore-incomplete")); /* of another run */
	scratch_remove("top");
	CHECK_EQ(run_after(false), WORKER_DONE);
	CHECK(is_complete(NEW) && !left(BEFORE));
}

TEST("saving: what anybody could have made is no dump")
{
	struct worker_shared shared = {0};

	make_history();
	make_old("99999999-20990101T000000Z", "complete");
	REQUIRE(chmod(PATH "99999999-20990101T000000Z", 0777) == 0);
	memory.asked = memory.full_times = 0;
	CHECK_EQ(save(&many, ATTEMPT_FULL, &shared), WORKER_DONE);
	CHECK(is_complete(NEW) && is_complete(NEWEST));
	scratch_remove("top");
	make_history();
	make_old("99999999-20990101T000000Z", "complete");
	REQUIRE(chmod(PATH "99999999-20990101T000000Z", 0777) == 0);
	memory.fails = true;
	memory.asked = 0;
	(void)save(&few, ATTEMPT_FULL, &shared);
	memory.fails = false;
	CHECK(is_complete(NEWEST) && left("99999999-20990101T000000Z/status"));
}

TEST("saving: a log that is left alone makes no dump of a log, and the memory is saved without it")
{
	struct config one = few;

	CHECK_EQ(run_without(READS_LOG, &one, 0, 0), WORKER_DONE);
	CHECK(is_complete(NEW) && !left("0006-20231114T221320Z/vmcore-dmesg.txt"));
	scratch_remove("top");
	CHECK_EQ(run_without(READS_LOG, &one, 2 << 20, 0), WORKER_NO_SPACE);
	CHECK(!left("0006-20231114T221320Z") && is_complete(NEWEST));
	scratch_remove("top");
	one.max_per_day = 2;
	CHECK_EQ(run_without(READS_LOG, &one, 0, 0), WORKER_FAILED);
	CHECK(!left("0006-20231114T221320Z") && is_complete(NEWEST));
}

TEST("saving: the log has an eighth of all the time, and no more than half of what is left")
{
	struct config timed = many;

	timed.timeout = 800;
	CHECK_EQ(run(&timed, 0, 0), WORKER_DONE);
	CHECK_EQ(log_ms, 100000);
	scratch_remove("top");
	deadline_ms = clock_ms() + 1000000;
	CHECK_EQ(run(&timed, 0, 0), WORKER_DONE);
	CHECK_EQ(log_ms, 100000);
	scratch_remove("top");
	deadline_ms = clock_ms() + 40000;
	CHECK_EQ(run(&timed, 0, 0), WORKER_DONE);
	CHECK(log_ms <= 20000 && log_ms > 10000);
	deadline_ms = 0;
}

TEST("saving: the half log of a worker that reading it ended is not swept as somebody else's")
{
	struct worker_shared shared = {.skip = READS_LOG, .repeated = 1};

	make_history();
	memory.asked = memory.full_times = 0;
	make("0004-20231114T221320Z", "vmcore-dmesg.txt-incomplete", "half", 4);
	CHECK_EQ(save(&many, ATTEMPT_FULL, &shared), WORKER_DONE);
	CHECK(is_complete(NEW) && left("0004-20231114T221320Z/vmcore-dmesg.txt-incomplete"));
}
