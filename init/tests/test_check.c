/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check: it judges the target that would be used, root= when there is no other, with all
 * that the kernel's command line says of it.
 */
#include "cli/cli_command.h"
#include "store/ring_header.h"
#include "tests/fakesys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define UUID "01234567-89ab-cdef-fedc-ba9876543210"

/* A command line or a configuration, and what is said of it; NULL for "ready to dump". */
struct system {
	const char *cmdline, *config, *finding;
};

/* What UBI begins an eraseblock with; its volume headers are at 64. */
static const uint8_t ubi_header[20] = {'U', 'B', 'I', '#', 1, [19] = 64};

static void machine(void)
{
	fakesys_begin();
	fakesys_file("sys/kernel/kexec_crash_size", "67108864\n");
	fakesys_file("sys/kernel/kexec_crash_loaded", "1\n");
	fakesys_add("vda", NULL, 0, 0, "", "echo ,,L | sfdisk -q i");
	fakesys_add("vda1", "vda", 1, 1, "PARTUUID=11111111-01", "mkfs.vfat -n BOOT i");
	fakesys_add("vda2", "vda", 2, 2, "PARTUUID=11111111-02",
		    "mke2fs -q -F -t ext4 -U " UUID " -L data i");
	fakesys_add("vda3", "vda", 3, 3, "PARTUUID=11111111-03", "mkswap -q i");
	fakesys_add("vdb1", NULL, 0, 17, "PARTUUID=22222222-01",
		    "mke2fs -q -F -t ext4 -U " UUID " -L copy i");
	fakesys_add("vdb2", NULL, 0, 18, "PARTUUID=22222222-02", "mkfs.vfat -n BOOT i");
	fakesys_add("vdb3", NULL, 0, 19, "PARTUUID=22222222-03",
		    "mke2fs -q -F -t ext4 i; printf hsqs | dd of=i conv=notrunc 2>/dev/null");
	fakesys_add("vdc1", NULL, 0, 33, "PARTUUID=33333333-01", "true");
	fakesys_add("vdc2", NULL, 0, 34, "PARTUUID=33333333-02",
		    "echo x | dd of=i bs=1k seek=900 conv=notrunc 2>/dev/null");
	fakesys_add("vdc3", NULL, 0, 35, "PARTUUID=33333333-03", "truncate -s 3M i");
	fakesys_add("dm-0", NULL, 0, 64, "", "mke2fs -q -F -t ext4 -L volume i");
	fakesys_file("sys/devices/dm-0/dm/name", "vg-root\n");
	fakesys_add("md0", NULL, 0, 65, "", "mke2fs -q -F -t ext4 -L array i");
	fakesys_file("sys/class/ubi/ubi0_0/name", "dump\n");
	fakesys_file("sys/class/ubi/ubi0/mtd_num", "4\n");
	fakesys_file("sys/class/mtd/mtd3/name", "data\n");
	fakesys_file("sys/class/mtd/mtd4/erasesize", "1024\n");
	REQUIRE(scratch_shell("printf 'UBI#\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\10\\0' "
			      ">tree/dev/mtd4"));
}

