/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states of a system in which a dump would be lost in silence: each is told by kdump-init
 * check, and not told when the system is as it should be. Those of an archive and of what is loaded
 * are in test_check_armed.c, those of targets' names in test_check.c.
 */
#include "cli/cli.h"
#include "tests/armedsys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

/* Packs the folder "files" again, and loads what comes of it. */
#define LOAD_AGAIN                                                                                 \
	"(cd files; find . | sort | bsdtar --no-recursion --format=newc -cf - -T - | "             \
	"gzip -9n >../root/archive); " LOAD
#define LOAD                                                                                       \
	"(cd root/run/kdump-init; { grep -v ^archive_sum loaded; "                                 \
	"echo \"archive_sum = $(cksum <../../archive)\"; } >new; mv new loaded)"
#define MOUNTED	     "echo '36 35 179:2 / /mnt rw - ext4 /dev/mmcblk0p2 rw' >mountinfo; "
#define WORDS(words) "echo 'console=ttyS0 " words "' >cmdline; "
#define MODULES(list)                                                                              \
	"mkdir -p root/lib/modules/6.1.0-test; for m in " list "; do "                             \
	"echo \"kernel/x/$m.ko: kernel/x/y.ko\" >>root/lib/modules/6.1.0-test/modules.dep; done; "

TEST("check: an archive without modules is loaded, where drivers are modules")
{
	armedsys_expect("rm -r files/lib; " LOAD_AGAIN, CLI_NO,
			"archive /archive: it lacks the module ext4");
}

TEST("check: an archive without the disk's driver is loaded")
{
	armedsys_expect("rm files/lib/modules/*/mmc-block.ko; " LOAD_AGAIN, CLI_NO,
			"archive /archive: it lacks the module mmc_block");
}

TEST("check: a truncated archive is loaded")
{
	armedsys_expect("head -c 300 root/archive >cut; mv cut root/archive; " LOAD, CLI_NO,
			"archive /archive: it is torn, or no archive");
}

TEST("check: garbage is loaded as an archive")
{
	armedsys_expect("head -c 9999 /dev/zero >root/archive; " LOAD, CLI_NO,
			"archive /archive: it is torn, or no archive");
}

TEST("check: the archive of another init is loaded")
{
	armedsys_expect("printf '#!/bin/sh\\n' >files/init; " LOAD_AGAIN, CLI_NO,
			"archive /archive: its /init is not kdump-init");
}

TEST("check: no archive is loaded, and drivers are modules")
{
	armedsys_expect(
		"sed -i 's/^archive.*=.*/archive = /' root/run/kdump-init/loaded >/dev/null",
		CLI_NO,
		"no archive is loaded, and nobody can load the module mmc_block, which drives "
		"target LABEL=kdumps: make one with kdump-mkinitramfs");
	CHECK(strstr(armedsys_said, "no archive") == NULL);
}

TEST("check: no archive is needed where all drivers are built in")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_arm();
	REQUIRE(scratch_shell(
		"rm root/sys/module/*/initstate; "
		"sed -i 's/^archive.*=.*/archive = /' root/run/kdump-init/loaded >/dev/null"));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "may lose a dump") == NULL);
}

TEST("check: no memory is reserved")
{
	armedsys_expect("echo 0 >root/sys/kernel/kexec_crash_size", CLI_NO,
			sizeof(void *) == 8 ? "no memory is reserved; add crashkernel=128M"
					    : "no memory is reserved; add crashkernel=64M");
}

TEST("check: less memory is reserved than what is loaded wants")
{
	armedsys_expect(
		"echo 'wants = 100663296' >>root/run/kdump-init/loaded", CLI_DONE,
		"may lose a dump: 64 MiB are reserved, and what is loaded may run out of memory "
		"below 96 MiB: boot with crashkernel=96M");
}

TEST("check: no capture kernel is loaded")
{
	armedsys_expect("echo 0 >root/sys/kernel/kexec_crash_loaded", CLI_NO,
			"no crash kernel is loaded; run kdump-load");
}

TEST("check: a mount option that the filesystem does not have")
{
	armedsys_fstype = "tmpfs"; /* every kernel has it */
	armedsys_expect(
		WORDS("root=LABEL=x kdump.target=LABEL=kdumps kdump.options=noatime,sise=1m"),
		CLI_NO,
		"target LABEL=kdumps: options = noatime,sise=1m: tmpfs does not take sise=1m, "
		"and would not be mounted (tmpfs: Unknown parameter 'sise')");
}

