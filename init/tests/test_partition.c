/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk/partition: PARTUUID and PARTLABEL of tables made by the real sfdisk.
 */
#include "disk/partition.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct partition part;

static void make(const char *script)
{
	scratch_write_file("script", script, strlen(script));
	REQUIRE(scratch_shell("rm -f disk && truncate -s 64M disk && sfdisk -q disk <script"));
}

static int read_part(unsigned int sector, unsigned int number)
{
	int fd = open("disk", O_RDONLY | O_CLOEXEC);
	int r;

	REQUIRE(fd >= 0);
	memset(&part, 0xa5, sizeof(part));
	r = partition_read(fd, sector, number, &part);
	close(fd);
	return r;
}

static void check(unsigned int number, const char *uuid, const char *label)
{
	CHECK_EQ(read_part(512, number), 0);
	CHECK_STR(part.uuid, uuid);
	CHECK_STR(part.label, label);
}

static const char gpt[] =
	"label: gpt\n"
	"size=1M, uuid=01234567-89AB-CDEF-FEDC-BA9876543210, name=boot\n"
	"size=1M, uuid=FFFFFFFF-0000-1111-2222-333333333333, name=\"crash dümps\"\n"
	"5: start=20480, size=1M, uuid=00112233-4455-6677-8899-AABBCCDDEEFF\n";

TEST("GPT gives the GUIDs and names that were asked for")
{
	make(gpt);
	check(1, "01234567-89ab-cdef-fedc-ba9876543210", "boot");
	check(2, "ffffffff-0000-1111-2222-333333333333", "crash d\xc3\xbcmps");
	check(5, "00112233-4455-6677-8899-aabbccddeeff", "");
}

TEST("there is no partition 0, no unused one, and none beyond the table")
{
	static const unsigned int none[] = {0, 3, 4, 128, 129, 100000, 4294967295U};

	make(gpt);
	for (unsigned int i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK_EQ(read_part(512, none[i]), -ENOENT);
}

TEST("MBR gives the signature and the number, as the kernel makes its PARTUUID")
{
	make("label: dos\nlabel-id: 0xdeadbeef\nsize=1M\nsize=1M\n");
	check(1, "deadbeef-01", "");
	check(2, "deadbeef-02", "");
}

TEST("logical partitions of an extended one are numbered from 5")
{
	make("label: dos\nlabel-id: 0x00c0ffee\nsize=1M\nsize=20M, type=E\nsize=1M\nsize=1M\n"
	     "size=1M\n");
	REQUIRE(scratch_shell("sfdisk -d disk"));
	check(1, "00c0ffee-01", "");
	check(5, "00c0ffee-05", "");
	check(6, "00c0ffee-06", "");
}

TEST("a primary partition that an MBR does not have is not there")
{
	make("label: dos\nlabel-id: 0xdeadbeef\nsize=1M\n");
	CHECK_EQ(read_part(512, 2), -ENOENT);
	CHECK_EQ(read_part(512, 4), -ENOENT);
}

TEST("sectors of 4096 bytes are found at theirs")
{
	make(gpt);
	REQUIRE(scratch_shell(
		"dd if=disk of=big bs=512 count=1 2>/dev/null && "
		"dd if=disk of=big bs=512 skip=1 count=1 seek=8 conv=notrunc 2>/dev/null && "
		"dd if=disk of=big bs=512 skip=2 count=32 seek=16 conv=notrunc 2>/dev/null && "
		"mv big disk"));
	CHECK_EQ(read_part(4096, 1), 0);
	CHECK_STR(part.uuid, "01234567-89ab-cdef-fedc-ba9876543210");
	CHECK_EQ(read_part(512, 1), -ENOENT);
}

TEST("disks without a table, too short for one, or with a torn one have no partitions")
{
	unsigned char block[512] = {0};

	REQUIRE(scratch_shell("truncate -s 1M disk"));
	CHECK_EQ(read_part(512, 1), -ENOENT);
	REQUIRE(scratch_shell("truncate -s 100 disk"));
	CHECK_EQ(read_part(512, 1), -ENOENT);
	make(gpt);
	REQUIRE(scratch_shell("cp disk kept && truncate -s 700 disk"));
	CHECK_EQ(read_part(512, 1), -ENOENT);
	REQUIRE(scratch_shell("mv kept disk && truncate -s 1100 disk"));
	CHECK_EQ(read_part(512, 1), -ENOENT);
	block[510] = 0x55;
	block[511] = 0xaa;
	block[446 + 4] = 0xee;
	scratch_write_file("disk", block, sizeof(block));
	CHECK_EQ(read_part(512, 1), -ENOENT);
}

TEST("a header that lies about its entries is refused or read without harm")
{
	static const unsigned char lies[3][4] = {{0}, {0xff, 0xff, 0xff, 0xff}, {1, 0, 0, 0x80}};
	uint8_t *good;
	size_t size;

	make(gpt);
	good = scratch_read_file("disk", &size);
	for (size_t at = 512 + 72; at <= 512 + 84; at += 4) {
		for (unsigned int i = 0; i < 3; i++) {
			uint8_t kept[4];
			int r;

			memcpy(kept, good + at, 4);
			memcpy(good + at, lies[i], 4);
			scratch_write_file("disk", good, 64 * 1024);
			memcpy(good + at, kept, 4);
			r = read_part(512, 2);
			CHECK(r == 0 || r == -ENOENT || r == -EINVAL);
			CHECK(memchr(part.uuid, 0, sizeof(part.uuid)) != NULL);
		}
	}
	scratch_write_file("disk", good, 64 * 1024);
	check(2, "ffffffff-0000-1111-2222-333333333333", "crash d\xc3\xbcmps");
	free(good);
}
