/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The headers and bitmaps of a kdump-compressed file. Fields are read one by one, where
 * kdump_layout.h has them.
 */
#include "vmcore/kdumpfile.h"

#include "base/bytes.h"
#include "vmcore/elfcore_rows.h"
#include "vmcore/kdump_layout.h"
#include "vmcore/kdumpfile_parts.h"
#include "vmcore/machine.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

enum { SIGNATURE = sizeof(KDUMP_SIGNATURE) - 1, BLOCK_BITS = KDUMPFILE_BLOCK * 8 };

static uint32_t u32(const uint8_t *p, size_t at)
{
	return (uint32_t)bytes_get(p + at, 4);
}

bool kdumpfile_is(const uint8_t *head, size_t size)
{
	return size >= SIGNATURE && memcmp(head, KDUMP_SIGNATURE, SIGNATURE) == 0;
}

/* Blocks of 4 to 64 KiB, a sub header of some, two bitmaps of as many each, descriptors. */
static int take_sizes(struct kdumpfile *k, const uint8_t *status)
{
	uint64_t block = u32(status, KDUMP_BLOCK_SIZE);
	uint64_t sub = u32(status, KDUMP_SUB_BLOCKS);
	uint64_t bitmaps = u32(status, KDUMP_BITMAP_BLOCKS);

	k->shift = 12;
	while (k->shift < 16 && block > UINT64_C(1) << k->shift)
		k->shift++;
	if (block != UINT64_C(1) << k->shift || sub == 0 || bitmaps == 0 || bitmaps % 2 != 0)
		return -EBADMSG;
	k->incomplete = (u32(status, 0) & KDUMP_INCOMPLETE) != 0;
	k->max_mapnr = u32(status, KDUMP_MAX_MAPNR);
	k->bitmap1 = (1 + sub) * block;
	k->bitmap2 = k->bitmap1 + bitmaps / 2 * block;
	k->descs = k->bitmap1 + bitmaps * block; /* 48 bits of sizes: nothing wraps */
	return k->descs <= k->file_size ? 0 : -EBADMSG;
}

/* The header has max_mapnr by 32 bits only; bit 0 of ARM's bitmaps is the first page of RAM. */
static int take_sub_header(struct kdumpfile *k, const struct machine *m, uint32_t version,
			   const uint8_t *sub)
{
	const struct kdump_layout *l = m->kdump;

	if (u32(sub, l->split) != 0)
		return -ENOTSUP; /* it has descriptors for a part of its bitmap only */
	if (version >= KDUMP_VERSION_WIDE)
		k->max_mapnr = bytes_get(sub + l->max_mapnr_64, 8);
	k->level = u32(sub, l->level);
	k->phys_base = bytes_get(sub, m->word);
	k->base = m->relative_frames ? k->phys_base >> k->shift : 0;
	if (k->max_mapnr == 0 || k->max_mapnr > (k->bitmap2 - k->bitmap1) * 8)
		return -EBADMSG;
	if (k->max_mapnr > (uint64_t)KDUMPFILE_BLOCKS * BLOCK_BITS)
		return -ENOTSUP;
	if (k->base + k->max_mapnr > UINT64_C(1) << (m->address_bits - k->shift))
		return -EBADMSG;
	k->note_size = bytes_get(sub + l->note_size, m->word);
	k->note_offset = bytes_get(sub + l->note, 8);
	if (k->note_size == 0)
		k->note_offset = 0;
	else if (k->note_offset < UINT64_C(1) << k->shift || k->note_offset > k->bitmap1 ||
		 k->note_size > k->bitmap1 - k->note_offset)
		return -EBADMSG;
	return 0;
}

/*
 * Of two places of status the first behind which sizes make sense is right: with a 32-bit time_t
 * those of the other are zeros.
 */
static int take_headers(struct kdumpfile *k)
{
	uint8_t header[KDUMP_HEADER_END];
	uint8_t sub[KDUMP_SUB_HEADER_MAX];
	const struct machine *m;
	uint32_t version;
	int r = kdumpfile_read(k, header, sizeof(header), 0);

	if (r != 0)
		return r;
	version = u32(header, KDUMP_VERSION);
	m = machine_named((const char *)header + KDUMP_UTSNAME +
			  (size_t)KDUMP_UTS_MACHINE * KDUMP_UTS_FIELD);
	if (version < KDUMP_VERSION_NOTES || version > KDUMP_VERSION_WIDE || m == NULL)
		return -ENOTSUP;
	k->machine = m->elf;
	r = -EBADMSG;
	for (unsigned int i = 0; i < 2 && r != 0 && m->kdump->status[i] != 0; i++)
		r = take_sizes(k, header + m->kdump->status[i]);
	if (r == 0)
		r = kdumpfile_read(k, sub, sizeof(sub), UINT64_C(1) << k->shift);
	if (r == 0)
		r = take_sub_header(k, m, version, sub);
	return r;
}

