/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sink that seals: age opens the file, and what went in is what comes out, gap and all; where a
 * bit was changed age refuses it. Nothing of the content is in the file.
 */
#include "output/sink.h"

#include "tests/scratch.h"
#include "tests/sealing.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

enum { LENGTH = 3 << 20, BEGIN = 1 << 20, DEVICE = BEGIN + LENGTH + (1 << 20) };

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static struct sink sink;
static struct sink_sealed sealed;
static struct seal keys;
static uint64_t room = LENGTH;
static struct sink_ring ring = {.begin = BEGIN, .end = BEGIN + LENGTH};

/* What goes in: HEAD bytes, a gap, DATA bytes behind it. */
struct content {
	size_t head, gap, data;
	uint8_t *bytes;
};

static struct content new_content(size_t head, size_t gap, size_t data)
{
	struct content c = {head, gap, data, malloc(head + gap + data + 1)};

	REQUIRE(c.bytes != NULL);
	for (size_t i = 0; i < head + gap + data; i++)
		c.bytes[i] = (uint8_t)test_random();
	return c;
}

static int new_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0);
	return fd;
}

static void start(int fd, struct sink_options options)
{
	sealed.keys = &keys;
	options.sealed = &sealed;
	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
}

static size_t fill(const struct content *c, size_t filled)
{
	size_t left = (c->gap - filled) / AGE_CHUNK;
	size_t size = left == 0 ? 0 : (1 + test_below(left)) * AGE_CHUNK;

	CHECK_EQ(sink_fill(&sink, c->bytes + c->head + filled, size), 0);
	return filled + size;
}

/* In odd pieces, now and then some of the gap. */
static void write_all(struct content *c)
{
	uint8_t *data = c->bytes + c->head + c->gap;
	size_t filled = 0;

	CHECK_EQ(sink_write(&sink, c->bytes, c->head), 0);
	if (c->gap > 0)
		sink_gap(&sink, c->gap);
	for (size_t at = 0; at < c->data;) {
		size_t n = 1 + test_below(90000);

		n = n < c->data - at ? n : c->data - at;
		if (test_below(4) == 0) {
			memset(data + at, 0, n);
			CHECK_EQ(sink_zeros(&sink, n), 0);
		} else {
			CHECK_EQ(sink_write(&sink, data + at, n), 0);
		}
		at += n;
		if (test_below(8) == 0)
			filled = fill(c, filled);
	}
	while (filled < c->gap)
		filled = fill(c, filled);
	CHECK_EQ(sink.position, c->head + c->gap + c->data);
	CHECK_EQ(sink_finish(&sink), 0);
}

/* The file is as long, and has the CRC, that the sink says; once age has opened it, the content. */
static void check_file(const char *name, const struct content *c)
{
	size_t want = c->head + c->gap + c->data;
	size_t size;
	uint8_t *got = scratch_read_file(name, &size);

	CHECK(age_is(got, size));
	CHECK_EQ(size, sink.end);
	CHECK_EQ(size, seal_size(&keys, want));
	CHECK_EQ(seal_content(&keys, size), want);
	CHECK_EQ(sink.written, c->gap > 0 ? sink.end - sink.gap.size : size);
	CHECK_EQ(sink.crc32, crc32_z(0, got, size));
	free(got);
	if (!CHECK(sealing_open(name)))
		return;
	got = scratch_read_file(name, &size);
	if (CHECK_EQ(size, want))
		CHECK_MEM(got, c->bytes, want);
	free(got);
}

static void check_way(struct content *c, bool direct, bool sparse, uint64_t expected)
{
	int fd = new_file("file");

	sealing_keys(&keys);
	start(fd,
	      (struct sink_options){.direct = direct, .sparse = sparse, .expected_size = expected});
	write_all(c);
	check_file("file", c);
	CHECK_EQ(scratch_count_aio(), 0);
	close(fd);
	free(c->bytes);
}

TEST("what was sealed comes back from age, whatever its size")
{
	static const size_t sizes[] = {0,
				       1,
				       SINK_BLOCK,
				       AGE_CHUNK - 1,
				       AGE_CHUNK,
				       AGE_CHUNK + 1,
				       2 * AGE_CHUNK,
				       SINK_BUFFER_BYTES,
				       5 * AGE_CHUNK + 77,
				       3 * SINK_BUFFER_BYTES + 1};

	for (unsigned int i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct content c = new_content(sizes[i / 2], 0, 0);

		check_way(&c, i % 2 == 0, i % 3 == 0, i % 4 == 0 ? sizes[i / 2] : 0);
	}
}

TEST("a gap of whole chunks is filled in whenever, and age finds it in its place")
{
	for (unsigned int round = 0; round < 40; round++) {
		size_t behind = round % 5 == 0 ? 1 + test_below(5000) : 1 + test_below(3 << 20);
		struct content c = new_content((size_t)AGE_CHUNK * test_below(12),
					       (size_t)AGE_CHUNK * test_below(8), behind);

		check_way(&c, (round & 1) != 0, (round & 2) != 0, 0);
	}
}

