/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init extract: what it makes of the dumps of a ring is what verify calls good.
 */
#include "cli/cli_command.h"

#include "store/ring.h"
#include "tests/ring_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static char device[] = "device", out[] = "out";
static char *words[] = {device, out, NULL};

static int verify(const char *name)
{
	char dir[64];
	char *dirs[] = {dir, NULL};

	snprintf(dir, sizeof(dir), "out/%s", name);
	return cli_verify(1, dirs);
}

TEST("each dump of a device becomes a directory that is good, once")
{
	char name[3][32];

	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(cli_extract(1, words), CLI_DONE);
	for (unsigned int i = 0; i < 3; i++)
		CHECK_EQ(ring_scene_crash(i == 1 ? ATTEMPT_LOG : ATTEMPT_FULL, 20000, 18, name[i]),
			 WORKER_DONE);
	CHECK_EQ(cli_extract(2, words), CLI_DONE);
	CHECK_EQ(scratch_count_entries("out"), 3);
	for (unsigned int i = 0; i < 3; i++)
		CHECK_EQ(verify(name[i]), CLI_DONE);
	REQUIRE(scratch_shell("chmod 500 out/0* && touch -d 2000-01-01 out/0*/*"));
	CHECK_EQ(cli_extract(2, words), CLI_DONE);
	CHECK(scratch_shell("test -z \"$(find out -type f -newermt 2001-01-01)\""));
	REQUIRE(scratch_shell("chmod 700 out/0*"));
}

TEST("an extraction that was interrupted is gone on with")
{
	char name[32];

	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 18, name), WORKER_DONE);
	REQUIRE(scratch_shell("mkdir -p out/%s && echo half >out/%s/vmcore-incomplete", name,
			      name));
	CHECK_EQ(cli_extract(2, words), CLI_DONE);
	CHECK_EQ(verify(name), CLI_DONE);
	CHECK_EQ(scratch_count_entries("out/0001-20231114T221320Z"), 4);
}

TEST("a dump that was damaged on the device is told, and so is a device that is none")
{
	struct ring ring;
	uint64_t at;
	char name[32];
	int fd;

	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 18, name), WORKER_DONE);
	REQUIRE(ring_open(&ring, device, false) == 0);
	at = ring_offset(&ring, &ring.dump[0], LAYOUT_IS_MEMORY) + 70000;
	ring_close(&ring);
	fd = open(device, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0 && pwrite(fd, "damage", 6, (off_t)at) == 6);
	close(fd);
	CHECK_EQ(cli_extract(2, words), CLI_NO);
	CHECK_EQ(verify(name), CLI_NO);
	ring_scene_device(8 * MIB, 'x');
	CHECK_EQ(cli_extract(1, words), CLI_FAILED);
	scratch_remove(device);
	CHECK_EQ(cli_extract(1, words), CLI_FAILED);
}
