/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check: an archive, and what kdump-load loaded, held against the system.
 */
#include "cli/cli.h"
#include "tests/armedsys.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

static int check_archive(const char *archive, const char *release)
{
	return armedsys_run(
		5, (const char *const[]){"kdump-init", "check", "--archive", archive, release});
}

/* Checks the archive after CHANGE, a command of the shell, and wants FINDING said. */
static void expect(const char *change, int code, const char *finding)
{
	armedsys_make();
	REQUIRE(scratch_shell("%s", change));
	armedsys_pack("gzip -9n");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), code);
	CHECK_HAS(armedsys_said, finding);
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
	CHECK_HAS(armedsys_said, "archive: usable\n");
}

TEST("check --archive: a configuration of which the last lines are gone")
{
	expect("echo 'target = LABEL=kdumps' >root/etc/kdump-init.conf", CLI_DONE,
	       "its configuration is not that of /etc/kdump-init.conf");
}

/* The same with a list of modules and the lines of it that are in the archive, both changed. */
static void check_list(const char *change, const char *finding)
{
	REQUIRE(scratch_shell("list=root/etc/kdump-init/modules; packed=files/etc/kdump-init.conf; "
			      "mkdir -p root/etc/kdump-init; : >$list; "
			      "{ cat root/etc/kdump-init.conf; echo '# Modules, in load order'; } "
			      ">$packed; %s",
			      change));
	armedsys_pack("gzip -9n");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_DONE);
	CHECK_HAS(armedsys_said, finding);
}

TEST("check --archive: another list of modules than it was made with")
{
	static const char *const same[] = {
		":",
		"echo '# none' >$list",
		"rm $list; echo '# listed: of the desk' >>$packed",
		"printf '#\\n\\n  snd-dummy\\tid=a  # x\\n# y\\n\\nusb_f' >$list; "
		"printf '# listed: snd-dummy id=a\\n# listed:  usb_f \\nmodule = /x\\n' >>$packed",
		"printf 'usb_f\\r\\n\\r\\nsnd\\tid=a\\r\\n' >$list; "
		"printf '# listed: usb_f\\n# listed: snd id=a\\n' >>$packed",
	};
	static const char *const others[] = {
		"echo usb_f >$list",
		"echo '# listed: usb_f' >>$packed",
		"echo usb_f >$list; echo '# listed: usb_f a=1' >>$packed",
		"echo usb_f a=1 >$list; echo '# listed: usb_f' >>$packed",
		"printf 'usb_f\\ndummy\\n' >$list; echo '# listed: usb_f' >>$packed",
	};

	armedsys_make();
	for (unsigned int i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		check_list(same[i], "archive: good\n");
	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		check_list(others[i],
			   "may lose a dump: archive archive: its modules are not those that "
			   "kdump-init/modules beside /etc/kdump-init.conf lists");
		CHECK_HAS(armedsys_said, "archive: usable\n");
	}
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
	CHECK_HAS(armedsys_said,
		  "it lacks the module ubifs, the filesystem of target ubi0:crash\n");
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
	armedsys_make();
	armedsys_pack("gzip -9n | head -c 300");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said,
		  "archive archive: it is torn, or no archive; make it with kdump-mkinitramfs");
}

TEST("check --archive: garbage")
{
	armedsys_make();
	armedsys_pack("tr 0 x");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said, "it is torn, or no archive");
	CHECK_EQ(
		cli_main(4, (char *[]){(char *)(uintptr_t) "kdump-init",
				       (char *)(uintptr_t) "check", (char *)(uintptr_t) "--archive",
				       (char *)(uintptr_t) "none", NULL}),
		CLI_NO);
}

TEST("check --archive: one that is not there")
{
	armedsys_make();
	CHECK_EQ(check_archive("none", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said,
		  "archive none: No such file or directory; make it with kdump-mkinitramfs");
}

/* The program NAME, with what it is linked to, gets into the system, whose root is another one. */
static void install(const char *name)
{
	REQUIRE(scratch_shell(
		"mkdir -p root/bin && cp -L $(command -v %s) root/bin/ && "
		"ldd root/bin/%s | grep -o '/[^ ]*' | xargs -r -I @ cp -L --parents @ root/",
		name, name));
}

/* Packings that the kernel knows, each with the program that unpacks it. */
static const struct {
	const char *packer, *program;
} packed[] = {
	{"xz --check=crc32", "xz"}, {"xz --format=lzma", "xz"}, {"zstd -q", "zstd"},
	{"lz4 -lq", "lz4"},	    {"bzip2", "bzip2"},
};

TEST("check --archive: whatever it is packed by it is looked into")
{
	armedsys_make();
	for (unsigned int i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		if (!scratch_shell("command -v %s >/dev/null", packed[i].program))
			continue;
		for (int other = 0; other < 2; other++) {
			REQUIRE(scratch_shell("rm -rf root/bin"));
			install(other ? "bsdtar" : packed[i].program);
			armedsys_pack(packed[i].packer);
			CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_DONE);
			if (!CHECK_HAS(armedsys_said, "archive: good\n") ||
			    !CHECK(strstr(armedsys_said, "not checked") == NULL))
				test_note("%s, %d", packed[i].packer, other);
			REQUIRE(scratch_shell(
				"mv files/lib/modules/*/mmc-block.ko .; truncate -s 100000 files/big"));
			armedsys_pack(packed[i].packer);
			CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
			CHECK_HAS(armedsys_said, "it lacks the module mmc_block");
			REQUIRE(scratch_shell(
				"mv mmc-block.ko files/lib/modules/*/; rm files/big"));
		}
	}
}

