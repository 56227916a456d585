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
