/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init extract: what it makes of the dumps of a ring is what verify calls good.
 */
#include "cli/cli_command.h"

#include "store/ring_header.h"
#include "tests/pread.h"
#include "tests/ring_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static char device[] = "device", out[] = "out";
static char *words[] = {device, out, NULL};
static char texts[] = "--texts", check[] = "--check";

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

TEST("all but the memory is extracted where that is enough, and the rest can be had later")
{
	char *of_all[] = {texts, device, out, NULL};
	char name[32];

	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 18, name), WORKER_DONE);
	CHECK_EQ(cli_extract(3, of_all), CLI_DONE);
	CHECK(scratch_shell("cd out/%s && test -s status && test -e capture.log && "
			    "test -s vmcore-dmesg.txt && test ! -e vmcore",
			    name));
	CHECK_EQ(cli_extract(2, words), CLI_DONE);
	CHECK_EQ(verify(name), CLI_DONE);
}

TEST("a dump is held against its checksums where it lies, and nothing is made")
{
	char name[32], none[] = "0009-20231114T221320Z";
	char *of_one[] = {check, device, name, NULL}, *of_none[] = {check, device, none, NULL};
	struct ring ring;
	uint64_t at;
	int fd;

	ring_scene_device(8 * MIB, 0);
	for (unsigned int i = 0; i < 2; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 18, name), WORKER_DONE);
	CHECK_EQ(cli_extract(3, of_one), CLI_DONE);
	CHECK_EQ(cli_extract(3, of_none), CLI_FAILED);
	REQUIRE(ring_open(&ring, device, false) == 0);
	at = ring_offset(&ring, &ring.dump[0], LAYOUT_IS_MEMORY) + 70000;
	fd = open(device, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0 && pwrite(fd, "damage", 6, (off_t)at) == 6);
	CHECK_EQ(cli_extract(3, of_one), CLI_DONE); /* it was the other one */
	at = ring_offset(&ring, &ring.dump[1], LAYOUT_IS_LOG) + 700;
	REQUIRE(pwrite(fd, "damage", 6, (off_t)at) == 6);
	CHECK_EQ(cli_extract(3, of_one), CLI_NO);
	ring_close(&ring);
	close(fd);
	CHECK_EQ(scratch_count_entries("."), 2); /* the image and the last core */
}

TEST("what holds no dumps is told so, and nobody is advised to overwrite it")
{
	char *of_image[] = {device, NULL};
	int err = dup(STDERR_FILENO);
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char said[256];
	ssize_t n;
	int code;

	ring_scene_device(8 * MIB, 0);
	scratch_shell("printf 'somebody else' | dd of=%s conv=notrunc 2>dd.log", device);
	REQUIRE(err >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	code = cli_extract(1, of_image);
	REQUIRE(dup2(err, STDERR_FILENO) >= 0);
	close(err);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	CHECK_EQ(code, CLI_FAILED);
	CHECK_HAS(said, "it holds no dumps of kdump-init");
	CHECK(strstr(said, "wipefs") == NULL);
}

TEST("an option of extract that there is not is wrong use")
{
	char *wrong[] = {out, device, out, NULL}, *few[] = {texts, device, NULL};

	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(cli_extract(3, wrong), CLI_USAGE);
	CHECK_EQ(cli_extract(2, few), CLI_FAILED); /* no device has that name */
	CHECK_EQ(cli_extract(0, few), CLI_USAGE);
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

TEST("a dump of the same name that is another one is told, and nothing is mixed with it")
{
	char name[32], other[32];

	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_LOG, 20000, 18, name), WORKER_DONE);
	CHECK_EQ(cli_extract(2, words), CLI_DONE);
	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 18, other), WORKER_DONE);
	CHECK_STR(other, name);
	CHECK_EQ(cli_extract(2, words), CLI_FAILED);
	CHECK(scratch_shell("test ! -e out/%s/vmcore", name));
	CHECK_EQ(verify(name), CLI_DONE);
}

