/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk/mount: options are split into flags and what the filesystem gets, and what mount(2) is asked
 * for, one try after the other. Nothing is mounted.
 */
#include "disk/device.h"
#include "disk/mount.h"
#include "tests/fakesys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

int __wrap_mount(const char *source, const char *dir, const char *fstype, unsigned long flags,
		 const void *data);
int __real_mount(const char *source, const char *dir, const char *fstype, unsigned long flags,
		 const void *data);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_statfs(const char *path, struct statfs *fs);
int __real_statfs(const char *path, struct statfs *fs);

/* What was asked for, a line each; all tries but those with ACCEPTED in their line are EINVAL. */
static char asked[1024];
static const char *accepted = "";
static unsigned long asked_flags;
static unsigned long root_magic; /* what "/" says that it is; or 0 */

/* Only what disk/mount asks for is answered here: a folder of its own in /dev, or "/" anew. */
int __wrap_mount(const char *source, const char *dir, const char *fstype, unsigned long flags,
		 const void *data)
{
	size_t n = strlen(asked);

	if (strncmp(dir, "/dev/", 5) != 0 && (strcmp(dir, "/") != 0 || (flags & MS_PRIVATE) != 0))
		return __real_mount(source, dir, fstype, flags, data);
	asked_flags = flags;
	snprintf(asked + n, sizeof(asked) - n, "%s %s (%s)\n",
		 strcmp(dir, "/") == 0		? "/"
		 : strrchr(source, '/') == NULL ? strrchr(dir, '/') + 1
						: strrchr(source, '/') + 1,
		 fstype == NULL ? "remount" : fstype, data == NULL ? "" : (const char *)data);
	if (strstr(asked + n, accepted) != NULL)
		return 0;
	errno = EINVAL;
	return -1;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	return strncmp(path, "/dev/", 5) == 0 ? 0 : __real_mkdir(path, mode);
}

int __wrap_statfs(const char *path, struct statfs *fs)
{
	int r = __real_statfs(path, fs);

	if (root_magic != 0 && strcmp(path, "/") == 0)
		fs->f_type = (__typeof__(fs->f_type))root_magic;
	return r;
}

/* Splits OPTIONS behind DATA_BEFORE with FLAGS_BEFORE set. */
static void check(const char *options, unsigned long before, const char *data_before,
		  unsigned long flags_want, const char *data_want)
{
	unsigned long flags = before;
	char data[64];

	strcpy(data, data_before);
	CHECK_EQ(mount_options(options, &flags, data, sizeof(data)), 0);
	if (!CHECK_EQ(flags, flags_want) || !CHECK_STR(data, data_want))
		test_note("for \"%s\"", options);
}

TEST("flags are taken, the rest is the filesystem's, in order")
{
	check("", 0, "", 0, "");
	check("noatime,data=journal,sync,commit=5", 0, "", MS_NOATIME | MS_SYNCHRONOUS,
	      "data=journal,commit=5");
	check("defaults", MS_NOATIME, "", MS_NOATIME, "");
	check("x", 0, "a=b", 0, "a=b,x");
	check("nosuid,nodev,noexec,relatime,lazytime,dirsync,nodiratime,strictatime,silent", 0, "",
	      MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME | MS_LAZYTIME | MS_DIRSYNC |
		      MS_NODIRATIME | MS_STRICTATIME | MS_SILENT,
	      "");
}

TEST("the later of two options that contradict each other wins")
{
	check("ro,rw", 0, "", 0, "");
	check("rw,ro", 0, "", MS_RDONLY, "");
	check("sync,async", 0, "", 0, "");
	check("rw", MS_RDONLY, "", 0, "");
}

TEST("only whole names are flags")
{
	check("r,roo,ro=1,noatimes", 0, "", 0, "r,roo,ro=1,noatimes");
}

TEST("empty options between commas are nothing")
{
	check(",,noatime,,a,,b,", 0, "", MS_NOATIME, "a,b");
}

TEST("data that does not fit is refused, data that just fits is not")
{
	unsigned long flags = 0;
	char data[8] = "";

	CHECK_EQ(mount_options("abcdefgh", &flags, data, sizeof(data)), -E2BIG);
	data[0] = '\0';
	CHECK_EQ(mount_options("abc,defg", &flags, data, sizeof(data)), -E2BIG);
	data[0] = '\0';
	CHECK_EQ(mount_options("abc,def", &flags, data, sizeof(data)), 0);
	CHECK_STR(data, "abc,def");
}

static struct device device;

/* Makes the device by COMMAND, of the shell, in the file "i". */
static void make(const char *command)
{
	int fd;

	REQUIRE(scratch_shell("rm -f i && truncate -s 64M i && %s", command));
	memset(&device, 0, sizeof(device));
	snprintf(device.path, sizeof(device.path), "./i");
	fd = open("i", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && superblock_probe(fd, &device.superblock) == 0);
	close(fd);
}

