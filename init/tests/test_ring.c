/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/ring: what was captured comes back, the ring goes round and keeps what it can, and a device
 * that holds anything else is left alone.
 */
#include "store/ring_write.h"

#include "base/bytes.h"
#include "output/crc.h"
#include "store/dumps.h"
#include "store/ring_header.h"
#include "tests/pread.h"
#include "tests/ring_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1 << 20, SMALL = 16 /* bits: some 190 KiB of memory */, LARGE = 20 };

static struct ring ring;

static void change(uint64_t at, const void *bytes, size_t size)
{
	int fd = open("device", O_RDWR | O_CLOEXEC);

	REQUIRE(fd >= 0 && pwrite(fd, bytes, size, (off_t)at) == (ssize_t)size);
	close(fd);
}

static uint8_t byte_at(uint64_t at)
{
	uint8_t byte = 0;
	int fd = open("device", O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && pread(fd, &byte, 1, (off_t)at) == 1);
	close(fd);
	return byte;
}

TEST("a dump comes back from a device that was blank, by zeros or by ones")
{
	static const uint8_t fills[] = {0, 0xff};

	for (unsigned int i = 0; i < 2; i++) {
		struct ring_scene_found f;
		char name[32];

		ring_scene_device(8 * MIB, fills[i]);
		CHECK_EQ(ring_scene_look("device").dumps, 0);
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, SMALL, name), WORKER_DONE);
		CHECK_STR(name, "0001-20231114T221320Z");
		f = ring_scene_look("device");
		CHECK_EQ(f.dumps, 1);
		CHECK_EQ(f.complete, 1);
		CHECK_EQ(byte_at(8 * MIB - RING_TAIL), fills[i]);
		CHECK_EQ(byte_at(8 * MIB - 1), fills[i]);
		REQUIRE(ring_open(&ring, "device", false) == 0);
		CHECK(ring_find(&ring, name) == &ring.dump[0]);
		CHECK_EQ(ring.dump[0].files, (1 << RING_FILES) - 1);
		ring_close(&ring);
	}
}

TEST("the ring goes round, whatever the sizes, and its newest dumps stay")
{
	ring_scene_device(6 * MIB, 0);
	for (uint32_t i = 1; i <= 40; i++) {
		unsigned int bits = i % 7 == 0 ? LARGE : SMALL + (unsigned int)test_below(3);
		struct ring_scene_found f;

		test_note("dump %u", (unsigned int)i);
		CHECK_EQ(
			ring_scene_crash(ATTEMPT_FULL, (unsigned int)test_below(40000), bits, NULL),
			WORKER_DONE);
		f = ring_scene_look("device");
		CHECK_EQ(f.newest, i);
		CHECK_EQ(f.complete, f.dumps);
		CHECK(i < 3 || f.dumps >= 2);
	}
}

TEST("a filtered dump, and one that is packed, come back as well")
{
	ring_scene_device(6 * MIB, 0);
	ring_scene_config.format = FORMAT_KDUMP;
	for (uint32_t i = 1; i <= 20; i++) {
		enum attempt_kind kind = i % 2 == 0 ? ATTEMPT_FILTERED : ATTEMPT_FULL;

		CHECK_EQ(ring_scene_crash(kind, 30000, SMALL + (unsigned int)test_below(4), NULL),
			 WORKER_DONE);
		CHECK_EQ(ring_scene_look("device").newest, i);
	}
}

TEST("of what is too large for the device the log is there, and the old dump stays")
{
	struct ring_scene_found f;

	ring_scene_device(4 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, LARGE, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 22, NULL), WORKER_DONE);
	f = ring_scene_look("device");
	CHECK_EQ(f.dumps, 2);
	CHECK_EQ(f.newest, 1);
	CHECK_EQ(f.logs, 1);
	ring_scene_device(4 * MIB, 0);
	ring_scene_config.format = FORMAT_NONE;
	CHECK_EQ(ring_scene_crash(ATTEMPT_LOG, 20000, 22, NULL), WORKER_DONE);
	f = ring_scene_look("device");
	CHECK_EQ(f.logs, 1);
}

TEST("what the device refuses costs no old dump")
{
	static const struct {
		int error;
		enum worker_end end;
	} refused[] = {{ENOSPC, WORKER_DONE}, {EIO, WORKER_IO}};

	ring_scene_config.format = FORMAT_KDUMP;
	for (unsigned int i = 0; i < 2; i++) {
		ring_scene_device(0, 0);
		REQUIRE(truncate("device", 8 * MIB) == 0); /* as of a disk, no byte is counted */
		for (unsigned int n = 0; n < 3; n++)
			CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
		REQUIRE(scratch_shell("fallocate -d device"));
		ring_scene_error = refused[i].error;
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), refused[i].end);
		ring_scene_error = 0;
		CHECK_EQ(ring_scene_look("device").complete, 3);
		CHECK_EQ(ring_scene_look("device").logs, 1);
	}
}

