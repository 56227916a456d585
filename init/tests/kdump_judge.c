/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of kdump-compressed dumps. Offsets are those of makedumpfile's diskdump_mod.h, computed
 * by a compiler for each machine; pages are unpacked by the codecs' own libraries.
 */
#include "tests/kdump_judge.h"
#include "tests/page_flags.h"
#include "tests/scratch.h"
#include "tests/sealing.h"
#include "tests/test.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <lzo/lzo1x.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { DESC = 24, UTS_FIELD = 65, PAGE_MAX = 65536 };

/* Where fields stand, for an unsigned long of four and of eight bytes. */
struct judge_layout {
	unsigned int word;
	unsigned int seconds, status;
	unsigned int level, info, info_size, note, note_size, max_mapnr_64, sub_end;
};

static const struct judge_layout layouts[] = {
	{4, 404, 412, 4, 24, 32, 40, 48, 88, 96},
	{8, 408, 424, 8, 32, 40, 48, 56, 96, 104},
};

/* Of the header, whose end is that of 64-bit machines, which is also that of a 64-bit time_t. */
enum { STATUS_TIME64 = 424, HEADER_END = 464, NOT_IN_STATUS = 8 | 16 };

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static _Alignas(SINK_BLOCK) uint8_t scratch[WINDOW_READ_BYTES];
static struct sink_sealed sealed;
static struct seal keys;
static struct vmcore again;
static struct kdumpfile kdump;

/* The file "dump", read again. */
struct judge_image {
	uint8_t *bytes; /* free() it */
	size_t size;
	const struct judge_layout *layout;
	unsigned int shift;
	uint64_t block, base, max_mapnr, bitmap1, bitmap2, descs, data;
};

struct judge judge;
const struct judge_how judge_plain = {
	.level = 1, .codec = PAGE_ZLIB, .sparse = true, .mapped = true};

/* cppcheck-suppress constParameter ; the type of the callback */
static int on_pages(void *arg, const struct kdump_writer *w)
{
	CHECK(arg == &judge);
	CHECK(w->done > judge.seen && w->done <= w->filter->kept);
	judge.seen = w->done;
	if (judge.now != NULL)
		judge.now();
	return 0;
}

/* Checks the file as such; what is sealed is opened then. */
static void check_file(const struct judge_how *how)
{
	size_t size;
	uint8_t *bytes = scratch_read_file("dump", &size);

	CHECK_EQ(judge.sink.end, size);
	CHECK_EQ(judge.sink.crc32, crc32_z(0, bytes, size));
	free(bytes);
	if (how->sealed) {
		CHECK_EQ(size, seal_size(&keys, judge.writer.size));
		REQUIRE(sealing_open("dump"));
	}
}