TEST("check: a mount option with a value that the filesystem does not take")
{
	armedsys_fstype = "tmpfs";
	armedsys_expect(WORDS("kdump.target=LABEL=kdumps kdump.options=mode=9,size=1m"), CLI_NO,
			"tmpfs does not take mode=9");
	CHECK(strstr(armedsys_said, "take size=1m") == NULL);
}

TEST("check: options of a filesystem that this kernel does not have were not tried")
{
	armedsys_expect(WORDS("kdump.target=host kdump.fstype=virtiofs kdump.options=dax "), CLI_NO,
			"note: target host: options = dax: not tried");
}

TEST("check: the path is below a file")
{
	armedsys_expect(MOUNTED ": >root/mnt/var", CLI_NO,
			"target LABEL=kdumps: /mnt/var is no directory; give another path");
}

TEST("check: a mount point with a space in its name is found")
{
	armedsys_expect(
		"echo '36 35 179:2 / /mnt/my@040card@134 rw - ext4 /dev/x rw' | tr @ '\\\\' >mountinfo; "
		"mkdir 'root/mnt/my card\\' && : >'root/mnt/my card\\/var'",
		CLI_NO, "target LABEL=kdumps: /mnt/my card\\/var is no directory");
}

TEST("check: the path is under another mount")
{
	armedsys_expect(MOUNTED "echo hidden >card", CLI_NO,
			"may lose a dump: target LABEL=kdumps: another filesystem is mounted on "
			"/mnt/var; the dump goes below it");
}

TEST("check: nothing fits, as free is too large")
{
	armedsys_expect(MOUNTED WORDS("kdump.free=99999999M"), CLI_NO,
			"with free = 99999999 MiB no dump fits");
}

TEST("check: the card is full")
{
	armedsys_expect(
		MOUNTED "echo full >card; echo 'Slab: 1 kB' >meminfo; " WORDS("kdump.free=0"),
		CLI_DONE,
		"may lose a dump: target LABEL=kdumps: 4 MiB are free; a dump of level 31 takes "
		"some 8 MiB");
}

TEST("check: the card's switch says read-only")
{
	armedsys_expect("echo 1 >root/sys/devices/mmc/card/mmcblk0p2/ro", CLI_NO,
			"target LABEL=kdumps: its device is read-only");
}

TEST("check: the filesystem is mounted read-only")
{
	armedsys_expect(MOUNTED
			"echo read-only >card; echo 'Slab: 1 kB' >meminfo; " WORDS("kdump.free=0"),
			CLI_DONE, "note: target LABEL=kdumps: /mnt is mounted read-only");
}

TEST("check: the time is too short for all memory on a slow card")
{
	armedsys_expect(
		"echo 'MemTotal: 1048576 kB' >>meminfo; " WORDS(
			"kdump.timeout=300 kdump.format=elf"),
		CLI_DONE,
		"may lose a dump: target LABEL=kdumps: timeout = 300 leaves 225 s for a dump of "
		"some 1024 MiB, which takes 256 s at 4 MiB/s (assumed of a slow card");
}

TEST("check: the time is too short for a dump that leaves little out")
{
	armedsys_expect("printf 'AnonPages: 524288 kB\\nCached: 8000000 kB\\n' >>meminfo; " WORDS(
				"kdump.timeout=60 kdump.format=kdump kdump.level=23"),
			CLI_DONE,
			"leaves 45 s for a dump of some 274 MiB, which takes 68 s at 4 MiB/s");
}

TEST("check: the time is measured by what a fast disk has written")
{
	static const char *const check[] = {"kdump-init", "check"};
	static const char enough[] =
		"echo 'MemTotal: 1048576 kB' >>meminfo; "
		"echo '9 0 9 9 99 0 2097152 9 0 20000 9' >root/sys/devices/mmc/card/mmcblk0p2/stat; " WORDS(
			"kdump.timeout=300 kdump.format=elf");

	armedsys_expect(
		"echo 'MemTotal: 16777216 kB' >>meminfo; "
		"echo '9 0 9 9 99 0 2097152 9 0 20000 9' >root/sys/devices/mmc/card/mmcblk0p2/stat; " WORDS(
			"kdump.timeout=300 kdump.format=elf"),
		CLI_DONE, "takes 320 s at 51 MiB/s (what it wrote since boot)");
	REQUIRE(scratch_shell("%s", enough));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "timeout") == NULL);
}