TEST("one dump after another has the place of the one before, where the device holds only one")
{
	ring_scene_device(4 * MIB, 0);
	for (uint32_t i = 1; i <= 5; i++) {
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 21, NULL), WORKER_DONE);
		CHECK_EQ(ring_scene_look("device").newest, i);
	}
}

TEST("logs alone take the place of one dump with memory, however many come")
{
	struct ring_scene_found f;

	ring_scene_device(5 * MIB, 0);
	for (unsigned int i = 0; i < 3; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, LARGE, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").complete, 3);
	for (unsigned int i = 0; i < 60; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_LOG, 60000, SMALL, NULL), WORKER_DONE);
	f = ring_scene_look("device");
	CHECK(f.complete >= 2);
	CHECK(f.logs >= 2);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, LARGE, NULL), WORKER_DONE);
	f = ring_scene_look("device");
	CHECK_EQ(f.newest, 64);
	CHECK(f.complete >= 2);
}

TEST("as many dumps as keep says stay, and no more than there are headers")
{
	ring_scene_device(32 * MIB, 0);
	ring_scene_config.keep = 3;
	for (unsigned int i = 0; i < 6; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, 14, NULL), WORKER_DONE);
	CHECK_STR(ring_scene_numbers("device"), "4 5 6");
	for (unsigned int i = 0; i < RING_SLOTS + 4; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_LOG, 3000, 14, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").dumps, RING_SLOTS);
	CHECK_EQ(ring_scene_look("device").complete, 3);
}

TEST("a test takes no dump's place, and the next crash takes its")
{
	ring_scene_device(5 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, LARGE, NULL), WORKER_DONE);
	ring_scene_config.test = 1;
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, LARGE, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").complete, 2);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, LARGE, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").complete, 2);
	ring_scene_config.test = 0;
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, LARGE, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").complete, 2);
	CHECK(ring_scene_numbers("device")[0] == '1');
	ring_scene_config.test = 1;
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 21, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").complete, 2);
	CHECK_EQ(ring_scene_look("device").logs, 1);
}

TEST("a device with anything else on it is refused, and not changed")
{
	static const struct {
		uint64_t at;
		const char *bytes;
	} foreign[] = {
		{510, "\x55\xaa"}, {0, "LUKS"}, {4086, "SWAPSPACE2"}, {65536, "x"}, {MIB - 1, "x"},
	};

	for (unsigned int i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		size_t size;
		uint8_t *before, *after;

		ring_scene_device(4 * MIB, 0);
		change(foreign[i].at, foreign[i].bytes, strlen(foreign[i].bytes));
		before = scratch_read_file("device", &size);
		CHECK_EQ(ring_open(&ring, "device", true), -EEXIST);
		after = scratch_read_file("device", &size);
		CHECK_MEM(after, before, size);
		free(before);
		free(after);
	}
	ring_scene_device(4 * MIB, 0x5a);
	CHECK_EQ(ring_open(&ring, "device", true), -EEXIST);
	ring_scene_device(4 * MIB - 1, 0);
	CHECK_EQ(ring_open(&ring, "device", true), -ENOSPC);
	CHECK_HAS(ring_reason(-ENOSPC), "4 MiB");
	CHECK_EQ(ring_open(&ring, "missing", true), -ENOENT);
}

