/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/file: what is written is there, with O_DIRECT or without, and where it is not, that is
 * said. (Calls that fail: faults.c.)
 */
#include "output/file.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 256 * 1024 };

static _Alignas(FILE_BLOCK) uint8_t data[SIZE + FILE_BLOCK];
static struct file file;
static volatile uint32_t progress;

static int new_file(bool direct)
{
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)test_random();
	progress = 0;
	file_begin(&file, fd, direct, &progress);
	return fd;
}

static void check_file(uint64_t offset, const uint8_t *want, size_t size)
{
	size_t have;
	uint8_t *got = scratch_read_file("file", &have);

	CHECK_EQ(have, offset + size);
	if (have == offset + size)
		CHECK_MEM(got + offset, want, size);
	free(got);
}

TEST("runs on the block grid are written where they belong, in any order")
{
	for (unsigned int way = 0; way < 2; way++) {
		int fd = new_file(way == 1);

		CHECK_EQ(file_write(&file, data + 65536, SIZE - 65536, 65536), 0);
		CHECK_EQ(file_sync_range(&file, 65536, SIZE - 65536), 0);
		CHECK_EQ(file_write(&file, data, 4096, 0), 0);
		CHECK_EQ(file_write(&file, data + 4096, 65536 - 4096, 4096), 0);
		CHECK_EQ(file_sync_range(&file, 0, 65536), 0);
		CHECK_EQ(progress, 3);
		check_file(0, data, SIZE);
		close(fd);
	}
}

TEST("a run off the block grid is written all the same: O_DIRECT is given up for it")
{
	static const struct {
		size_t from, size;
		uint64_t offset;
	} runs[] = {{0, 1000, 0}, {1, 4096, 0}, {0, 4096, 1}, {3, 4097, 12345}};

	for (unsigned int i = 0; i < 2 * sizeof(runs) / sizeof(runs[0]); i++) {
		int fd = new_file(i % 2 == 0);

		CHECK_EQ(file_write(&file, data + runs[i / 2].from, runs[i / 2].size,
				    runs[i / 2].offset),
			 0);
		check_file(runs[i / 2].offset, data + runs[i / 2].from, runs[i / 2].size);
		close(fd);
	}
}

TEST("without O_DIRECT the descriptor does not have it, and with it, only as long as it works")
{
	int fd = new_file(false);

	CHECK_EQ(fcntl(fd, F_GETFL) & O_DIRECT, 0);
	close(fd);
	fd = new_file(true);
	CHECK_EQ((fcntl(fd, F_GETFL) & O_DIRECT) != 0, file.direct);
	CHECK_EQ(file_write(&file, data + 1, 77, 5), 0);
	CHECK_EQ((fcntl(fd, F_GETFL) & O_DIRECT) != 0, file.direct);
	close(fd);
}

TEST("nothing to write is no error, and no progress")
{
	int fd = new_file(true);

	CHECK_EQ(file_write(&file, data, 0, 0), 0);
	CHECK_EQ(progress, 0);
	check_file(0, data, 0);
	close(fd);
}

TEST("a full device, a descriptor that is read only and one that is closed are errors")
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	file_begin(&file, fd, false, NULL);
	CHECK_EQ(file_write(&file, data, 4096, 0), -ENOSPC);
	close(fd);
	CHECK_EQ(file_write(&file, data, 4096, 0), -EBADF);
	CHECK_EQ(file_sync_range(&file, 0, 4096), -EBADF);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	file_begin(&file, fd, true, NULL);
	CHECK_EQ(file_write(&file, data, 4096, 0), -EBADF);
	close(fd);
}

TEST("what cannot be synchronised by ranges, such as a pipe, is settled all the same")
{
	int ends[2];

	REQUIRE(pipe(ends) == 0);
	file_begin(&file, ends[1], false, NULL);
	CHECK_EQ(file_sync_range(&file, 0, 4096), 0);
	CHECK_EQ(file_sync_range(&file, 4096, 4096), 0);
	close(ends[0]);
	close(ends[1]);
}
