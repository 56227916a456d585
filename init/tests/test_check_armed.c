/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check on systems that are folders: each is a root directory with an /etc, a /sys and
 * a /proc of its own, in which the command runs. Where its target's device is, is the test's to
 * say; no disk is opened.
 */
#include "cli/cli.h"
#include "disk/device.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What the last command said, on both streams. */
static char said[16 * 1024];

/* The device that every target of a scene has; NULL where there is no scene. */
static const struct device *target_device;

int __real_device_find(const char *name, struct device *d);
int __wrap_device_find(const char *name, struct device *d);
int __wrap_device_find(const char *name, struct device *d)
{
	if (target_device == NULL)
		return __real_device_find(name, d);
	*d = *target_device;
	return 0;
}

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* Goes into the folder "root" for good, with a /proc of which two files are the scene's. */
static void enter(void)
{
	char ids[32];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	REQUIRE(unshare(CLONE_NEWUSER) == 0 || uid == 0);
	snprintf(ids, sizeof(ids), "0 %u 1\n", (unsigned int)uid);
	write_to("/proc/self/uid_map", ids);
	write_to("/proc/self/setgroups", "deny");
	snprintf(ids, sizeof(ids), "0 %u 1\n", (unsigned int)gid);
	write_to("/proc/self/gid_map", ids);
	REQUIRE(unshare(CLONE_NEWNS) == 0);
	REQUIRE(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	REQUIRE(mount("/proc", "root/proc", NULL, MS_BIND | MS_REC, NULL) == 0);
	REQUIRE(mount("cmdline", "root/proc/cmdline", NULL, MS_BIND, NULL) == 0);
	REQUIRE(mount("filesystems", "root/proc/filesystems", NULL, MS_BIND, NULL) == 0);
	REQUIRE(mount("sys", "root/proc/sys", NULL, MS_BIND, NULL) == 0);
	REQUIRE(mount("meminfo", "root/proc/meminfo", NULL, MS_BIND, NULL) == 0);
	REQUIRE(chroot("root") == 0 && chdir("/") == 0);
}

/* Runs a command of COUNT words in the scene; returns its exit code. */
static int run(int count, const char *const word[])
{
	char *words[6] = {NULL};
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int out = dup(STDOUT_FILENO);
	int err = dup(STDERR_FILENO);
	ssize_t n;
	int code;

	for (int i = 0; i < count; i++)
		words[i] = (char *)(uintptr_t)word[i];
	fflush(stdout);
	enter();
	REQUIRE(fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	code = cli_main(count, words);
	REQUIRE(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
	close(out);
	close(err);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	test_note("it said: %s", said);
	return code;
}

static int check_archive(const char *archive, const char *release)
{
	return run(5, (const char *const[]){"kdump-init", "check", "--archive", archive, release});
}

/* The head of this program, as that of one for this machine, in "own". */
static void write_own_head(void)
{
	uint8_t head[64];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && read(fd, head, sizeof(head)) == (ssize_t)sizeof(head));
	close(fd);
	scratch_write_file("own", head, sizeof(head));
}

/*
 * A board with its dumps on an ext4 partition of a card, whose filesystem and drivers are modules;
 * and the files of an archive for it, in the folder "files".
 */
static void make_system(void)
{
	static struct device card = {.path = "/dev/mmcblk0p2"};

	test_needs("namespaces");
	card.number = makedev(179, 2);
	card.superblock.fstype = "ext4";
	target_device = &card;
	write_own_head();
	REQUIRE(scratch_shell(
		"mkdir -p root/etc root/proc root/sys/devices/mmc/card/mmcblk0p2 root/sys/dev/block "
		"root/sys/module/ext4 root/sys/module/mmc_block root/sys/module/sdhci_board "
		"root/sys/bus/drivers/mmcblk root/sys/bus/drivers/sdhci && "
		"echo 'console=ttyS0 root=LABEL=x' >cmdline && mkdir -p sys/kernel && "
		"echo 'Slab: 20480 kB' >meminfo && echo 1 >sys/kernel/panic_on_oops && "
		"printf 'nodev\\tproc\\n\\text4\\n' >filesystems && "
		"printf 'target = LABEL=kdumps\\nkeep = 3\\n' >root/etc/kdump-init.conf && "
		"for m in ext4 mmc_block sdhci_board; do echo live >root/sys/module/$m/initstate; done; "
		"cd root/sys && : >devices/mmc/uevent && : >devices/mmc/card/uevent && "
		"ln -s /sys/bus/drivers/mmcblk devices/mmc/card/driver && "
		"ln -s /sys/bus/drivers/sdhci devices/mmc/driver && "
		"ln -s /sys/module/sdhci_board bus/drivers/sdhci/module && "
		"ln -s /sys/devices/mmc/card/mmcblk0p2 dev/block/179:2"));
	REQUIRE(scratch_shell(
		"mkdir -p files/etc files/lib/modules/6.1.0-test && cd files && "
		"{ cat ../own; head -c 5000 /dev/zero; echo /etc/kdump-init.conf; } >init && "
		"cp ../root/etc/kdump-init.conf etc && echo '# Modules, in load order' >>etc/kdump-init.conf && "
		"for m in ext4 mmc-block sdhci_board; do : >lib/modules/6.1.0-test/$m.ko; done"));
}

static void pack(const char *packer)
{
	REQUIRE(scratch_shell(
		"cd files && find . | sort | bsdtar --no-recursion --format=newc -cf - -T - | "
		"%s >../root/archive",
		packer));
}

/* Checks the archive after CHANGE, a command of the shell, and wants FINDING said. */
static void expect(const char *change, int code, const char *finding)
{
	make_system();
	REQUIRE(scratch_shell("%s", change));
	pack("gzip -9n");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), code);
	CHECK_HAS(said, finding);
}