TEST("a partition table that was written over a ring is not written over in turn")
{
	ring_scene_device(4 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
	change(510, "\x55\xaa", 2);
	CHECK_EQ(ring_open(&ring, "device", true), -EEXIST);
}

TEST("what was made over a ring without touching its first block is not written over")
{
	static const struct {
		uint64_t at[2]; /* where it has something */
	} foreign[] = {
		{{3584, 4096}},		    /* the layout of bcachefs, and its superblock */
		{{16384, 132 * 1024}},	    /* the first label of ZFS */
		{{300 * 1024, 400 * 1024}}, /* the second one */
		{{32768, 36864}},	    /* the first and the last of the descriptors of UDF */
	};

	for (unsigned int i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		test_note("number %u", i);
		ring_scene_device(4 * MIB, 0);
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
		change(foreign[i].at[0], "something", 9);
		change(foreign[i].at[1], "something", 9);
		CHECK_EQ(ring_open(&ring, "device", true), -EEXIST);
	}
}

TEST("a sector that is damaged makes nothing else of a ring")
{
	ring_scene_device(4 * MIB, 0);
	for (unsigned int i = 0; i < 2; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
	change(ring_header_at(1, 4), "something", 9); /* the one with the status */
	CHECK_EQ(ring_scene_look("device").complete, 1);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").newest, 3);
}

TEST("headers that cannot be read are those of no dump, from the next capture on for good")
{
	const uint64_t at = ring_header_at(RING_SLOTS - 1, 0);
	const struct ring_dump d = {
		.number = 9,
		.generation = 1,
		.files = 1 << LAYOUT_IS_LOG,
		.ring = (4 * MIB - RING_BEGIN - RING_TAIL) / RING_BLOCK,
	};
	uint8_t block[RING_BLOCK];

	ring_scene_device(4 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
	ring_header_write(block, &d, NULL);
	change(at + RING_BLOCK, block, RING_BLOCK);
	CHECK_STR(ring_scene_numbers("device"), "1 9");
	pread_fails((off_t)at, (off_t)at + 2 * RING_BLOCK);
	CHECK_EQ(ring_open(&ring, "device", false), 0);
	CHECK_EQ(ring.dumps, 1);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
	pread_fails(0, 0);
	CHECK_STR(ring_scene_numbers("device"), "1 2");
	ring_scene_device(4 * MIB, 0);
	pread_fails((off_t)at, (off_t)at + 1);
	CHECK_EQ(ring_open(&ring, "device", true), -EFAULT);
}

/* A header that is whole, of a log of dump 9, which nobody wrote. */
static void put_stranger(uint32_t slot)
{
	const struct ring_dump d = {
		.number = 9,
		.generation = 1,
		.files = 1 << LAYOUT_IS_LOG,
		.ring = (6 * MIB - RING_BEGIN - RING_TAIL) / RING_BLOCK,
	};
	uint8_t block[RING_BLOCK];

	ring_header_write(block, &d, NULL);
	change(ring_header_at(slot, 1), block, RING_BLOCK);
}

TEST("slots that can be neither read nor written are given up for good, and others are used")
{
	static const uint32_t bad[][2] = {{0, 0}, {1, 1}, {1, 3}, {RING_SLOTS - 1, RING_SLOTS - 1}};

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const uint64_t from = ring_header_at(bad[i][0], 0);
		const uint64_t to = ring_header_at(bad[i][1], 1) + RING_BLOCK;

		test_note("slots %u to %u", (unsigned int)bad[i][0], (unsigned int)bad[i][1]);
		ring_scene_device(6 * MIB, 0);
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
		for (uint32_t slot = bad[i][0]; slot <= bad[i][1]; slot++)
			put_stranger(slot);
		pread_fails((off_t)from, (off_t)to);
		ring_scene_spoil(from, to);
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
		pread_fails(0, 0);
		ring_scene_spoil(0, 0);
		CHECK(strchr(ring_scene_numbers("device"), '9') == NULL);
		CHECK_EQ(ring_scene_look("device").complete, bad[i][0] == 0 ? 1 : 2);
		for (unsigned int n = 0; n < RING_SLOTS; n++)
			CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
		CHECK_EQ(ring_scene_look("device").complete, ring_scene_look("device").dumps);
	}
}

TEST("a header that cannot be written goes to another slot, and an old dump whose header stays goes")
{
	const uint64_t second = ring_header_at(1, 0);

	ring_scene_device(6 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
	ring_scene_spoil(second, second + 2 * RING_BLOCK);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
	ring_scene_spoil(0, 0);
	CHECK_STR(ring_scene_numbers("device"), "1 2");
	ring_scene_spoil(ring_header_at(0, 0), ring_header_at(3, 0));
	for (uint32_t i = 3; i < 9; i++) {
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
		CHECK_EQ(ring_scene_look("device").newest, i);
		CHECK_EQ(ring_scene_look("device").complete, ring_scene_look("device").dumps);
	}
	ring_scene_spoil(0, 0);
	CHECK_EQ(ring_scene_look("device").complete, ring_scene_look("device").dumps);
	CHECK(ring_scene_numbers("device")[0] > '2');
}

TEST("where one block of a slot fails in the middle of a dump, the dump goes on in another one")
{
	ring_scene_device(6 * MIB, 0);
	for (uint32_t turn = 0; turn < 2; turn++) {
		ring_scene_spoil(ring_header_at(turn, turn),
				 ring_header_at(turn, turn) + RING_BLOCK);
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
		CHECK_EQ(ring_scene_look("device").dumps, turn + 1);
		CHECK_EQ(ring_scene_look("device").complete, turn + 1);
	}
}

TEST("a device that takes no header has the first fault told, and nothing on it is changed")
{
	ring_scene_device(6 * MIB, 0);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
	ring_scene_spoil(RING_BLOCK, RING_HEADERS_END);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_IO);
	ring_scene_spoil(0, RING_HEADERS_END);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_IO);
	ring_scene_spoil(0, 0);
	CHECK_STR(ring_scene_numbers("device"), "1");
	for (unsigned int i = 0; i < RING_SLOTS; i++)
		put_stranger(i);
	pread_fails(RING_BLOCK, RING_HEADERS_END);
	ring_scene_spoil(RING_BLOCK, RING_HEADERS_END);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_IO);
	pread_fails(0, 0);
	ring_scene_spoil(0, 0);
	CHECK_STR(ring_scene_numbers("device"), "");
}

