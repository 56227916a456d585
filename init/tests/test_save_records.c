/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker/save_records: what is in pstore comes into the dump, whole and bounded, and stays where it
 * is; whatever is in the way of that costs nothing but them.
 */
#include "worker/save_records.h"

#include "disk/mount.h"
#include "store/dumps.h"
#include "store/removal.h"
#include "store/retention.h"
#include "store/ring.h"
#include "tests/scratch.h"
#include "tests/sealing.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/save.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DUMP   "disk/crash/0001-20231114T221320Z/"
#define COPIES DUMP "pstore/"

static struct config config;
static struct worker_shared shared;
static struct save save;
static unsigned int shown;

static void show(const char *records)
{
	CHECK_STR(records, "records");
	CHECK_EQ(shared.reads, READS_RECORDS);
	CHECK_EQ(shared.in_image, 1); /* what is waited for is not the target */
	shown++;
}

static uint32_t flash_record; /* bytes of a record in the file that stands for the flash */

static int open_flash(uint32_t *record)
{
	CHECK_EQ(shared.reads, READS_RECORDS);
	CHECK_EQ(shared.in_image, 1); /* what is waited for is not the target */
	*record = flash_record;
	return open("flash", O_RDONLY | O_CLOEXEC);
}

/* Writes record NUMBER with MAGIC as mtdoops does, at PLACE of the flash, and as a file to compare.
 */
