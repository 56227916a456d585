/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers of a device, in folders that look like /sys: those of an SD card on a board, of a
 * volume of the device mapper, and of what never ends.
 */
#include "board/drivers.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char told[4096];

static void tell(const struct driver *d)
{
	size_t used = strlen(told);

	snprintf(told + used, sizeof(told) - used, "%s(%s) ", d->name, d->alias);
}

/* A device below sys/devices with a uevent; DRIVER may be "" or "built-in NAME". */
static void device(const char *path, const char *module, const char *alias)
{
	REQUIRE(scratch_shell("mkdir -p sys/devices/%s && : >sys/devices/%s/uevent", path, path));
	if (module != NULL)
		REQUIRE(scratch_shell(
			"mkdir -p sys/module/%s sys/bus/x/drivers/of-%s && "
			"ln -sfn ../../../../module/%s sys/bus/x/drivers/of-%s/module && "
			"ln -s \"$PWD/sys/bus/x/drivers/of-%s\" sys/devices/%s/driver",
			module, module, module, module, module, path));
	if (alias != NULL)
		REQUIRE(scratch_shell("echo '%s' >sys/devices/%s/modalias", alias, path));
}

static void supplier(const char *consumer, const char *of, const char *name)
{
	REQUIRE(scratch_shell(
		"mkdir -p sys/devices/virtual/devlink/%s && "
		"ln -s \"$PWD/sys/devices/%s\" sys/devices/virtual/devlink/%s/supplier && "
		"ln -s \"$PWD/sys/devices/virtual/devlink/%s\" sys/devices/%s/supplier:%s",
		name, of, name, name, consumer, name));
}

#define HOST "platform/soc/3f300000.mmc"
#define CARD HOST "/mmc_host/mmc0/mmc0:0001"

TEST("drivers: a card's are its own, its host's, and those of what supplies the host")
{
	device("platform", NULL, NULL);
	device("platform/soc", NULL, "of:Nsoc");
	device(HOST, "sdhci_board", "of:Nmmc");
	device(HOST "/mmc_host/mmc0", NULL, NULL);
	device(CARD, "mmc_block", "mmc:block");
	device(CARD "/block/mmcblk0", NULL, NULL);
	device(CARD "/block/mmcblk0/mmcblk0p2", NULL, NULL);
	device("platform/i2c/pmic", "pmic", "i2c:pmic");
	device("platform/i2c", "i2c_board", NULL);
	device("platform/clock", NULL, "of:Nclock");
	supplier(HOST, "platform/i2c/pmic", "i2c:pmic");
	supplier(HOST, "platform/clock", "platform:clock");
	CHECK_EQ(drivers_of("sys/devices/" CARD "/block/mmcblk0/mmcblk0p2", tell), 0);
	CHECK_STR(told, "mmc_block(mmc:block) sdhci_board(of:Nmmc) pmic(i2c:pmic) i2c_board() ");
}

TEST("drivers: the one of cards has no link to its module, and is known by its name")
{
	device(HOST, "sdhci_board", NULL);
	device(HOST "/mmc_host/mmc0", NULL, NULL);
	device(CARD, NULL, NULL);
	device(CARD "/block/mmcblk0", NULL, NULL);
	REQUIRE(scratch_shell("mkdir -p sys/bus/mmc/drivers/mmcblk && "
			      "ln -s \"$PWD/sys/bus/mmc/drivers/mmcblk\" sys/devices/%s/driver",
			      CARD));
	CHECK_EQ(drivers_of("sys/devices/" CARD "/block/mmcblk0", tell), 0);
	CHECK_STR(told, "mmc_block() sdhci_board() ");
}

TEST("drivers: an NVMe disk with several ways to it has those of its controllers")
{
	device("pci0", NULL, NULL);
	device("pci0/a", "nvme", NULL);
	device("pci0/a/nvme/nvme0", NULL, NULL);
	device("virtual/nvme-subsystem/nvme-subsys0", NULL, NULL);
	device("virtual/nvme-subsystem/nvme-subsys0/nvme0n1", NULL, NULL);
	REQUIRE(scratch_shell("ln -s \"$PWD/sys/devices/pci0/a/nvme/nvme0\" "
			      "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0"));
	CHECK_EQ(drivers_of("sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", tell), 0);
	CHECK_STR(told, "nvme() ");
}

TEST("drivers: one that is built in has no name, but the alias of its device")
{
	device("pci0", NULL, NULL);
	device("pci0/0000:00:01.0", NULL, "pci:v8086");
	REQUIRE(scratch_shell(
		"mkdir -p sys/bus/pci/drivers/ahci && "
		"ln -s \"$PWD/sys/bus/pci/drivers/ahci\" sys/devices/pci0/0000:00:01.0/driver"));
	CHECK_EQ(drivers_of("sys/devices/pci0/0000:00:01.0", tell), 0);
	CHECK_STR(told, "(pci:v8086) ");
}

TEST("drivers: a volume has those of all disks that it lies on")
{
	device("pci0/a/block/sda/sda1", NULL, NULL);
	device("pci0/a/block/sda", NULL, NULL);
	device("pci0/a", "ahci", NULL);
	device("pci0/b/block/sdb", NULL, NULL);
	device("pci0/b", "uas", NULL);
	device("virtual/block/dm-0", NULL, NULL);
	device("pci0", NULL, NULL);
	REQUIRE(scratch_shell("mkdir sys/devices/virtual/block/dm-0/slaves && cd "
			      "sys/devices/virtual/block/dm-0/slaves && "
			      "ln -s ../../../../pci0/a/block/sda/sda1 sda1 && "
			      "ln -s ../../../../pci0/b/block/sdb sdb"));
	CHECK_EQ(drivers_of("sys/devices/virtual/block/dm-0", tell), 0);
	CHECK_STR(told, "uas() ahci() "); /* the nearest first */
}

TEST("drivers: suppliers in a circle end, more of them than there is room for are told")
{
	device("a", "one", NULL);
	device("b", "two", NULL);
	supplier("a", "b", "a:b");
	supplier("b", "a", "b:a");
	CHECK_EQ(drivers_of("sys/devices/a", tell), 0);
	CHECK_STR(told, "one() two() ");
	for (int i = 0; i < DRIVERS_DEVICES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "more%d", i);
		device(name, NULL, NULL);
		supplier("a", name, name);
	}
	CHECK_EQ(drivers_of("sys/devices/a", tell), -E2BIG);
	CHECK_EQ(drivers_of("sys/devices/none", tell), -ENOENT);
}