TEST("what an image says is shown, and no terminal obeys it")
{
	static const char text[] = "result=\033[2J\npanic=a\tb\xc2\x9b\n";
	struct ring_dump d = {
		.number = 1,
		.generation = 1,
		.files = 1 << LAYOUT_IS_STATUS,
		.ring = (8 * MIB - RING_BEGIN - RING_TAIL) / RING_BLOCK,
	};
	uint8_t block[RING_BLOCK];
	size_t size;
	char *said;
	int out_fd = dup(STDOUT_FILENO), fd;

	ring_scene_device(8 * MIB, 0);
	fd = open(device, O_RDWR | O_CLOEXEC);
	d.size[LAYOUT_IS_STATUS] = sizeof(text) - 1;
	ring_header_write(block, &d, text);
	REQUIRE(fd >= 0 &&
		pwrite(fd, block, RING_BLOCK, (off_t)ring_header_at(0, 1)) == RING_BLOCK);
	ring_header_write(block, &(struct ring_dump){.ring = d.ring}, NULL);
	REQUIRE(pwrite(fd, block, RING_BLOCK, 0) == RING_BLOCK);
	close(fd);
	REQUIRE(out_fd >= 0 && freopen("said", "w", stdout) != NULL);
	CHECK_EQ(cli_extract(1, words), CLI_DONE);
	REQUIRE(dup2(out_fd, STDOUT_FILENO) >= 0);
	said = (char *)scratch_read_file("said", &size);
	CHECK_HAS(said, "?[2J  0 MiB  a?b??");
	free(said);
}

/* Two dumps, of which one block of FILE of the first cannot be read; NAME is the first one's. */
static void two_dumps_and_a_bad_block(unsigned int file, char name[32])
{
	struct ring ring;
	char other[32];
	off_t at;

	ring_scene_device(8 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 18, name), WORKER_DONE);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 18, other), WORKER_DONE);
	REQUIRE(ring_open(&ring, device, false) == 0);
	at = (off_t)ring_offset(&ring, &ring.dump[0], file);
	at += ring.dump[0].size[file] > 3 * RING_BLOCK ? RING_BLOCK : 0;
	ring_close(&ring);
	pread_fails(at, at + 512);
}

TEST("a block that cannot be read costs what it is in, and nothing else of any dump")
{
	static const char *const names[] = {NULL, "vmcore", "vmcore-dmesg.txt"};
	char name[32];

	for (unsigned int file = LAYOUT_IS_MEMORY; file <= LAYOUT_IS_LOG; file++) {
		two_dumps_and_a_bad_block(file, name);
		CHECK_EQ(cli_extract(2, words), CLI_FAILED);
		CHECK_EQ(verify("0002-20231114T221320Z"), CLI_DONE);
		test_note("%s", names[file]);
		CHECK(scratch_shell("cd out/%s && test -s %s-incomplete && test ! -e %s && "
				    "test ! -e status && test $(ls | wc -l) = 3",
				    name, names[file], names[file]));
		pread_fails(0, 0);
		REQUIRE(scratch_shell("cp out/%s/%s-incomplete part", name, names[file]));
		CHECK_EQ(cli_extract(2, words), CLI_DONE);
		CHECK_EQ(verify(name), CLI_DONE);
		CHECK(scratch_shell("test $(stat -c %%s part) = $(stat -c %%s out/%s/%s) && "
				    "test $(cmp -l part out/%s/%s | wc -l) -le 4096",
				    name, names[file], name, names[file]));
		scratch_remove("out");
	}
}

TEST("what its status says is told though a block of its log cannot be read")
{
	char *of_all[] = {texts, device, out, NULL};
	char name[32];

	two_dumps_and_a_bad_block(LAYOUT_IS_LOG, name);
	CHECK_EQ(cli_extract(3, of_all), CLI_FAILED);
	pread_fails(0, 0);
	CHECK(scratch_shell("cd out/%s && test -s status && test -e capture.log && "
			    "test ! -e vmcore-dmesg.txt && test ! -e vmcore",
			    name));
	CHECK(scratch_shell("test -s out/0002-*/status && test -s out/0002-*/vmcore-dmesg.txt"));
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
