/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk/flash: which volume or partition a name stands for, and what is attached to UBI to find it.
 * UBI itself is a stand-in here, which has the volumes of a partition when that is attached.
 */
#include "disk/flash.h"

#include "disk/device.h"
#include "disk/hung.h"
#include "disk/ubi.h"
#include "tests/fakesys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int __wrap_ubi_attach(unsigned int mtd, int number, uint32_t vid_offset);
void __wrap_ubi_detach(int number);

static const char *volume[4]; /* of each partition, by its number */
static char done[256];	      /* what was asked of UBI */
static int refusal;
static struct hung hung;
static char touched[HUNG_NAME]; /* while UBI was asked */

int __wrap_ubi_attach(unsigned int mtd, int number, uint32_t vid_offset)
{
	size_t n = strlen(done);
	char path[64];

	memcpy(touched, hung.touching, sizeof(touched));
	snprintf(done + n, sizeof(done) - n, "attach %u as %d, %u; ", mtd, number,
		 (unsigned int)vid_offset);
	if (refusal != 0)
		return refusal;
	number = number < 0 ? 0 : number;
	REQUIRE(mtd < 4 && volume[mtd] != NULL);
	snprintf(path, sizeof(path), "/sys/class/ubi/ubi%d_0", number);
	REQUIRE(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "/sys/class/ubi/ubi%d_0/name", number);
	scratch_write_file(path, volume[mtd], strlen(volume[mtd]));
	return number;
}

void __wrap_ubi_detach(int number)
{
	size_t n = strlen(done);
	char path[64];

	snprintf(done + n, sizeof(done) - n, "detach %d; ", number);
	snprintf(path, sizeof(path), "/sys/class/ubi/ubi%d_0/name", number);
	REQUIRE(unlink(path) == 0);
	*strrchr(path, '/') = '\0';
	REQUIRE(rmdir(path) == 0);
}

/* A partition of eraseblocks of 1 KiB; with COMMANDS of the shell that fill the file "i". */
static void partition(unsigned int n, const char *name, const char *commands)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "sys/class/mtd/mtd%u/name", n);
	snprintf(text, sizeof(text), "%s\n", name);
	fakesys_file(path, text);
	snprintf(path, sizeof(path), "sys/class/mtd/mtd%u/erasesize", n);
	fakesys_file(path, "1024\n");
	snprintf(path, sizeof(path), "sys/class/mtd/mtd%uro/uevent", n);
	fakesys_file(path, "\n");
	scratch_write_file("commands", commands, strlen(commands));
	REQUIRE(scratch_shell(
		"set -e; head -c 16384 /dev/zero | tr '\\0' '\\377' >i; "
		"put() { printf \"$2\" | dd of=i bs=1 seek=$1 conv=notrunc 2>/dev/null; }; "
		". ./commands; mv i tree/dev/mtd%u",
		n));
}

#define EC_HEADER(offset) "UBI#\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0" offset

/* boot is no UBI, rootfs and data are, spare is blank. */
static void flash(const char *cmdline)
{
	fakesys_begin();
	fakesys_file("proc/cmdline", cmdline);
	fakesys_file("sys/class/ubi/version", "1\n");
	partition(0, "boot", "put 0 'a boot loader'");
	partition(1, "rootfs", "put 0 '" EC_HEADER("\\0\\100") "'");
	partition(2, "data", "put 3072 '" EC_HEADER("\\10\\0") "'");
	partition(3, "spare", "");
	volume[1] = "root\n";
	volume[2] = "dump\n";
	fakesys_enter();
}

TEST("ubi: attaches the partition that has the volume, and what UBI has not formatted stays blank")
{
	struct device d = {.note = ""};

	flash("console=ttyS0\n");
	CHECK_EQ(flash_find("ubi:dump", &d), 0);
	CHECK_STR(d.name, "ubi0_0");
	CHECK_STR(d.note, "mtd2 to UBI: attached");
	CHECK_HAS(done, "attach 2 as -1, 2048; ");
	CHECK(strstr(done, "attach 0") == NULL && strstr(done, "attach 3") == NULL);
	CHECK(strstr(done, "attach 1") == NULL ||
	      strstr(done, "attach 1 as -1, 64; detach 0; ") != NULL);
}

TEST("ubi: the partition that ubi.mtd= names comes first, and a number of the name is asked for")
{
	struct device d = {.note = ""};

	flash("ubi.block=0,1 ubi.mtd=data,2048 root=/dev/vda2\n");
	CHECK_EQ(flash_find("/dev/ubi2:dump", &d), 0);
	CHECK_STR(d.name, "ubi2_0");
	CHECK_STR(done, "attach 2 as 2, 2048; ");
}

TEST("ubi: so does the one that ubi.mtd= has the number of")
{
	struct device d = {.note = ""};

	flash("ubi.mtd=2\n");
	CHECK_EQ(flash_find("ubi0_0", &d), 0);
	CHECK_STR(done, "attach 2 as 0, 2048; ");
}

