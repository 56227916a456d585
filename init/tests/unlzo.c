/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacks lzo pages with liblzo2, for init/tests/judge-dumps: shares nothing with kdump-init.
 * unlzo BLOCK reads records of a size (four bytes, little endian) and as many packed bytes, and
 * writes a page of BLOCK bytes for each. Ends with 1 at one that does not unpack to exactly that.
 */
#include <lzo/lzo1x.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LARGEST = 65536 };

static unsigned char packed[2 * LARGEST], page[LARGEST];

static size_t read_size(void)
{
	unsigned char b[4];

	if (fread(b, 1, sizeof(b), stdin) != sizeof(b))
		return 0;
	return b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

int main(int argc, char **argv)
{
	size_t block = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	size_t size;

	if (block == 0 || block > LARGEST || lzo_init() != LZO_E_OK) {
		fprintf(stderr, "usage: unlzo BLOCK\n");
		return 2;
	}
	for (unsigned int number = 0; (size = read_size()) != 0; number++) {
		lzo_uint length = block;
		int r;

		if (size > sizeof(packed) || fread(packed, 1, size, stdin) != size) {
			fprintf(stderr, "unlzo: page %u: cut off\n", number);
			return 1;
		}
		r = lzo1x_decompress_safe(packed, size, page, &length, NULL);
		if (r != LZO_E_OK || length != block) {
			fprintf(stderr, "unlzo: page %u: error %d, %zu bytes\n", number, r, length);
			return 1;
		}
		if (fwrite(page, 1, block, stdout) != block)
			return 1;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
