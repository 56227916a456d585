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
#include <unistd.h>

int __wrap_pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t __real_pwrite(int fd, const void *data, size_t size, off_t at);

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static uint8_t data[3 * SINK_BUFFER_BYTES + 5];
static struct sink sink;
static volatile uint32_t progress;
static int fail_with; /* what pwrite fails with, from call number fail_from on */
static unsigned int fail_from, writes;

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
	if (fail_with == 0 || ++writes < fail_from)
		return __real_pwrite(fd, from, size, at);
	errno = fail_with;
	if (fail_with == EINVAL)
		fail_with = 0;
	return -1;
}

/* Data, holes and a crooked tail. Returns what sink_finish does. */
static int write_file(bool direct, bool sparse, int error, unsigned int from)
{
	struct sink_options options = {.direct = direct, .sparse = sparse, .progress = &progress};
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r = 0;

	fail_with = error;
	fail_from = from;
	writes = 0;
	REQUIRE(fd >= 0);
	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
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
