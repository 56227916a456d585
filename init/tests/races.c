/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two threads of output/sink under the thread sanitizer, which is a program of its own: any
 * access of one that the other may make at the same time ends the test.
 */
#include "output/sink.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int __wrap_pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t __real_pwrite(int fd, const void *data, size_t size, off_t at);

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static uint8_t data[3 * SINK_BUFFER_BYTES + 5];
static struct sink sink;
static volatile uint32_t progress;
static _Atomic int fail_with; /* what pwrite fails with, from call number fail_from on */
static _Atomic unsigned int fail_from, writes;
static _Atomic bool meet; /* direct writes of two threads wait for each other, and fail */
static pthread_barrier_t meeting;

/* The sanitizer needs a larger stack than ours; without one set it makes its own. */
int __wrap_pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size)
{
	(void)attr;
	(void)stack;
	(void)size;
	return 0;
}

ssize_t __wrap_pwrite(int fd, const void *from, size_t size, off_t at)
{
	int error; /* the other thread may change fail_with at any time */

	if (meet && (fcntl(fd, F_GETFL) & O_DIRECT) != 0) {
		pthread_barrier_wait(&meeting);
		errno = EINVAL;
		return -1;
	}
	error = fail_with;
	if (error == 0 || ++writes < fail_from)
		return __real_pwrite(fd, from, size, at);
	if (error == EINVAL)
		fail_with = 0;
	errno = error;
	return -1;
}

/* Begins a file, of which write number FROM and all later ones fail with ERROR (0: none). */
static int start(bool direct, bool sparse, int error, unsigned int from)
{
	struct sink_options options = {.direct = direct, .sparse = sparse, .progress = &progress};
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	fail_with = error;
	fail_from = from;
	writes = 0;
	REQUIRE(fd >= 0);
	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	return fd;
}

/* Data, holes and a crooked tail. Returns what sink_finish does. */
static int write_file(bool direct, bool sparse, int error, unsigned int from)
{
	int fd = start(direct, sparse, error, from);
	int r = 0;

	for (int i = 0; i < 40 && r == 0; i++) {
		r = sink_zeros(&sink, 5 * SINK_BLOCK);
		if (r == 0)
			r = sink_write(&sink, data, 3 * SINK_BLOCK);
	}
	if (r == 0)
		r = sink_write(&sink, data, sizeof(data));
	CHECK(r == 0 || r == -error);
	r = sink_finish(&sink);
	close(fd);
	return r;
}

TEST("the writer and its caller share nothing without order while all goes well")
{
	for (unsigned int way = 0; way < 4; way++)
		CHECK_EQ(write_file((way & 1) != 0, (way & 2) != 0, 0, 0), 0);
}

TEST("nor when a write fails")
{
	for (unsigned int from = 1; from <= 4; from++)
		CHECK_EQ(write_file(false, true, EIO, from), -EIO);
}

TEST("nor when O_DIRECT is given up")
{
	for (unsigned int from = 1; from <= 4; from++)
		CHECK_EQ(write_file(true, true, EINVAL, from), 0);
}

enum { PATCH = 24 * SINK_BLOCK };

/* Data behind a gap that is patched meanwhile. Returns the first error, of patches and all else. */
static int write_patched(bool direct, bool sparse, int error, unsigned int from)
{
	static _Alignas(SINK_BLOCK) uint8_t patch[PATCH];
	int fd = start(direct, sparse, error, from);
	uint32_t crc;
	int r = 0;
	int end;

	memset(patch, 0x5a, sizeof(patch));
	memset(data, 0xa5, sizeof(data));
	sink_jump(&sink, 8 * (uint64_t)PATCH, &crc);
	for (unsigned int i = 0; i < 8 && r == 0; i++) {
		r = sink_write(&sink, data, sizeof(data) / 3 * (i % 2 + 1));
		if (r == 0)
			r = sink_patch(&sink, i * (uint64_t)PATCH, patch, PATCH);
	}
	end = sink_finish(&sink);
	close(fd);
	return r != 0 ? r : end;
}

/* SIZE bytes, all of them VALUE? */
static bool all(const uint8_t *bytes, size_t size, uint8_t value)
{
	return bytes[0] == value && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Is the file what write_patched meant to write? */
static void check_patched(void)
{
	size_t size;
	uint8_t *file = test_read_file("file", &size);
	size_t gap = (size_t)8 * PATCH;

	if (CHECK_EQ(size, gap + sizeof(data) / 3 * 12)) {
		CHECK(all(file, gap, 0x5a));
		CHECK(all(file + gap, size - gap, 0xa5));
	}
	free(file);
}

TEST("patches beside the writer share nothing with it without order")
{
	for (unsigned int way = 0; way < 4; way++) {
		CHECK_EQ(write_patched((way & 1) != 0, (way & 2) != 0, 0, 0), 0);
		check_patched();
	}
}

TEST("nor when one of them fails, and whichever it is, that is told")
{
	for (unsigned int from = 1; from <= 16; from++)
		CHECK_EQ(write_patched(from % 2 == 0, true, EIO, from), -EIO);
}

TEST("nor when O_DIRECT is given up by one of them")
{
	for (unsigned int from = 1; from <= 16; from++) {
		CHECK_EQ(write_patched(true, true, EINVAL, from), 0);
		check_patched();
	}
}

TEST("when both find at the same time that O_DIRECT does not work, both go on without")
{
	REQUIRE(pthread_barrier_init(&meeting, NULL, 2) == 0);
	for (unsigned int round = 0; round < 10; round++) {
		meet = true;
		CHECK_EQ(write_patched(true, round % 2 == 0, 0, 0), 0);
		check_patched();
	}
	pthread_barrier_destroy(&meeting);
}
