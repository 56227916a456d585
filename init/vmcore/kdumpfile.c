/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of a kdump-compressed file. The N-th set bit of the second bitmap has the N-th page
 * descriptor; counts of bits per block, taken when the file was opened, say which one that is.
 * Nothing of a descriptor is believed, and nothing read before stands in for what cannot be read.
 */
#include "vmcore/kdumpfile.h"

#include "base/bytes.h"
#include "base/io.h"
#include "codec/codec.h"
#include "codec/expand.h"
#include "vmcore/kdump_layout.h"
#include "vmcore/kdumpfile_parts.h"

#include <errno.h>
#include <string.h>

enum { BLOCK_BITS = KDUMPFILE_BLOCK * 8 };

/* struct page_desc of diskdump_mod.h (makedumpfile). */
struct desc {
	uint64_t offset;
	uint32_t size, flags;
};

int kdumpfile_read(const struct kdumpfile *k, void *into, size_t size, uint64_t at)
{
	if (at > k->file_size || size > k->file_size - at)
		return -EBADMSG;
	if (io_read_at(k->fd, into, size, at) == size)
		return 0;
	return errno != 0 ? -errno : -EBADMSG;
}

int kdumpfile_bits(const struct kdumpfile *k, uint64_t bitmap, uint64_t at, uint8_t *block)
{
	uint64_t bits = k->max_mapnr - at * BLOCK_BITS;
	size_t size = bits < BLOCK_BITS ? (size_t)(bits + 7) / 8 : KDUMPFILE_BLOCK;
	int r = kdumpfile_read(k, block, size, bitmap + at * KDUMPFILE_BLOCK);

	memset(block + size, 0, KDUMPFILE_BLOCK - size);
	if (bits < BLOCK_BITS && bits % 8 != 0)
		block[size - 1] &= (uint8_t)((1u << bits % 8) - 1);
	return r;
}

/* Has the dump the page of bit BIT? Fills k->block with the bits around it. */
static int look_up(struct kdumpfile *k, uint64_t bit, bool *saved)
{
	uint64_t at = bit / BLOCK_BITS;

	if (k->block_at != at) {
		int r = kdumpfile_bits(k, k->bitmap2, at, k->block);

		k->block_at = r == 0 ? at : UINT64_MAX;
		if (r != 0)
			return r;
	}
	*saved = (k->block[bit % BLOCK_BITS / 8] >> bit % 8 & 1) != 0;
	return 0;
}

/* Which descriptor belongs to BIT, which look_up found. */
static uint64_t rank_of(const struct kdumpfile *k, uint64_t bit)
{
	unsigned int within = (unsigned int)(bit % BLOCK_BITS);
	uint64_t rank = k->before[bit / BLOCK_BITS];
	uint64_t last = bytes_get(k->block + within / 64 * 8, 8);

	for (unsigned int i = 0; i < within / 64; i++)
		rank += (unsigned int)__builtin_popcountll(bytes_get(k->block + i * 8, 8));
	last &= (UINT64_C(1) << within % 64) - 1;
	return rank + (unsigned int)__builtin_popcountll(last);
}

/* A page lies behind the descriptors, inside the file, and is no larger than it would be raw. */
static bool is_sane(const struct kdumpfile *k, const struct desc *d)
{
	size_t page = (size_t)1 << k->shift;
	uint64_t data = k->descs + k->saved * KDUMP_DESC;

	if (codec_of(d->flags) == NULL || d->size == 0 || d->size > page ||
	    (d->flags == CODEC_NONE && d->size != page))
		return false;
	return d->offset >= data && d->offset <= k->file_size &&
	       d->size <= k->file_size - d->offset;
}

static bool take_desc(const struct kdumpfile *k, struct desc *d, const uint8_t *raw)
{
	d->offset = bytes_get(raw, 8);
	d->size = (uint32_t)bytes_get(raw + KDUMP_DESC_SIZE, 4);
	d->flags = (uint32_t)bytes_get(raw + KDUMP_DESC_FLAGS, 4);
	return is_sane(k, d);
}

/* Reads the page of descriptor RANK into k->page. */
static int fetch(struct kdumpfile *k, uint64_t rank)
{
	size_t page = (size_t)1 << k->shift;
	uint8_t raw[KDUMP_DESC];
	struct desc d;
	int r;

	if (rank >= k->saved)
		return -EBADMSG; /* the bitmap changed since it was counted */
	r = kdumpfile_read(k, raw, sizeof(raw), k->descs + rank * KDUMP_DESC);
	if (r != 0)
		return r;
	if (!take_desc(k, &d, raw))
		return -EBADMSG;
	if (d.flags == CODEC_NONE)
		return kdumpfile_read(k, k->page, page, d.offset);
	r = kdumpfile_read(k, k->packed, d.size, d.offset);
	return r == 0 ? expand_page(d.flags, k->packed, d.size, k->page, page) : r;
}

int kdumpfile_page(struct kdumpfile *k, uint64_t pfn, const uint8_t **page)
{
	uint64_t bit = pfn - k->base;
	bool saved = false;
	int r;

	*page = k->page;
	if (bit >= k->max_mapnr) /* or below BASE: that wraps */
		return -ENODATA;
	if (pfn == k->page_at)
		return 0;
	r = look_up(k, bit, &saved);
	if (r == 0 && !saved)
		r = -ENODATA;
	if (r != 0)
		return r;
	r = fetch(k, rank_of(k, bit));
	k->page_at = r == 0 ? pfn : UINT64_MAX;
	return r;
}

int kdumpfile_mark(struct kdumpfile *k, uint64_t first, uint64_t count, uint8_t *bitmap)
{
	uint64_t top = k->base + k->max_mapnr;
	uint64_t end = first + count < top ? first + count : top; /* if it wraps: before FIRST */
	bool saved = false;

	memset(bitmap, 0, (size_t)(count / 8));
	for (uint64_t pfn = first > k->base ? first : k->base; pfn < end;) {
		uint64_t bit = pfn - k->base;
		uint64_t to = pfn - first;
		int r = look_up(k, bit, &saved);

		if (r != 0)
			return r;
		if (bit % 8 == 0 && to % 8 == 0) {
			bitmap[to / 8] = k->block[bit % BLOCK_BITS / 8];
			pfn += 8;
		} else {
			bitmap[to / 8] |= (uint8_t)(saved ? 1u << to % 8 : 0);
			pfn++;
		}
	}
	return 0;
}

int kdumpfile_check(struct kdumpfile *k)
{
	const uint64_t most = sizeof(k->packed) / KDUMP_DESC;
	struct desc d;

	if (k->incomplete)
		return -EBADMSG;
	for (uint64_t at = 0; at < k->saved; at += most) {
		uint64_t count = k->saved - at < most ? k->saved - at : most;
		int r = kdumpfile_read(k, k->packed, (size_t)count * KDUMP_DESC,
				       k->descs + at * KDUMP_DESC);

		for (uint64_t i = 0; r == 0 && i < count; i++) {
			if (!take_desc(k, &d, k->packed + i * KDUMP_DESC))
				r = -EBADMSG;
		}
		if (r != 0)
			return r;
	}
	return 0;
}

int kdumpfile_unpack(struct kdumpfile *k, uint64_t *bad, uint64_t *unknown)
{
	*bad = *unknown = 0;
	k->page_at = UINT64_MAX;
	for (uint64_t rank = 0; rank < k->saved; rank++) {
		int r = fetch(k, rank);

		*bad += r == -EBADMSG;
		*unknown += r == -ENOTSUP;
		if (r != 0 && r != -EBADMSG && r != -ENOTSUP)
			return r;
	}
	return 0;
}
