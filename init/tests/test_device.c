/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk/device: which device a name leads to, on machines that have more than one that answers.
 */
#include "disk/device.h"
#include "disk/device_name.h"
#include "tests/fakesys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#define UUID	"01234567-89ab-cdef-fedc-ba9876543210"
#define OTHER	"fedcba98-7654-3210-0123-456789abcdef"
#define EXT4(l) "mke2fs -q -F -t ext4 -U " UUID " -L " l " i"
#define MBR	"echo ,,L | sfdisk -q i"

static struct device d;

static void check_found(const char *name, const char *device, enum device_doubt doubt)
{
	if (!CHECK_EQ(device_find(name, &d), 0) || !CHECK_STR(d.name, device) ||
	    !CHECK_EQ(d.doubt, doubt))
		test_note("for %s: %s", name, d.note);
}

static void check_none(const char *name, int error)
{
	if (!CHECK_EQ(device_find(name, &d), error))
		test_note("for %s: %s", name, d.name);
}

/* Two disks with two partitions each: root on vda2, and a stick that has the same again. */
static void two_disks(void)
{
	fakesys_begin();
	fakesys_add("vda", NULL, 0, 0, "", MBR);
	fakesys_add("vda1", "vda", 1, 1, "PARTUUID=11111111-01", "mkfs.vfat -n BOOT i");
	fakesys_add("vda2", "vda", 2, 2, "PARTUUID=11111111-02", EXT4("data"));
	fakesys_add("sdb", NULL, 0, 16, "", MBR);
	fakesys_add("sdb2", "sdb", 2, 18, "PARTUUID=22222222-02", EXT4("data"));
	fakesys_add("sdb10", "sdb", 10, 26, "PARTUUID=22222222-0a",
		    "mke2fs -q -F -t ext4 -U " OTHER " -L alone i");
}

TEST("a device is found in each form that the kernel takes as root=, in either case")
{
	two_disks();
	fakesys_enter();
	check_found("/dev/vda2", "vda2", DEVICE_SURE);
	check_found("vda2", "vda2", DEVICE_SURE);
	check_found("177:2", "vda2", DEVICE_SURE);
	check_found("177:2:0:", "vda2", DEVICE_SURE);
	check_found("b102", "vda2", DEVICE_SURE);
	check_found("B11A", "sdb10", DEVICE_SURE);
	check_found("0xb102", "vda2", DEVICE_SURE);
	check_found("PARTUUID=11111111-02", "vda2", DEVICE_SURE);
	check_found("PARTUUID=22222222-0A", "sdb10", DEVICE_SURE);
	check_found("PARTUUID=11111111-01/PARTNROFF=1", "vda2", DEVICE_SURE);
	check_found("PARTUUID=22222222-0a/PARTNROFF=-8", "sdb2", DEVICE_SURE);
	check_found("PARTUUID=22222222-02/PARTNROFF=+8", "sdb10", DEVICE_SURE);
	check_found("LABEL=alone", "sdb10", DEVICE_SURE);
	check_found("UUID=FEDCBA98-7654-3210-0123-456789ABCDEF", "sdb10", DEVICE_SURE);
	check_found("/dev/disk/by-uuid/" OTHER, "sdb10", DEVICE_SURE);
	check_found("/dev/disk/by-label/a\\x6cone", "sdb10", DEVICE_SURE);
	check_found("/dev/disk/by-partuuid/11111111-01", "vda1", DEVICE_SURE);
	check_none("/dev/vda3", -ENODEV);
	check_none("177:3", -ENODEV);
	check_none("b302", -ENODEV);
	check_none("PARTUUID=11111111-01/PARTNROFF=2", -ENODEV);
	check_none("PARTUUID=11111111-01/PARTNROFF=-1", -ENODEV);
	check_none("LABEL=Alone", -ENODEV);
	check_none("/dev/mapper/vg-root", -ENODEV);
}

TEST("a name that leads nowhere in a capture kernel is refused with what to write instead")
{
	static const char *const never[][2] = {
		{"/dev/disk/by-id/mmc-SD32G_0x1234-part2", "PARTUUID="},
		{"/dev/disk/by-path/platform-3f202000.mmc-part2", "PARTUUID="},
		{"/dev/nfs", "nfsroot="},
		{"/dev/cifs", "CIFS"},
		{"/dev/ram", "target"},
		{"/dev/ram0", "target"},
		{"/dev/root", "name the device"},
		{"ZFS=rpool/ROOT", "ZFS"},
		{"zfs:rpool", "ZFS"},
		{"live:CDLABEL=x", "target ="},
		{"iscsi:server", "target ="},
		{"PARTUUID=11111111-01/PARTNROFF=", "NUMBER"},
		{"PARTUUID=11111111-01/PARTNROFF=one", "NUMBER"},
		{"PARTUUID=11111111-01/1", "NUMBER"},
	};

	two_disks();
	fakesys_enter();
	for (unsigned int i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		CHECK(device_is_block(never[i][0], "auto"));
		check_none(never[i][0], -EINVAL);
		CHECK_HAS(d.note, never[i][1]);
	}
}