TEST("check --archive: one that is packed by another program and torn")
{
	armedsys_make();
	install("xz");
	armedsys_pack("xz --check=crc32 | head -c 300");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said, "it is torn, or no archive");
	REQUIRE(scratch_shell("head -c 1000000 /dev/urandom >files/first"));
	armedsys_pack("xz --check=crc32 | head -c 990000");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said, "it is torn, or no archive");
	armedsys_pack("cat >/dev/null; head -c 1000000 /dev/zero | xz | xz");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said, "it is torn, or no archive");
}

TEST("check --archive: what cannot be looked into is told, and is no answer")
{
	armedsys_make();
	armedsys_pack("xz --check=crc32");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_DONE);
	CHECK_HAS(armedsys_said,
		  "packed by xz: what it holds was not checked, since neither xz nor "
		  "bsdtar is here");
}

TEST("check --archive: the kernel has to know what it is packed by")
{
	armedsys_make();
	armedsys_pack("xz --check=crc32");
	REQUIRE(scratch_shell("sed -i '/RD_XZ/d; /RD_GZIP/d' root/boot/config-6.1.0-test "
			      ">/dev/null"));
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said, "packed by xz, and kernel 6.1.0-test cannot unpack that "
				 "(CONFIG_RD_XZ)");
	armedsys_pack("gzip -9n");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_NO);
	CHECK_HAS(armedsys_said, "CONFIG_RD_GZIP");
	armedsys_pack("cat");
	CHECK_EQ(check_archive("archive", "6.1.0-test"), CLI_DONE);
}

TEST("check: an armed system is ready, and nothing may lose a dump")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_arm();
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK_HAS(armedsys_said, "this system is ready to dump\n");
}

TEST("check: nothing is doubted of an armed system")
{
	static const char *const check[] = {"kdump-init", "check"};

	armedsys_arm();
	CHECK_EQ(armedsys_run(2, check), CLI_DONE);
	CHECK(strstr(armedsys_said, "may lose a dump") == NULL);
}

TEST("check: a configuration that is newer than what is loaded")
{
	armedsys_expect(
		"echo 'keep = 9' >>root/etc/kdump-init.conf", CLI_NO,
		"/etc/kdump-init.conf is not what is loaded: it has changed; run kdump-load --auto");
}

TEST("check: an archive that was made again and not loaded")
{
	armedsys_expect("echo >>root/archive", CLI_DONE,
			"may lose a dump: archive /archive is not what is loaded: it has changed");
}

TEST("check: a configuration that makes a test of every crash")
{
	armedsys_expect("echo 'test = yes' >>root/etc/kdump-init.conf", CLI_NO,
			"may lose a dump: test = yes: every crash would be a test");
}

TEST("check: the mark of a test that was killed, and one whose end nobody has asked for")
{
	static const char mark[] =
		"mkdir -p root/var/lib/kdump-init sys/kernel/random && "
		"echo %s >sys/kernel/random/boot_id && "
		"printf 'time=1\\nboot=this\\nkeep=yes\\n' >root/var/lib/kdump-init/test";
	char change[400];

	snprintf(change, sizeof(change), mark, "this");
	armedsys_expect(change, CLI_DONE, "note: a test (kdump-load --test) was broken off");
	CHECK(strstr(armedsys_said, "report --test") == NULL);
	REQUIRE(scratch_shell("rm -rf * .[!.]*"));
	snprintf(change, sizeof(change), mark, "next");
	armedsys_expect(change, CLI_DONE, "run kdump-init report --test");
}