static void check_asked(const char *fstype, const char *options, const char *accept, int want,
			const char *lines)
{
	struct mount_request q = {
		.name = "/dev/x", .device = &device, .fstype = fstype, .options = options};
	struct mount m;

	asked[0] = '\0';
	accepted = accept;
	CHECK_EQ(mount_target(&m, &q), want);
	CHECK_STR(asked, lines);
}

TEST("a filesystem that would panic at its first fault is mounted to go on")
{
	make("mke2fs -q -F -t ext4 -e panic i");
	check_asked("auto", "", "", 0, "i ext4 (errors=continue)\n");
	check_asked("ext4", "data=ordered,noatime", "", 0,
		    "i ext4 (data=ordered,errors=continue)\n");
	check_asked("ext3", "", "", 0, "i ext3 (errors=continue)\n");
	make("mke2fs -q -F -t ext2 i && tune2fs -e panic i >/dev/null");
	check_asked("auto", "", "ext2", 0,
		    "i ext4 (errors=continue)\ni ext4 ()\ni ext3 (errors=continue)\ni ext3 ()\n"
		    "i ext2 (errors=continue)\n");
}

TEST("what the options say of errors is what is done, and other filesystems have no such option")
{
	make("mke2fs -q -F -t ext4 -e panic i");
	check_asked("auto", "errors=remount-ro", "", 0, "i ext4 (errors=remount-ro)\n");
	check_asked("auto", "commit=1,errors=panic", "", 0, "i ext4 (commit=1,errors=panic)\n");
	check_asked("auto", "data_err=abort", "", 0, "i ext4 (data_err=abort,errors=continue)\n");
	make("mkfs.vfat i");
	check_asked("auto", "", "", 0, "i vfat ()\n");
	make("mkfs.f2fs -q i");
	check_asked("auto", "", "", 0, "i f2fs ()\n");
}

TEST("a driver that does not know our option is asked again without it")
{
	make("mke2fs -q -F -t ext4 i");
	check_asked("auto", "commit=1", "(commit=1)", 0,
		    "i ext4 (commit=1,errors=continue)\ni ext4 (commit=1)\n");
	check_asked("ext4", "", "nothing", -EINVAL, "i ext4 (errors=continue)\ni ext4 ()\n");
}

TEST("the filesystems of a list are tried in its order")
{
	make("mke2fs -q -F -t ext4 i");
	check_asked("f2fs,ext4,xfs", "", "ext4", 0, "i f2fs ()\ni ext4 (errors=continue)\n");
	check_asked(",f2fs,", "", "nothing", -EINVAL, "i f2fs ()\n");
}

TEST("the root filesystem is remounted to go on, too, and without options that it refuses")
{
	struct stat st;

	root_magic = EXT4_SUPER_MAGIC;
	REQUIRE(stat("/", &st) == 0);
	memset(&device, 0, sizeof(device));
	device.number = st.st_dev;
	check_asked("auto", "", "", 0, "/ remount (errors=continue)\n");
	CHECK_EQ(asked_flags & (MS_REMOUNT | MS_RDONLY), MS_REMOUNT);
	check_asked("auto", "subvol=@,ro", "remount ()", 0,
		    "/ remount (subvol=@,errors=continue)\n/ remount (subvol=@)\n/ remount ()\n");
	CHECK_EQ(asked_flags & MS_RDONLY, 0);
}

/* What is asked for a volume of UBI on a machine with MOUNTS, where volume 1 is called rootfs. */
static void check_volume(const char *mounts, const char *name, const char *lines)
{
	struct mount_request q = {.name = name, .fstype = "auto", .options = ""};
	struct mount m;

	scratch_write_file("/proc/mounts", mounts, strlen(mounts));
	asked[0] = '\0';
	CHECK_EQ(mount_target(&m, &q), 0);
	CHECK_STR(asked, lines);
	CHECK_EQ(m.is_root, strstr(lines, "remount") != NULL);
}

TEST("a volume of UBI that is the root filesystem is remounted, by whatever name, and no other is")
{
	fakesys_begin();
	fakesys_file("sys/class/ubi/ubi0_1/name", "rootfs\n");
	fakesys_file("sys/class/ubi/ubi0_2/name", "dumps\n");
	fakesys_enter();
	root_magic = 0x24051905; /* UBIFS_SUPER_MAGIC of linux/fs/ubifs/ubifs.h */
	check_volume("ubi0:rootfs / ubifs ro 0 0\ndevtmpfs /dev devtmpfs rw 0 0\n", "ubi0_1",
		     "/ remount ()\n");
	check_volume("rootfs / rootfs rw 0 0\nubi0_1 / ubifs ro 0 0\n", "ubi0_1", "/ remount ()\n");
	check_volume("ubi0:rootfs / ubifs ro 0 0\n", "ubi0_2", "kdump-target ubifs ()\n");
	check_volume("rootfs / rootfs rw 0 0\nubi0:rootfs /mnt ubifs rw 0 0\n", "ubi0_1",
		     "kdump-target ubifs ()\n");
	check_volume("", "ubi0_1", "kdump-target ubifs ()\n");
}