TEST("check --archive: one that has all is good")
{
	expect(":", CLI_DONE, "archive: good\n");
}

TEST("check --archive: built-in drivers need not be in it")
{
	expect("rm -r root/sys/module/*/initstate files/lib", CLI_DONE, "archive: good\n");
}

TEST("check --archive: a module of the disk that is missing")
{
	expect("rm files/lib/modules/*/mmc-block.ko", CLI_NO,
	       "archive archive: it lacks the module mmc_block, which drives target LABEL=kdumps\n");
}

TEST("check --archive: a module of what is above the disk that is missing")
{
	expect("rm files/lib/modules/*/sdhci_board.ko", CLI_NO, "it lacks the module sdhci_board");
}

TEST("check --archive: the filesystem that is missing")
{
	expect("rm files/lib/modules/*/ext4.ko", CLI_NO,
	       "it lacks the module ext4, the filesystem of target LABEL=kdumps\n");
}

TEST("check --archive: a filesystem that this kernel has not even loaded")
{
	expect("rm files/lib/modules/*/ext4.ko; rm -r root/sys/module/ext4; : >filesystems", CLI_NO,
	       "it lacks the module ext4");
}

TEST("check --archive: a configuration that is newer than it")
{
	expect("echo 'keep = 4' >>root/etc/kdump-init.conf", CLI_DONE,
	       "may lose a dump: archive archive: its configuration is not that of "
	       "/etc/kdump-init.conf");
	CHECK_HAS(said, "archive: usable\n");
}

TEST("check --archive: a configuration of which the last lines are gone")
{
	expect("echo 'target = LABEL=kdumps' >root/etc/kdump-init.conf", CLI_DONE,
	       "its configuration is not that of /etc/kdump-init.conf");
}

TEST("check --archive: a typo in the configuration does not condemn it")
{
	expect("echo 'kep = 4' >>root/etc/kdump-init.conf", CLI_DONE, "archive: usable\n");
}

TEST("check --archive: a list of filesystems, of which it has one")
{
	expect("printf 'target = LABEL=kdumps\\nfstype = vfat,ext4\\n' >root/etc/kdump-init.conf; "
	       "cp root/etc/kdump-init.conf files/etc/kdump-init.conf",
	       CLI_DONE, "archive: good\n");
}

TEST("check --archive: ext3 is in the module ext4")
{
	expect("printf 'target = LABEL=kdumps\\nfstype = ext3\\n' >root/etc/kdump-init.conf; "
	       "cp root/etc/kdump-init.conf files/etc/kdump-init.conf; "
	       "printf '\\text3\\n' >>filesystems",
	       CLI_DONE, "archive: good\n");
}

TEST("check --archive: ext3 is not built in where ext4 is a module")
{
	expect("printf 'target = LABEL=kdumps\\nfstype = ext3\\n' >root/etc/kdump-init.conf; "
	       "cp root/etc/kdump-init.conf files/etc/kdump-init.conf; "
	       "printf '\\text3\\n' >>filesystems; rm files/lib/modules/*/ext4.ko",
	       CLI_NO, "it lacks the module ext3");
}

