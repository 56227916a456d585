/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One whole attempt of save.c on a device without a filesystem, in which call number N fails: N =
 * 1, 2, 3 ... until nothing failed any more; reading the headers is among them. Each time, of what
 * was written, of what was durable, and of what a power cut may leave between both: a file that a
 * header has is whole and all of one crash; the newest complete dump of before is there unless the
 * new one is complete, or the device holds only one; success is reported only of a dump that is
 * durable, status included. On the way: no header before what it speaks of is durable, no write to
 * what a durable header has, or to itself, and none after an fsync that failed, unless a slot alone
 * was written before it; and that never becomes durable then.
 */
#include "tests/faults/faults.h"

#include "base/bytes.h"
#include "disk/mount.h"
#include "output/sink.h"
#include "store/dumps.h"
#include "store/ring_header.h"
#include "store/status.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/capture_output.h"
#include "worker/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	CALLS_MAX = 3000,
	BYTES = 4 << 20, /* of the device */
	LOG = 200000,
	PIECE = 8192,
	THREE = 500 * 1024, /* bytes of a memory of which the ring holds three */
	ONE = 1600 * 1024,
	SECTOR = 512,
};

#define DEVICE "device"
#define IMAGE  "image"

/* The crash that is captured: its number, from 1, and how much memory it has. */
static struct {
	uint32_t number;
	size_t memory;
} crash;

/* What is durable of the device, and which dumps that has. */
static struct {
	uint8_t bytes[BYTES];
	struct ring_dump dump[2 * RING_SLOTS];
	unsigned int dumps;
	uint32_t blocks, given_up;
	bool unsafe[BYTES / RING_BLOCK]; /* of its blocks those that were written since */
	bool lost[BYTES / RING_BLOCK];	 /* and those that an fsync failed for */
	bool failed;			 /* an fsync of anything else did */
} durable;

static uint8_t before[BYTES];
static uint8_t *device, *image; /* the files, mapped */
static struct ring ring, found;
static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static _Alignas(SINK_BLOCK) uint8_t bytes[ONE];
static struct sink sink;

/* File FILE of crash N: each byte is of that file alone, and the first four tell the crash. */
static void fill(uint8_t *to, size_t size, uint32_t n, unsigned int file)
{
	uint32_t random = n * 2654435761U + file;

	for (size_t i = 0; i < size; i++) {
		random = random * 1664525U + 1013904223U; /* Numerical Recipes' constants */
		to[i] = (uint8_t)(random >> 24);
	}
	bytes_put(to, 4, n);
}

int faults_ring_log(int fd)
{
	int r = 0;

	fill(bytes, LOG, crash.number, LAYOUT_IS_LOG);
	for (size_t at = 0; at < LOG && r == 0; at += PIECE)
		r = faults_put(fd, bytes + at, LOG - at < PIECE ? LOG - at : PIECE);
	return r;
}

/* As capture_memory.c: room first, and then all of it through the sink. */
int faults_ring_memory(struct capture *c, struct capture_output *out)
{
	struct sink_options options = {
		.direct = out->direct, .ring = out->ring, .room = &out->room};
	int r, end;

	out->needed = crash.memory;
	if (crash.memory > out->limit)
		return -EFBIG;
	while (crash.memory > out->room && out->more_room(out, crash.memory))
		;
	if (crash.memory > out->room)
		return -ENOSPC;
	r = sink_start(&sink, out->fd, &options, reserve);
	if (r != 0)
		return r;
	fill(bytes, crash.memory, crash.number, LAYOUT_IS_MEMORY);
	(void)sink_write(&sink, bytes, crash.memory); /* its error is that of the end */
	end = sink_finish(&sink);
	c->status->dump_bytes = crash.memory;
	return end;
}

/* ---- On the way ---- */

static uint8_t *map_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *at;

	REQUIRE(fd >= 0 && ftruncate(fd, BYTES) == 0);
	at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	REQUIRE(at != MAP_FAILED);
	close(fd);
	return at;
}