TEST("a sealed file goes around the end of a ring, and nothing beside it is touched")
{
	for (unsigned int round = 0; round < 16; round++) {
		struct content c =
			new_content((size_t)AGE_CHUNK * test_below(6),
				    (size_t)AGE_CHUNK * test_below(6), 1 + test_below(2 << 20));
		uint8_t *device = malloc(DEVICE);
		int fd;
		size_t size;

		REQUIRE(device != NULL);
		memset(device, 0xee, DEVICE);
		scratch_write_file("device", device, DEVICE);
		free(device);
		fd = open("device", O_RDWR | O_CLOEXEC);
		REQUIRE(fd >= 0);
		ring.first = BEGIN + test_below(LENGTH / SINK_BLOCK) * SINK_BLOCK;
		sealing_keys(&keys);
		start(fd, (struct sink_options){
				  .direct = round % 2 == 0, .ring = &ring, .room = &room});
		write_all(&c);
		close(fd);
		device = scratch_read_file("device", &size);
		fd = new_file("file");
		for (uint64_t at = 0; at < sink.end; at++) {
			uint64_t place = BEGIN + (ring.first - BEGIN + at) % LENGTH;

			reserve[at % sizeof(reserve)] = device[place];
			device[place] = 0xee;
			if ((at + 1) % sizeof(reserve) == 0 || at + 1 == sink.end)
				CHECK(write(fd, reserve, at % sizeof(reserve) + 1) > 0);
		}
		close(fd);
		for (uint64_t at = sink.end; at % SINK_BLOCK != 0; at++) /* padding, or nothing */
			device[BEGIN + (ring.first - BEGIN + at) % LENGTH] = 0xee;
		for (size_t i = 0; i < DEVICE; i++)
			REQUIRE(device[i] == 0xee);
		free(device);
		check_file("file", &c);
		free(c.bytes);
	}
}

TEST("age refuses a file in which any one bit is another")
{
	struct content c = new_content(AGE_CHUNK, AGE_CHUNK, 3000);
	int fd = new_file("file");
	uint8_t *bytes;
	size_t size;

	sealing_keys(&keys);
	start(fd, (struct sink_options){.direct = false});
	write_all(&c);
	close(fd);
	bytes = scratch_read_file("file", &size);
	for (unsigned int i = 0; i < 40; i++) {
		size_t at = i < 8 ? size - 1 - i * AGE_CHUNK / 4 : test_below(size);

		bytes[at] ^= (uint8_t)(1 << test_below(8));
		scratch_write_file("changed", bytes, size);
		CHECK(!sealing_open("changed"));
		scratch_write_file("changed", bytes, size - 1 - test_below(70000));
		CHECK(!sealing_open("changed"));
		free(bytes);
		bytes = scratch_read_file("file", &size);
	}
	CHECK(sealing_open("file"));
	free(bytes);
	free(c.bytes);
}

TEST("two files of the same content have nothing in common but the format")
{
	struct content c = new_content(2 * AGE_CHUNK, 0, 0);
	uint8_t *one, *other;
	size_t size;

	memset(c.bytes, 'A', c.head);
	sealing_keys(&keys);
	for (unsigned int i = 0; i < 2; i++) {
		int fd = new_file(i == 0 ? "one" : "other");

		start(fd, (struct sink_options){.direct = false});
		write_all(&c);
		close(fd);
	}
	one = scratch_read_file("one", &size);
	other = scratch_read_file("other", &size);
	for (size_t at = 32; at + 8 < size; at++) {
		REQUIRE(memcmp(one + at, other + at, 8) != 0);
		REQUIRE(memcmp(one + at, "AAAAAAAA", 8) != 0);
	}
	free(one);
	free(other);
	free(c.bytes);
}

TEST("what cannot be sealed, or has no room, is an error, and nothing is left in flight")
{
	static const uint8_t low[AGE_KEY];
	struct content c = new_content(20 * AGE_CHUNK, 0, 0);
	int fd = new_file("file");

	sealing_keys(&keys);
	keys.recipients = low;
	start(fd, (struct sink_options){.direct = true});
	CHECK_EQ(sink_write(&sink, c.bytes, c.head), -ENOKEY);
	CHECK_EQ(sink_finish(&sink), -ENOKEY);
	close(fd);
	fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	sealing_keys(&keys);
	start(fd, (struct sink_options){.direct = false});
	(void)sink_write(&sink, c.bytes, c.head);
	sink_gap(&sink, AGE_CHUNK);
	CHECK_EQ(sink_fill(&sink, c.bytes, AGE_CHUNK), -ENOSPC);
	CHECK_EQ(sink_finish(&sink), -ENOSPC);
	CHECK_EQ(scratch_count_aio(), 0);
	close(fd);
	free(c.bytes);
}