TEST("a later version's ring is refused, and a first block that is torn is written anew")
{
	const struct ring_dump mark = {.ring = 700};
	uint8_t block[RING_BLOCK];
	struct ring_dump d;

	ring_scene_device(4 * MIB, 0);
	ring_header_write(block, &mark, NULL);
	CHECK_EQ(ring_header_read(block, &d), RING_HEADER);
	change(0, block, 25); /* and then the power was cut */
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, SMALL, NULL), WORKER_DONE);
	CHECK_EQ(ring_scene_look("device").complete, 1);
	block[12]++; /* the version */
	bytes_put(block + 8, 4, crc_update(0, block + 12, RING_BLOCK - 12));
	CHECK_EQ(ring_header_read(block, &d), RING_LATER);
	change(0, block, RING_BLOCK);
	CHECK_EQ(ring_open(&ring, "device", true), -EPROTO);
	CHECK_HAS(ring_reason(-EPROTO), "later version");
}

TEST("a device that has grown keeps its ring, and one that has shrunk what is still there")
{
	ring_scene_device(4 * MIB, 0);
	for (unsigned int i = 0; i < 2; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
	REQUIRE(truncate("device", 9 * MIB) == 0);
	CHECK_EQ(ring_scene_look("device").complete, 2);
	CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
	CHECK(ring_scene_look("device").complete >= 1);
	REQUIRE(truncate("device", 4 * MIB) == 0);
	CHECK(ring_scene_look("device").complete >= 1);
	REQUIRE(ring_open(&ring, "device", false) == 0);
	CHECK_EQ(ring.blocks, (4 * MIB - RING_BEGIN - RING_TAIL) / RING_BLOCK);
	ring_close(&ring);
}

TEST("of a device that has shrunk what lay behind its end, or around it, does not come back")
{
	for (unsigned int mib = 4; mib < 6; mib++) {
		ring_scene_device(6 * MIB, 0);
		for (unsigned int i = 0; i < 5; i++)
			CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
		REQUIRE(truncate("device", mib * MIB + MIB / 2) == 0);
		(void)ring_scene_look("device"); /* it checks all that it finds */
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 3000, LARGE, NULL), WORKER_DONE);
		CHECK_EQ(ring_scene_look("device").newest, 6);
		REQUIRE(truncate("device", 6 * MIB) == 0);
		CHECK_EQ(ring_scene_look("device").newest, 6);
	}
}

TEST("a header with any bit turned is none, and one that cannot be true neither")
{
	static struct ring_dump d = {
		.number = 7, .generation = 4, .files = (1 << RING_FILES) - 1, .ring = 100};
	uint8_t block[RING_BLOCK];
	struct ring_dump got;
	const char *text = "result=complete\n";

	d.size[LAYOUT_IS_STATUS] = strlen(text);
	d.size[LAYOUT_IS_MEMORY] = 50 * RING_BLOCK;
	d.at[LAYOUT_IS_MEMORY] = 50;
	ring_header_write(block, &d, text);
	REQUIRE(ring_header_read(block, &got) == RING_HEADER && ring_is_possible(&got, 100));
	CHECK_EQ(got.number, 7);
	CHECK_EQ(ring_extent(&got), 100);
	CHECK(strcmp(ring_header_status(block), text) == 0);
	CHECK(!ring_is_possible(&got, 99));
	for (unsigned int bit = 0; bit < RING_BLOCK * 8; bit++) {
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(ring_header_read(block, &got) != RING_HEADER);
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (unsigned int i = 0; i < 8; i++) {
		struct ring_dump bad = d;

		if (i == 0)
			bad.number = 0;
		if (i == 1)
			bad.number = LAYOUT_NUMBER_MAX + 1;
		if (i == 2)
			bad.files = 0;
		if (i == 3)
			bad.files = 1 << RING_FILES;
		if (i == 4)
			bad.start = 100;
		if (i == 5)
			bad.size[LAYOUT_IS_LOG] = UINT64_MAX;
		if (i == 6)
			bad.at[LAYOUT_IS_LOG] = UINT32_MAX;
		if (i == 7) {
			bad.ring = 101;
			bad.start = 1;
		}
		ring_header_write(block, &bad, text);
		CHECK_EQ(ring_header_read(block, &got), RING_HEADER);
		CHECK(!ring_is_possible(&got, 100));
	}
}