TEST("check: NFS without a network")
{
	armedsys_expect("printf 'nodev\\tnfs\\n' >>filesystems; " WORDS("kdump.target=nas:/crash"),
			CLI_DONE,
			"may lose a dump: target nas:/crash: no way to nas: load the capture");
}

TEST("check: NFS with the way to its server")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_arm();
	REQUIRE(scratch_shell("printf 'nodev\\tnfs\\n' >>filesystems; " WORDS(
		"kdump.target=nas:/crash") "echo 'line = quiet kdump.net=eth0,52:54:00:12:34:56,"
					   "10.0.2.15/24,10.0.2.2,nas=10.0.2.9' "
					   ">>root/run/kdump-init/loaded"));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "no way to") == NULL);
}

TEST("check: a stream in the clear, which nobody has allowed")
{
	armedsys_expect(WORDS("kdump.target=tcp:10.0.2.2:7000"), CLI_NO,
			"insecure = yes allows it");
}

TEST("check: a stream in the clear that is allowed, and a way to it")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_arm();
	REQUIRE(scratch_shell(WORDS(
		"kdump.target=tcp:10.0.2.2:7000") "echo 'line = quiet kdump.insecure=yes "
						  "kdump.net=eth0,52:54:00:12:34:56,10.0.2.15/24,,10.0.2.2' "
						  ">>root/run/kdump-init/loaded"));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "no way to") == NULL);
	CHECK(strstr(armedsys_said, "insecure") == NULL);
	CHECK(strstr(armedsys_said, "the module tcp") == NULL);
}

TEST("check: NFS with a network that was given to the capture kernel alone")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_arm();
	REQUIRE(scratch_shell("printf 'nodev\\tnfs\\n' >>filesystems; " WORDS(
		"kdump.target=nas:/crash") "echo 'line = quiet ip=dhcp' >>root/run/kdump-init/loaded"));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "no way to") == NULL);
	CHECK_HAS(armedsys_said, "nobody looks up nas in the capture kernel");
}

TEST("check --syntax: a stream that the file alone does not allow")
{
	static const char *const check[] = {"kdump-init", "check", "--syntax", "/etc/tcp.conf"};

	armedsys_arm();
	REQUIRE(scratch_shell("echo 'target = tcp:10.0.2.2:7000' >root/etc/tcp.conf"));
	CHECK_EQ(armedsys_run(4, check), CLI_DONE);
	CHECK_HAS(armedsys_said, "nothing is sent there unless insecure = yes");
	REQUIRE(scratch_shell("echo 'insecure = yes' >>root/etc/tcp.conf"));
	CHECK_EQ(armedsys_run(4, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "insecure") == NULL);
}

TEST("check: 9p without its modules")
{
	armedsys_expect(WORDS("kdump.target=host kdump.fstype=9p"), CLI_NO,
			"it lacks the module 9p, the filesystem of target host");
}

TEST("check: 9p without the module of its transport")
{
	armedsys_expect(
		"printf 'nodev\\t9p\\n' >>filesystems; " MODULES("9pnet_virtio")
			WORDS("kdump.target=host kdump.fstype=9p"),
		CLI_NO,
		"it lacks the module 9pnet_virtio, without which nothing mounts target host");
}

TEST("check: vfat without the character sets that it asks for")
{
	armedsys_fstype = "vfat";
	armedsys_expect(
		MODULES("nls_cp437 nls_iso8859-1") "printf 'CONFIG_FAT_DEFAULT_CODEPAGE=437\\n"
						   "CONFIG_FAT_DEFAULT_IOCHARSET=\"iso8859-1\"\\n' >>root/boot/config-6.1.0-test",
		CLI_NO, "it lacks the module nls_cp437, without which nothing mounts");
}

