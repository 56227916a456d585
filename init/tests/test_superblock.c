/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk/superblock: the UUID and label that the real mkfs was asked for, and nothing in what is
 * no filesystem. test_superblock_blkid.c compares with blkid.
 */
#include "disk/superblock.h"
#include "tests/pread.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UUID "01234567-89ab-cdef-fedc-ba9876543210"

static struct superblock sb;

static int probe(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	REQUIRE(fd >= 0);
	memset(&sb, 0xa5, sizeof(sb));
	r = superblock_probe(fd, &sb);
	close(fd);
	return r;
}

/* An empty image of SIZE bytes for COMMAND, whose %s is the image. */
static void make(const char *size, const char *command)
{
	REQUIRE(scratch_shell("rm -f image && truncate -s %s image", size));
	REQUIRE(scratch_shell("%s", command));
}

static void check(const char *fstype, const char *uuid, const char *label)
{
	CHECK_EQ(probe("image"), 0);
	CHECK_STR(sb.fstype, fstype);
	CHECK_STR(sb.uuid, uuid);
	CHECK_STR(sb.label, label);
}

static void put(const char *at_and_bytes)
{
	REQUIRE(scratch_shell(
		"set -- %s; printf \"$2\" | dd of=image bs=1 seek=$1 conv=notrunc 2>/dev/null",
		at_and_bytes));
}

TEST("ext2, ext3 and ext4 of mke2fs are told as ext4")
{
	make("8M", "mke2fs -q -F -t ext4 -U " UUID " -L sixteen_letters_ image");
	check("ext4", UUID, "sixteen_letters_");
	make("8M", "mke2fs -q -F -t ext3 -U " UUID " -L 'two words' image");
	check("ext4", UUID, "two words");
	make("1M", "mke2fs -q -F -t ext2 -b 1024 -U " UUID " image");
	check("ext4", UUID, "");
	make("8M", "mke2fs -q -F -t ext2 -b 4096 -U " UUID " -L x image");
	check("ext4", UUID, "x");
}

TEST("an ext4 of 11080 inodes, which begins with the letters of HFS+, is an ext4")
{
	make("40961K", "mke2fs -q -F -t ext4 -b 1024 -N 11080 -U " UUID " image");
	REQUIRE(scratch_shell("tail -c +1025 image | head -c 2 | grep -q H+"));
	check("ext4", UUID, "");
}

TEST("FAT of mkfs.vfat in all three widths is vfat, its padding gone")
{
	make("64M", "mkfs.vfat -F 32 -i deadbeef -n 'BOOT 1' image >/dev/null");
	check("vfat", "dead-beef", "BOOT 1");
	make("16M", "mkfs.vfat -F 16 -i 0001ffff -n ELEVENCHARS image >/dev/null");
	check("vfat", "0001-ffff", "ELEVENCHARS");
	make("1M", "mkfs.vfat -F 12 -i 12345678 image >/dev/null");
	check("vfat", "1234-5678", "");
}

TEST("f2fs of mkfs.f2fs, with a label beyond ASCII")
{
	make("64M", "mkfs.f2fs -q -f -U " UUID " -l dumps image >/dev/null");
	check("f2fs", UUID, "dumps");
	make("64M", "LC_ALL=C.UTF-8 mkfs.f2fs -q -f -U " UUID " -l 'dümps €' image >/dev/null");
	check("f2fs", UUID, "d\xc3\xbcmps \xe2\x82\xac");
}

TEST("xfs, as its superblock is written in xfs_format.h")
{
	make("1M", ":");
	put("0 XFSB");
	put("32 '\\001\\043\\105\\147\\211\\253\\315\\357\\376\\334\\272\\230\\166\\124\\062\\020'");
	put("108 twelve_chars");
	CHECK_EQ(probe("image"), 0); /* the mark and its tags alone are none yet, as in blkid */
	CHECK(sb.fstype == NULL);
	put("4 '\\000\\000\\020\\000\\000\\000\\000\\000\\000\\000\\001\\000'");
	put("83 '\\001\\000\\000\\001\\000\\000\\000\\000\\001'");
	put("102 '\\002\\000\\002\\000'");
	put("120 '\\014\\011\\011\\003'");
	check("xfs", UUID, "twelve_chars");
	make("300M", "mkfs.xfs -q -f -m uuid=" UUID " -L dumps image");
	check("xfs", UUID, "dumps");
}

TEST("btrfs, as its superblock is written in btrfs_tree.h")
{
	make("1M", ":");
	put("65600 _BHRfS_M");
	put("65568 '\\001\\043\\105\\147\\211\\253\\315\\357\\376\\334\\272\\230\\166\\124\\062\\020'");
	put("65835 dumps");
	check("btrfs", UUID, "dumps");
	make("128M", "mkfs.btrfs -q -f -U " UUID " -L dumps image >/dev/null");
	check("btrfs", UUID, "dumps");
}

TEST("a root directory that does not end is not read for ever")
{
	unsigned long before;

	make("1M", "yes ooooooooooooooooooooooooooooooo | head -c 4M >>image"); /* no label's */
	put("3 'EXFAT   '");
	put("80 '\\030\\000\\000\\000'"); /* the table, in sectors */
	put("88 '\\000\\010\\000\\000'"); /* the heap: at 1 MiB */
	put("96 '\\002\\000\\000\\000'"); /* the root */
	put("108 '\\011\\015\\001'");	  /* clusters of 4 MiB */
	put("510 '\\125\\252'");
	put("12296 '\\002\\000\\000\\000'"); /* the root goes on in itself */
	before = pread_calls;
	check("exfat", "", "");
	CHECK(pread_calls - before > 65536 && pread_calls - before < 1000000);
}

