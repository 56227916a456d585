/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks that hung: what a process was touching is left alone by the next, and nothing else is.
 */
#include "disk/device.h"
#include "disk/hung.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct hung hung;

TEST("hung: a disk is left alone once it was put on the list, others are not")
{
	hung_use(&hung);
	CHECK(hung_touch("vda"));
	CHECK_STR(hung_add(&hung), "vda");
	CHECK(!hung_touch("vda"));
	CHECK_STR(hung.touching, "");
	CHECK(hung_touch("vd"));
	CHECK(hung_touch("vdaa"));
	CHECK_STR(hung.touching, "vdaa");
}

TEST("hung: nothing that was touched, nothing on the list")
{
	hung_use(&hung);
	CHECK(hung_add(&hung) == NULL);
	CHECK(hung_touch("vda"));
	CHECK(hung_touch(NULL));
	CHECK(hung_add(&hung) == NULL);
	CHECK(hung_touch("a-name-of-a-disk-that-is-much-too-long"));
	CHECK(hung_add(&hung) == NULL);
}

TEST("hung: a disk is put there once, and a full list takes no more")
{
	char name[HUNG_NAME];

	hung_use(&hung);
	for (int i = 0; i < HUNG_DISKS; i++) {
		snprintf(name, sizeof(name), "sd%d", i);
		CHECK(hung_touch(name));
		CHECK_STR(hung_add(&hung), name);
		memcpy(hung.touching, name, sizeof(name));
		CHECK(hung_add(&hung) == NULL);
	}
	CHECK(hung_touch("sdx"));
	CHECK(hung_add(&hung) == NULL);
	CHECK(hung_touch("sdx"));
	CHECK(!hung_touch("sd0"));
}

TEST("hung: a process that went wrong cannot make the name run on")
{
	memset(hung.touching, 'x', sizeof(hung.touching));
	CHECK(strlen(hung_add(&hung)) == HUNG_NAME - 1);
}

TEST("hung: without a place to note it everything may be touched")
{
	CHECK(hung_touch("vda"));
	CHECK(hung_touch("vda"));
}

TEST("hung: a device that hung is not even looked at, another is")
{
	struct device d;

	hung_use(&hung);
	CHECK_EQ(device_find("/dev/no-such-disk", &d), -ENODEV);
	CHECK_STR(hung_add(&hung), "no-such-disk");
	CHECK_EQ(device_find("/dev/no-such-disk", &d), -ETIMEDOUT);
	CHECK_EQ(device_find("/dev/no-such-disk2", &d), -ENODEV);
}

TEST("hung: a search that found nothing leaves nothing to blame")
{
	struct device d;

	hung_use(&hung);
	memcpy(hung.touching, "sda", 4);
	CHECK_EQ(device_find("UUID=00000000-0000-0000-0000-00000000dead", &d), -ENODEV);
	CHECK_STR(hung.touching, "");
}