/* Runs check in a process of its own, where nothing was found yet; it says all to "said". */
static int run(void)
{
	static char config[] = "/etc/conf";
	char *argv[] = {config, NULL};
	int status;
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		int fd = open("/tmp/said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		_exit(fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2 ? cli_check(1, argv) : 99);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Is the answer of check just that, with FINDING among what it says? */
static void check_one(const struct system *s, int wanted, const char *finding)
{
	size_t size;
	char *said;
	int answer;

	scratch_write_file("/proc/cmdline", s->cmdline, strlen(s->cmdline));
	scratch_write_file("/etc/conf", s->config, strlen(s->config));
	answer = run();
	said = (char *)scratch_read_file("/tmp/said", &size);
	if (!CHECK_EQ(answer, wanted) || !CHECK_HAS(said, finding))
		test_note("for %s, %s: %s", s->cmdline, s->config, said);
	free(said);
}

static void check_each(const struct system *s, unsigned int count)
{
	machine();
	fakesys_enter();
	for (; count > 0; count--, s++)
		check_one(s, s->finding == NULL ? CLI_DONE : CLI_NO,
			  s->finding == NULL ? "ready to dump" : s->finding);
}

#define CHECK_EACH(systems) check_each(systems, sizeof(systems) / sizeof((systems)[0]))

TEST("check: a loop brake is told, and what would keep it from holding")
{
	static const struct system systems[] = {
		{"root=/dev/vda2", "loop_crashes=3\n",
		 "loop brake: 3 crashes within 600 s, then 600 s until the reboot"},
		{"root=/dev/vda2", "loop_crashes=3\non_loop=halt\n",
		 "then halt, and nobody restarts it but an armed watchdog: with one use on_loop = "},
		{"root=/dev/vda2", "loop_crashes=2\non_loop=poweroff\nwatchdog=none\n",
		 "2 crashes within 600 s, then poweroff, and nobody restarts it\n"},
		{"root=/dev/vda2", "on_loop=halt\n",
		 "on_loop = halt: never, since loop_crashes is 0"},
	};

	machine();
	fakesys_enter();
	for (unsigned int i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		check_one(&systems[i], CLI_DONE, systems[i].finding);
}

#define RECIPIENT "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"

TEST("check: whom dumps are sealed for is told, and where they would not be saved")
{
	static const struct system good[] = {
		{"root=/dev/vda2", "seal = " RECIPIENT "\n",
		 "dumps are sealed for 1 recipient; nothing here opens them"},
		{"root=/dev/vda2 kdump.seal=" RECIPIENT, "", "dumps are sealed for 1 recipient;"},
	};
	static const struct system bad[] = {
		{"root=/dev/vda2", "keep = 3\nseal = age1xmwwc\n",
		 "/etc/conf:2: seal: not as long as an X25519 recipient"},
		{"root=/dev/vda2", "seal = age1xmwwc\n",
		 "no recipient is left, so nothing will be saved"},
		{"root=/dev/vda2", "sael = " RECIPIENT "\n", "no recipient is left"},
		/* The key of nothing but zeros, with the checksum that it has. */
		{"root=/dev/vda2",
		 "seal = age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z\n",
		 "nothing can be sealed for the recipient number 1"},
	};

	machine();
	fakesys_enter();
	for (unsigned int i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		check_one(&good[i], CLI_DONE, good[i].finding);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_one(&bad[i], CLI_NO, bad[i].finding);
}

TEST("check: a bad value of the brake, or of log_to_root, is refused")
{
	static const struct system systems[] = {
		{"root=/dev/vda2", "loop_crashes=21\n", "loop_crashes: not such a number"},
		{"root=/dev/vda2", "on_loop=reboot\n", "halt, poweroff or reboot SECONDS"},
		{"root=/dev/vda2", "log_to_root=maybe\n", "log_to_root: unknown word"},
	};

	CHECK_EACH(systems);
}

TEST("check: root= in each form that leads to a target is ready")
{
	static const struct system systems[] = {
		{"root=/dev/vda2", "", NULL},
		{"root=b102 rootfstype=ext4", "", NULL},
		{"root=177:2 ro", "", NULL},
		{"root=vda2", "", NULL},
		{"root=PARTUUID=11111111-01/PARTNROFF=1 rootwait", "", NULL},
		{"root=\"PARTUUID=11111111-02\"", "", NULL},
		{"root=LABEL=copy", "", NULL},
		{"root=/dev/disk/by-label/copy rootfstype=f2fs,ext4", "", NULL},
		{"root=/dev/vda2 rootfstype=ext3", "", NULL},
		{"root=/dev/vda1 rootfstype=msdos,vfat", "", NULL},
		{"root=/dev/vdb3 rootfstype=ext4", "", NULL},
		{"root=/dev/vda2 rootflags=errors=panic", "", NULL},
		{"root=/dev/sda1", "target = /dev/vda2\n", NULL},
		{"root=ubi0:dump rootfstype=ubifs", "", NULL},
		{"root=ubi0_0", "", NULL},
		{"root=mtd3 rootfstype=jffs2", "", NULL},
		{"root=mtd:data rootfstype=jffs2", "", NULL},
		{"root=/dev/nfs nfsroot=10.0.0.1:/srv/root,v3", "", NULL},
		{"root=/dev/nfs nfsroot=/srv/root ip=10.0.0.2:10.0.0.1::::eth0:off", "", NULL},
	};

	CHECK_EACH(systems);
}

TEST("check: flash that UBI has formatted and nothing has attached may have the volume")
{
	static const struct system spare = {
		"root=/dev/vda2", "target = ubi:dumps\n",
		"target ubi:dumps: mtd5 is not attached here, so nobody knows whether it has that volume"};
	static const struct system bad[] = {
		{"root=/dev/vda2", "target = ubi:dumps\n", "no such volume of UBI"},
		{"root=/dev/vda2", "target = mtd:dumps\n", "no such partition of flash"},
	};

	machine();
	fakesys_file("sys/class/mtd/mtd5/erasesize", "1024\n");
	fakesys_enter();
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_one(&bad[i], CLI_NO, bad[i].finding); /* nothing is in mtd5 */
	scratch_write_file("/dev/mtd5", ubi_header, sizeof(ubi_header));
	check_one(&spare, CLI_DONE, spare.finding);
}

TEST("check: a device without a filesystem is ready where it is blank, and large enough")
{
	static const struct system systems[] = {
		{"root=/dev/vda2", "target = raw:PARTUUID=33333333-01\n", NULL},
		{"root=/dev/vda2", "target = /dev/vdc1\nfstype = raw\n", NULL},
		{"root=/dev/vda2", "target = /dev/vdc1\n", "no filesystem on"},
		{"root=/dev/vda2", "target = raw:/dev/vda2\n", "holds ext4: wipefs -a it"},
		{"root=/dev/vda2", "target = raw:/dev/vda3\n", "holds swap: wipefs -a it"},
		{"root=/dev/vda2", "target = raw:/dev/vda\n", "neither blank nor a ring"},
		{"root=/dev/vda2", "target = raw:/dev/vdc2\n", "neither blank nor a ring"},
		{"root=/dev/vda2", "target = raw:/dev/vdc3\n", "smaller than 4 MiB"},
		{"root=/dev/vda2", "target = raw:LABEL=data\n", "wipefs -a it"},
		{"root=/dev/vda2", "target = raw:PARTLABEL=none\n", "there is no such device"},
		{"root=/dev/vda2", "target = raw:mtd3\n", "it is no block device"},
		{"root=/dev/vda2", "target = raw:ubi0:dump\n", "it is no block device"},
		{"root=/dev/vda2 ip=dhcp", "target = raw:server:/dumps\n", "no device behind raw:"},
		{"root=/dev/vda2", "target = raw:/dev/vdc1\nfstype = ext4\n",
		 "fstype: its target is raw"},
	};

	CHECK_EACH(systems);
}

TEST("check: a device that fails where a ring has its headers is told")
{
	static const struct system ring = {"root=/dev/vda2", "target = raw:/dev/vdc1\n",
					   ": 2 of the 32 places for headers"};
	const struct ring_dump mark = {.ring = 300, .files = 5};
	uint8_t block[RING_BLOCK];
	int fd;

	ring_header_write(block, &mark, NULL);
	machine();
	fakesys_enter();
	fd = open("/dev/kdump-177-33", O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && write(fd, block, sizeof(block)) == sizeof(block));
	close(fd);
	check_one(&ring, CLI_DONE, ring.finding);
}

TEST("check: root= that leads to no target is told with the remedy, before anything crashes")
{
	static const struct system systems[] = {
		{"", "", "no root="},
		{"root=/dev/vda9", "", "no such device"},
		{"root=UUID=00000000-0000-0000-0000-000000000001", "", "no such device"},
		{"root=nosuchword", "", "no such device"},
		{"root=b309", "", "no such device"},
		{"root=/dev/disk/by-id/mmc-X-part2", "", "PARTUUID="},
		{"root=/dev/disk/by-path/x", "", "PARTUUID="},
		{"root=ZFS=rpool/ROOT", "", "ZFS is not supported"},
		{"root=/dev/nfs", "", "nfsroot="},
		{"root=/dev/nfs nfsroot=/srv/%s,v3", "", "nfsroot="},
		{"root=/dev/cifs cifsroot=//server/share", "", "CIFS"},
		{"root=/dev/ram0", "", "give a target"},
		{"root=PARTUUID=11111111-01/PARTNROFF=x", "", "PARTNROFF=NUMBER"},
		{"root=gpt-auto", "", "target ="},
		{"root=ubi0:other rootfstype=ubifs", "", "no such volume"},
		{"root=mtd9 rootfstype=jffs2", "", "no such partition"},
		{"root=/dev/mapper/vg-root", "", "device-mapper"},
		{"root=/dev/vg/root", "", "device-mapper"},
		{"root=/dev/vg/other", "", "nobody sets up LVM"},
		{"root=/dev/md0", "", "RAID"},
	};

	CHECK_EACH(systems);
}

TEST("check: what is on the target, and whether it is the only one of its name")
{
	static const struct system systems[] = {
		{"root=/dev/vda3", "", "swap"},
		{"root=/dev/vdb3", "", "ext4 and squashfs3"},
		{"root=/dev/vda", "", "no filesystem"},
		{"root=/dev/vda2 rootfstype=vfat", "", "holds ext4"},
		{"root=/dev/vda1 rootfstype=ext4,f2fs", "", "holds vfat"},
		{"root=/dev/vda2", "target = /dev/vda1\nfstype = ext4\n", "holds vfat"},
		{"root=/dev/sda1", "target = LABEL=BOOT\n", "/dev/vda1 and /dev/vdb2"},
		{"root=UUID=" UUID, "", "/dev/vda2 and /dev/vdb1"},
		{"root=/dev/vda2", "target = /dev/vda2\noptions = errors=panic\n", "errors=panic"},
		{"root=/dev/vda2", "target = LABEL=volume\n", "device-mapper"},
		{"root=/dev/vda2", "target = LABEL=BOOT\n", NULL},
		{"root=PARTUUID=11111111-01", "target = UUID=" UUID "\n", NULL},
	};

	CHECK_EACH(systems);
}
