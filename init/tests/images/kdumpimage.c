/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> kdump-compressed file: first the lines that say what there is, then the file, then the
 * lines that spoil it.
 */
#include "tests/images/kdumpimage_page.h"

#include "tests/images/corefile.h"
#include "tests/images/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UTS_FIELD = 65, DESC = 24, UNSET = 0, NOTE_NAME = 12 };

static const char *const contents[] = {"data", "text", "zero", "mixed", "core"};

/* Names of codecs, with the flag of a page descriptor. */
static const char *const codecs[] = {"raw", "zlib", "lzo", "zstd", "snappy"};
static const unsigned int flags[] = {0, 1, 2, 0x20, 4};

/* Where each field stands, in the header or in the sub header, on 32-bit ARM and elsewhere. */
static const struct field {
	const char *name;
	bool sub;
	uint8_t size32, size64;
	uint16_t at32, at64;
} fields[] = {
	{"signature", false, 8, 8, 0, 0},
	{"header_version", false, 4, 4, 8, 8},
	{"machine", false, 8, 8, 12 + 4 * UTS_FIELD, 12 + 4 * UTS_FIELD},
	{"status", false, 4, 4, 412, 424},
	{"block_size", false, 4, 4, 416, 428},
	{"sub_hdr_size", false, 4, 4, 420, 432},
	{"bitmap_blocks", false, 4, 4, 424, 436},
	{"max_mapnr", false, 4, 4, 428, 440},
	{"total_ram_blocks", false, 4, 4, 432, 444},
	{"device_blocks", false, 4, 4, 436, 448},
	{"written_blocks", false, 4, 4, 440, 452},
	{"current_cpu", false, 4, 4, 444, 456},
	{"nr_cpus", false, 4, 4, 448, 460},
	{"phys_base", true, 4, 8, 0, 0},
	{"dump_level", true, 4, 4, 4, 8},
	{"split", true, 4, 4, 8, 12},
	{"start_pfn", true, 4, 8, 12, 16},
	{"end_pfn", true, 4, 8, 16, 24},
	{"offset_vmcoreinfo", true, 8, 8, 24, 32},
	{"size_vmcoreinfo", true, 4, 8, 32, 40},
	{"offset_note", true, 8, 8, 40, 48},
	{"size_note", true, 4, 8, 48, 56},
	{"offset_eraseinfo", true, 8, 8, 56, 64},
	{"size_eraseinfo", true, 4, 8, 64, 72},
	{"start_pfn_64", true, 8, 8, 72, 80},
	{"end_pfn_64", true, 8, 8, 80, 88},
	{"max_mapnr_64", true, 8, 8, 88, 96},
};

/* NAME=NUMBER of the first line. */
static const struct words_option options[] = {
	WORDS_FIELD(kdumpimage, shift),	 WORDS_FIELD(kdumpimage, version),
	WORDS_FIELD(kdumpimage, level),	 WORDS_FIELD(kdumpimage, phys_base),
	WORDS_FIELD(kdumpimage, frames), WORDS_FIELD(kdumpimage, more),
	WORDS_FIELD(kdumpimage, wide),	 WORDS_FIELD(kdumpimage, gap),
	WORDS_FIELD(kdumpimage, own),	 WORDS_FIELD(kdumpimage, time64),
};

/* Which of the names WORD is. */
#define INDEX_OF(names, word)                                                                      \
	((unsigned int)((const char *const *)WORDS_NAME(names, word, "not one of the names") -     \
			(names)))

static uint64_t get(const struct kdumpimage *k, size_t at, unsigned int size)
{
	uint64_t value = 0;

	if (at + size > k->size)
		words_wrong("beyond the end of the file", NULL);
	while (size-- > 0)
		value = value << 8 | k->bytes[at + size];
	return value;
}

