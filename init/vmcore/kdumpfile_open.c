/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The headers and bitmaps of a kdump-compressed file. Fields are read one by one, where the
 * compiler of the crashed machine put them (diskdump_mod.h of makedumpfile, diskdump.h of crash):
 * 64-bit fields of the 32-bit layout are aligned to 8, as on ARM and not as on i386. Where time_t
 * has 64 bits on ARM, as in Debian since 13, the fields behind the time of the header stand where
 * they do on 64-bit machines, and the sub header, which has no time, is as it was.
 */
#include "base/bytes.h"
#include "vmcore/kdumpfile.h"

#include "vmcore/elf_fields.h"
#include "vmcore/elfcore.h"
#include "vmcore/kdumpfile_parts.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

enum {
	SIGNATURE = 8,
	VERSION_MIN = 4, /* the first to hold the notes */
	VERSION_MAX = 6,
	VERSION_WIDE = 6, /* the first with a 64-bit max_mapnr */
	VERSION_AT = 8,
	MACHINE_AT = 12 + 4 * 65, /* utsname.machine */
	HEADER = 464,
	SUB_HEADER = 104,
	INCOMPLETE = 8, /* of status */
	BLOCK_BITS = KDUMPFILE_BLOCK * 8,
};

/* Where the fields stand, in the header and in the sub header. */
struct layout {
	unsigned int word; /* bytes of an unsigned long */
	unsigned int status, block_size, sub_hdr_size, bitmap_blocks, max_mapnr;
	unsigned int level, split, offset_note, size_note, max_mapnr_64;
};

static const struct layout layout32 = {
	.word = 4,
	.status = 412,
	.block_size = 416,
	.sub_hdr_size = 420,
	.bitmap_blocks = 424,
	.max_mapnr = 428,
	.level = 4,
	.split = 8,
	.offset_note = 40,
	.size_note = 48,
	.max_mapnr_64 = 88,
};

static const struct layout layout32_time64 = {
	.word = 4,
	.status = 424,
	.block_size = 428,
	.sub_hdr_size = 432,
	.bitmap_blocks = 436,
	.max_mapnr = 440,
	.level = 4,
	.split = 8,
	.offset_note = 40,
	.size_note = 48,
	.max_mapnr_64 = 88,
};

static const struct layout layout64 = {
	.word = 8,
	.status = 424,
	.block_size = 428,
	.sub_hdr_size = 432,
	.bitmap_blocks = 436,
	.max_mapnr = 440,
	.level = 8,
	.split = 12,
	.offset_note = 48,
	.size_note = 56,
	.max_mapnr_64 = 96,
};

/*
 * NAME is compared by SIZE bytes: of arm there are armv6l, armv7l and others. Of two layouts the
 * first whose sizes make sense is right: with a 32-bit time_t the sizes of the other are zeros.
 */
static const struct machine {
	const char *name;
	size_t size;
	uint16_t machine;
	unsigned int address_bits; /* of a physical address, as in elfcore.c */
	const struct layout *layout[2];
} machines[] = {
	{"arm", 3, EM_ARM, 40, {&layout32_time64, &layout32}},
	{"aarch64", 8, EM_AARCH64, 52, {&layout64, NULL}},
	{"x86_64", 7, EM_X86_64, 52, {&layout64, NULL}},
};

static uint32_t u32(const uint8_t *p, size_t at)
{
	return (uint32_t)bytes_get(p + at, 4);
}

bool kdumpfile_is(const uint8_t *head, size_t size)
{
	return size >= SIGNATURE && memcmp(head, "KDUMP   ", SIGNATURE) == 0;
}

static const struct machine *machine_of(const uint8_t *header)
{
	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (memcmp(header + MACHINE_AT, machines[i].name, machines[i].size) == 0)
			return &machines[i];
	}
	return NULL;
}

