/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of store/ring, ring_header, ring_place and ring_write. The input makes an image of a
 * device: two bytes for the blocks of its ring, one for the first block, and then any number of
 * headers, each a byte for where it stands, one for what is wrong with it, the fields from the
 * number on, and TEXT bytes of a status. Contract: opening it ends with a result that is
 * documented; the dumps are in order, and each lies within the ring, to its last byte; for one more
 * dump the others go one by one, until it has a place that no other dump touches, and its header
 * comes back, beside those of all that did not have to go.
 */
#include "base/bytes.h"
#include "output/crc.h"
#include "store/dumps.h"
#include "store/ring_header.h"
#include "store/ring_write.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	FIELDS = 4 * (5 + RING_FILES) + 8 * (RING_FILES + 1),
	FIELDS_AT = 16,
	TEXT = 16,
	RECORD = 2 + FIELDS + TEXT,
	LEAST = 2 * RING_NEED / RING_BLOCK,
	BLOCKS_MAX = 4096,
	INPUT_MAX = 3 + 2 * RING_SLOTS * RECORD,
};

static int device = -1;
static char path[64];
static struct ring ring, again;

static void put(const void *data, size_t size, uint64_t at)
{
	HOLDS(pwrite(device, data, size, (off_t)at) == (ssize_t)size);
}

/* Brings the fields to what a header could hold, which few do by chance. */
static void mend(uint8_t *fields, uint32_t blocks)
{
	uint8_t *sizes = fields + FIELDS - 8 * (RING_FILES + 1);

	bytes_put(fields, 4, bytes_get32(fields) % 64);
	bytes_put(fields + 4, 4, bytes_get32(fields + 4) % 4);
	bytes_put(fields + 8, 4, bytes_get32(fields + 8) % blocks);
	bytes_put(fields + 12, 4, blocks - (bytes_get32(fields + 12) % 4 == 1));
	bytes_put(fields + 16, 4, bytes_get32(fields + 16) % 16);
	for (unsigned int i = 0; i < RING_FILES; i++) {
		uint64_t most = i == 0 ? TEXT : (uint64_t)blocks * RING_BLOCK;
		uint8_t *at = fields + 20 + 4 * i, *size = sizes + 8 * i;

		bytes_put(at, 4, bytes_get32(at) % blocks);
		bytes_put(size, 8, bytes_get(size, 8) % (most + 1));
	}
}

/* The block of a header with those FIELDS; HOW says what of it is wrong. */
static void put_header(uint64_t at, const uint8_t *fields, uint32_t blocks, unsigned int how)
{
	static uint8_t block[RING_BLOCK];

	ring_header_write(block, &(struct ring_dump){0}, NULL);
	memcpy(block + FIELDS_AT, fields, FIELDS + TEXT);
	if (how >= 32)
		mend(block + FIELDS_AT, blocks);
	block[12] = (uint8_t)(how % 16 == 1 ? 2 : 1); /* the version */
	bytes_put(block + 8, 4, crc_update(0, block + 12, RING_BLOCK - 12) + (how % 16 == 2));
	put(block, how % 16 == 3 ? 512 : RING_BLOCK, at); /* a power cut */
}