TEST("of two devices with one tag the one on the disk of root= wins, and both are told")
{
	two_disks();
	fakesys_enter();
	check_found("LABEL=data", "sdb2", DEVICE_FIRST_WON);
	CHECK_STR(d.note, "/dev/sdb2 and /dev/vda2");
	device_prefer("/dev/vda1");
	check_found("LABEL=data", "vda2", DEVICE_ROOT_WON);
	CHECK_STR(d.note, "/dev/sdb2 and /dev/vda2");
	check_found("UUID=" UUID, "vda2", DEVICE_ROOT_WON);
	CHECK_EQ(d.number, makedev(177, 2));
	CHECK_STR(d.superblock.uuid, UUID);
	device_prefer("PARTUUID=22222222-0a");
	check_found("UUID=" UUID, "sdb2", DEVICE_ROOT_WON);
	device_prefer("LABEL=BOOT");
	check_found("UUID=" UUID, "vda2", DEVICE_ROOT_WON);
	device_prefer("b101");
	check_found("UUID=" UUID, "vda2", DEVICE_ROOT_WON);
	device_prefer("UUID=" UUID);
	check_found("UUID=" UUID, "sdb2", DEVICE_FIRST_WON);
	device_prefer("/dev/sdc1");
	check_found("UUID=" UUID, "sdb2", DEVICE_FIRST_WON);
	check_found("LABEL=BOOT", "vda1", DEVICE_SURE);
}

TEST("the first by name is that of the lower number, and all of many are counted")
{
	char name[16];

	fakesys_begin();
	fakesys_add("vda", NULL, 0, 0, "", ":");
	for (unsigned int i = 12; i >= 2; i--) {
		snprintf(name, sizeof(name), "vda%u", i);
		fakesys_add(name, "vda", i, i, "", EXT4("same"));
	}
	fakesys_enter();
	check_found("LABEL=same", "vda2", DEVICE_FIRST_WON);
	CHECK_HAS(d.note, "/dev/vda2, /dev/vda3, ");
	CHECK_HAS(d.note, "/dev/vda9 and 3 more");
}

TEST("a superblock below a partition table does not shadow the partition")
{
	fakesys_begin();
	fakesys_add("vda", NULL, 0, 0, "", EXT4("data") "; " MBR);
	fakesys_add("vda1", "vda", 1, 1, "", EXT4("data"));
	fakesys_add("mmcblk0", NULL, 0, 32, "", "mke2fs -q -F -t ext4 -L whole i");
	fakesys_add("mmcblk0boot0", "mmcblk0", 0, 40, "", ":");
	REQUIRE(scratch_shell("rm tree/sys/devices/mmcblk0/mmcblk0boot0/partition"));
	fakesys_add("sda", NULL, 0, 48, "", "mke2fs -q -F -t ext4 -L only i; " MBR);
	fakesys_add("sda1", "sda", 1, 49, "", ":");
	fakesys_enter();
	check_found("LABEL=data", "vda1", DEVICE_SURE);
	check_found("UUID=" UUID, "vda1", DEVICE_SURE);
	check_found("LABEL=whole", "mmcblk0", DEVICE_SURE);
	check_found("LABEL=only", "sda", DEVICE_SURE); /* there is no other */
	check_found("/dev/vda", "vda", DEVICE_SURE);
}

TEST("what another device is made of gives way to that, and is found by the name of a mapping")
{
	fakesys_begin();
	fakesys_add("sda", NULL, 0, 0, "", EXT4("paths"));
	fakesys_add("sdb", NULL, 0, 16, "", EXT4("paths"));
	fakesys_add("dm-0", NULL, 0, 64, "", EXT4("paths"));
	fakesys_add("dm-1", NULL, 0, 65, "", "mke2fs -q -F -t ext4 i");
	fakesys_file("sys/devices/dm-1/dm/name", "vg--x-root\n");
	fakesys_file("sys/devices/sda/holders/dm-0", "");
	fakesys_file("sys/devices/sdb/holders/dm-0", "");
	fakesys_file("sys/devices/dm-0/dm/name", "mpath a\n");
	fakesys_enter();
	check_found("LABEL=paths", "dm-0", DEVICE_SURE);
	check_found("/dev/mapper/mpath a", "dm-0", DEVICE_SURE);
	check_none("/dev/mapper/mpath", -ENODEV);
	CHECK_HAS(d.note, "LVM");
	CHECK_HAS(d.note, "give a plain partition");
	check_found("/dev/vg-x/root", "dm-1", DEVICE_SURE);
	check_none("/dev/vg/root", -ENODEV);
}

static void check_refused(const char *name, const char *fstype, const char *why)
{
	char text[DEVICE_NOTE] = "";

	CHECK_EQ(device_find(name, &d), 0);
	if (why == NULL) {
		if (!CHECK(device_refusal(&d, fstype, text, sizeof(text)) == NULL))
			test_note("%s", text);
	} else if (CHECK(device_refusal(&d, fstype, text, sizeof(text)) != NULL)) {
		CHECK_HAS(text, why);
	}
}