TEST("check: what was loaded without a cksum is not compared, and that is told")
{
	armedsys_expect(
		"cd root/run/kdump-init && sed 's/_sum = .*/_sum = unknown/' loaded >new && "
		"mv new loaded",
		CLI_DONE, "note: what is loaded was not compared");
	CHECK(strstr(armedsys_said, "may lose a dump") == NULL);
}

TEST("check: an archive that is loaded and lacks the driver")
{
	armedsys_expect("rm files/lib/modules/*/ext4.ko; cd files; find . | sort | bsdtar "
			"--no-recursion --format=newc -cf - -T - | gzip -9n >../root/archive; "
			"cd ../root/run/kdump-init; { grep -v ^archive_sum loaded; "
			"echo \"archive_sum = $(cksum <../../archive)\"; } >new; mv new loaded",
			CLI_NO, "archive /archive: it lacks the module ext4");
}

TEST("check: drivers of this kernel are not asked of the archive of another one")
{
	armedsys_expect("sed -i /^release/d root/run/kdump-init/loaded; "
			"rm -r files/lib; cd files; find . | sort | bsdtar "
			"--no-recursion --format=newc -cf - -T - | gzip -9n >../root/archive; "
			"cd ../root/run/kdump-init; { grep -v ^archive_sum loaded; "
			"echo \"archive_sum = $(cksum <../../archive)\"; } >new; mv new loaded",
			CLI_DONE, "note: archive /archive: it is for another kernel");
}

TEST("check: a kernel that was upgraded")
{
	armedsys_expect("echo newer >root/boot/vmlinuz", CLI_DONE,
			"may lose a dump: kernel /boot/vmlinuz is not what is loaded");
}

TEST("check: a kernel that is gone")
{
	armedsys_expect("rm root/boot/vmlinuz", CLI_DONE, "nothing will be after the next boot");
}

TEST("check: what another program loaded was not compared")
{
	armedsys_expect("rm root/run/kdump-init/loaded", CLI_DONE,
			"note: what is loaded was not loaded by kdump-load");
}

TEST("check: an oops that is no crash")
{
	armedsys_expect("echo 0 >sys/kernel/panic_on_oops", CLI_DONE,
			"may lose a dump: kernel/panic_on_oops is 0: an oops is no crash");
}

TEST("check: another loader")
{
	armedsys_expect(": >root/etc/systemd/system/multi-user.target.wants/kdump-tools.service",
			CLI_DONE, "may lose a dump: kdump-tools loads a capture kernel, too");
}

TEST("check: a service that is not enabled")
{
	armedsys_expect("rm root/etc/systemd/system/multi-user.target.wants/kdump-load.service",
			CLI_DONE, "may lose a dump: kdump-load.service is not enabled");
}

static const char *const check_json[] = {"kdump-init", "check", "--json"};

TEST("check --json: an armed system is ready, in one object")
{
	armedsys_arm();
	CHECK_EQ(armedsys_run(3, check_json), CLI_DONE);
	CHECK(strncmp(armedsys_said, "{\"findings\": [", 14) == 0);
	CHECK_HAS(armedsys_said, "], \"ready\": true}\n");
	CHECK(strchr(armedsys_said, '\n') == armedsys_said + strlen(armedsys_said) - 1);
}

TEST("check --json: what loses the dump is told with its level, and nothing beside the object")
{
	armedsys_arm();
	REQUIRE(scratch_shell("echo 0 >root/sys/kernel/kexec_crash_loaded; "
			      "echo 'kep = 1' >>root/etc/kdump-init.conf"));
	CHECK_EQ(armedsys_run(3, check_json), CLI_NO);
	CHECK(strncmp(armedsys_said, "{\"findings\": [", 14) == 0);
	CHECK_HAS(armedsys_said, "{\"level\": \"line\", \"text\": \"/etc/kdump-init.conf:3: kep");
	CHECK_HAS(armedsys_said,
		  "{\"level\": \"loses\", \"text\": \"/etc/kdump-init.conf: 1 lines or words are "
		  "refused\"}");
	CHECK_HAS(armedsys_said,
		  "{\"level\": \"loses\", \"text\": \"kernel: no crash kernel is loaded");
	CHECK_HAS(armedsys_said, "], \"ready\": false}\n");
}

TEST("check --json: a configuration that cannot be read is an object, too, and a failure")
{
	armedsys_arm();
	REQUIRE(scratch_shell("rm root/etc/kdump-init.conf; mkdir root/etc/kdump-init.conf"));
	CHECK_EQ(armedsys_run(3, check_json), CLI_FAILED);
	CHECK_HAS(armedsys_said,
		  "{\"level\": \"loses\", \"text\": \"/etc/kdump-init.conf: Is a directory\"}");
	CHECK_HAS(armedsys_said, "\"ready\": false}\n");
}