TEST("check --archive: what a target on the network or in flash is mounted with")
{
	expect("printf 'target = nas:/crash\\ntarget = ubi0:crash\\n' >root/etc/kdump-init.conf; "
	       "cp root/etc/kdump-init.conf files/etc/kdump-init.conf",
	       CLI_NO, "it lacks the module nfs, the filesystem of target nas:/crash\n");
	CHECK_HAS(said, "it lacks the module ubifs, the filesystem of target ubi0:crash\n");
}

TEST("check --archive: what mounts a target on the network may be built in")
{
	expect("printf 'target = nas:/crash\\n' >root/etc/kdump-init.conf; "
	       "printf 'nodev\\tnfs\\n' >>filesystems; "
	       "cp root/etc/kdump-init.conf files/etc/kdump-init.conf",
	       CLI_DONE, "archive: good\n");
}

TEST("check --archive: one without a configuration")
{
	expect("rm files/etc/kdump-init.conf", CLI_NO, "its configuration is not that of");
}

TEST("check --archive: modules of another kernel")
{
	expect("mv files/lib/modules/6.1.0-test files/lib/modules/5.10.0-old", CLI_NO,
	       "its modules are for kernel 5.10.0-old, and 6.1.0-test would get them");
}

TEST("check --archive: another init")
{
	expect("printf '#!/bin/sh\\n' >files/init", CLI_NO, "its /init is not kdump-init");
}

TEST("check --archive: no init at all")
{
	expect("rm files/init", CLI_NO, "it has no /init");
}

TEST("check --archive: a kdump-init of another machine")
{
	expect("printf '\\363' | dd of=files/init bs=1 seek=18 conv=notrunc 2>/dev/null", CLI_NO,
	       "its /init is a program of another machine (ELF machine 243, ");
}

TEST("check --archive: one that is torn")
{
	make_system();
	pack("gzip -9n | head -c 300");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(said,
		  "archive archive: it is torn, or no archive; make it with kdump-mkinitramfs");
}

TEST("check --archive: garbage")
{
	make_system();
	pack("tr 0 x");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(said, "it is torn, or no archive");
	CHECK_EQ(
		cli_main(4, (char *[]){(char *)(uintptr_t) "kdump-init",
				       (char *)(uintptr_t) "check", (char *)(uintptr_t) "--archive",
				       (char *)(uintptr_t) "none", NULL}),
		CLI_NO);
}

TEST("check --archive: one that is not there")
{
	make_system();
	CHECK_EQ(check_archive("none", "6.1.0-test"), CLI_NO);
	CHECK_HAS(said, "archive none: No such file or directory; make it with kdump-mkinitramfs");
}

TEST("check --archive: what cannot be looked into is told, and is no answer")
{
	make_system();
	pack("xz --check=crc32");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_DONE);
	CHECK_HAS(said, "packed by xz: what it holds was not checked");
}

/* A system that is armed: all is loaded, and enabled. */
static void make_armed(void)
{
	make_system();
	pack("gzip -9n");
	REQUIRE(scratch_shell(
		"mkdir -p root/sys/kernel root/run/kdump-init root/run/systemd/system root/boot "
		"root/etc/systemd/system/multi-user.target.wants && "
		"echo 67108864 >root/sys/kernel/kexec_crash_size && "
		"echo 1 >root/sys/kernel/kexec_crash_loaded && echo kernel >root/boot/vmlinuz && "
		": >root/etc/systemd/system/multi-user.target.wants/kdump-load.service && "
		"{ echo 'release = 6.1.0-test'; echo 'kernel = /boot/vmlinuz'; "
		"echo \"kernel_sum = $(cksum <root/boot/vmlinuz)\"; echo 'archive = /archive'; "
		"echo \"archive_sum = $(cksum <root/archive)\"; "
		"echo \"config_sum = $(cksum <root/etc/kdump-init.conf)\"; } >root/run/kdump-init/loaded"));
}

static const char *const check[] = {"kdump-init", "check"};

/* Checks an armed system after CHANGE, and wants FINDING said; NULL: that it is ready, and no more.
 */
static void expect_of_armed(const char *change, int code, const char *finding)
{
	make_armed();
	REQUIRE(scratch_shell("%s", change));
	CHECK_EQ(run(2, check), code);
	if (finding != NULL)
		CHECK_HAS(said, finding);
	else
		CHECK(strstr(said, "may lose a dump") == NULL);
}

TEST("check: an armed system is ready, and nothing may lose a dump")
{
	expect_of_armed(":", CLI_DONE, "this system is ready to dump\n");
}

TEST("check: nothing is doubted of an armed system")
{
	expect_of_armed(":", CLI_DONE, NULL);
}

