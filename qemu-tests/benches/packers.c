/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packers PACKER FILE: packs each page of FILE by itself, and prints how many there were, and how
 * many bytes they have become; a page that does not shrink counts as it is. PACKER `none` only
 * reads them. For `qemu-tests/bench codecs`, twice: with ours, or with LIBRARIES.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, ROOM = 2 * PAGE };

static uint8_t page[PAGE];
static uint8_t out[ROOM];

struct packer {
	const char *name;
	void (*start)(int level); /* NULL: nothing to do */
	int level;
	size_t (*pack)(void); /* the page into OUT; 0: it does not shrink */
};

#ifdef LIBRARIES
#include <libdeflate.h>
#include <lzo/lzo1x.h>
#include <zlib.h>

static z_stream stream;
static struct libdeflate_compressor *compressor;

static size_t pack_lzo(void)
{
	static uint8_t work[LZO1X_1_MEM_COMPRESS];
	lzo_uint size = ROOM;

	return lzo1x_1_compress(page, PAGE, out, &size, work) == LZO_E_OK ? size : 0;
}

/* Once for all pages, which takes less than makedumpfile's compress2() for each. */
static void start_zlib(int level)
{
	deflateInit(&stream, level);
}

static size_t pack_zlib(void)
{
	deflateReset(&stream);
	stream.next_in = page;
	stream.avail_in = PAGE;
	stream.next_out = out;
	stream.avail_out = ROOM;
	return deflate(&stream, Z_FINISH) == Z_STREAM_END ? stream.total_out : 0;
}

static void start_libdeflate(int level)
{
	compressor = libdeflate_alloc_compressor(level);
}

static size_t pack_libdeflate(void)
{
	return libdeflate_zlib_compress(compressor, page, PAGE, out, PAGE - 1);
}

static const struct packer packers[] = {
	{"lzo1x_1", NULL, 0, pack_lzo},
	{"zlib-1", start_zlib, 1, pack_zlib},
	{"zlib-2", start_zlib, 2, pack_zlib},
	{"libdeflate-1", start_libdeflate, 1, pack_libdeflate},
	{"libdeflate-2", start_libdeflate, 2, pack_libdeflate},
	{"none", NULL, 0, NULL},
};
#else
#include "codec/deflate.h"
#include "codec/lzo.h"

static struct deflate deflate;
static struct lzo lzo;

static size_t pack_lzo(void)
{
	return lzo_page(&lzo, page, PAGE, out, PAGE);
}

static void start_zlib(int level)
{
	(void)level;
	deflate_start(&deflate);
}

static size_t pack_zlib(void)
{
	return deflate_page(&deflate, page, PAGE, out, PAGE - 1);
}

static const struct packer packers[] = {
	{"lzo", NULL, 0, pack_lzo},
	{"zlib", start_zlib, 0, pack_zlib},
	{"none", NULL, 0, NULL},
};
#endif

static const struct packer *packer_named(const char *name)
{
	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++) {
		if (strcmp(packers[i].name, name) == 0)
			return &packers[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const struct packer *packer = argc == 3 ? packer_named(argv[1]) : NULL;
	int fd = packer != NULL ? open(argv[2], O_RDONLY) : -1;
	unsigned long pages = 0;
	unsigned long bytes = 0;

	if (fd < 0) {
		fprintf(stderr, "usage: packers PACKER FILE\n");
		return 2;
	}
	if (packer->start != NULL)
		packer->start(packer->level);
	while (read(fd, page, PAGE) == PAGE) {
		size_t size = packer->pack != NULL ? packer->pack() : PAGE;

		pages++;
		bytes += size == 0 || size > PAGE ? PAGE : size;
	}
	printf("%lu %lu\n", pages, bytes);
	return 0;
}