TEST("zeros, garbage and text are no filesystem")
{
	unsigned char *garbage = malloc(128 * 1024);

	REQUIRE(garbage != NULL);
	make("1M", ":");
	CHECK_EQ(probe("image"), 0);
	CHECK(sb.fstype == NULL);
	CHECK_STR(sb.uuid, "");
	CHECK_STR(sb.label, "");
	for (int i = 0; i < 50; i++) {
		for (size_t k = 0; k < 128 * 1024; k += 8)
			memcpy(garbage + k, &(uint64_t){test_random()}, 8);
		scratch_write_file("image", garbage, 128 * 1024);
		CHECK_EQ(probe("image"), 0);
		CHECK(sb.fstype == NULL);
	}
	free(garbage);
}

TEST("a device that ends before or inside the superblock has none")
{
	static const char *const sizes[] = {"0", "1", "512", "1023", "1024", "1500"};

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make("8M", "mke2fs -q -F -t ext4 image");
		REQUIRE(scratch_shell("truncate -s %s image", sizes[i]));
		CHECK_EQ(probe("image"), 0);
		CHECK(sb.fstype == NULL);
	}
}

TEST("a superblock full of ones still has terminated texts")
{
	unsigned char *image = malloc(128 * 1024);

	REQUIRE(image != NULL);
	memset(image, 0xff, 128 * 1024);
	memcpy(image + 65600, "_BHRfS_M", 8);
	scratch_write_file("image", image, 128 * 1024);
	CHECK_EQ(probe("image"), 0);
	CHECK_STR(sb.fstype, "btrfs");
	CHECK_EQ(strlen(sb.label), 256);
	memset(image + 65600, 0xff, 8);
	memcpy(image + 1024, "\x10\x20\xf5\xf2", 4);
	scratch_write_file("image", image, 128 * 1024);
	CHECK_EQ(probe("image"), 0);
	CHECK_STR(sb.fstype, "f2fs");
	CHECK(strlen(sb.label) < SUPERBLOCK_LABEL);
	CHECK_STR(sb.uuid, "ffffffff-ffff-ffff-ffff-ffffffffffff");
	free(image);
}

/* Changes a few bytes of the image in FD, most of them where its superblock and tables are. */
static void spoil(int fd, size_t size)
{
	uint64_t noise;

	for (size_t n = 1 + test_below(6); n > 0; n--) {
		size_t room = test_below(2) == 0 ? 512 : 70000;

		noise = test_random();
		REQUIRE(pwrite(fd, &noise, 1 + test_below(8),
			       (off_t)test_below(room < size ? room : size)) > 0);
	}
}

TEST("whatever is wrong in a superblock, the search ends, and in texts that end")
{
	static const char *const commands[] = {"mkfs.vfat -F 12 -n A image",
					       "mkfs.vfat -F 32 -s 1 -n B image",
					       "mkfs.exfat image",
					       "mke2fs -q -F image",
					       "mkswap image",
					       "mkfs.f2fs -q -f image"};

	for (unsigned int i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int fd;

		make(i == 0 ? "2M" : "64M", commands[i]);
		for (int n = 0; n < 15; n++) {
			REQUIRE(scratch_shell("cp --sparse=always image spoilt"));
			fd = open("spoilt", O_RDWR | O_CLOEXEC);
			REQUIRE(fd >= 0);
			for (int more = 0; more < 10; more++) {
				spoil(fd, 2 << 20);
				CHECK_EQ(superblock_probe(fd, &sb), 0);
				CHECK(strnlen(sb.uuid, sizeof(sb.uuid)) < sizeof(sb.uuid));
				CHECK(strnlen(sb.label, sizeof(sb.label)) < sizeof(sb.label));
				CHECK((sb.use == SUPERBLOCK_NONE) == (sb.type == NULL));
				CHECK((sb.use == SUPERBLOCK_AMBIGUOUS) == (sb.other != NULL));
				CHECK(sb.fstype == NULL || sb.use == SUPERBLOCK_FILESYSTEM);
			}
			close(fd);
		}
	}
}

TEST("a read that fails is an error")
{
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CHECK_EQ(superblock_probe(fd, &sb), -EISDIR);
	close(fd);
}

TEST("UTF-16 becomes UTF-8 that fits, without half a character or half a pair")
{
	static const unsigned char text[] = {'a',  0,	 0xfc, 0,    0xac, 0x20,
					     0x3d, 0xd8, 0x00, 0xde, 0,	   0};
	char out[16];

	superblock_utf16(text, 6, out, sizeof(out));
	CHECK_STR(out, "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
	superblock_utf16(text, 2, out, sizeof(out));
	CHECK_STR(out, "a\xc3\xbc");
	superblock_utf16(text, 4, out, sizeof(out));
	CHECK_STR(out, "a\xc3\xbc\xe2\x82\xac?");
	superblock_utf16(text + 8, 1, out, sizeof(out));
	CHECK_STR(out, "?");
	superblock_utf16(text, 0, out, sizeof(out));
	CHECK_STR(out, "");
	for (unsigned int size = 1; size < 12; size++) {
		char *small = malloc(size);

		REQUIRE(small != NULL);
		superblock_utf16(text, 6, small, size);
		CHECK(strlen(small) < size);
		CHECK(strncmp(small, "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", strlen(small)) == 0);
		free(small);
	}
}
