/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The captures are those of worker/save.h, on a device that is a file.
 */
#include "tests/ring_scene.h"

#include "codec/codec.h"
#include "disk/mount.h"
#include "output/crc.h"
#include "store/dumps.h"
#include "tests/images/crashlog.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/save.h"
#include "worker/save_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CRASHES = 512, RECORD = 80 };

struct config ring_scene_config = {
	.keep = 20, .dmesg = 1, .max_per_day = 0, .timeout = 800, .format = FORMAT_ELF};

/* The checksums of what was captured with each number. */
static struct {
	uint32_t log, memory;
} crashed[CRASHES];

static unsigned int crashes;

void ring_scene_device(uint64_t bytes, uint8_t fill)
{
	uint8_t *full = malloc((size_t)bytes);

	REQUIRE(full != NULL);
	memset(full, fill, (size_t)bytes);
	scratch_write_file("device", full, (size_t)bytes);
	free(full);
}

struct ring_write ring_scene_writes[RING_SCENE_WRITES];
unsigned int ring_scene_count;
bool ring_scene_record;
int ring_scene_error;
static uint64_t spoiled_from, spoiled_to;

void ring_scene_spoil(uint64_t from, uint64_t to)
{
	spoiled_from = from;
	spoiled_to = to;
}

ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t __real_pwrite(int fd, const void *data, size_t size, off_t at);
int __wrap_fsync(int fd);
int __real_fsync(int fd);

static bool is_device(int fd)
{
	struct stat st, device;

	return fstat(fd, &st) == 0 && stat("device", &device) == 0 && st.st_dev == device.st_dev &&
	       st.st_ino == device.st_ino;
}

static void record(uint64_t at, const void *data, size_t size)
{
	struct ring_write *o = &ring_scene_writes[ring_scene_count++];

	REQUIRE(ring_scene_count < RING_SCENE_WRITES);
	*o = (struct ring_write){.at = at, .size = size, .bytes = malloc(size + 1)};
	REQUIRE(o->bytes != NULL);
	if (size > 0)
		memcpy(o->bytes, data, size);
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	bool looks = (ring_scene_record || spoiled_to > 0) && is_device(fd);
	uint64_t at = looks ? (uint64_t)lseek(fd, 0, SEEK_CUR) : UINT64_MAX;

	if (ring_scene_record && at != UINT64_MAX)
		record(at, data, size);
	if (at < spoiled_to && at + size > spoiled_from) {
		errno = EIO;
		return -1;
	}
	return __real_write(fd, data, size);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at)
{
	if (ring_scene_record && is_device(fd))
		record((uint64_t)at, data, size);
	if (ring_scene_error != 0 && is_device(fd)) {
		errno = ring_scene_error;
		return -1;
	}
	return __real_pwrite(fd, data, size, at);
}

int __wrap_fsync(int fd)
{
	if (!is_device(fd))
		return __real_fsync(fd);
	if (ring_scene_record)
		record(0, NULL, 0);
	return 0; /* nobody cuts the power */
}

static void say_nothing(void)
{
}

/* The memory is little more than the buffer of its log, of 2^BITS bytes. */
static struct crashlog *build_core(unsigned int log, unsigned int bits)
{
	char *description = malloc(4096 + (log / RECORD + 1) * (RECORD + 32));
	int n = sprintf(description, "ring arm count_bits=10 text_bits=%u\n", bits);
	struct crashlog *c;

	crashes++;
	for (unsigned int i = 0; i <= log / RECORD && i < 1000; i++)
		n += sprintf(description + n, "record %u.0 crash %u %0*u\n", i, crashes,
			     RECORD - 32, i);
	c = crashlog_build(description);
	free(description);
	return c;
}

static uint32_t sum_file(const char *path)
{
	size_t size;
	uint8_t *bytes = scratch_read_file(path, &size);
	uint32_t crc = crc_update(0, bytes, size);

	free(bytes);
	return crc;
}

