/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/crc against zlib.
 */
#include "output/crc.h"
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

static uint32_t zlib_zeros(uint32_t crc, size_t count)
{
	static const uint8_t zero[65536];

	while (count > 0) {
		size_t n = count < sizeof(zero) ? count : sizeof(zero);

		crc = (uint32_t)crc32_z(crc, zero, n);
		count -= n;
	}
	return crc;
}

TEST("zeros after any crc give what zlib gives")
{
	for (int i = 0; i < 3000; i++) {
		uint32_t crc = (uint32_t)test_random();
		size_t count = test_below((size_t)1 << test_below(20));

		if (!CHECK_EQ(crc_zeros(crc, count), zlib_zeros(crc, count)))
			test_note("crc %08x, %zu zeros", crc, count);
	}
}

TEST("bytes of every length up to a few hundred, at every alignment, give what zlib gives")
{
	uint8_t *data = malloc(1024);

	REQUIRE(data != NULL);
	for (size_t i = 0; i < 1024; i++)
		data[i] = (uint8_t)test_random();
	for (size_t size = 0; size < 600; size++) {
		for (size_t shift = 0; shift < 9; shift++) {
			uint32_t crc = shift % 3 == 0 ? 0 : (uint32_t)test_random();

			if (!CHECK_EQ(crc_update(crc, data + shift, size),
				      crc32_z(crc, data + shift, size)))
				test_note("%zu bytes, %zu off the grid", size, shift);
		}
	}
	free(data);
}

TEST("copies are copies, of every length and alignment, and their crc is what zlib gives")
{
	for (size_t size = 0; size < 5000; size += size < 600 ? 1 : 173) {
		size_t shift = size % 5 == 4 ? 1 + size % 3 : 0;
		size_t off = size % 7 == 6 ? size % 4 : 0;
		uint8_t *from = malloc(size + shift);
		uint8_t *to = malloc(size + off);
		uint32_t crc = (uint32_t)test_random();

		REQUIRE(from != NULL && to != NULL);
		for (size_t i = 0; i < size; i++)
			from[shift + i] = (uint8_t)test_random();
		CHECK_EQ(crc_copy(crc, to + off, from + shift, size),
			 crc32_z(crc, from + shift, size));
		CHECK_MEM(to + off, from + shift, size);
		free(from);
		free(to);
	}
}

TEST("long runs of random bytes, of ones and of few bits give what zlib gives")
{
	size_t most = (size_t)1 << 20;
	uint8_t *data = malloc(most);

	REQUIRE(data != NULL);
	for (int i = 0; i < 60; i++) {
		size_t size = most - test_below(i < 30 ? most : 5000);
		uint32_t crc = (uint32_t)test_random();

		memset(data, i % 3 == 1 ? 0xff : 0, size);
		for (size_t k = 0; k + 8 < size && i % 3 == 0; k += 8)
			memcpy(data + k, &(uint64_t){test_random()}, 8);
		data[test_below(size)] ^= 1;
		CHECK_EQ(crc_update(crc, data, size), crc32_z(crc, data, size));
	}
	free(data);
}

TEST("no byte beyond the given ones is read")
{
	for (size_t size = 0; size < 400; size++) {
		uint8_t *data = malloc(size + 1);

		REQUIRE(data != NULL);
		memset(data, 0x5a, size + 1);
		CHECK_EQ(crc_update(1, data + 1, size), crc32_z(1, data + 1, size));
		free(data);
		data = malloc(size > 0 ? size : 1);
		REQUIRE(data != NULL);
		memset(data, 0x5a, size);
		CHECK_EQ(crc_update(1, data, size), crc32_z(1, data, size));
		free(data);
	}
}

TEST("no zeros change nothing, and the empty crc may begin with zeros")
{
	CHECK_EQ(crc_zeros(0xdeadbeef, 0), 0xdeadbeef);
	CHECK_EQ(crc_zeros(0, 1), zlib_zeros(0, 1));
	CHECK_EQ(crc_zeros(0, 4096), zlib_zeros(0, 4096));
}

TEST("more than 4 GiB of zeros give what zlib's crc32_combine gives")
{
	for (unsigned int bits = 32; bits < 46; bits++) {
		uint64_t count = (UINT64_C(1) << bits) + test_random() % 1000003;
		uint32_t half = crc_zeros(0, count / 2);
		uint32_t rest = crc_zeros(0, count - count / 2);
		uint32_t both =
			(uint32_t)crc32_combine64(half, rest, (z_off64_t)(count - count / 2));

		CHECK_EQ(crc_zeros(0, count), both);
	}
}

TEST("mixes of bytes and zeros give zlib's crc of the whole")
{
	for (int i = 0; i < 200; i++) {
		size_t size = 1 + test_below(100000);
		uint8_t *all = calloc(1, size);
		uint32_t crc = 0;
		bool zeros = false;

		REQUIRE(all != NULL);
		for (size_t at = 0; at < size;) {
			size_t n = 1 + test_below(9000);

			n = n < size - at ? n : size - at;
			for (size_t k = 0; !zeros && k < n; k++)
				all[at + k] = (uint8_t)test_random();
			crc = zeros ? crc_zeros(crc, n) : crc_update(crc, all + at, n);
			zeros = !zeros;
			at += n;
		}
		CHECK_EQ(crc, crc32_z(0, all, size));
		free(all);
	}
}

TEST("two pieces joined give zlib's crc of the whole, however they are cut")
{
	uint8_t *all = malloc(100000);

	REQUIRE(all != NULL);
	for (size_t i = 0; i < 100000; i++)
		all[i] = (uint8_t)test_random();
	for (int i = 0; i < 500; i++) {
		size_t size = test_below(100001);
		size_t cut = i % 5 == 0 ? 0 : i % 5 == 1 ? size : test_below(size + 1);
		uint32_t first = (uint32_t)crc32_z(0, all, cut);
		uint32_t second = (uint32_t)crc32_z(0, all + cut, size - cut);

		if (!CHECK_EQ(crc_join(first, second, size - cut), crc32_z(0, all, size)))
			test_note("%zu bytes, cut at %zu", size, cut);
	}
	free(all);
}

TEST("a second piece of more than 4 GiB is joined as zlib's crc32_combine joins it")
{
	for (unsigned int bits = 0; bits < 62; bits++) {
		uint64_t size = (UINT64_C(1) << bits) + (bits < 30 ? 0 : test_random() % 1000003);
		uint32_t first = (uint32_t)test_random();
		uint32_t second = (uint32_t)test_random();

		CHECK_EQ(crc_join(first, second, size),
			 crc32_combine64(first, second, (z_off64_t)size));
	}
	CHECK_EQ(crc_join(0, 0, 0), 0);
	CHECK_EQ(crc_join(0x12345678, 0, 0), 0x12345678);
	CHECK_EQ(crc_join(0, 0x12345678, 5000), 0x12345678);
}
