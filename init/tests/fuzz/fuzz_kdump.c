/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of vmcore/kdumpfile, expand, and of vmcore/vmcore and physmem on such files. The
 * input is a file without its holes: a byte for the size of its blocks; one for where the pieces
 * of the bitmaps stand, and the codec for the rest; two for the size of the sub header and notes;
 * the header; those; PIECE bytes of each bitmap; descriptors and pages. Contract: whatever the
 * file says, opening it ends with a result that is documented; segments are runs of whole pages,
 * in order, apart; as many frames are marked as are saved, and these alone have a page; a page is
 * written in all of its bytes and in none beyond it.
 */
#include "codec/expand.h"
#include "tests/fuzz/fuzz.h"
#include "tests/page_flags.h"
#include "vmcore/kdump_layout.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	HEADER = 464,
	PIECE = 64,
	INPUT_MAX = 64 * 1024,
	BITMAP = 64 * 1024, /* as many bytes of frames are looked at */
	PAGES = 24,	    /* and so many pages */
	PAGE = 4096,
	GUARD = 32,
};

static struct vmcore vmcore;
static struct kdumpfile kdump;
static uint8_t bits[BITMAP];

/* SIZE bytes that end where nothing can be read or written; there are two such places. */
static uint8_t *guarded(unsigned int n, size_t size)
{
	static uint8_t *arena[2];

	if (arena[n] == NULL) {
		arena[n] = mmap(NULL, KDUMPFILE_PAGE_MAX + PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		HOLDS(arena[n] != MAP_FAILED);
		HOLDS(mprotect(arena[n] + KDUMPFILE_PAGE_MAX, PAGE, PROT_NONE) == 0);
	}
	return arena[n] + KDUMPFILE_PAGE_MAX - size;
}

/* Two runs over pages that differ must end with the same page: each byte of it was written. */
static void check_expand(unsigned int way, const uint8_t *data, size_t size)
{
	static const unsigned int codecs[] = {PAGE_ZLIB, PAGE_LZO, PAGE_ZSTD, PAGE_RAW,
					      PAGE_SNAPPY};
	static uint8_t first[PAGE];
	unsigned int codec = codecs[way % 5];
	uint8_t *page = guarded(1, PAGE);
	uint8_t *packed;
	int r;

	size = size < PAGE ? size : PAGE;
	packed = guarded(0, size);
	memcpy(packed, data, size);
	memset(page - GUARD, 0x11, GUARD + PAGE);
	r = expand_page(codec, packed, size, page, PAGE);
	HOLDS(r == 0 || r == -EBADMSG || (r == -ENOTSUP && codec == PAGE_SNAPPY));
	memcpy(first, page, PAGE);
	memset(page, 0xee, PAGE);
	HOLDS(expand_page(codec, packed, size, page, PAGE) == r);
	HOLDS(r != 0 || memcmp(first, page, PAGE) == 0);
	for (unsigned int i = 1; i <= GUARD; i++)
		HOLDS(page[-(int)i] == 0x11);
}

static void check_segments(void)
{
	const struct elfcore *c = &vmcore.elf;
	uint64_t page = UINT64_C(1) << kdump.shift;
	uint64_t end = kdump.base << kdump.shift;
	uint64_t frames = 0;

	HOLDS(kdump.shift >= 12 && kdump.shift <= 16 && kdump.saved <= kdump.max_mapnr);
	HOLDS(kdump.descs + kdump.saved * KDUMP_DESC <= kdump.file_size);
	HOLDS(kdump.note_offset + kdump.note_size <= kdump.bitmap1);
	HOLDS(c->faults == 0 && c->unlisted == 0 && c->segments <= ELFCORE_SEGMENTS);
	for (unsigned int i = 0; i < c->segments; i++) {
		const struct elfcore_segment *s = &c->segment[i];

		HOLDS(s->fault == ELFCORE_SANE && s->size > 0 && s->size % page == 0);
		HOLDS(s->paddr % page == 0 && (i == 0 ? s->paddr >= end : s->paddr > end));
		end = s->paddr + s->size;
		frames += s->size / page;
	}
	HOLDS(end <= (kdump.base + kdump.max_mapnr) << kdump.shift);
	HOLDS(kdump.saved <= frames && vmcore.frames.count == frames);
}

/* Reads the page of PFN twice, over different bytes; it is there if SAVED. */
static void check_page(uint64_t pfn, bool saved)
{
	static uint8_t first[KDUMPFILE_PAGE_MAX];
	size_t page = (size_t)1 << kdump.shift;
	size_t behind = page + GUARD < sizeof(kdump.page) ? page + GUARD : page;
	const uint8_t *got;
	int r;

	memset(kdump.page, 0x11, behind);
	kdump.page_at = UINT64_MAX;
	r = kdumpfile_page(&kdump, pfn, &got);
	HOLDS(saved ? r == 0 || r == -EBADMSG || r == -ENOTSUP : r == -ENODATA);
	for (size_t i = page; i < behind; i++)
		HOLDS(kdump.page[i] == 0x11);
	if (r != 0)
		return;
	memcpy(first, got, page);
	memset(kdump.page, 0xee, page);
	kdump.page_at = UINT64_MAX;
	HOLDS(kdumpfile_page(&kdump, pfn, &got) == 0 && memcmp(first, got, page) == 0);
	HOLDS(kdumpfile_page(&kdump, pfn, &got) == 0 && memcmp(first, got, page) == 0);
}

/* The first byte of the page of PFN and the last one before it, by physical address. */
static void check_memory(uint64_t pfn)
{
	uint64_t pa = pfn << kdump.shift;
	const uint8_t *got;
	uint8_t byte[2];
	int r = kdumpfile_page(&kdump, pfn, &got);
	int m = physmem_read(&vmcore.memory, pa, byte, 1);

	HOLDS(m == (r == -ENODATA ? -ENXIO : r));
	HOLDS(r != 0 || byte[0] == got[0]);
	m = physmem_read(&vmcore.memory, pa - 1, byte, 2);
	HOLDS(m == 0 || m == -ENXIO || m == -EBADMSG || m == -ENOTSUP);
}

/* Counts the marks of all frames, as far as there is room, and looks at the first few pages. */
static void check_frames(void)
{
	uint64_t count = kdump.max_mapnr < BITMAP * 8 ? (kdump.max_mapnr + 7) / 8 * 8 : BITMAP * 8;
	unsigned int left = PAGES;
	uint64_t marked = 0;
	uint64_t last = 0;

	HOLDS(kdumpfile_mark(&kdump, kdump.base, count, bits) == 0);
	for (uint64_t i = 0; i < count; i++) {
		bool saved = (bits[i / 8] >> i % 8 & 1) != 0;

		if (i % 8 == 0 && bits[i / 8] == 0) {
			i += 7;
			continue;
		}
		marked += saved;
		last = saved ? i : last;
		if (left == 0)
			continue;
		left--;
		check_page(kdump.base + i, saved);
		check_memory(kdump.base + i);
	}
	HOLDS(marked == kdump.saved || (marked < kdump.saved && kdump.max_mapnr > count));
	if (marked > 0)
		check_page(kdump.base + last, true);
	check_page(kdump.base + kdump.max_mapnr, false);
	check_page(kdump.base - 1, false);
}

/* Marks from a frame that stands in no byte of its own are the same. */
static void check_shifted(uint64_t around)
{
	static uint8_t shifted[PIECE + 8];
	uint64_t first = around * 8 + 5;

	if (first + (PIECE + 8) * 8 > BITMAP * 8)
		return;
	HOLDS(kdumpfile_mark(&kdump, kdump.base + first, sizeof(shifted) * 8, shifted) == 0);
	for (uint64_t i = 0; i < sizeof(shifted) * 8 && first + i < kdump.max_mapnr; i++)
		HOLDS((shifted[i / 8] >> i % 8 & 1) ==
		      (bits[(first + i) / 8] >> (first + i) % 8 & 1));
}

static void put(int fd, const void *data, size_t size, uint64_t at)
{
	HOLDS(pwrite(fd, data, size, (off_t)at) == (ssize_t)size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	size_t sub = size < 4 ? 0 : data[2] | (size_t)data[3] << 8;
	uint64_t block, piece;
	int r;

	if (size < 4 + HEADER + 2 * PIECE || size > INPUT_MAX || sub > PAGE ||
	    sub > size - (4 + HEADER + 2 * PIECE))
		return 0;
	block = UINT64_C(1) << (12 + data[0] % 5);
	piece = data[1] * UINT64_C(1016) % (block - PIECE);
	if (fd < 0)
		fd = memfd_create("kdump", MFD_CLOEXEC);
	HOLDS(fd >= 0 && ftruncate(fd, 0) == 0);
	r = data[1];
	data += 4;
	put(fd, data, HEADER, 0);
	put(fd, data + HEADER, sub, block);
	put(fd, data + HEADER + sub, PIECE, 2 * block + piece);
	put(fd, data + HEADER + sub + PIECE, PIECE, 3 * block + piece);
	data += HEADER + sub + 2 * PIECE;
	size -= 4 + HEADER + sub + 2 * PIECE;
	HOLDS(ftruncate(fd, (off_t)(4 * block)) == 0);
	put(fd, data, size, 4 * block);
	check_expand((unsigned int)r, data, size);
	r = vmcore_open(&vmcore, fd, &kdump);
	HOLDS(r == 0 || r == -ENOEXEC || r == -EBADMSG || r == -ENOTSUP);
	if (r != 0 || vmcore.kdump == NULL)
		return 0;
	check_segments();
	check_frames();
	check_shifted(piece);
	r = kdumpfile_check(&kdump);
	HOLDS(r == 0 || r == -EBADMSG);
	return 0;
}