/* All headers that are durable, be they those that count or not, in slots that are not given up. */
static void remember(void)
{
	struct ring_dump d = {.ring = 0};

	memcpy(durable.unsafe, durable.lost, sizeof(durable.unsafe));
	durable.dumps = 0;
	durable.blocks = ring_header_read(durable.bytes, &d) == RING_HEADER ? d.ring : 0;
	durable.given_up = durable.blocks > 0 ? d.files : 0;
	for (unsigned int i = 0; i < 2 * RING_SLOTS; i++) {
		const uint8_t *block = durable.bytes + ring_header_at(i / 2, i % 2);

		d.slot = i / 2;
		if ((durable.given_up >> d.slot & 1) == 0 &&
		    ring_header_read(block, &d) == RING_HEADER &&
		    ring_is_possible(&d, durable.blocks))
			durable.dump[durable.dumps++] = d;
	}
}

/* What was written since is lost: that may be headers, but neither the first block nor a file. */
static void lose(void)
{
	memcpy(durable.lost, durable.unsafe, sizeof(durable.lost));
	durable.failed |= durable.lost[0];
	for (size_t i = RING_HEADERS_END / RING_BLOCK; i < BYTES / RING_BLOCK; i++)
		durable.failed |= durable.lost[i];
}

static void after_fsync(bool synced)
{
	if (!synced)
		lose();
	for (size_t i = 0; i < BYTES / RING_BLOCK && synced; i++) {
		if (!durable.lost[i])
			memcpy(durable.bytes + i * RING_BLOCK, device + i * RING_BLOCK, RING_BLOCK);
	}
	if (synced)
		remember();
}

/* Is the byte AT of the device in that file? */
static bool holds(const struct ring_dump *d, unsigned int file, uint64_t at)
{
	uint64_t ring_bytes = (uint64_t)durable.blocks * RING_BLOCK;
	uint64_t from = (d->start + (uint64_t)d->at[file]) * RING_BLOCK % ring_bytes;

	return at >= RING_BEGIN &&
	       (at - RING_BEGIN + ring_bytes - from) % ring_bytes < d->size[file];
}

/* Of two headers in a slot only the later one counts: what it has no more may be written to. */
static bool counts(const struct ring_dump *d)
{
	for (unsigned int i = 0; i < durable.dumps; i++) {
		if (durable.dump[i].slot == d->slot && durable.dump[i].generation > d->generation)
			return false;
	}
	return true;
}

static bool overlaps(const struct ring_dump *d, uint64_t at, size_t size)
{
	for (unsigned int file = 1; file < RING_FILES; file++) {
		if ((d->files >> file & 1) != 0 &&
		    (holds(d, file, at) || holds(d, file, at + size - 1)))
			return true;
	}
	return false;
}

/* Is what the header in BLOCK has durable, and the header before it where this one does not go? */
static void check_header(const uint8_t *block, uint64_t at)
{
	struct ring_dump d;

	if (ring_header_read(block, &d) != RING_HEADER || !ring_is_possible(&d, durable.blocks))
		return;
	for (unsigned int i = 0; i < durable.dumps; i++) {
		const struct ring_dump *o = &durable.dump[i];

		if (counts(o) && at == ring_header_at(o->slot, o->generation))
			faults_break("the header of dump %u is written over with the next one",
				     (unsigned int)o->number);
	}
	for (size_t i = 0; i < BYTES / RING_BLOCK; i++) {
		if (durable.unsafe[i] && overlaps(&d, i * RING_BLOCK, 1))
			faults_break("the header of dump %u is written before what it has",
				     (unsigned int)d.number);
	}
}

static void before_write(const void *data, size_t size, uint64_t at)
{
	if (durable.failed)
		faults_break("byte %llu is written after an fsync failed", (unsigned long long)at);
	if (at + size > BYTES - RING_TAIL)
		faults_break("byte %llu is beyond the ring", (unsigned long long)at);
	if (data != NULL && size == RING_BLOCK && at < RING_HEADERS_END)
		check_header(data, at);
	for (unsigned int i = 0; i < durable.dumps; i++) {
		const struct ring_dump *d = &durable.dump[i];

		if (counts(d) && overlaps(d, at, size))
			faults_break("byte %llu of dump %u is written over", (unsigned long long)at,
				     (unsigned int)d->number);
	}
	for (uint64_t i = at / RING_BLOCK; i <= (at + size - 1) / RING_BLOCK; i++) {
		durable.unsafe[i] = true;
		durable.lost[i] = false;
	}
}

/* ---- Afterwards ---- */

static uint32_t crash_of(const struct ring_dump *d, unsigned int file)
{
	uint8_t number[4] = {0};

	CHECK(d->size[file] > 4 && ring_read(&found, d, file, 0, number, 4) == 0);
	return bytes_get32(number);
}