static void put_record(unsigned int place, uint32_t number, uint32_t magic)
{
	static uint8_t record[8192];
	char name[64];
	int fd = open("flash", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	memset(record, 0xff, sizeof(record));
	memcpy(record, &number, 4);
	memcpy(record + 4, &magic, 4);
	snprintf((char *)record + 16, 64, "<0>record %u: why it died", (unsigned int)number);
	REQUIRE(fd >= 0 && pwrite(fd, record, flash_record, (off_t)place * flash_record) ==
				   (ssize_t)flash_record);
	close(fd);
	snprintf(name, sizeof(name), "written/mtdoops-%u", (unsigned int)number);
	(void)mkdir("written", 0700);
	scratch_write_file(name, record, flash_record);
}

/* A dump is being made, and there are three records. */
static void begin(void)
{
	static const struct attempt attempt = {.number = 1};
	static struct worker worker = {.config = &config, .attempt = &attempt, .shared = &shared};
	int root;

	REQUIRE(mkdir("disk", 0700) == 0 && mkdir("records", 0700) == 0);
	root = open("disk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	save = (struct save){.worker = &worker, .records = "records", .show_records = show};
	REQUIRE(root >= 0 && store_open(&save.store, root, "/crash") == 0);
	REQUIRE(store_make(&save.store, 1700000000) == 0);
	close(root);
	REQUIRE(scratch_shell("printf 'Panic#1\\nwhy it died\\n' >records/dmesg-ramoops-0 && "
			      "head -c 70000 /dev/urandom >records/console-ramoops-0 && "
			      ": >records/pmsg-ramoops-0"));
}

static void end(void)
{
	CHECK_EQ(shared.reads, 0);
	CHECK_EQ(shared.in_image, 0);
	CHECK_EQ(store_end(&save.store), 0);
}

TEST("records of pstore are copied beside the log, byte for byte, and stay where they are")
{
	begin();
	REQUIRE(scratch_shell("cp -r records before"));
	save_records(&save);
	end();
	CHECK_EQ(shown, 1);
	CHECK(scratch_shell("diff -r records before && diff -r records %s", COPIES));
	CHECK(scratch_shell(
		"test $(stat -c %%a %s) = 700 && test $(stat -c %%a %s/*0 | sort -u) = 600", COPIES,
		COPIES));
}

TEST("records of a sealed dump are sealed, each for itself, and nothing of them is in the clear")
{
	static struct capture capture;
	static struct seal keys;

	begin();
	sealing_keys(&keys);
	capture.seal = &keys;
	save.capture = &capture;
	save_records(&save);
	end();
	CHECK_EQ(scratch_count_entries(COPIES), 3);
	CHECK(scratch_shell("! grep -q -r -a 'why it died' disk"));
	CHECK(sealing_open(COPIES "dmesg-ramoops-0.age"));
	CHECK(sealing_open(COPIES "console-ramoops-0.age"));
	CHECK(sealing_open(COPIES "pmsg-ramoops-0.age"));
	CHECK(scratch_shell("cd records && for f in *; do cmp $f ../%s$f.age || exit 1; done",
			    COPIES));
}

TEST("what is no record is not followed, and no directory is made for nothing")
{
	begin();
	REQUIRE(scratch_shell(
		"rm records/* && mkfifo records/pipe && ln -s /etc/passwd records/l"));
	save_records(&save);
	end();
	CHECK(scratch_shell("test -z \"$(ls -A %s 2>/dev/null)\"", COPIES));
	REQUIRE(scratch_shell("rm -rf disk records"));
	begin();
	REQUIRE(scratch_shell("rm -r records"));
	save_records(&save);
	end();
	CHECK(access(COPIES, F_OK) != 0);
}

TEST("records are bounded in number and in size")
{
	begin();
	REQUIRE(scratch_shell("cd records && for i in $(seq 100); do echo $i >dmesg-efi-$i; done"));
	save_records(&save);
	end();
	CHECK_EQ(scratch_count_entries(COPIES), 64);
	REQUIRE(scratch_shell("rm -rf disk records"));
	begin();
	REQUIRE(scratch_shell(
		"cd records && for i in 1 2 3 4; do head -c 700000 /dev/zero >z$i; done"));
	save_records(&save);
	end();
	CHECK(scratch_shell("test $(cat %s* | wc -c) -le 1048576", COPIES));
	CHECK(scratch_shell("test -z \"$(ls %s | grep incomplete)\"", COPIES));
}

TEST("where there is no room beyond what is to stay free, there are no records")
{
	begin();
	config.free = UINT64_MAX / 2;
	save_records(&save);
	config.free = 0;
	end();
	CHECK(access(COPIES, F_OK) != 0);
}

TEST("after a worker that died of records, in a ring, and without pstore they are not looked at")
{
	static struct ring ring;

	begin();
	shared.skip = READS_RECORDS;
	save_records(&save);
	shared.skip = 0;
	save.ring = &ring;
	save_records(&save);
	save.ring = NULL;
	save.records = NULL;
	save_records(&save);
	end();
	CHECK_EQ(shown, 0);
	CHECK(access(COPIES, F_OK) != 0);
}

TEST("after a worker that died of the log records are what is left of it")
{
	begin();
	shared.skip = READS_LOG;
	save_records(&save);
	shared.skip = 0;
	end();
	CHECK_EQ(scratch_count_entries(COPIES), 3);
}

TEST("the records of a dump go with it, and what else is beside them stays")
{
	begin();
	save_records(&save);
	REQUIRE(store_text(&save.store, "status", "result=log-only\n", 16) == 0);
	CHECK_EQ(removal_of_dump(&save.store, save.store.name), 0);
	CHECK(access(DUMP, F_OK) != 0);
	end();
	REQUIRE(scratch_shell("rm -rf disk records"));
	begin();
	save_records(&save);
	REQUIRE(scratch_shell("mkdir %smine", COPIES));
	REQUIRE(store_text(&save.store, "status", "result=log-only\n", 16) == 0);
	CHECK_EQ(removal_of_dump(&save.store, save.store.name), 0);
	end();
	CHECK(access(COPIES "mine", F_OK) == 0 && access(COPIES "dmesg-ramoops-0", F_OK) != 0);
}

static struct retention retention;

/* The next capture looks at what is there; its own directory is "0002-...". */
static void survey_of_the_next(unsigned int earlier_attempts)
{
	int root = open("disk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	retention = (struct retention){.store = &save.store, .earlier_attempts = earlier_attempts};
	REQUIRE(root >= 0 && store_open(&save.store, root, "/crash") == 0);
	REQUIRE(store_make(&save.store, 1700000000) == 0);
	close(root);
	CHECK_EQ(retention_survey(&retention), 0);
}

TEST("records alone, of a capture that was cut off or a dump half removed, count as a report")
{
	char name[STORE_NAME];

	for (unsigned int mine = 0; mine < 2; mine++) {
		begin();
		save_records(&save);
		REQUIRE(mine == 0 || scratch_shell("mkdir %smine", COPIES));
		end();
		survey_of_the_next(0);
		CHECK_EQ(retention.count[RETENTION_REPORT], 1);
		CHECK_EQ(retention.interrupted.count, 0);
		CHECK(access(COPIES "dmesg-ramoops-0", F_OK) == 0);
		CHECK_EQ(retention_remove(&retention, RETENTION_REPORT, 0, name), 1);
		CHECK(access(COPIES "dmesg-ramoops-0", F_OK) != 0);
		CHECK_EQ(access(COPIES "mine", F_OK) == 0, mine);
		CHECK_EQ(access(DUMP, F_OK) == 0, mine);
		end();
		REQUIRE(scratch_shell("rm -rf disk records"));
	}
}

TEST("records alone, of an attempt before in the same run, stay until a dump is there")
{
	begin();
	save_records(&save);
	end();
	survey_of_the_next(1);
	CHECK_EQ(retention.count[RETENTION_OWN], 1);
	CHECK_EQ(retention.count[RETENTION_REPORT], 0);
	REQUIRE(store_text(&save.store, "vmcore-dmesg.txt", "why\n", 4) == 0);
	CHECK_EQ(retention_supersede(&retention), 1);
	CHECK(access(DUMP, F_OK) != 0);
	end();
}

TEST("records of mtdoops are copied byte for byte, by their numbers, and nothing else in its flash")
{
	begin();
	REQUIRE(scratch_shell("rm records/*"));
	save.open_mtdoops = open_flash;
	flash_record = 8192;
	put_record(0, 7, 0x5d005e00);
	put_record(1, 4, 0x5d005d00); /* of an older kernel, without the time */
	put_record(2, 5, 0x12345678);
	put_record(3, UINT32_MAX, UINT32_MAX); /* erased */
	put_record(4, 6, 0x5d005e00);
	REQUIRE(scratch_shell("rm written/mtdoops-5 written/mtdoops-4294967295; printf x >>flash"));
	save_records(&save);
	end();
	CHECK(scratch_shell("diff -r written %s", COPIES));
}

TEST("of more records of mtdoops than are kept the newest are copied, wherever the ring begins")
{
	begin();
	save.open_mtdoops = open_flash;
	flash_record = 4096;
	for (unsigned int i = 0; i < 100; i++)
		put_record(i, i < 30 ? 1100 + i : 1000 + i, 0x5d005e00);
	save_records(&save);
	end();
	CHECK_EQ(scratch_count_entries(COPIES), 64 + 3);
	CHECK(scratch_shell(
		"cd %s && for i in $(seq 1066 1129); do cmp mtdoops-$i ../../../../written/mtdoops-$i "
		"|| exit 1; done",
		COPIES));
}

TEST("however large the flash is, and however slow, looking at it counts as progress and ends")
{
	uint32_t before = shared.progress;

	begin();
	save.open_mtdoops = open_flash;
	flash_record = 4096;
	put_record(3, 9, 0x5d005e00);
	put_record(1 << 20, 10, 0x5d005e00); /* where mtdoops writes nothing */
	save_records(&save);
	end();
	CHECK_EQ(scratch_count_entries(COPIES), 1 + 3);
	CHECK(shared.progress - before > 1000 && shared.progress - before < 100000);
}

TEST("records of mtdoops are sealed in a sealed dump, and flash that cannot be opened costs nothing")
{
	static struct capture capture;
	static struct seal keys;

	begin();
	save.open_mtdoops = open_flash; /* there is no such file */
	save_records(&save);
	end();
	CHECK_EQ(scratch_count_entries(COPIES), 3);
	REQUIRE(scratch_shell("rm -rf disk records"));
	begin();
	sealing_keys(&keys);
	capture.seal = &keys;
	save.capture = &capture;
	save.open_mtdoops = open_flash;
	flash_record = 4096;
	put_record(0, 9, 0x5d005e00);
	save_records(&save);
	end();
	CHECK(scratch_shell("! grep -q -r -a 'why it died' disk"));
	CHECK(sealing_open(COPIES "mtdoops-9.age"));
	CHECK(scratch_shell("cmp written/mtdoops-9 %smtdoops-9.age", COPIES));
}
