/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header and the trailer are read here: the inflate of the board's binary is built without
 * them. One member, as gzip(1) writes it for an archive.
 */
#include "cli/gunzip.h"

#include "base/bytes.h"
#include "base/io.h"
#include "output/crc.h"

#include <errno.h>
#include <string.h>

/* Of a member's header (RFC 1952, 2.3): the fixed part, and the flags of what follows it. */
enum { HEADER = 10, FLAG_CRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, TRAILER = 8 };

/* What files begin with that the kernel unpacks besides (linux/lib/decompress.c). */
static const struct {
	const char *name, *magic;
	size_t size;
} packings[] = {
	{"xz",
	 "\xfd"
	 "7zXZ",
	 5},
	{"zstd", "\x28\xb5\x2f\xfd", 4},
	{"lz4", "\x02\x21", 2},
	{"lzo",
	 "\x89"
	 "LZO",
	 4},
	{"bzip2", "BZh", 3},
	{"lzma", "\x5d\0\0", 3},
};

static void *take(void *opaque, unsigned int items, unsigned int size)
{
	struct gunzip *g = opaque;
	uint64_t bytes = ((uint64_t)items * size + 15) & ~UINT64_C(15);
	size_t at = g->taken;

	if (bytes > sizeof(g->memory) - at)
		return NULL;
	g->taken += (size_t)bytes;
	return g->memory + at;
}

static void give_back(void *opaque, void *at)
{
	(void)opaque;
	(void)at;
}

/* Makes at least one byte of input available. Returns 0, -EBADMSG at the end of the file. */
static int refill(struct gunzip *g)
{
	size_t n;

	if (g->z.avail_in > 0)
		return 0;
	errno = 0;
	n = io_read(g->fd, g->input, sizeof(g->input));
	g->z.next_in = g->input;
	g->z.avail_in = (uInt)n;
	if (n > 0)
		return 0;
	return errno != 0 ? -errno : -EBADMSG;
}

/* The next byte of the file as it is, or -errno. */
static int next_byte(struct gunzip *g)
{
	int error = refill(g);

	if (error != 0)
		return error;
	g->z.avail_in--;
	return *g->z.next_in++;
}

/* Passes over COUNT bytes, or over all up to a zero. */
static int pass(struct gunzip *g, unsigned int count, bool to_zero)
{
	int byte = 1;

	while (byte >= 0 && (to_zero ? byte != 0 : count > 0)) {
		byte = next_byte(g);
		count--;
	}
	return byte < 0 ? byte : 0;
}

static int read_header(struct gunzip *g)
{
	unsigned int flags = g->input[3];
	int error = pass(g, HEADER, false);
	int length;

	if (error == 0 && (flags & FLAG_EXTRA) != 0) {
		length = next_byte(g);
		error = length < 0 ? length : next_byte(g);
		error = error < 0
				? error
				: pass(g, (unsigned int)length + 256 * (unsigned int)error, false);
	}
	if (error == 0 && (flags & FLAG_NAME) != 0)
		error = pass(g, 0, true);
	if (error == 0 && (flags & FLAG_COMMENT) != 0)
		error = pass(g, 0, true);
	if (error == 0 && (flags & FLAG_CRC) != 0)
		error = pass(g, 2, false);
	return error;
}

int gunzip_begin(struct gunzip *g, int fd, const char **packing)
{
	int error;

	memset(g, 0, offsetof(struct gunzip, input));
	g->fd = fd;
	g->z.zalloc = take;
	g->z.zfree = give_back;
	g->z.opaque = g;
	error = refill(g);
	for (size_t i = 0; error == 0 && i < sizeof(packings) / sizeof(packings[0]); i++) {
		if (g->z.avail_in >= packings[i].size &&
		    memcmp(g->input, packings[i].magic, packings[i].size) == 0) {
			*packing = packings[i].name;
			return -ENOTSUP;
		}
	}
	/* ID1, ID2, and the method, which has been deflate ever since. */
	if (error != 0 || g->z.avail_in < HEADER || memcmp(g->input, "\x1f\x8b\x08", 3) != 0)
		return error;
	g->packed = true;
	error = read_header(g);
	if (error == 0 && inflateInit2(&g->z, -15) != Z_OK)
		error = -ENOMEM;
	return error;
}

/* The CRC and the size of all that was unpacked stand behind it. */
static int check_trailer(struct gunzip *g)
{
	uint8_t trailer[TRAILER];

	for (int i = 0; i < TRAILER; i++) {
		int byte = next_byte(g);

		if (byte < 0)
			return byte;
		trailer[i] = (uint8_t)byte;
	}
	g->ended = true;
	return bytes_get(trailer, 4) == g->crc && bytes_get(trailer + 4, 4) == (uint32_t)g->size
		       ? 0
		       : -EBADMSG;
}

static int64_t read_plain(struct gunzip *g, uint8_t *into, size_t size)
{
	size_t done = 0;

	while (done < size) {
		size_t n;
		int error = refill(g);

		if (error == -EBADMSG)
			break;
		if (error != 0)
			return error;
		n = g->z.avail_in < size - done ? g->z.avail_in : size - done;
		memcpy(into + done, g->z.next_in, n);
		g->z.next_in += n;
		g->z.avail_in -= (uInt)n;
		done += n;
	}
	return (int64_t)done;
}

int64_t gunzip_read(struct gunzip *g, uint8_t *into, size_t size)
{
	size_t done;
	int error = 0;

	if (!g->packed)
		return read_plain(g, into, size);
	g->z.next_out = into;
	g->z.avail_out = (uInt)size;
	while (error == 0 && g->z.avail_out > 0 && !g->ended) {
		uInt before = g->z.avail_out;
		int r;

		error = refill(g);
		if (error != 0)
			break;
		r = inflate(&g->z, Z_NO_FLUSH);
		done = before - g->z.avail_out;
		g->crc = crc_update(g->crc, g->z.next_out - done, done);
		g->size += done;
		if (r == Z_STREAM_END)
			error = check_trailer(g);
		else if (r != Z_OK)
			error = -EBADMSG;
	}
	return error != 0 ? error : (int64_t)(size - g->z.avail_out);
}