TEST("ubi: each partition is attached once, and detached when it has no such volume")
{
	struct device d = {.note = ""};

	flash("ubi.mtd=rootfs ubi.mtd=data\n");
	CHECK_EQ(flash_find("ubi:other", &d), -ENODEV);
	CHECK_EQ(flash_find("ubi:other", &d), -ENODEV);
	CHECK_HAS(done, "attach 1 as -1, 64; detach 0; ");
	CHECK_HAS(done, "attach 2 as -1, 2048; detach 0; ");
	CHECK_EQ(strlen(done),
		 strlen("attach 1 as -1, 64; detach 0; attach 2 as -1, 2048; detach 0; "));
	CHECK_HAS(d.note, " to UBI: no such volume");
}

TEST("ubi: a partition that hung when it was looked at is left alone, each is noted before that")
{
	struct device d = {.note = ""};

	flash("console=ttyS0\n");
	hung = (struct hung){.disk = {"mtd1"}};
	hung_use(&hung);
	CHECK_EQ(flash_find("ubi:dump", &d), 0);
	CHECK_STR(done, "attach 2 as -1, 2048; ");
	CHECK_STR(touched, "mtd2");
	CHECK_STR(hung.touching, "");
}

TEST("ubi: why nothing can be attached is told")
{
	struct device d = {.note = ""};

	flash("ubi.mtd=data\n");
	refusal = -ENOENT;
	volume[1] = NULL;
	CHECK_EQ(flash_find("ubi:dump", &d), -ENODEV);
	CHECK_HAS(d.note, " to UBI: No such file or directory");
}

TEST("ubi: a volume that is listed is taken as it is, by each of its names")
{
	static const char *const names[][2] = {
		{"ubi:dump", "ubi1_3"}, {"ubi1:dump", "ubi1_3"}, {"ubi1!dump", "ubi1_3"},
		{"ubi1_3", "ubi1_3"},	{"ubi7", "ubi0_7"},	 {"/dev/ubi1_3", "ubi1_3"},
		{"mtd:rootfs", "mtd1"}, {"mtd1", "mtd1"},	 {"ubi10:log", "ubi10_0"},
	};
	struct device d = {.note = ""};
	char entry[FLASH_ENTRY];

	fakesys_begin();
	fakesys_file("sys/class/ubi/ubi1_3/name", "dump\n");
	fakesys_file("sys/class/ubi/ubi0_7/name", "seventh\n");
	fakesys_file("sys/class/ubi/ubi10_0/name", "log\n");
	fakesys_file("sys/class/mtd/mtd1/name", "rootfs\n");
	fakesys_enter();
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK_EQ(flash_find(names[i][0], &d), 0);
		CHECK_STR(d.name, names[i][1]);
	}
	CHECK(!flash_listed("ubi1:log", entry)); /* which is on ubi10 */
	CHECK_EQ(flash_find("mtd:other", &d), -ENODEV);
	CHECK_STR(done, "");
}

/* The number of the flash that NAME leads to. */
static uint64_t number_of(const char *name)
{
	struct device d = {.note = ""};

	if (!CHECK_EQ(flash_find(name, &d), 0))
		test_note("%s", name);
	return d.number;
}

TEST("flash is known again by its number, whatever it was called")
{
	fakesys_begin();
	fakesys_file("sys/class/ubi/ubi0_3/name", "dump\n");
	fakesys_file("sys/class/ubi/ubi1_3/name", "other\n");
	fakesys_file("sys/class/ubi/ubi0_4/name", "third\n");
	fakesys_file("sys/class/mtd/mtd1/name", "rootfs\n");
	fakesys_enter();
	CHECK(number_of("ubi:dump") != 0);
	CHECK_EQ(number_of("ubi:dump"), number_of("ubi0_3"));
	CHECK_EQ(number_of("ubi:dump"), number_of("/dev/ubi0:dump"));
	CHECK_EQ(number_of("ubi:dump"), number_of("ubi3"));
	CHECK(number_of("ubi:dump") != number_of("ubi:other"));
	CHECK(number_of("ubi:dump") != number_of("ubi0_4"));
	CHECK_EQ(number_of("mtd:rootfs"), makedev(31, 1)); /* mtdblock1 is the same */
	CHECK_EQ(number_of("/dev/mtd1"), makedev(31, 1));
}

TEST("a folder whose tag begins as a name of flash is none")
{
	CHECK(flash_is_target("ubi:dump", "auto"));
	CHECK(flash_is_target("/dev/ubi0_1", "ubifs"));
	CHECK(flash_is_target("mtd3", "jffs2"));
	CHECK(!flash_is_target("ubiquity", "9p"));
	CHECK(!flash_is_target("mtd", "virtiofs"));
	CHECK(!flash_is_target("/dev/mtdblock3", "auto"));
	CHECK(!flash_is_target("server:/ubi", "nfs"));
}
