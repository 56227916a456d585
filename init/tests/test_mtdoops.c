/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker/mtdoops: which partition the kernel's command line names, and how large its records are.
 */
#include "worker/mtdoops.h"

#include "tests/fakesys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What is opened with this command line on a machine with three partitions; *RECORD of it. */
static int opened(const char *cmdline, uint32_t *record)
{
	static char text[8];
	int number = -1, fd;

	scratch_write_file("/proc/cmdline", cmdline, strlen(cmdline));
	fd = mtdoops_open(record);
	if (fd < 0)
		return fd;
	if (read(fd, text, sizeof(text)) == 4 && memcmp(text, "mtd", 3) == 0)
		number = text[3] - '0';
	close(fd);
	return number;
}

static void machine(void)
{
	fakesys_begin();
	fakesys_file("sys/class/mtd/mtd0/name", "boot\n");
	fakesys_file("sys/class/mtd/mtd1/name", "words\n");
	fakesys_file("sys/class/mtd/mtd2/name", "gone\n");
	fakesys_file("dev/mtd0", "mtd0");
	fakesys_file("dev/mtd1", "mtd1");
	fakesys_enter();
}

TEST("mtdoops: its partition is that of the name or the number, and its records have their size")
{
	uint32_t record;

	machine();
	CHECK_EQ(opened("console=ttyS0 mtdoops.mtddev=words quiet\n", &record), 1);
	CHECK_EQ(record, 4096);
	CHECK_EQ(opened("mtdoops.mtddev=0\n", &record), 0);
	CHECK_EQ(opened("mtdoops.record_size=16384 mtdoops.mtddev=1\n", &record), 1);
	CHECK_EQ(record, 16384);
	CHECK_EQ(opened("mtdoops.mtddev=1 mtdoops.record_size=100\n", &record), 1);
	CHECK_EQ(record, 4096);
}

TEST("mtdoops: where none is named, or it is not there, nothing is opened")
{
	uint32_t record;

	machine();
	CHECK_EQ(opened("mtdoops.record_size=4096\n", &record), -ENOENT);
	CHECK_EQ(opened("mtdoops.mtddev=other\n", &record), -ENODEV);
	CHECK_EQ(opened("mtdoops.mtddev=3\n", &record), -ENODEV);
	CHECK_EQ(opened("mtdoops.mtddev=gone\n", &record), -ENOENT);
}
