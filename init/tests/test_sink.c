/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/sink: what goes in is what is in the file, whatever its shape, and the counts are true.
 */
#include "output/sink.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

enum { PIECES = 200 };

struct piece {
	bool hole;
	size_t size;
};

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static struct sink sink;
static volatile uint32_t progress;

static int new_file(void)
{
	int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0);
	return fd;
}

static bool holes_are_kept_here(void)
{
	struct stat st;
	int fd = new_file();

	REQUIRE(ftruncate(fd, 1 << 20) == 0 && fsync(fd) == 0 && fstat(fd, &st) == 0);
	close(fd);
	return st.st_blocks < 64;
}

/* Writes the pieces; what the file should be goes to *WANT, which is the caller's to free. */
static size_t write_pieces(const struct piece *piece, unsigned int count, uint8_t **want)
{
	size_t size = 0;
	size_t at = 0;

	for (unsigned int i = 0; i < count; i++)
		size += piece[i].size;
	*want = calloc(1, size + 1);
	REQUIRE(*want != NULL);
	for (unsigned int i = 0; i < count; i++) {
		uint8_t *from = *want + at;

		for (size_t k = 0; !piece[i].hole && k < piece[i].size; k++)
			from[k] = (uint8_t)((at + k) * 2654435761U >> 13 | 1);
		if (piece[i].hole)
			CHECK_EQ(sink_zeros(&sink, piece[i].size), 0);
		else
			CHECK_EQ(sink_write(&sink, from, piece[i].size), 0);
		at += piece[i].size;
	}
	return size;
}

static void check_file(const uint8_t *want, size_t want_size)
{
	size_t size;
	uint8_t *got = scratch_read_file("file", &size);

	CHECK_EQ(size, want_size);
	CHECK_MEM(got, want, size < want_size ? size : want_size);
	CHECK_EQ(sink.crc32, crc32_z(0, got, size));
	CHECK_EQ(sink.position, want_size);
	free(got);
}

/* All four ways to write the same pieces, with EXPECTED bytes announced. */
static void round_trip(const struct piece *piece, unsigned int count, uint64_t expected)
{
	for (unsigned int way = 0; way < 4; way++) {
		struct sink_options options = {.direct = (way & 1) != 0,
					       .sparse = (way & 2) != 0,
					       .expected_size = expected,
					       .progress = &progress};
		int fd = new_file();
		uint8_t *want;
		size_t size;

		REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
		size = write_pieces(piece, count, &want);
		CHECK_EQ(sink_finish(&sink), 0);
		check_file(want, size);
		CHECK(sink.written <= size);
		if (!options.sparse)
			CHECK_EQ(sink.written, size);
		free(want);
		close(fd);
	}
}

TEST("many random shapes of data and zeros come back as they went in")
{
	static const size_t sizes[] = {1,    7,	    511,    4095,   4096,  4097,
				       8192, 65536, 100000, 524288, 600000};
	struct piece piece[PIECES];

	for (int round = 0; round < 12; round++) {
		unsigned int count = 1 + (unsigned int)test_below(30);

		for (unsigned int i = 0; i < count; i++)
			piece[i] = (struct piece){test_below(2) == 0, sizes[test_below(11)]};
		round_trip(piece, count, 0);
	}
}

TEST("page-sized shapes, as an ELF core has them, come back as they went in")
{
	struct piece piece[PIECES];
	size_t size = 0;

	for (int round = 0; round < 4; round++) {
		for (unsigned int i = 0; i < PIECES; i++) {
			piece[i] = (struct piece){i % 2 == 0, 4096 * (1 + test_below(5))};
			size += piece[i].size;
		}
		round_trip(piece, PIECES, size);
	}
}

