/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/sink in a ring: a file that begins anywhere in it comes back as it went in, and nothing
 * beside it, nor beyond its room, is touched.
 */
#include "output/sink.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

enum { BEGIN = 16 * SINK_BLOCK, LENGTH = 512 * SINK_BLOCK, DEVICE = BEGIN + LENGTH + 65536 };

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static struct sink sink;
static volatile uint32_t progress;
static uint64_t room;
static struct sink_ring ring = {.begin = BEGIN, .end = BEGIN + LENGTH};

/* A device full of one byte. */
static int new_device(void)
{
	uint8_t *full = malloc(DEVICE);
	int fd;

	REQUIRE(full != NULL);
	memset(full, 0xee, DEVICE);
	scratch_write_file("device", full, DEVICE);
	free(full);
	fd = open("device", O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0);
	return fd;
}

static void start(int fd, bool direct)
{
	const struct sink_options options = {
		.direct = direct, .progress = &progress, .ring = &ring, .room = &room};

	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
}

/* The device holds WANT (SIZE bytes) in the ring, and up to the end of its last block zeros. */
static void check_device(const uint8_t *want, size_t size, bool padded)
{
	size_t bytes, taken = (size + SINK_BLOCK - 1) / SINK_BLOCK * SINK_BLOCK;
	uint8_t *got = scratch_read_file("device", &bytes);
	unsigned int wrong = 0;

	CHECK_EQ(bytes, DEVICE);
	for (size_t i = 0; i < DEVICE; i++) {
		size_t at = i - BEGIN < LENGTH ? (i + LENGTH - ring.first) % LENGTH : taken;
		uint8_t byte = at < size ? want[at] : at < taken && padded ? 0 : 0xee;

		wrong += got[i] != byte;
	}
	CHECK_EQ(wrong, 0);
	free(got);
}

static uint8_t *random_bytes(size_t size)
{
	uint8_t *bytes = malloc(size + 1);

	REQUIRE(bytes != NULL);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)test_random();
	return bytes;
}

TEST("a file in a ring comes back from wherever it began, and nothing beside it is touched")
{
	for (unsigned int i = 0; i < 24; i++) {
		size_t size = test_below(LENGTH) + 1;
		uint8_t *want = random_bytes(size);
		int fd = new_device();
		bool direct = i % 2 == 0;

		ring.first = BEGIN + (i == 0 ? LENGTH - SINK_BLOCK
					     : test_below(LENGTH / SINK_BLOCK) * SINK_BLOCK);
		room = LENGTH;
		start(fd, direct);
		for (size_t at = 0; at < size;) {
			size_t n = 1 + test_below(70000);

			n = n < size - at ? n : size - at;
			if (i % 3 == 0 && test_below(4) == 0) {
				memset(want + at, 0, n);
				CHECK_EQ(sink_zeros(&sink, n), 0);
			} else {
				CHECK_EQ(sink_write(&sink, want + at, n), 0);
			}
			at += n;
		}
		CHECK_EQ(sink_finish(&sink), 0);
		CHECK_EQ(sink.position, size);
		CHECK_EQ(sink.crc32, crc32_z(0, want, size));
		check_device(want, size, direct);
		close(fd);
		free(want);
	}
}

TEST("a gap is filled across the end of a ring")
{
	const size_t gap = 8 * SINK_BLOCK, size = 12 * SINK_BLOCK;
	uint8_t *want = aligned_alloc(SINK_BLOCK, size);
	int fd = new_device();

	REQUIRE(want != NULL);
	for (size_t i = 0; i < size; i++)
		want[i] = (uint8_t)test_random();
	ring.first = BEGIN + LENGTH - 5 * SINK_BLOCK;
	room = LENGTH;
	start(fd, true);
	CHECK_EQ(sink_write(&sink, want, SINK_BLOCK), 0);
	sink_gap(&sink, gap);
	CHECK_EQ(sink_write(&sink, want + SINK_BLOCK + gap, size - gap - SINK_BLOCK), 0);
	CHECK_EQ(sink_fill(&sink, want + SINK_BLOCK, gap), 0);
	CHECK_EQ(sink_finish(&sink), 0);
	check_device(want, size, true);
	close(fd);
	free(want);
}

TEST("what has no room in a ring is refused, and all before it is there")
{
	uint8_t *want = random_bytes(4 * SINK_BLOCK);
	int fd = new_device();

	ring.first = BEGIN;
	room = 2 * SINK_BLOCK;
	start(fd, true);
	CHECK_EQ(sink_write(&sink, want, 2 * SINK_BLOCK), 0);
	room = 3 * SINK_BLOCK; /* an old dump went */
	CHECK_EQ(sink_write(&sink, want + 2 * SINK_BLOCK, SINK_BLOCK), 0);
	CHECK_EQ(sink_write(&sink, want + 3 * SINK_BLOCK, 1), -EFBIG);
	CHECK_EQ(sink_zeros(&sink, 1), -EFBIG);
	CHECK_EQ(sink_finish(&sink), -EFBIG);
	close(fd);
	fd = new_device();
	room = SINK_BLOCK - 1;
	start(fd, true);
	CHECK_EQ(sink_write(&sink, want, SINK_BLOCK), -EFBIG);
	CHECK_EQ(sink_finish(&sink), -EFBIG);
	check_device(want, 0, true);
	close(fd);
	free(want);
}