enum worker_end ring_scene_crash(enum attempt_kind kind, unsigned int log, unsigned int bits,
				 char name[32])
{
	static const struct config_target target = {.name = "test", .fstype = "raw"};
	const struct attempt attempt = {.kind = kind, .target = &target, .number = 1};
	struct worker_shared shared = {0};
	const struct worker worker = {.config = &ring_scene_config,
				      .attempt = &attempt,
				      .shared = &shared,
				      .tell = say_nothing};
	const struct mount mount = {.direct = false};
	static struct ring ring;
	struct status s;
	struct capture capture = {.status = &s, .progress = &shared.progress};
	struct save save = {.worker = &worker,
			    .mount = &mount,
			    .ring = &ring,
			    .capture = &capture,
			    .status = &s};
	struct crashlog *c = build_core(log, bits);
	enum worker_end end;

	scratch_write_file("core", c->core.bytes, c->core.size);
	REQUIRE(ring_open(&ring, "device", true) == 0);
	status_init(&s);
	s.test = ring_scene_config.test != 0;
	REQUIRE(save_seal_open(&ring_scene_config, 1, &capture.seal) == NULL);
	s.sealed = capture.seal != NULL;
	s.hides_panic = s.sealed && ring_scene_config.seal_status != 0;
	REQUIRE(capture_open(&capture, "core") == 0);
	end = save_dump(&save);
	capture_close(&capture);
	if (save.store.number > 0 && save.store.number < CRASHES) {
		crashed[save.store.number].log =
			crc_update(0, (const uint8_t *)c->expected, strlen(c->expected));
		crashed[save.store.number].memory = sum_file("core");
	}
	if (name != NULL)
		snprintf(name, 32, "%s", save.store.name);
	ring_close(&ring);
	crashlog_free(c);
	return end;
}

static uint32_t sum_of(const struct ring *r, const struct ring_dump *d, unsigned int file)
{
	static uint8_t piece[65536];
	uint32_t crc = 0;

	for (uint64_t at = 0; at < d->size[file];) {
		uint64_t left = d->size[file] - at;
		size_t n = left < sizeof(piece) ? (size_t)left : sizeof(piece);

		REQUIRE(ring_read(r, d, file, at, piece, n) == 0);
		crc = crc_update(crc, piece, n);
		at += n;
	}
	return crc;
}

static void check_sum(const struct ring *r, const struct ring_dump *d, unsigned int file,
		      const struct status_text *t, const char *key)
{
	uint32_t told = 0;

	CHECK(status_hex(t, key, &told));
	CHECK_EQ(sum_of(r, d, file), told);
}

/* Without a status nothing but the header says that a file is whole. */
static void check_files(const struct ring *r, const struct ring_dump *d)
{
	if (d->number >= CRASHES)
		return;
	if ((d->files >> LAYOUT_IS_LOG & 1) != 0)
		CHECK_EQ(sum_of(r, d, LAYOUT_IS_LOG), crashed[d->number].log);
	if ((d->files & DUMP_HAS_MEMORY) != 0)
		CHECK_EQ(sum_of(r, d, LAYOUT_IS_MEMORY), crashed[d->number].memory);
}

static void look_at(const struct ring *r, const struct ring_dump *d, struct ring_scene_found *found)
{
	static struct status_text t;
	bool memory = (d->files & DUMP_HAS_MEMORY) != 0;
	int told = ring_status(r, d, &t);

	found->dumps++;
	found->logs += !memory;
	found->unfinished += memory && told == 0;
	CHECK(told >= 0);
	if (told == 0) {
		check_files(r, d);
		return;
	}
	if (memory) {
		check_sum(r, d, LAYOUT_IS_MEMORY, &t, "crc32");
		found->complete += status_result(&t) == STATUS_COMPLETE;
		found->newest = d->number;
	}
	if ((d->files >> LAYOUT_IS_LOG & 1) != 0)
		check_sum(r, d, LAYOUT_IS_LOG, &t, "log_crc32");
	if ((d->files >> LAYOUT_IS_CAPTURE_LOG & 1) != 0)
		check_sum(r, d, LAYOUT_IS_CAPTURE_LOG, &t, "capture_log_crc32");
}

struct ring_scene_found ring_scene_look(const char *path)
{
	static struct ring ring;
	struct ring_scene_found found = {0};

	if (!CHECK_EQ(ring_open(&ring, path, false), 0))
		return found;
	for (unsigned int i = 0; i < ring.dumps; i++)
		look_at(&ring, &ring.dump[i], &found);
	ring_close(&ring);
	return found;
}

const char *ring_scene_numbers(const char *path)
{
	static struct ring ring;
	static char text[512];
	int n = 0;

	text[0] = '\0';
	REQUIRE(ring_open(&ring, path, false) == 0);
	for (unsigned int i = 0; i < ring.dumps; i++)
		n += sprintf(text + n, "%s%u", i == 0 ? "" : " ", ring.dump[i].number);
	ring_close(&ring);
	return text;
}