TEST("members of RAID and LVM, swap, and what is ambiguous are refused with the reason")
{
	fakesys_begin();
	fakesys_add(
		"vda1", NULL, 0, 1, "",
		EXT4("x") "; printf '\\374\\116\\053\\251\\001' | "
			  "dd of=i bs=1 seek=4186112 conv=notrunc 2>/dev/null; printf '\\360\\037' | "
			  "dd of=i bs=1 seek=4186256 conv=notrunc 2>/dev/null");
	fakesys_add("vda2", NULL, 0, 2, "",
		    "printf 'LUKS\\272\\276\\000\\001' >i; truncate -s 4M i");
	fakesys_add("vda3", NULL, 0, 3, "", "mkswap -q -U " OTHER " i");
	fakesys_add("vda4", NULL, 0, 4, "",
		    EXT4("x") "; printf hsqs | dd of=i conv=notrunc 2>/dev/null");
	fakesys_add("vda5", NULL, 0, 5, "", EXT4("y"));
	fakesys_add("vda6", NULL, 0, 6, "", "printf 'hsqs' >i; truncate -s 4M i");
	fakesys_enter();
	check_none("LABEL=x", -ENODEV);
	/* One of those below, and why it hides what is inside. */
	CHECK_HAS(d.note, "/dev/kdump-177-");
	CHECK_HAS(d.note, " holds ");
	CHECK(strstr(d.note, ": ") != NULL && strstr(d.note, ": ")[2] != '\0');
	check_refused("/dev/vda1", "auto", "/dev/kdump-177-1 holds linux_raid_member");
	check_refused("/dev/vda1", "ext4",
		      "is a member of a RAID or of LVM; give a plain partition");
	check_refused("/dev/vda2", "ext4",
		      "crypto_LUKS: it is encrypted or protected; give a plain partition");
	check_refused("UUID=" OTHER, "auto", "swap");
	check_refused("/dev/vda4", "auto", "ext4 and squashfs3");
	check_refused("/dev/vda4", "ext4", NULL);
	check_refused("/dev/vda5", "auto", NULL);
	check_refused("/dev/vda6", "auto", "can only be read");
}

TEST("shares, folders and flash are no block devices, and flash has a type of its own")
{
	static const char *const shared[][4] = {
		{"server:/export", "auto", "server:/export", NULL},
		{"192.168.1.1:/x", "nfs", "192.168.1.1:/x", NULL},
		{"hostshare", "9p", "hostshare", NULL},
		{"/dev/root", "9p", "/dev/root", NULL},
		{"zfs", "virtiofs", "zfs", NULL},
		{"//server/share", "cifs", "//server/share", NULL},
		{"beef", "virtiofs", "beef", NULL},
		{"ubi0:dump", "auto", "ubi0:dump", "ubifs"},
		{"ubi0_0", "ubifs", "ubi0_0", "ubifs"},
		{"ubi:name", "auto", "ubi:name", "ubifs"},
		{"mtd3", "auto", "mtd3", "jffs2"},
		{"mtd:data", "jffs2", "mtd:data", "jffs2"},
		{"/dev/mtd3", "jffs2", "mtd3", "jffs2"},
	};
	struct device_name n;

	for (unsigned int i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		device_name_read(shared[i][0], shared[i][1], &n);
		CHECK_EQ(n.kind, DEVICE_SHARED);
		CHECK_STR(n.source, shared[i][2]);
		CHECK(shared[i][3] == NULL
			      ? n.fstype == NULL
			      : n.fstype != NULL && strcmp(n.fstype, shared[i][3]) == 0);
		CHECK(!device_is_block(shared[i][0], shared[i][1]));
	}
	CHECK(device_is_block("/dev/mtdblock3", "jffs2"));
	CHECK(device_is_block("mtdblock3", "jffs2"));
	CHECK(device_is_block("/dev/sda1", "bcachefs"));
}

TEST("numbers in hexadecimal are those of new_decode_dev, and words that are none are names")
{
	static const struct {
		const char *text;
		unsigned int major, minor;
	} numbers[] = {{"b302", 179, 2},       {"301", 3, 1},	       {"0000b302", 179, 2},
		       {"10305", 259, 5},      {"00110305", 259, 261}, {"179:2", 179, 2},
		       {"259:1000", 259, 1000}};
	static const char *const words[] = {"vda2", "mmcblk0p2", "b302g", "x"};
	struct device_name n;

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		device_name_read(numbers[i].text, "auto", &n);
		CHECK_EQ(n.kind, DEVICE_NUMBER);
		if (!CHECK_EQ(n.number, makedev(numbers[i].major, numbers[i].minor)))
			test_note("for %s", numbers[i].text);
	}
	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		device_name_read(words[i], "auto", &n);
		CHECK_EQ(n.kind, DEVICE_NODE);
	}
	device_name_read("8:", "auto", &n);
	CHECK_EQ(n.kind, DEVICE_NEVER);
	device_name_read("8:1:", "auto", &n);
	CHECK_EQ(n.kind, DEVICE_NEVER);
	device_name_read("99999:1", "auto", &n);
	CHECK_EQ(n.kind, DEVICE_NEVER);
}