int judge_write_open(int out, const struct judge_how *how)
{
	struct sink_options options = {.direct = how->direct, .sparse = how->sparse};
	uint64_t base = vmcore_base(&judge.core);
	bool own = out < 0;
	int r;
	int end;

	if (own)
		out = open("dump", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	REQUIRE(out >= 0);
	judge.notes = realloc(judge.notes, (size_t)judge.core.elf.notes.size + 1);
	REQUIRE(judge.notes != NULL);
	notes_read(&judge.core.elf.notes, 0, judge.notes, (size_t)judge.core.elf.notes.size);
	window_open(&judge.window, judge.core.fd, judge.core.elf.file_size, scratch);
	window_exclude(&judge.window, 0, judge.core.elf.data_start);
	judge.window.mapped = judge.window.mapped && how->mapped;
	REQUIRE(filter_open(&judge.filter, &judge.core, &judge.window, how->level, base, NULL) ==
		0);
	judge.filter.kept += (uint64_t)judge.lie;
	sealing_keys(&keys);
	judge.seen = 0;
	judge.writer.sealed = how->sealed;
	sealed.keys = &keys;
	options.sealed = how->sealed ? &sealed : NULL;
	judge.writer.progress = on_pages;
	judge.writer.progress_arg = &judge;
	REQUIRE(kdump_writer_plan(&judge.writer, &judge.core, &judge.filter, how->codec) == 0);
	options.expected_size = judge.writer.size_limit;
	REQUIRE(sink_start(&judge.sink, out, &options, reserve) == 0);
	r = kdump_writer_run(&judge.writer, &judge.window, &judge.sink);
	end = sink_finish(&judge.sink);
	window_close(&judge.window);
	close(out);
	r = r != 0 ? r : end;
	if (own && r == 0)
		check_file(how);
	return r;
}

int judge_write(int in, int out, const struct judge_how *how)
{
	int r;

	REQUIRE(in >= 0 && vmcore_open(&judge.core, in, &judge.source) == 0);
	r = judge_write_open(out, how);
	close(in);
	return r;
}

/* ---- what the core has ---- */

static bool exists(const struct corefile *c, unsigned int shift, uint64_t pfn)
{
	for (unsigned int i = 0; i < c->loads; i++) {
		const struct corefile_load *l = &c->load[i];

		if (pfn >= l->paddr >> shift && pfn <= (l->paddr + l->size - 1) >> shift)
			return true;
	}
	return false;
}

/* The page of frame PFN (SHIFT): where segments share memory, the first has it. Is it zero? */
static bool judge_page(const struct corefile *c, unsigned int shift, uint64_t pfn, uint8_t *page)
{
	uint64_t pa = pfn << shift;
	uint64_t size = UINT64_C(1) << shift;
	bool zero = true;

	memset(page, 0, (size_t)size);
	for (unsigned int i = c->loads; i-- > 0;) {
		const struct corefile_load *l = &c->load[i];
		uint64_t from = l->paddr > pa ? l->paddr : pa;
		uint64_t to = l->paddr + l->size < pa + size ? l->paddr + l->size : pa + size;

		if (from < to)
			memcpy(page + (from - pa), c->bytes + l->offset + (from - l->paddr),
			       (size_t)(to - from));
	}
	for (size_t i = 0; i < size && zero; i++)
		zero = page[i] == 0;
	return zero;
}

/* ---- the reader ---- */

static uint64_t number(const struct judge_image *d, uint64_t at, unsigned int size)
{
	uint64_t n = 0;

	REQUIRE(at + size <= d->size);
	while (size-- > 0)
		n = n << 8 | d->bytes[at + size];
	return n;
}

static bool zeros(const struct judge_image *d, uint64_t from, uint64_t to)
{
	REQUIRE(to <= d->size);
	while (from < to && d->bytes[from] == 0)
		from++;
	return from >= to;
}

/* How many frames there are to be: of ARM as many as leave two bits of bitmap_blocks clear. */
static uint64_t frames_of(const struct judge_image *d, uint64_t frames)
{
	uint64_t block = d->block * 8;

	while (judge.core.elf.machine == EM_ARM &&
	       ((frames + block - 1) / block * 2 & NOT_IN_STATUS) != 0)
		frames = (frames / block + 1) * block;
	return frames;
}

/* The fields behind the time, as a reader finds them whose status is at AT. */
static void check_sizes(const struct judge_image *d, uint64_t at, uint64_t sub, uint64_t bitmap,
			const struct judge_want *want)
{
	CHECK_EQ(number(d, at + 4, 4), d->block);
	CHECK_EQ(number(d, at + 8, 4), sub);
	CHECK_EQ(number(d, at + 12, 4), 2 * bitmap);
	CHECK_EQ(number(d, at + 36, 4), want->cpus == 0 ? 1 : want->cpus);
	CHECK_EQ(number(d, at, 4) & NOT_IN_STATUS, 0);
}

/* diskdump.c of crash refuses a file of which these do not hold. */
static void check_header(struct judge_image *d, const struct judge_how *how,
			 const struct judge_want *want)
{
	const struct judge_layout *l = d->layout;
	uint64_t notes = number(d, d->block + l->note_size, l->word);
	uint64_t sub = (l->sub_end + notes + d->block - 1) / d->block;
	uint64_t bitmap = ((d->max_mapnr + 7) / 8 + d->block - 1) / d->block;
	uint64_t grain = how->sealed ? 65536 : 4096; /* a chunk of age, or a block */
	const char *uts = (const char *)d->bytes + 12;

	while (((1 + sub + 2 * bitmap) * d->block) % grain != 0)
		sub++;
	CHECK_MEM(d->bytes, "KDUMP   ", 8);
	CHECK_EQ(number(d, 8, 4), 6);
	CHECK_STR(uts, "Linux");
	CHECK_STR(uts + 2 * UTS_FIELD, want->release == NULL ? "" : want->release);
	if (want->machine != NULL)
		CHECK_STR(uts + 4 * UTS_FIELD, want->machine);
	CHECK(zeros(d, 12 + 6 * UTS_FIELD, l->seconds));
	CHECK_EQ(number(d, l->seconds, l->word), want->seconds);
	CHECK(zeros(d, l->seconds + l->word, l->status));
	CHECK_EQ(number(d, l->status, 4), how->codec);
	check_sizes(d, l->status, sub, bitmap, want);
	check_sizes(d, STATUS_TIME64, sub, bitmap, want);
	CHECK_EQ(number(d, STATUS_TIME64 + 16, 4), d->max_mapnr);
	CHECK(zeros(d, STATUS_TIME64 + 20, l->status + 36));
	CHECK(zeros(d, l->status + 40, STATUS_TIME64 + 36));
	CHECK(zeros(d, HEADER_END, d->block));
	d->bitmap1 = (1 + sub) * d->block;
	d->bitmap2 = d->bitmap1 + bitmap * d->block;
	d->descs = d->bitmap2 + bitmap * d->block;
	d->data = (d->descs + judge.filter.kept * DESC + grain - 1) / grain * grain;
}

static void check_sub_header(const struct judge_image *d, const struct judge_want *want)
{
	const struct judge_layout *l = d->layout;
	const struct vmcore *v = &judge.core;
	uint64_t at = d->block;
	uint64_t notes = d->block + l->sub_end;
	uint64_t notes_size = number(d, at + l->note_size, l->word);
	uint64_t info = number(d, at + l->info, 8);

	CHECK_EQ(number(d, at, l->word), want->phys_base);
	CHECK_EQ(number(d, at + l->level, 4), want->level);
	CHECK(zeros(d, at + l->level + 4, at + l->info));
	CHECK_EQ(number(d, at + l->info_size, l->word), v->info.size);
	CHECK(zeros(d, at + l->info_size + l->word, at + l->note));
	CHECK_EQ(number(d, at + l->note, 8), notes);
	CHECK_EQ(notes_size, v->elf.notes.size);
	CHECK(zeros(d, at + l->note_size + l->word, at + l->max_mapnr_64));
	CHECK_MEM(d->bytes + notes, judge.notes, (size_t)notes_size);
	CHECK(zeros(d, notes + notes_size, d->bitmap1));
	CHECK_EQ(info != 0, v->info.text != NULL);
	if (info != 0 && CHECK(info >= notes && info + v->info.size <= notes + notes_size))
		CHECK_MEM(d->bytes + info, v->info.text, v->info.size);
}

/* Checks "dump" against what the writer says of it, and its headers by WANT. */
static void judge_headers(struct judge_image *d, const struct judge_how *how,
			  const struct judge_want *want)
{
	const struct vmcore *v = &judge.core;

	*d = (struct judge_image){.layout = &layouts[v->elf.machine != EM_ARM]};
	d->bytes = scratch_read_file("dump", &d->size);
	d->shift = v->frames.shift;
	d->block = UINT64_C(1) << d->shift;
	d->base = v->elf.machine == EM_ARM ? want->phys_base >> d->shift : 0;
	d->max_mapnr = number(d, d->block + d->layout->max_mapnr_64, 8);
	CHECK_EQ(d->max_mapnr, frames_of(d, v->frames.end - d->base));
	CHECK_EQ(judge.writer.size, d->size);
	CHECK(d->size <= judge.writer.size_limit);
	check_header(d, how, want);
	check_sub_header(d, want);
}

static uint64_t unpack(unsigned int flags, const uint8_t *from, size_t size, uint8_t *page)
{
	uLongf n = PAGE_MAX;
	lzo_uint lzo = PAGE_MAX;
	size_t zstd;

	switch (flags) {
	case 0:
		memcpy(page, from, size);
		return size;
	case 0x01:
		return uncompress(page, &n, from, size) == Z_OK ? n : 0;
	case 0x02:
		return lzo1x_decompress_safe(from, size, page, &lzo, NULL) == LZO_E_OK ? lzo : 0;
	case 0x20:
		zstd = ZSTD_decompress(page, PAGE_MAX, from, size);
		return ZSTD_isError(zstd) ? 0 : zstd;
	default:
		return 0;
	}
}

/* The page of a descriptor; *NEXT is where the next one that is stored is to begin. */
static void check_page(const struct judge_image *d, uint64_t desc, const uint8_t *want, bool zero,
		       uint64_t *next)
{
	static uint8_t page[PAGE_MAX];
	uint64_t offset = number(d, desc, 8);
	uint64_t size = number(d, desc + 8, 4);
	unsigned int flags = (unsigned int)number(d, desc + 12, 4);

	CHECK_EQ(number(d, desc + 16, 8), 0);
	CHECK_EQ(offset, zero ? d->data : *next);
	REQUIRE(size <= d->block && offset <= d->size && size <= d->size - offset);
	CHECK_EQ(size == d->block, flags == 0);
	CHECK(flags == 0 || (!zero && flags == judge.writer.compress.codec->flag));
	*next += zero ? 0 : size;
	if (CHECK_EQ(unpack(flags, d->bytes + offset, (size_t)size, page), d->block))
		CHECK_MEM(page, want, (size_t)d->block);
}

static bool bit(const struct judge_image *d, uint64_t bitmap, uint64_t n)
{
	return (d->bytes[bitmap + n / 8] >> n % 8 & 1) != 0;
}

/* Bitmaps, descriptors, pages: all there is, nothing else, and each byte has its purpose. */
static void check_pages(const struct judge_image *d, const struct corefile *c,
			const struct judge_want *want)
{
	static uint8_t page[PAGE_MAX];
	uint64_t rank = 0;
	uint64_t zero_pages = 0;
	uint64_t next = d->data + d->block;

	CHECK(zeros(d, d->data, d->data + d->block));
	for (uint64_t n = 0; n < (d->bitmap2 - d->bitmap1) * 8; n++) {
		uint64_t pfn = d->base + n;
		bool there = exists(c, d->shift, pfn);
		bool kept = there && (pfn < want->out_first || pfn >= want->out_end);
		bool zero;

		if (bit(d, d->bitmap1, n) != there || bit(d, d->bitmap2, n) != kept) {
			CHECK(false);
			test_note("bit %llu of %llu", (unsigned long long)n,
				  (unsigned long long)d->max_mapnr);
		}
		if (!kept)
			continue;
		zero = judge_page(c, d->shift, pfn, page);
		check_page(d, d->descs + rank * DESC, page, zero, &next);
		zero_pages += zero;
		rank++;
	}
	CHECK_EQ(rank, judge.filter.kept);
	CHECK_EQ(judge.writer.done, rank);
	CHECK_EQ(judge.seen, rank / 256 * 256);
	CHECK_EQ(judge.writer.zero_pages + judge.writer.lost, zero_pages);
	CHECK(zeros(d, d->descs + rank * DESC, d->data));
	CHECK_EQ(next, d->size);
}

/* The other judge. */
static void check_by_reader(const struct judge_image *d, const struct corefile *c,
			    const struct judge_want *want)
{
	static uint8_t content[PAGE_MAX];
	int fd = open("dump", O_RDONLY | O_CLOEXEC);
	const uint8_t *page;

	REQUIRE(fd >= 0);
	REQUIRE(CHECK_EQ(vmcore_open(&again, fd, &kdump), 0));
	REQUIRE(again.kdump == &kdump);
	CHECK_EQ(kdumpfile_check(&kdump), 0);
	CHECK_EQ(kdump.level, want->level);
	CHECK_EQ(kdump.saved, judge.filter.kept);
	CHECK_EQ(again.elf.machine, judge.core.elf.machine);
	CHECK_EQ(again.frames.shift, d->shift);
	CHECK_EQ(again.frames.count, judge.core.frames.count);
	CHECK_EQ(vmcore_base(&again), d->base);
	CHECK_EQ(again.elf.notes.size, judge.core.elf.notes.size);
	CHECK_EQ(again.info.size, judge.core.info.size);
	for (uint64_t n = 0; n <= d->max_mapnr; n++) {
		uint64_t pfn = d->base + n;
		bool kept =
			exists(c, d->shift, pfn) && (pfn < want->out_first || pfn >= want->out_end);

		if (!kept && pfn % 1000 != 0 && n < d->max_mapnr)
			continue;
		if (!CHECK_EQ(vmcore_page(&again, NULL, pfn, &page), kept ? 0 : -ENODATA))
			continue;
		judge_page(c, d->shift, pfn, content);
		if (kept)
			CHECK_MEM(page, content, (size_t)d->block);
	}
	close(fd);
}

void judge_dump(const struct corefile *c, const struct judge_how *how,
		const struct judge_want *want)
{
	struct judge_image d;

	judge_headers(&d, how, want);
	check_pages(&d, c, want);
	check_by_reader(&d, c, want);
	free(d.bytes);
}