static bool file_is_whole(const struct ring_dump *d, unsigned int file, size_t size, uint32_t n)
{
	static uint8_t want[ONE];

	if (!CHECK_EQ(d->size[file], size) || !CHECK(size <= ONE))
		return false;
	fill(want, size, n, file);
	return CHECK(ring_read(&found, d, file, 0, bytes, size) == 0) &&
	       CHECK(memcmp(bytes, want, size) == 0);
}

/* Which crash is D of? 0: a file of it is not whole. *COMPLETE: it has a status that says so. */
static uint32_t look_at(const struct ring_dump *d, bool *complete)
{
	static struct status_text t;
	bool memory = (d->files & DUMP_HAS_MEMORY) != 0;
	bool log = (d->files & DUMP_HAS_LOG) != 0;
	int told = ring_status(&found, d, &t);
	uint32_t n = log ? crash_of(d, LAYOUT_IS_LOG) : memory ? crash_of(d, LAYOUT_IS_MEMORY) : 0;
	bool good = CHECK(told >= 0);

	if (log)
		good &= file_is_whole(d, LAYOUT_IS_LOG, LOG, n);
	if (memory)
		good &= file_is_whole(d, LAYOUT_IS_MEMORY, crash.memory, n);
	if ((d->files >> LAYOUT_IS_CAPTURE_LOG & 1) != 0)
		good &= CHECK_EQ(d->size[LAYOUT_IS_CAPTURE_LOG], 5) &&
			CHECK(ring_read(&found, d, LAYOUT_IS_CAPTURE_LOG, 0, bytes, 5) == 0) &&
			CHECK(memcmp(bytes, "said\n", 5) == 0);
	*complete = told > 0 && status_result(&t) == STATUS_COMPLETE;
	if (*complete)
		good &= CHECK(memory);
	return good ? n : 0;
}

/* What is in an image of the device. */
struct content {
	bool good;
	uint32_t complete; /* a bit for each crash with a complete dump */
	uint32_t status;   /* and with any status */
};

static struct content look(void)
{
	struct content c = {.good = true};

	if (!CHECK_EQ(ring_open(&found, IMAGE, false), 0))
		return (struct content){0};
	for (unsigned int i = 0; i < found.dumps; i++) {
		const struct ring_dump *d = &found.dump[i];
		bool complete;
		uint32_t n = look_at(d, &complete);

		c.good &= n > 0 || (d->files & (DUMP_HAS_MEMORY | DUMP_HAS_LOG)) == 0;
		c.complete |= (uint32_t)complete << n;
		c.status |= (uint32_t)((d->files & DUMP_HAS_STATUS) != 0) << n;
	}
	ring_close(&found);
	return c;
}

/* The image: OF_FOUR fourths of what was written since the last fsync. */
static void mix(unsigned int of_four)
{
	memcpy(image, durable.bytes, BYTES);
	for (size_t at = 0; at < BYTES && of_four > 0; at += SECTOR) {
		if (test_below(4) < of_four)
			memcpy(image + at, device + at, SECTOR);
	}
}

static void say_nothing(void)
{
}

static enum worker_end save(const struct config *config, enum attempt_kind kind)
{
	static const struct config_target target = {.name = "test", .fstype = "raw"};
	const struct attempt attempt = {.kind = kind, .target = &target, .number = 1};
	struct worker_shared shared = {0};
	const struct worker worker = {
		.config = config, .attempt = &attempt, .shared = &shared, .tell = say_nothing};
	const struct mount mount = {.direct = true, .fstype = "raw"};
	struct status status;
	struct capture capture = {.status = &status, .progress = &shared.progress};
	struct save save = {.worker = &worker,
			    .mount = &mount,
			    .ring = &ring,
			    .capture = &capture,
			    .status = &status};
	enum worker_end end;

	if (ring_open(&ring, DEVICE, true) != 0)
		return WORKER_TARGET;
	status_init(&status);
	status.test = config->test != 0;
	status.crash_time = 1700000000;
	end = save_dump(&save);
	ring_close(&ring);
	if (end == WORKER_DONE)
		CHECK(shared.saved != 0);
	return end;
}

