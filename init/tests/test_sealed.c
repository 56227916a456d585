/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sealed dumps from the crash to the desk: what the worker saves is opened by age, and is what it
 * would have saved in the clear; the commands say what it is. Without randomness there is none.
 */
#include "board/random.h"
#include "cli/cli.h"
#include "tests/ring_scene.h"
#include "tests/scratch.h"
#include "tests/sealing.h"
#include "tests/test.h"
#include "worker/save_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static int random_error; /* of getrandom(2); 0: it works */

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned int flags);
ssize_t __real_getrandom(void *bytes, size_t size, unsigned int flags);

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned int flags)
{
	if (random_error == 0)
		return __real_getrandom(bytes, size, flags);
	errno = random_error;
	return -1;
}

/* Runs a command; what it said goes to the file "said". Returns its exit code. */
static int run(const char *command, const char *first, const char *second)
{
	char *words[] = {(char *)(uintptr_t) "kdump-init", (char *)(uintptr_t)command,
			 (char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL};
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int code;

	fflush(stdout);
	REQUIRE(out >= 0 && err >= 0 && fd >= 0);
	REQUIRE(dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	code = cli_main(second != NULL ? 4 : first != NULL ? 3 : 2, words);
	fflush(stdout);
	REQUIRE(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
	close(out);
	close(err);
	close(fd);
	return code;
}

static void check_said(const char *part)
{
	size_t size;
	char *said = (char *)scratch_read_file("said", &size);

	CHECK_HAS(said, part);
	free(said);
}

static void seal_for(const uint8_t *recipient, enum config_format format)
{
	ring_scene_config.seal_wanted = true;
	ring_scene_config.seals = 1;
	ring_scene_config.seal_status = 1;
	ring_scene_config.format = format;
	ring_scene_config.level = 1;
	memcpy(ring_scene_config.seal[0], recipient, CONFIG_SEAL_KEY);
}

/* A crash, whose dump is got out to out/NAME, and judged. */
static void crash(enum config_format format, char dir[64])
{
	char name[32];

	ring_scene_device(8 * MIB, 0);
	seal_for(sealing_recipient, format);
	REQUIRE(ring_scene_crash(ATTEMPT_FULL, 20000, 18, name) == WORKER_DONE);
	REQUIRE(run("extract", "device", "out") == CLI_DONE);
	snprintf(dir, 64, "out/%s", name);
}

static void check_opened(const char *dir)
{
	char file[96];

	CHECK(scratch_shell("test ! -e %s/vmcore && test ! -e %s/vmcore-dmesg.txt", dir, dir));
	CHECK(scratch_shell("! grep -q -a 'crash [12] ' %s/*", dir));
	snprintf(file, sizeof(file), "%s/vmcore.age", dir);
	REQUIRE(sealing_open(file));
	CHECK_EQ(run("dmesg", file, NULL), CLI_DONE);
	REQUIRE(scratch_shell("mv said log"));
	snprintf(file, sizeof(file), "%s/vmcore-dmesg.txt.age", dir);
	REQUIRE(sealing_open(file));
	CHECK(scratch_shell("cmp log %s && grep -q 'crash [12] ' log", file));
}

TEST("a dump of either format is sealed, said to be, and opened by age what it would have been")
{
	for (unsigned int format = FORMAT_ELF; format <= FORMAT_KDUMP; format++) {
		char dir[64];

		crash((enum config_format)format, dir);
		CHECK_EQ(run("verify", dir, NULL), CLI_DONE);
		check_said("vmcore.age: good, ");
		check_said("vmcore.age: sealed; age -d -i KEY vmcore.age >vmcore opens it");
		check_said("vmcore-dmesg.txt.age: sealed; age -d -i KEY vmcore-dmesg.txt.age "
			   ">vmcore-dmesg.txt opens it");
		CHECK(scratch_shell("grep -qx sealed=age %s/status", dir));
		check_opened(dir);
		scratch_remove("out");
		ring_scene_config.seal_wanted = false;
	}
}

TEST("verify finds a sealed file that is another, shorter, or none of age")
{
	char dir[64];

	crash(FORMAT_KDUMP, dir);
	REQUIRE(scratch_shell("cp -r %s dump && chmod -R u+w dump", dir));
	REQUIRE(scratch_shell(
		"printf xyz | dd of=dump/vmcore.age bs=1 seek=70000 conv=notrunc 2>dd"));
	CHECK_EQ(run("verify", "dump", NULL), CLI_NO);
	check_said("vmcore.age: its content is not what was written (crc32)");
	REQUIRE(scratch_shell("cp %s/vmcore.age dump && truncate -s -1 dump/vmcore.age", dir));
	CHECK_EQ(run("verify", "dump", NULL), CLI_NO);
	check_said("vmcore.age: not as long as status says (dump_bytes)");
	REQUIRE(scratch_shell("cp %s/vmcore.age dump && rm dump/vmcore-dmesg.txt.age", dir));
	CHECK_EQ(run("verify", "dump", NULL), CLI_NO);
	check_said("vmcore-dmesg.txt.age: No such file");
	REQUIRE(scratch_shell("cp %s/*.age dump && rm dump/vmcore.age", dir));
	CHECK_EQ(run("verify", "dump", NULL), CLI_NO);
}

TEST("commands that read a dump say of a sealed one how it is opened")
{
	char dir[64], file[96];

	crash(FORMAT_KDUMP, dir);
	snprintf(file, sizeof(file), "%s/vmcore.age", dir);
	CHECK_EQ(run("dmesg", file, NULL), CLI_FAILED);
	check_said("vmcore.age: sealed; age -d -i KEY ");
	CHECK_EQ(run("dump", file, "smaller"), CLI_FAILED);
	check_said("vmcore.age: sealed; age -d -i KEY ");
	CHECK(access("smaller", F_OK) != 0);
}

TEST("a log alone is sealed as well, and no line of it is anywhere else")
{
	char name[32], dir[64];

	ring_scene_device(8 * MIB, 0);
	seal_for(sealing_recipient, FORMAT_ELF);
	REQUIRE(ring_scene_crash(ATTEMPT_LOG, 20000, 18, name) == WORKER_DONE);
	REQUIRE(run("extract", "device", "out") == CLI_DONE);
	snprintf(dir, sizeof(dir), "out/%s", name);
	CHECK_EQ(run("verify", dir, NULL), CLI_DONE);
	CHECK(scratch_shell(
		"ls %s | tr '\\n' ' ' | grep -qx 'capture.log status vmcore-dmesg.txt.age '", dir));
	CHECK(scratch_shell("! grep -q -a 'crash [12] ' device %s/*", dir));
}

TEST("without randomness, or without anybody to seal for, there is a reason and no key")
{
	static const uint8_t low[CONFIG_SEAL_KEY];
	struct seal *seal;

	seal_for(sealing_recipient, FORMAT_ELF);
	CHECK(save_seal_open(&ring_scene_config, 1, &seal) == NULL);
	CHECK(seal != NULL);
	random_error = EAGAIN;
	CHECK_STR(save_seal_open(&ring_scene_config, 1, &seal), "no randomness");
	CHECK(seal == NULL);
	random_error = 0;
	seal_for(low, FORMAT_ELF);
	CHECK_STR(save_seal_open(&ring_scene_config, 1, &seal), "no recipient");
	ring_scene_config.seals = 0; /* every line was refused */
	CHECK_STR(save_seal_open(&ring_scene_config, 1, &seal), "no recipient");
	CHECK(seal == NULL);
	ring_scene_config.seal_wanted = false;
	CHECK(save_seal_open(&ring_scene_config, 1, &seal) == NULL);
	CHECK(seal == NULL);
}

TEST("the seed is taken whole or not at all, and is enough where the kernel has nothing")
{
	uint8_t bytes[2][RANDOM_BYTES];
	static const char seed[] = "0123456789abcdef0123456789abcdefX";

	random_error = ENOSYS;
	CHECK(!random_gather("seed", bytes[0]));
	scratch_write_file("seed", seed, RANDOM_SEED - 1);
	CHECK(!random_gather("seed", bytes[0]));
	scratch_write_file("seed", seed, RANDOM_SEED + 1);
	CHECK(!random_gather("seed", bytes[0]));
	scratch_write_file("seed", seed, RANDOM_SEED);
	CHECK(random_gather("seed", bytes[0]));
	CHECK_MEM(bytes[0], seed, RANDOM_SEED);
	CHECK(random_gather("seed", bytes[1]));
	CHECK(memcmp(bytes[0], bytes[1], RANDOM_BYTES) != 0); /* the clocks */
	random_error = 0;
	CHECK(random_gather("none", bytes[0]));
	REQUIRE(symlink("seed", "link") == 0 && mkfifo("fifo", 0600) == 0);
	random_error = EAGAIN;
	CHECK(!random_gather("link", bytes[0]));
	CHECK(!random_gather("fifo", bytes[0]));
}

TEST("seed prints an archive of 32 bytes that differ each time, and none without randomness")
{
	for (unsigned int i = 0; i < 2; i++) {
		REQUIRE(run("seed", NULL, NULL) == CLI_DONE);
		CHECK(scratch_shell(
			"test $(wc -c <said) = 512 && mkdir %u && cd %u && "
			"cpio -i --quiet <../said && test $(wc -c <kdump-init.seed) = 32 && "
			"test $(stat -c %%a kdump-init.seed) = 400",
			i, i));
	}
	CHECK(scratch_shell("! cmp -s 0/kdump-init.seed 1/kdump-init.seed"));
	random_error = EINTR + 1000;
	CHECK_EQ(run("seed", NULL, NULL), CLI_FAILED);
	CHECK(!scratch_shell("grep -q 070701 said"));
}
