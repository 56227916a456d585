/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The root directory is entered by a child, in namespaces of its own, so that a test may change
 * what is in it and run the command again. Files of /proc are the scene's where it has them.
 */
#include "tests/armedsys.h"

#include "cli/cli.h"
#include "disk/device.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

char armedsys_said[16 * 1024];
const char *armedsys_fstype = "ext4";

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

/* What of /proc is the scene's, by its name beside "root"; where there is none, it is the real one.
 */
static const struct {
	const char *name, *at;
} files[] = {
	{"cmdline", "cmdline"}, {"filesystems", "filesystems"},	 {"sys", "sys"},
	{"meminfo", "meminfo"}, {"mountinfo", "self/mountinfo"},
};

/* A card of 16 MiB on /mnt, with what the word in "card" says. */
static void mount_card(void)
{
	size_t size;
	char *word = (char *)scratch_read_file("card", &size);
	int fd;

	REQUIRE(mount("card", "root/mnt", "tmpfs", 0, "size=16m") == 0);
	if (strcmp(word, "full\n") == 0) {
		fd = open("root/mnt/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		REQUIRE(fd >= 0 && posix_fallocate(fd, 0, 12 << 20) == 0);
		close(fd);
	} else if (strcmp(word, "hidden\n") == 0) {
		REQUIRE(mkdir("root/mnt/var", 0700) == 0);
		REQUIRE(mount("other", "root/mnt/var", "tmpfs", 0, NULL) == 0);
	} else {
		REQUIRE(mount(NULL, "root/mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
	}
	free(word);
}

/* Goes into the folder "root" for good. */
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
	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char at[64];

		snprintf(at, sizeof(at), "root/proc/%s", files[i].at);
		if (access(files[i].name, F_OK) == 0)
			REQUIRE(mount(files[i].name, at, NULL, MS_BIND, NULL) == 0);
	}
	if (access("card", F_OK) == 0)
		mount_card();
	REQUIRE(chroot("root") == 0 && chdir("/") == 0);
}

/* As the child: what the command says goes to FD. */
static int run_within(int fd, int count, const char *const word[])
{
	char *words[6] = {NULL};

	for (int i = 0; i < count; i++)
		words[i] = (char *)(uintptr_t)word[i];
	enter();
	REQUIRE(dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	return cli_main(count, words);
}

int armedsys_run(int count, const char *const word[])
{
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int status;
	ssize_t n;
	pid_t pid;

	REQUIRE(fd >= 0);
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0)
		_exit(run_within(fd, count, word));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	n = pread(fd, armedsys_said, sizeof(armedsys_said) - 1, 0);
	armedsys_said[n > 0 ? n : 0] = '\0';
	close(fd);
	test_note("it said: %s", armedsys_said);
	REQUIRE(WIFEXITED(status));
	return WEXITSTATUS(status);
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

void armedsys_make(void)
{
	static struct device card = {.path = "/dev/mmcblk0p2"};

	test_needs("namespaces");
	card.number = makedev(179, 2);
	card.superblock.fstype = card.superblock.type = armedsys_fstype;
	target_device = &card;
	write_own_head();
	REQUIRE(scratch_shell(
		"mkdir -p root/etc root/proc root/boot root/mnt root/sys/devices/mmc/card/mmcblk0p2 root/sys/dev/block "
		"root/sys/module/ext4 root/sys/module/mmc_block root/sys/module/sdhci_board "
		"root/sys/bus/drivers/mmcblk root/sys/bus/drivers/sdhci && "
		"echo 'console=ttyS0 root=LABEL=x' >cmdline && mkdir -p sys/kernel && "
		"echo 'Slab: 20480 kB' >meminfo && echo 1 >sys/kernel/panic_on_oops && "
		"echo 6.1.0-test >sys/kernel/osrelease && "
		"printf 'nodev\\tproc\\nnodev\\ttmpfs\\n\\text4\\n\\tvfat\\n' >filesystems && "
		"printf 'target = LABEL=kdumps\\nkeep = 3\\n' >root/etc/kdump-init.conf && "
		"for m in ext4 mmc_block sdhci_board; do echo live >root/sys/module/$m/initstate; done; "
		"cd root/sys && : >devices/mmc/uevent && : >devices/mmc/card/uevent && "
		"ln -s /sys/bus/drivers/mmcblk devices/mmc/card/driver && "
		"ln -s /sys/bus/drivers/sdhci devices/mmc/driver && "
		"ln -s /sys/module/sdhci_board bus/drivers/sdhci/module && "
		"ln -s /sys/devices/mmc/card/mmcblk0p2 dev/block/179:2"));
	REQUIRE(scratch_shell(
		"for option in KEXEC CRASH_DUMP PROC_VMCORE KALLSYMS KALLSYMS_ALL DEBUG_INFO "
		"MAGIC_SYSRQ DETECT_HUNG_TASK SOFTLOCKUP_DETECTOR RD_GZIP RD_XZ RD_LZMA RD_ZSTD RD_LZ4 "
		"RD_BZIP2; do "
		"echo CONFIG_$option=y; done >root/boot/config-6.1.0-test"));
	REQUIRE(scratch_shell(
		"mkdir -p files/etc files/lib/modules/6.1.0-test && cd files && "
		"{ cat ../own; head -c 5000 /dev/zero; echo /etc/kdump-init.conf; } >init && "
		"cp ../root/etc/kdump-init.conf etc && echo '# Modules, in load order' >>etc/kdump-init.conf && "
		"for m in ext4 mmc-block sdhci_board; do : >lib/modules/6.1.0-test/$m.ko; done"));
}

void armedsys_pack(const char *packer)
{
	REQUIRE(scratch_shell(
		"cd files && find . | sort | bsdtar --no-recursion --format=newc -cf - -T - | "
		"%s >../root/archive",
		packer));
}

void armedsys_arm(void)
{
	armedsys_make();
	armedsys_pack("gzip -9n");
	REQUIRE(scratch_shell(
		"mkdir -p root/sys/kernel root/run/kdump-init root/run/systemd/system "
		"root/etc/systemd/system/multi-user.target.wants && "
		"echo 67108864 >root/sys/kernel/kexec_crash_size && "
		"echo 1 >root/sys/kernel/kexec_crash_loaded && echo kernel >root/boot/vmlinuz && "
		": >root/etc/systemd/system/multi-user.target.wants/kdump-load.service && "
		"{ echo 'release = 6.1.0-test'; echo 'kernel = /boot/vmlinuz'; "
		"echo \"kernel_sum = $(cksum <root/boot/vmlinuz)\"; echo 'archive = /archive'; "
		"echo \"archive_sum = $(cksum <root/archive)\"; "
		"echo \"config_sum = $(cksum <root/etc/kdump-init.conf)\"; } >root/run/kdump-init/loaded"));
}

void armedsys_expect(const char *change, int code, const char *finding)
{
	static const char *const check[] = {"kdump-init", "check"};
	static const char parts[] = "root cmdline filesystems sys meminfo";

	armedsys_arm();
	REQUIRE(scratch_shell("mkdir good && cp -a %s good", parts));
	REQUIRE(scratch_shell("%s", change));
	CHECK_EQ(armedsys_run(2, check), code);
	CHECK_HAS(armedsys_said, finding);
	REQUIRE(scratch_shell("rm -rf %s mountinfo card && cp -a good/. .", parts));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, finding) == NULL);
}
