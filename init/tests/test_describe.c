/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check --describe: what an archive has to hold besides the drivers of the targets.
 */
#include "cli/cli_command.h"

#include "config/config.h"
#include "tests/fakesys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct config config = {.watchdog = "none"};

/* What is said of this system, which has no target unless CONFIG has; the caller's to free. */
static char *describe(void)
{
	int out = dup(STDOUT_FILENO);
	size_t size;
	char *said;

	fakesys_enter();
	REQUIRE(out >= 0 && freopen("/said", "w", stdout) != NULL);
	CHECK_EQ(cli_describe(&config), CLI_DONE);
	REQUIRE(dup2(out, STDOUT_FILENO) >= 0);
	said = (char *)scratch_read_file("/said", &size);
	return said;
}

static void begin(const char *cmdline)
{
	fakesys_begin();
	fakesys_file("proc/sys/kernel/osrelease", "6.9.0-test\n");
	fakesys_file("proc/cmdline", cmdline);
}

TEST("describe: ramoops is told where its records are, by what is not so by itself")
{
	char *said;

	begin("quiet\n");
	fakesys_file("sys/module/pstore/parameters/backend", "ramoops\n");
	fakesys_file("sys/module/ramoops/parameters/mem_address", "1610612736\n");
	fakesys_file("sys/module/ramoops/parameters/mem_size", "1048576\n");
	fakesys_file("sys/module/ramoops/parameters/record_size", "4096\n");
	fakesys_file("sys/module/ramoops/parameters/console_size", "0\n");
	fakesys_file("sys/module/ramoops/parameters/ecc", "0\n");
	said = describe();
	CHECK_STR(said,
		  "kernel = 6.9.0-test\npstore = ramoops\n"
		  "module = ramoops mem_address=1610612736 mem_size=1048576 console_size=0\n");
	free(said);
}

TEST("describe: another backend of pstore, or none, needs no module")
{
	char *said;

	begin("quiet\n");
	fakesys_file("sys/module/pstore/parameters/backend", "(null)\n");
	said = describe();
	CHECK_STR(said, "kernel = 6.9.0-test\n");
	free(said);
}

/* Its drivers are those of any device in /sys: test_drivers.c. */
TEST("describe: netconsole gets its words, and its interface is named")
{
	char *said;

	begin("a=1 netconsole=6665@10.0.0.2/end0,6666@10.0.0.1/ root=/dev/vda\n");
	said = describe();
	CHECK_HAS(said, "kernel = 6.9.0-test\nnetconsole = end0\n");
	CHECK_HAS(said, "module = netconsole netconsole=6665@10.0.0.2/end0,6666@10.0.0.1/\n");
	free(said);
}

TEST("describe: netconsole without a name means eth0, and one that is not there is told")
{
	char *said;

	begin("netconsole=@/,@10.0.0.1/\n");
	said = describe();
	CHECK_HAS(said, "netconsole = eth0\nunknown = its drivers: /sys/class/net/eth0: ");
	CHECK_HAS(said, "module = netconsole netconsole=@/,@10.0.0.1/\n");
	free(said);
}

/* Its drivers are those of any device in /sys, as well. */
#define ASKED_FOR "unknown = its drivers: /sys/class/mtd/mtd1: "

static void add_flash(const char *name)
{
	begin("quiet\n");
	fakesys_file("sys/class/mtd/mtd1/erasesize", "1024\n");
	fakesys_file("sys/class/mtd/mtd1/name", "dumps\n");
	config.targets = 1;
	strcpy(config.target[0].name, name);
	strcpy(config.target[0].fstype, "auto");
	strcpy(config.target[0].path, "/var/crash");
}

TEST("describe: of a volume of UBI the drivers are those of the flash it is on")
{
	char *said;

	add_flash("ubi:crashes");
	fakesys_file("sys/class/ubi/ubi0/mtd_num", "1\n");
	fakesys_file("sys/class/ubi/ubi0_4/name", "crashes\n");
	said = describe();
	CHECK_HAS(said, "target = ubi:crashes\nfstype = ubifs\npath = /var/crash\n"
			"device = /dev/mtd1\n" ASKED_FOR);
	free(said);
}

TEST("describe: so are those of a volume that nothing has attached")
{
	static const char header[20] = {'U', 'B', 'I', '#', 1, [19] = 64};
	char *said;

	add_flash("ubi:crashes");
	scratch_write_file("tree/dev/mtd1", header, sizeof(header));
	said = describe();
	CHECK_HAS(said, "target = ubi:crashes\nfstype = ubifs\npath = /var/crash\n"
			"device = /dev/mtd1\n" ASKED_FOR);
	free(said);
}

TEST("describe: so are those of a partition with JFFS2")
{
	char *said;

	add_flash("mtd:dumps");
	said = describe();
	CHECK_HAS(said, "target = mtd:dumps\nfstype = jffs2\npath = /var/crash\n"
			"device = /dev/mtd1\n" ASKED_FOR);
	free(said);
}

TEST("describe: of flash that a disk stands in for the module is told which disk")
{
	char *said;

	add_flash("ubi:crashes");
	fakesys_file("sys/class/mtd/mtd1/name", "block2mtd: /dev/mmcblk0p3\n");
	fakesys_file("sys/class/ubi/ubi0/mtd_num", "1\n");
	fakesys_file("sys/class/ubi/ubi0_4/name", "crashes\n");
	said = describe();
	CHECK_HAS(said, "unknown = its drivers: /sys/class/block/mmcblk0p3: ");
	CHECK_HAS(said, "module = block2mtd block2mtd=/dev/mmcblk0p3,1024\n");
	free(said);
}

TEST("describe: so are those of the flash of mtdoops")
{
	char *said;

	add_flash("");
	config.targets = 0;
	fakesys_file("sys/module/mtdoops/parameters/mtddev", "dumps\n");
	said = describe();
	CHECK_STR(said,
		  "kernel = 6.9.0-test\nmtdoops = dumps\n" ASKED_FOR "No such file or directory\n");
	free(said);
}

TEST("describe: flash of mtdoops that is not there is told")
{
	char *said;

	begin("quiet\n");
	fakesys_file("sys/module/mtdoops/parameters/mtddev", "9\n");
	said = describe();
	CHECK_STR(said, "kernel = 6.9.0-test\nmtdoops = 9\n"
			"unknown = the flash: it is not there\n");
	free(said);
}

TEST("describe: a volume is told to be unknown where no flash can have it")
{
	char *said;

	add_flash("ubi:crashes");
	scratch_write_file("tree/dev/mtd1", "\xff\xff\xff\xff", 4);
	said = describe();
	CHECK_HAS(said, "unknown = the device: it is no disk\n");
	free(said);
}