/* The run of frames that is going on begins at bit START; one that ended becomes a segment. */
static int end_run(const struct kdumpfile *k, struct elfcore *core, uint64_t start, uint64_t end)
{
	struct elfcore_segment *s = elfcore_add(core);

	if (s == NULL)
		return -ENOTSUP;
	*s = (struct elfcore_segment){
		.paddr = (k->base + start) << k->shift,
		.size = (end - start) << k->shift,
		.index = core->segments - 1,
	};
	return 0;
}

/* Finds where runs of set bits begin and end in a block of bitmap 1, whose first bit is FIRST. */
static int take_runs(const struct kdumpfile *k, struct elfcore *core, const uint8_t *block,
		     uint64_t first, uint64_t *start)
{
	for (unsigned int i = 0; i < BLOCK_BITS;) {
		bool on = *start != UINT64_MAX;
		uint64_t word = bytes_get(block + i / 64 * 8, 8);
		uint64_t change = (on ? ~word : word) >> i % 64;
		int r;

		if (change == 0) {
			i += 64 - i % 64;
			continue;
		}
		i += (unsigned int)__builtin_ctzll(change);
		r = on ? end_run(k, core, *start, first + i) : 0;
		if (r != 0)
			return r;
		*start = on ? UINT64_MAX : first + i;
	}
	return 0;
}

/* Counts the pages of a block; none is there whose frame never was. */
static int take_saved(struct kdumpfile *k, const uint8_t *existing, const uint8_t *saved)
{
	for (unsigned int i = 0; i < KDUMPFILE_BLOCK; i += 8) {
		uint64_t word = bytes_get(saved + i, 8);

		if ((word & ~bytes_get(existing + i, 8)) != 0)
			return -EBADMSG;
		k->saved += (unsigned int)__builtin_popcountll(word);
	}
	return 0;
}

/* Reads both bitmaps once, side by side. */
static int take_bitmaps(struct kdumpfile *k, struct elfcore *core)
{
	uint64_t start = UINT64_MAX;
	uint64_t blocks = (k->max_mapnr + BLOCK_BITS - 1) / BLOCK_BITS;

	for (uint64_t at = 0; at < blocks; at++) {
		int r = kdumpfile_bits(k, k->bitmap1, at, k->packed);

		if (r == 0)
			r = kdumpfile_bits(k, k->bitmap2, at, k->block);
		k->before[at] = (uint32_t)k->saved;
		if (r == 0)
			r = take_saved(k, k->packed, k->block);
		if (r == 0)
			r = take_runs(k, core, k->packed, at * BLOCK_BITS, &start);
		if (r != 0)
			return r;
	}
	return start == UINT64_MAX ? 0 : end_run(k, core, start, k->max_mapnr);
}

int kdumpfile_open(struct kdumpfile *k, int fd, struct elfcore *core)
{
	uint8_t head[SIGNATURE];
	struct stat st;
	int r;

	if (fstat(fd, &st) != 0)
		return -errno;
	memset(k, 0, offsetof(struct kdumpfile, block));
	k->fd = fd;
	k->file_size = st.st_size > 0 ? (uint64_t)st.st_size : INT64_MAX; /* or a block device */
	k->block_at = UINT64_MAX;
	k->page_at = UINT64_MAX;
	elfcore_clear(core, fd);
	r = kdumpfile_read(k, head, sizeof(head), 0);
	if (r == -EBADMSG || (r == 0 && !kdumpfile_is(head, sizeof(head))))
		return -ENOEXEC;
	if (r == 0)
		r = take_headers(k);
	if (r != 0)
		return r;
	core->machine = k->machine;
	core->is64 = machine_of(k->machine)->word == 8;
	core->file_size = k->file_size;
	notes_take(&core->notes, k->note_offset, k->note_size);
	r = take_bitmaps(k, core);
	if (r == 0 && k->saved * KDUMP_DESC > k->file_size - k->descs)
		r = -EBADMSG;
	return r;
}