TEST("check: vfat without the character set that its options ask for")
{
	armedsys_fstype = "vfat";
	armedsys_expect(
		MODULES("nls_cp437 nls_ascii nls_utf8") "printf 'CONFIG_FAT_DEFAULT_CODEPAGE=1\\n"
							"CONFIG_FAT_DEFAULT_IOCHARSET=\"ascii\"\\n' >>root/boot/config-6.1.0-test; " WORDS(
								"kdump.target=LABEL=kdumps kdump.options=iocharset=utf8"),
		CLI_NO, "it lacks the module nls_utf8, without which nothing mounts");
	CHECK(strstr(armedsys_said, "nls_ascii") == NULL);
}

TEST("check: character sets that are built in are not asked of an archive")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_fstype = "vfat";
	armedsys_arm();
	REQUIRE(scratch_shell(MODULES(
		"ext4 nls_cp850") "printf 'CONFIG_FAT_DEFAULT_CODEPAGE=437\\n"
				  "CONFIG_FAT_DEFAULT_IOCHARSET=\"ascii\"\\n' >>root/boot/config-6.1.0-test"));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "nls_") == NULL);
}

TEST("check: every sysctl that makes a fault a crash is 0")
{
	static const char *const names[] = {
		"panic_on_oops",   "panic",	    "softlockup_panic",	  "hardlockup_panic",
		"hung_task_panic", "panic_on_warn", "panic_on_rcu_stall", "sysrq"};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char change[80], finding[80];

		snprintf(change, sizeof(change), "echo 0 >sys/kernel/%s", names[i]);
		snprintf(finding, sizeof(finding), "kernel/%s is 0: ", names[i]);
		armedsys_expect(change, CLI_DONE, finding);
		scratch_remove("root");
		scratch_remove("files");
		scratch_remove("sys");
		scratch_remove("good");
	}
}

TEST("check: a watchdog that resets where it could make a crash")
{
	armedsys_expect("mkdir -p root/sys/class/watchdog/watchdog0; "
			"echo noop >root/sys/class/watchdog/watchdog0/pretimeout_governor",
			CLI_DONE, "note: watchdog0 can warn before it resets");
}

TEST("check: the other loader of other distributions")
{
	armedsys_expect(": >root/etc/systemd/system/multi-user.target.wants/kdump.service",
			CLI_DONE, "may lose a dump: kdump loads a capture kernel, too");
}

/* Takes the option CONFIG_NAME out of the kernel, and wants FINDING. */
static void expect_without(const char *name, int code, const char *finding)
{
	char change[100];

	snprintf(change, sizeof(change),
		 "sed -i /^CONFIG_%s=/d root/boot/config-6.1.0-test >/dev/null", name);
	armedsys_expect(change, code, finding);
}

TEST("check: a kernel that has no /proc/vmcore, and is the capture kernel, too")
{
	expect_without("PROC_VMCORE", CLI_NO,
		       "kernel: built without CONFIG_PROC_VMCORE: as capture");
}

TEST("check: a kernel that cannot read memory of another one may have one that can")
{
	armedsys_expect("sed -i /PROC_VMCORE/d root/boot/config-6.1.0-test >/dev/null; "
			"sed -i /^release/d root/run/kdump-init/loaded >/dev/null",
			CLI_DONE, "may lose a dump: kernel: built without CONFIG_PROC_VMCORE");
}

TEST("check: a kernel that can load no other")
{
	expect_without("KEXEC", CLI_NO, "kernel: built without CONFIG_KEXEC: no capture kernel");
}

TEST("check: a kernel of which a dump cannot be read")
{
	expect_without("DEBUG_INFO", CLI_DONE,
		       "note: kernel: built without CONFIG_DEBUG_INFO: crash");
}

TEST("check: one of two options will do, and the kernel's configuration may be packed")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_arm();
	REQUIRE(scratch_shell(
		"cd root/boot; sed -i 's/KEXEC=/KEXEC_FILE=/; /KALLSYMS/d' config-* >/dev/null; "
		"gzip -c config-* >packed; mv packed config-6.1.0-test"));
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK_HAS(armedsys_said, "built without CONFIG_KALLSYMS");
	CHECK(strstr(armedsys_said, "CONFIG_KEXEC") == NULL);
}

TEST("check: an option that only some machines need")
{
	armedsys_expect("echo CONFIG_X86_64=y >>root/boot/config-6.1.0-test", CLI_NO,
			"built without CONFIG_RELOCATABLE");
}