TEST("check: a configuration that is newer than what is loaded")
{
	expect_of_armed(
		"echo 'keep = 9' >>root/etc/kdump-init.conf", CLI_NO,
		"/etc/kdump-init.conf is not what is loaded: it has changed; run kdump-load --auto");
}

TEST("check: an archive that was made again and not loaded")
{
	expect_of_armed("echo >>root/archive", CLI_DONE,
			"may lose a dump: archive /archive is not what is loaded: it has changed");
}

TEST("check: an archive that is loaded and lacks the driver")
{
	expect_of_armed("rm files/lib/modules/*/ext4.ko; cd files; find . | sort | bsdtar "
			"--no-recursion --format=newc -cf - -T - | gzip -9n >../root/archive; "
			"cd ../root/run/kdump-init; { grep -v ^archive_sum loaded; "
			"echo \"archive_sum = $(cksum <../../archive)\"; } >new; mv new loaded",
			CLI_NO, "archive /archive: it lacks the module ext4");
}

TEST("check: drivers of this kernel are not asked of the archive of another one")
{
	expect_of_armed("sed -i /^release/d root/run/kdump-init/loaded; "
			"rm -r files/lib; cd files; find . | sort | bsdtar "
			"--no-recursion --format=newc -cf - -T - | gzip -9n >../root/archive; "
			"cd ../root/run/kdump-init; { grep -v ^archive_sum loaded; "
			"echo \"archive_sum = $(cksum <../../archive)\"; } >new; mv new loaded",
			CLI_DONE, "note: archive /archive: it is for another kernel");
}

TEST("check: a kernel that was upgraded")
{
	expect_of_armed("echo newer >root/boot/vmlinuz", CLI_DONE,
			"may lose a dump: kernel /boot/vmlinuz is not what is loaded");
}

TEST("check: a kernel that is gone")
{
	expect_of_armed("rm root/boot/vmlinuz", CLI_DONE, "nothing will be after the next boot");
}

TEST("check: what another program loaded was not compared")
{
	expect_of_armed("rm root/run/kdump-init/loaded", CLI_DONE,
			"note: what is loaded was not loaded by kdump-load");
}

TEST("check: an oops that is no crash")
{
	expect_of_armed("echo 0 >sys/kernel/panic_on_oops", CLI_DONE,
			"may lose a dump: kernel/panic_on_oops is 0: an oops is no crash");
}

TEST("check: another loader")
{
	expect_of_armed(": >root/etc/systemd/system/multi-user.target.wants/kdump-tools.service",
			CLI_DONE, "may lose a dump: kdump-tools loads a capture kernel, too");
}

TEST("check: a service that is not enabled")
{
	expect_of_armed("rm root/etc/systemd/system/multi-user.target.wants/kdump-load.service",
			CLI_DONE, "may lose a dump: kdump-load.service is not enabled");
}

static const char *const check_json[] = {"kdump-init", "check", "--json"};

TEST("check --json: an armed system is ready, in one object")
{
	make_armed();
	CHECK_EQ(run(3, check_json), CLI_DONE);
	CHECK(strncmp(said, "{\"findings\": [", 14) == 0);
	CHECK_HAS(said, "], \"ready\": true}\n");
	CHECK(strchr(said, '\n') == said + strlen(said) - 1);
}

TEST("check --json: what loses the dump is told with its level, and nothing beside the object")
{
	make_armed();
	REQUIRE(scratch_shell("echo 0 >root/sys/kernel/kexec_crash_loaded; "
			      "echo 'kep = 1' >>root/etc/kdump-init.conf"));
	CHECK_EQ(run(3, check_json), CLI_NO);
	CHECK(strncmp(said, "{\"findings\": [", 14) == 0);
	CHECK_HAS(said, "{\"level\": \"line\", \"text\": \"/etc/kdump-init.conf:3: kep");
	CHECK_HAS(said,
		  "{\"level\": \"loses\", \"text\": \"/etc/kdump-init.conf: 1 lines or words are "
		  "refused\"}");
	CHECK_HAS(said, "{\"level\": \"loses\", \"text\": \"kernel: no crash kernel is loaded");
	CHECK_HAS(said, "], \"ready\": false}\n");
}

TEST("check --json: a configuration that cannot be read is an object, too, and a failure")
{
	make_armed();
	REQUIRE(scratch_shell("rm root/etc/kdump-init.conf; mkdir root/etc/kdump-init.conf"));
	CHECK_EQ(run(3, check_json), CLI_FAILED);
	CHECK_HAS(said,
		  "{\"level\": \"loses\", \"text\": \"/etc/kdump-init.conf: Is a directory\"}");
	CHECK_HAS(said, "\"ready\": false}\n");
}