static void put(const struct kdumpimage *k, size_t at, uint64_t value, unsigned int size)
{
	if (at + size > k->size)
		words_wrong("beyond the end of the file", NULL);
	for (unsigned int i = 0; i < size; i++)
		k->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

/* Makes the file SIZE bytes long, with zeros. */
static void grow(struct kdumpimage *k, uint64_t size)
{
	if (size > k->room) {
		k->room = (size_t)size * 2;
		k->bytes = realloc(k->bytes, k->room);
		if (k->bytes == NULL)
			words_wrong("out of memory", NULL);
	}
	if (size > k->size)
		memset(k->bytes + k->size, 0, (size_t)size - k->size);
	k->size = (size_t)size;
}

static void append(struct kdumpimage *k, const void *data, size_t size)
{
	size_t at = k->size;

	grow(k, at + size);
	memcpy(k->bytes + at, data, size);
}

static void take_machine(struct kdumpimage *k, char **word)
{
	k->is64 = strncmp(word[0], "arm", 3) != 0;
	k->shift = 12;
	k->version = 6;
	k->level = 31;
	words_options(word + 1, options, WORDS_COUNT(options), k);
	k->base = k->is64 ? 0 : k->phys_base >> k->shift;
	grow(k, UINT64_C(1) << k->shift);
	put(k, 8, k->version, 4);
	memcpy(k->bytes, "KDUMP   ", 8);
	memcpy(k->bytes + 12, "Linux", 5);
	memcpy(k->bytes + 12 + 2 * UTS_FIELD, "6.1.0-crash", 11);
	memcpy(k->bytes + 12 + 4 * UTS_FIELD, word[0], strlen(word[0]));
}

static void add_range(struct kdumpimage_range *ranges, unsigned int *count,
		      struct kdumpimage_range r)
{
	if (*count == KDUMPIMAGE_RANGES)
		words_wrong("too many ranges", NULL);
	ranges[(*count)++] = r;
}

static void take_ram(struct kdumpimage *k, char **word)
{
	struct kdumpimage_range r = {words_number(word[1]), 0, 0, 0};

	r.end = r.first + words_number(word[2]);
	r.content = INDEX_OF(contents, word[3]);
	r.codec = INDEX_OF(codecs, word[4]);
	add_range(k->range, &k->ranges, r);
}

static void take_out(struct kdumpimage *k, char **word)
{
	uint64_t first = words_number(word[1]);

	add_range(k->out, &k->outs,
		  (struct kdumpimage_range){first, first + words_number(word[2]), 0, 0});
}

static void take_core(struct kdumpimage *k, char **word)
{
	uint64_t page = UINT64_C(1) << k->shift;

	if (k->core == NULL || k->core->loads == 0)
		words_wrong("there is no core", NULL);
	if (!k->is64 && k->phys_base == 0) {
		k->phys_base = k->core->load[0].paddr;
		k->base = k->phys_base >> k->shift;
	}
	for (unsigned int i = 0; i < k->core->loads; i++) {
		const struct corefile_load *l = &k->core->load[i];

		add_range(k->range, &k->ranges,
			  (struct kdumpimage_range){l->paddr >> k->shift,
						    (l->paddr + l->size + page - 1) >> k->shift,
						    KDUMPIMAGE_CORE, INDEX_OF(codecs, word[1])});
	}
	append(k, k->core->bytes + k->core->notes_offset, k->core->notes_size);
}

/* Notes are gathered behind the first block, where they will nearly be. */
static void take_note(struct kdumpimage *k, char **word)
{
	char text[WORDS_LINE] = "";
	uint32_t head[3] = {11, 0, 0};
	size_t size;

	for (unsigned int i = 1; word[i] != NULL; i++)
		strcat(strcat(text, word[i]), "\n");
	size = strlen(text);
	head[1] = (uint32_t)size;
	append(k, head, sizeof(head));
	append(k, "VMCOREINFO\0", NOTE_NAME);
	append(k, text, (size + 3) / 4 * 4);
}

size_t kdumpimage_field(const struct kdumpimage *k, const char *name, unsigned int *size)
{
	static const char *const of_desc[] = {"offset", "size", "flags"};
	static const unsigned int at_desc[] = {0, 8, 12};
	const char *colon = strchr(name, ':');
	const struct field *f;

	for (unsigned int i = 0; i < 3 && colon != NULL; i++) {
		uint64_t pfn = words_number(colon + 1);
		uint64_t rank = 0;

		if (strncmp(of_desc[i], name, (size_t)(colon - name)) != 0)
			continue;
		if (!kdumpimage_saved(k, pfn))
			words_wrong("this frame has no descriptor", name);
		for (uint64_t n = k->base; n < pfn; n++)
			rank += kdumpimage_saved(k, n);
		*size = i == 0 ? 8 : 4;
		return (size_t)(k->descs + rank * DESC + at_desc[i]);
	}
	f = WORDS_ROW(fields, name, "unknown field");
	*size = k->is64 ? f->size64 : f->size32;
	if (f->sub)
		return ((size_t)1 << k->shift) + (k->is64 ? f->at64 : f->at32);
	return k->is64 || k->time64 != 0 ? f->at64 : f->at32;
}

static void change(const struct kdumpimage *k, size_t at, unsigned int size, const char *value)
{
	uint64_t n = words_number(value);

	if (value[0] == '+' || value[0] == '-')
		n += get(k, at, size);
	put(k, at, n, size);
}

static void take_poke(struct kdumpimage *k, char **word)
{
	unsigned int size = 0;
	size_t at = kdumpimage_field(k, word[1], &size);

	change(k, at, size, word[2]);
}

static void take_byte(struct kdumpimage *k, char **word)
{
	change(k, (size_t)words_number(word[1]), 1, word[2]);
}

static void take_cut(struct kdumpimage *k, char **word)
{
	uint64_t n = words_number(word[1]);

	k->size = (size_t)(word[1][0] == '-' ? k->size + n : n);
}

static void set(const struct kdumpimage *k, const char *name, uint64_t value)
{
	unsigned int size = 0;
	size_t at = kdumpimage_field(k, name, &size);

	put(k, at, value, size);
}

/* Bytes of the sub header: it grew with the versions. */
static uint64_t sub_header_size(const struct kdumpimage *k)
{
	static const unsigned int sizes[2][3] = {{56, 72, 96}, {64, 80, 104}};

	return k->version >= 4 && k->version <= 6 ? sizes[k->is64][k->version - 4]
						  : sizes[k->is64][2];
}

/* Moves the notes behind the sub header. */
static void place_notes(struct kdumpimage *k)
{
	uint64_t block = UINT64_C(1) << k->shift;
	uint64_t sub = sub_header_size(k);
	const uint8_t *info;

	k->note_size = k->size - block;
	k->note_offset = block + sub;
	grow(k, k->size + sub);
	memmove(k->bytes + k->note_offset, k->bytes + block, (size_t)k->note_size);
	memset(k->bytes + block, 0, (size_t)sub);
	set(k, "offset_note", k->note_size > 0 ? k->note_offset : 0);
	set(k, "size_note", k->note_size);
	info = memmem(k->bytes + k->note_offset, (size_t)k->note_size, "VMCOREINFO", 11);
	if (info != NULL) {
		set(k, "offset_vmcoreinfo", (uint64_t)(info - k->bytes) + NOTE_NAME);
		set(k, "size_vmcoreinfo", get(k, (size_t)(info - k->bytes) - 8, 4));
	}
}

/* Makes room for all that is before the pages. */
static void lay_out(struct kdumpimage *k)
{
	uint64_t block = UINT64_C(1) << k->shift;
	uint64_t last = k->base;
	uint64_t sub, bitmap;

	for (unsigned int i = 0; i < k->ranges; i++)
		last = k->range[i].end > last ? k->range[i].end : last;
	if (k->frames == UNSET)
		k->frames = last - k->base;
	place_notes(k);
	sub = (k->size - 1) / block + k->more;
	bitmap = ((k->frames + 7) / 8 + block - 1) / block + k->wide;
	k->bitmap1 = (1 + sub) * block;
	k->descs = k->bitmap1 + 2 * bitmap * block;
	k->bitmap2 = k->bitmap1 + bitmap * block;
	grow(k, k->descs);
	set(k, "block_size", block);
	set(k, "sub_hdr_size", sub);
	set(k, "bitmap_blocks", 2 * bitmap);
	set(k, "max_mapnr", k->frames < UINT32_MAX ? k->frames : UINT32_MAX);
	set(k, "nr_cpus", 1);
	set(k, "phys_base", k->phys_base);
	set(k, "dump_level", k->level);
	if (k->version >= 6)
		set(k, "max_mapnr_64", k->frames);
}

static void set_bit(const struct kdumpimage *k, uint64_t bitmap, uint64_t pfn)
{
	uint64_t bit = pfn - k->base;

	if (pfn < k->base || bit >= k->frames)
		words_wrong("a frame is in no bitmap", NULL);
	k->bytes[bitmap + bit / 8] |= (uint8_t)(1u << bit % 8);
}

static void set_bitmaps(struct kdumpimage *k)
{
	for (unsigned int i = 0; i < k->ranges; i++) {
		for (uint64_t pfn = k->range[i].first; pfn < k->range[i].end; pfn++)
			set_bit(k, k->bitmap1, pfn);
	}
	for (uint64_t pfn = k->base; pfn < k->base + k->frames; pfn++) {
		if (!kdumpimage_saved(k, pfn))
			continue;
		set_bit(k, k->bitmap2, pfn);
		k->saved++;
	}
	grow(k, k->descs + k->saved * DESC + k->gap);
	k->data = k->size;
}

static void write_pages(struct kdumpimage *k)
{
	static uint8_t page[KDUMPIMAGE_PAGE_MAX];
	static const uint8_t zeros[KDUMPIMAGE_PAGE_MAX];
	static uint8_t packed[KDUMPIMAGE_PAGE_MAX * 2];
	size_t size = (size_t)1 << k->shift;
	size_t desc = (size_t)k->descs;
	uint64_t zero_at = 0;

	for (uint64_t pfn = k->base; pfn < k->base + k->frames; pfn++) {
		unsigned int codec;
		uint64_t at = k->size;
		size_t n;

		if (!kdumpimage_saved(k, pfn))
			continue;
		kdumpimage_page(k, pfn, page);
		codec = kdumpimage_codec(k, pfn);
		if (k->own == 0 && memcmp(page, zeros, size) == 0) {
			at = zero_at == 0 ? at : zero_at;
			zero_at = at;
			codec = 0;
		}
		n = kdumpimage_pack(codec, page, size, packed);
		codec = n < size ? codec : 0;
		if (at == k->size)
			append(k, codec == 0 ? page : packed, codec == 0 ? size : n);
		put(k, desc, at, 8);
		put(k, desc + 8, codec == 0 ? size : n, 4);
		put(k, desc + 12, flags[codec], 4);
		k->status |= flags[codec];
		desc += DESC;
	}
	set(k, "status", k->status);
}

/* Lines that say what there is, then lines that change what was made of them. */
static const struct item {
	const char *name;
	unsigned int pass;
	void (*take)(struct kdumpimage *k, char **word);
} items[] = {
	{"note", 0, take_note}, {"ram", 0, take_ram},	{"core", 0, take_core},
	{"out", 0, take_out},	{"poke", 1, take_poke}, {"byte", 1, take_byte},
	{"cut", 1, take_cut},
};
static const struct item machine = {"", 0, take_machine}; /* the first line */

static void take_lines(struct kdumpimage *k, const char *text, unsigned int pass)
{
	struct words w;

	for (words_open(&w, text); words_next(&w);) {
		char **word = words_cut(&w);
		const struct item *i =
			w.number == 1 ? &machine : WORDS_ROW(items, word[0], "unknown item");

		if (i->pass == pass)
			i->take(k, word);
	}
}

struct kdumpimage *kdumpimage_build(const char *description, const struct corefile *core)
{
	struct kdumpimage *k = calloc(1, sizeof(*k));

	if (k == NULL)
		words_wrong("out of memory", NULL);
	k->core = core;
	take_lines(k, description, 0);
	lay_out(k);
	set_bitmaps(k);
	write_pages(k);
	take_lines(k, description, 1);
	return k;
}

void kdumpimage_free(struct kdumpimage *k)
{
	free(k->bytes);
	free(k);
}

int kdumpimage_open(const struct kdumpimage *k, const char *path)
{
	return corefile_store(k->bytes, k->size, path);
}