/* A device with complete dumps of crashes 1 to DUMPS; the next one is to come. */
static void make_history(unsigned int dumps, size_t memory)
{
	static const struct config config = {.keep = 20, .dmesg = 1};

	device = map_file(DEVICE);
	image = map_file(IMAGE);
	crash.memory = memory;
	for (crash.number = 1; crash.number <= dumps; crash.number++)
		REQUIRE(save(&config, ATTEMPT_FULL) == WORKER_DONE);
	memcpy(before, device, BYTES);
}

struct scenario {
	unsigned int dumps; /* that are there */
	size_t memory;
	enum attempt_kind kind;
	struct config config;
	bool newest_stays; /* unless the new one is complete */
};

/* Makes one dump under F and judges it. Returns whether the fault was reached. */
static bool try_fault(const struct fault *f, const struct scenario *s)
{
	const uint32_t newest = UINT32_C(1) << s->dumps, new = newest << 1;
	unsigned int fds = scratch_count_entries("/proc/self/fd");
	struct fault_hit hit;
	enum worker_end end;
	struct content c;
	bool good;

	memcpy(device, before, BYTES);
	memcpy(durable.bytes, before, BYTES);
	durable.failed = false;
	memset(durable.lost, 0, sizeof(durable.lost));
	remember();
	faults_begin(f);
	end = save(&s->config, s->kind);
	faults_end();
	hit = faults_hit();
	good = CHECK(faults_broken_promise() == NULL);
	good &= CHECK_EQ(scratch_count_entries("/proc/self/fd"), fds);
	good &= CHECK_EQ(scratch_count_aio(), 0);
	for (unsigned int of_four = 0; of_four <= 4; of_four += 2) {
		mix(of_four);
		c = look();
		good &= c.good;
		if (s->newest_stays && (hit.call == NULL || strcmp(hit.call, "pread") != 0))
			good &= CHECK((c.complete & (newest | new)) != 0);
		good &= CHECK(end != WORKER_DONE || (c.status & new) != 0);
	}
	if (hit.call == NULL) {
		good &= CHECK_EQ(end, WORKER_DONE);
		good &= CHECK_EQ((c.complete & new) != 0, s->kind != ATTEMPT_LOG);
	}
	if (!good)
		test_note("call %u (%s) with kind %d, errno %d%s; end %d; %s", f->call,
			  hit.call == NULL ? "none" : hit.call, (int)f->kind, f->error,
			  f->from_there_on ? " from there on" : "", (int)end,
			  faults_broken_promise() == NULL ? "no promise broken"
							  : faults_broken_promise());
	return hit.call != NULL;
}

static void sweep(const struct scenario *s)
{
	static const struct fault faults[] = {
		{.error = EIO},	       {.error = ENOSPC},    {.error = EIO, .from_there_on = true},
		{.kind = FAULT_SHORT}, {.kind = FAULT_TORN}, {.kind = FAULT_ZERO},
	};

	make_history(s->dumps, s->memory);
	faults_device(DEVICE, before_write, after_fsync);
	for (unsigned int i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct fault f = faults[i];

		for (f.call = 1; f.call < CALLS_MAX && try_fault(&f, s); f.call++)
			;
		CHECK(f.call < CALLS_MAX && f.call > 3);
	}
}

TEST("a ring: when a call fails, nothing in it lies, and the newest dump stays")
{
	sweep(&(struct scenario){.dumps = 3,
				 .memory = THREE,
				 .config = {.keep = 20, .dmesg = 1},
				 .newest_stays = true});
}

TEST("a ring: when a call fails on a device that was blank, nothing in it lies")
{
	sweep(&(struct scenario){.dumps = 0, .memory = THREE, .config = {.keep = 20, .dmesg = 1}});
}

TEST("a ring: when a call fails on a device that holds only one, there is one dump or none")
{
	sweep(&(struct scenario){.dumps = 1, .memory = ONE, .config = {.keep = 20, .dmesg = 1}});
}

TEST("a ring: when a call fails with keep = 1, the newest dump stays")
{
	sweep(&(struct scenario){.dumps = 2,
				 .memory = THREE,
				 .config = {.keep = 1, .dmesg = 1},
				 .newest_stays = true});
}

TEST("a ring: when a call fails in a capture of the log alone, no dump goes for it")
{
	sweep(&(struct scenario){.dumps = 3,
				 .memory = THREE,
				 .kind = ATTEMPT_LOG,
				 .config = {.keep = 20, .dmesg = 1},
				 .newest_stays = true});
}