static void make_device(const uint8_t *data, size_t size, uint32_t blocks)
{
	static uint8_t first[RING_BLOCK];

	if (device < 0) {
		device = memfd_create("ring", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", device);
	}
	HOLDS(device >= 0 && ftruncate(device, 0) == 0);
	HOLDS(ftruncate(device, RING_BEGIN + (off_t)blocks * RING_BLOCK + RING_TAIL) == 0);
	ring_header_write(first, &(struct ring_dump){.ring = blocks - data[2] % 4}, NULL);
	if (data[2] % 8 < 7)
		put(first, RING_BLOCK, 0);
	for (size_t at = 3; at + RECORD <= size; at += RECORD) {
		put_header(RING_BLOCK + (uint64_t)(data[at] % (2 * RING_SLOTS)) * RING_BLOCK,
			   data + at + 2, blocks, data[at + 1]);
	}
}

static void check_dump(const struct ring *r, const struct ring_dump *d)
{
	static struct status_text status;
	uint8_t byte;
	int told = ring_status(r, d, &status);

	HOLDS(ring_is_possible(d, r->blocks) && ring_extent(d) <= r->blocks);
	HOLDS((told == 0 || told == 1) && status.size <= RING_BLOCK);
	for (unsigned int i = 1; i < RING_FILES; i++) {
		uint64_t at = ring_offset(r, d, i);

		if ((d->files >> i & 1) == 0 || d->size[i] == 0)
			continue;
		HOLDS(at >= RING_BEGIN && at < ring_end(r));
		HOLDS(ring_read(r, d, i, 0, &byte, 1) == 0);
		HOLDS(ring_read(r, d, i, d->size[i] - 1, &byte, 1) == 0);
	}
}

static void check_dumps(const struct ring *r)
{
	uint32_t slots = 0;

	HOLDS(r->dumps <= RING_SLOTS);
	for (unsigned int i = 0; i < r->dumps; i++) {
		const struct ring_dump *d = &r->dump[i];

		HOLDS(d->slot < RING_SLOTS && (slots >> d->slot & 1) == 0);
		HOLDS(i == 0 || d->number >= r->dump[i - 1].number);
		slots |= UINT32_C(1) << d->slot;
		check_dump(r, d);
	}
}

/* No dump that is there has a block between START and the END'th from there on. */
static void check_apart(const struct ring *r, uint32_t end)
{
	HOLDS(end <= r->blocks);
	for (unsigned int i = 0; i < r->dumps; i++) {
		const struct ring_dump *d = &r->dump[i];
		uint32_t gap = (d->start + r->blocks - r->own.start) % r->blocks;

		HOLDS(ring_extent(d) == 0 || (gap >= end && gap + ring_extent(d) <= r->blocks));
	}
}

static void check_room(const struct ring *r)
{
	uint64_t room = ring_room(r);

	HOLDS(room % RING_BLOCK == 0 && room <= ring_limit(r) && ring_text_room(r) <= room);
	check_apart(r, ring_used(r) + (uint32_t)(room / RING_BLOCK));
}

/* FILE, of SIZE bytes, which nobody writes. */
static void add_file(struct ring *r, unsigned int file, uint64_t size)
{
	int fd = ring_create(r, file);

	HOLDS(fd >= 0);
	HOLDS(lseek(fd, 0, SEEK_CUR) == (off_t)ring_offset(r, &r->own, file));
	close(fd);
	HOLDS(ring_commit(r, file, size, NULL) == 0);
	check_room(r);
}

/* One more dump, with all the room that there is then. */
static void make_dump(struct ring *r)
{
	uint32_t highest = r->dumps > 0 ? r->dump[r->dumps - 1].number : 0;
	unsigned int left = RING_SLOTS;
	const struct ring_dump *d;
	struct ring_dump own;

	while (ring_make(r, highest + (highest < LAYOUT_NUMBER_MAX), 1700000000) != 0) {
		d = ring_ahead(r);
		HOLDS(d != NULL && left-- > 0);
		HOLDS(ring_remove(r, d) == 0);
	}
	HOLDS(ring_room(r) + RING_TEXT >= RING_NEED && ring_text_room(r) + RING_TEXT >= RING_NEED);
	check_room(r);
	add_file(r, LAYOUT_IS_LOG, ring_text_room(r) / 2);
	if ((d = ring_ahead(r)) != NULL)
		HOLDS(ring_remove(r, d) == 0);
	add_file(r, LAYOUT_IS_MEMORY, ring_room(r));
	add_file(r, LAYOUT_IS_CAPTURE_LOG, 100);
	HOLDS(ring_commit(r, LAYOUT_IS_STATUS, 16, "result=complete\n") == 0);
	own = r->own;
	HOLDS(ring_open(&again, path, false) == 0);
	check_dumps(&again);
	HOLDS(again.dumps == r->dumps + 1);
	for (d = again.dump; d->slot != own.slot; d++)
		HOLDS(d < again.dump + again.dumps - 1);
	HOLDS(memcmp(d->word, own.word, sizeof(own.word)) == 0);
	HOLDS(memcmp(d->wide, own.wide, sizeof(own.wide)) == 0);
	ring_close(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t blocks;
	int r;

	if (size < 3 || size > INPUT_MAX)
		return 0;
	blocks = LEAST + bytes_get16(data) % (BLOCKS_MAX - LEAST);
	make_device(data, size, blocks);
	r = ring_open(&ring, path, true);
	HOLDS(r == 0 || r == -ENOSPC || r == -EEXIST);
	if (r != 0)
		return 0;
	check_dumps(&ring);
	make_dump(&ring);
	ring_close(&ring);
	return 0;
}