/* Blocks of 4 to 64 KiB, a sub header of some, two bitmaps of as many each, descriptors. */
static int take_sizes(struct kdumpfile *k, const struct layout *l, const uint8_t *header)
{
	uint64_t block = u32(header, l->block_size);
	uint64_t sub = u32(header, l->sub_hdr_size);
	uint64_t bitmaps = u32(header, l->bitmap_blocks);

	k->shift = 12;
	while (k->shift < 16 && block > UINT64_C(1) << k->shift)
		k->shift++;
	if (block != UINT64_C(1) << k->shift || sub == 0 || bitmaps == 0 || bitmaps % 2 != 0)
		return -EBADMSG;
	k->incomplete = (u32(header, l->status) & INCOMPLETE) != 0;
	k->max_mapnr = u32(header, l->max_mapnr);
	k->bitmap1 = (1 + sub) * block;
	k->bitmap2 = k->bitmap1 + bitmaps / 2 * block;
	k->descs = k->bitmap1 + bitmaps * block; /* 48 bits of sizes: nothing wraps */
	return k->descs <= k->file_size ? 0 : -EBADMSG;
}

/* The header has max_mapnr by 32 bits only; bit 0 of ARM's bitmaps is the first page of RAM. */
static int take_sub_header(struct kdumpfile *k, const struct machine *m, const struct layout *l,
			   uint32_t version, const uint8_t *sub)
{
	if (u32(sub, l->split) != 0)
		return -ENOTSUP; /* it has descriptors for a part of its bitmap only */
	if (version >= VERSION_WIDE)
		k->max_mapnr = bytes_get(sub + l->max_mapnr_64, 8);
	k->level = u32(sub, l->level);
	k->phys_base = bytes_get(sub, l->word);
	k->base = m->machine == EM_ARM ? k->phys_base >> k->shift : 0;
	if (k->max_mapnr == 0 || k->max_mapnr > (k->bitmap2 - k->bitmap1) * 8)
		return -EBADMSG;
	if (k->max_mapnr > (uint64_t)KDUMPFILE_BLOCKS * BLOCK_BITS)
		return -ENOTSUP;
	if (k->base + k->max_mapnr > UINT64_C(1) << (m->address_bits - k->shift))
		return -EBADMSG;
	k->note_size = bytes_get(sub + l->size_note, l->word);
	k->note_offset = bytes_get(sub + l->offset_note, 8);
	if (k->note_size == 0)
		k->note_offset = 0;
	else if (k->note_offset < UINT64_C(1) << k->shift || k->note_offset > k->bitmap1 ||
		 k->note_size > k->bitmap1 - k->note_offset)
		return -EBADMSG;
	return 0;
}

static int take_headers(struct kdumpfile *k)
{
	uint8_t header[HEADER];
	uint8_t sub[SUB_HEADER];
	const struct machine *m;
	const struct layout *l = NULL;
	uint32_t version;
	int r = kdumpfile_read(k, header, sizeof(header), 0);

	if (r != 0)
		return r;
	version = u32(header, VERSION_AT);
	m = machine_of(header);
	if (version < VERSION_MIN || version > VERSION_MAX || m == NULL)
		return -ENOTSUP;
	k->machine = m->machine;
	r = -EBADMSG;
	for (unsigned int i = 0; i < 2 && r != 0 && m->layout[i] != NULL; i++) {
		l = m->layout[i];
		r = take_sizes(k, l, header);
	}
	if (r == 0)
		r = kdumpfile_read(k, sub, sizeof(sub), UINT64_C(1) << k->shift);
	if (r == 0)
		r = take_sub_header(k, m, l, version, sub);
	return r;
}

/* The run of frames that is going on begins at bit START; one that ended becomes a segment. */
static int end_run(const struct kdumpfile *k, struct elfcore *core, uint64_t start, uint64_t end)
{
	struct elfcore_segment *s = &core->segment[core->segments];

	if (core->segments == ELFCORE_SEGMENTS)
		return -EBADMSG;
	*s = (struct elfcore_segment){
		.paddr = (k->base + start) << k->shift,
		.size = (end - start) << k->shift,
		.index = (uint16_t)core->segments,
	};
	core->segments++;
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
	memset(core, 0, offsetof(struct elfcore, segment));
	r = kdumpfile_read(k, head, sizeof(head), 0);
	if (r == -EBADMSG || (r == 0 && !kdumpfile_is(head, sizeof(head))))
		return -ENOEXEC;
	if (r == 0)
		r = take_headers(k);
	if (r != 0)
		return r;
	core->machine = k->machine;
	core->is64 = k->machine != EM_ARM;
	core->file_size = k->file_size;
	r = take_bitmaps(k, core);
	if (r == 0 && k->saved * KDUMPFILE_DESC > k->file_size - k->descs)
		r = -EBADMSG;
	return r;
}