TEST("unaligned tails are neither lost nor padded")
{
	for (size_t tail = 0; tail < 3; tail++) {
		const size_t tails[] = {1, 512, 4095};
		const struct piece shapes[][2] = {
			{{false, tails[tail]}, {true, 0}},
			{{false, SINK_BUFFER_BYTES}, {false, tails[tail]}},
			{{false, SINK_BUFFER_BYTES + tails[tail]}, {true, tails[tail]}},
			{{true, 1 << 20}, {false, tails[tail]}},
			{{false, 4096}, {true, tails[tail]}},
			{{false, 2 * SINK_BUFFER_BYTES - 4096}, {false, tails[tail]}},
		};

		for (unsigned int i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
			round_trip(shapes[i], 2, 0);
	}
}

TEST("nothing at all is an empty file")
{
	round_trip(NULL, 0, 0);
	round_trip(NULL, 0, 1 << 20);
}

TEST("only zeros are a file of that length")
{
	const struct piece aligned = {true, 3 << 20};
	const struct piece crooked = {true, (3 << 20) + 5};

	round_trip(&aligned, 1, 3 << 20);
	round_trip(&aligned, 1, 0);
	round_trip(&crooked, 1, (3 << 20) + 5);
}

TEST("an expected size too large or too small leaves the true length")
{
	const struct piece piece[] = {{false, 70000}, {true, 40960}, {false, 3}};

	round_trip(piece, 3, 10 << 20);
	round_trip(piece, 3, 1);
	round_trip(piece, 3, 70000);
}

TEST("holes are holes on the disk, and are not counted as written")
{
	const struct sink_options options = {
		.direct = true, .sparse = true, .expected_size = 9 << 20};
	const struct piece piece[] = {{false, 8192}, {true, (9 << 20) - 16384}, {false, 8192}};
	bool kept = holes_are_kept_here();
	int fd = new_file();
	uint8_t *want;
	struct stat st;

	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	free((write_pieces(piece, 3, &want), want));
	CHECK_EQ(sink_finish(&sink), 0);
	CHECK_EQ(sink.written, 16384);
	REQUIRE(fsync(fd) == 0 && fstat(fd, &st) == 0);
	CHECK_EQ(st.st_size, 9 << 20);
	if (kept)
		CHECK(st.st_blocks * 512 < 256 * 1024);
	close(fd);
}

TEST("without sparse every zero is written")
{
	const struct sink_options options = {.expected_size = 1 << 20};
	const struct piece piece = {true, 1 << 20};
	int fd = new_file();
	uint8_t *want;
	struct stat st;

	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	free((write_pieces(&piece, 1, &want), want));
	CHECK_EQ(sink_finish(&sink), 0);
	CHECK_EQ(sink.written, 1 << 20);
	REQUIRE(fsync(fd) == 0 && fstat(fd, &st) == 0);
	CHECK(st.st_blocks * 512 >= 1 << 20);
	close(fd);
}

TEST("progress moves with the writes")
{
	const struct sink_options options = {.direct = true, .progress = &progress};
	const struct piece piece = {false, 5 * SINK_BUFFER_BYTES};
	int fd = new_file();
	uint8_t *want;

	progress = UINT32_MAX - 1;
	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	free((write_pieces(&piece, 1, &want), want));
	CHECK_EQ(sink_finish(&sink), 0);
	CHECK(progress + 2U >= 5);
	close(fd);
}

TEST("a full device is ENOSPC, at the latest from sink_finish, and ends no process")
{
	const struct sink_options options = {.direct = false};
	static uint8_t data[1 << 20];
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	for (int i = 0; i < 20; i++) {
		int r = sink_write(&sink, data, sizeof(data));

		CHECK(r == 0 || r == -ENOSPC);
	}
	CHECK_EQ(sink_write(&sink, data, sizeof(data)), -ENOSPC);
	CHECK_EQ(sink_write(&sink, data, 1), -ENOSPC); /* once an error, always an error */
	CHECK_EQ(sink_finish(&sink), -ENOSPC);
	close(fd);
}

TEST("a descriptor that cannot be written is an error and leaves nothing in flight")
{
	const struct sink_options sparse = {.sparse = true, .expected_size = 4096};
	const struct sink_options plain = {.direct = true};
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	CHECK(sink_start(&sink, fd, &sparse, reserve) < 0);
	CHECK_EQ(scratch_count_aio(), 0);
	REQUIRE(sink_start(&sink, fd, &plain, reserve) == 0);
	CHECK_EQ(sink_write(&sink, reserve, 10), 0);
	CHECK_EQ(sink_finish(&sink), -EBADF);
	CHECK_EQ(scratch_count_aio(), 0);
	close(fd);
}

/* A file with a gap in it: head, then what fills the gap, then data in odd pieces. */
struct gapped {
	size_t head, gap, data;
	uint8_t *want;
};

/* Fills in blocks of the gap, from AT on; returns where it stopped. */
static size_t fill(const struct gapped *g, size_t at)
{
	size_t left = (g->gap - at) / SINK_BLOCK;
	size_t size = left == 0 ? 0 : (1 + test_below(left)) * SINK_BLOCK;
	uint8_t *block = aligned_alloc(SINK_BLOCK, size + SINK_BLOCK);
	uint64_t position = sink.position;

	REQUIRE(block != NULL);
	memcpy(block, g->want + g->head + at, size);
	CHECK_EQ(sink_fill(&sink, block, size), 0);
	CHECK_EQ(sink.position, position);
	free(block);
	return at + size;
}

static void write_gapped(const struct gapped *g, bool direct, bool sparse)
{
	const struct sink_options options = {
		.direct = direct, .sparse = sparse, .progress = &progress};
	const uint8_t *data = g->want + g->head + g->gap;
	int fd = new_file();
	size_t filled = 0;

	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	CHECK_EQ(sink_write(&sink, g->want, g->head), 0);
	sink_gap(&sink, g->gap);
	for (size_t at = 0; at < g->data;) {
		size_t n = 1 + test_below(9000);

		n = n < g->data - at ? n : g->data - at;
		CHECK_EQ(sink_write(&sink, data + at, n), 0);
		at += n;
		if (test_below(40) == 0)
			filled = fill(g, filled);
	}
	while (filled < g->gap)
		filled = fill(g, filled);
	CHECK_EQ(sink_finish(&sink), 0);
	check_file(g->want, g->head + g->gap + g->data);
	close(fd);
}

TEST("a gap holds what fills it, whenever that came, and nothing else moved")
{
	for (unsigned int round = 0; round < 24; round++) {
		struct gapped g = {.head = test_below(4) * SINK_BLOCK * (1 + test_below(100)),
				   .gap = test_below(30) * SINK_BLOCK,
				   .data = test_below(3 * SINK_BUFFER_BYTES)};
		size_t size = g.head + g.gap + g.data;

		g.want = malloc(size + 1);
		REQUIRE(g.want != NULL);
		for (size_t i = 0; i < size; i++)
			g.want[i] = (uint8_t)test_random();
		write_gapped(&g, (round & 1) != 0, (round & 2) != 0);
		free(g.want);
	}
}

TEST("what of a gap was not filled is zeros, also where nothing comes behind it")
{
	static uint8_t want[40 * SINK_BLOCK];

	memset(want, 1, 2 * SINK_BLOCK);
	for (unsigned int way = 0; way < 8; way++) {
		const struct sink_options options = {.direct = (way & 1) != 0,
						     .sparse = (way & 2) != 0};
		size_t behind = (way & 4) != 0 ? 5 : 0;
		int fd = new_file();

		memset(want + 39 * SINK_BLOCK, 7, SINK_BLOCK);
		REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
		CHECK_EQ(sink_write(&sink, want, 2 * SINK_BLOCK), 0);
		sink_gap(&sink, 37 * SINK_BLOCK);
		CHECK_EQ(sink_write(&sink, want + 39 * SINK_BLOCK, behind), 0);
		CHECK_EQ(sink_finish(&sink), 0);
		check_file(want, 39 * SINK_BLOCK + behind);
		close(fd);
	}
}

TEST("a gap that cannot be filled is an error, and so is one behind the writer's error")
{
	const struct sink_options options = {.direct = false};
	static _Alignas(SINK_BLOCK) uint8_t data[2 * SINK_BUFFER_BYTES];
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	sink_gap(&sink, SINK_BLOCK);
	CHECK_EQ(sink_fill(&sink, data, SINK_BLOCK), -ENOSPC);
	CHECK(sink_finish(&sink) < 0); /* the device has no length to set */
	CHECK_EQ(scratch_count_aio(), 0);
	REQUIRE(sink_start(&sink, fd, &options, reserve) == 0);
	for (int i = 0; i < 4; i++)
		(void)sink_write(&sink, data, sizeof(data));
	close(fd);
	fd = new_file();
	sink.writer.file.fd = fd; /* where this itself would do */
	CHECK_EQ(sink_fill(&sink, data, SINK_BLOCK), -ENOSPC);
	CHECK_EQ(sink_finish(&sink), -ENOSPC);
	close(fd);
}
