/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens images, and compares frame by frame.
 */
#include "tests/images/memimage_read.h"

#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

struct reading *reading_open(const char *description)
{
	struct reading *r = malloc(sizeof(*r));

	REQUIRE(r != NULL);
	memset(r, 0xa5, sizeof(*r));
	r->image = memimage_build(description);
	r->first = memimage_first(r->image) / 8 * 8;
	r->count = (memimage_end(r->image) - r->first + 7) / 8 * 8;
	r->bitmap = malloc((size_t)(r->count / 8));
	REQUIRE(r->bitmap != NULL);
	REQUIRE(vmcore_open(&r->core, memimage_file(r->image), NULL) == 0);
	if (!CHECK_EQ(r->core.translate_error, 0))
		test_note("%s", description);
	window_open(&r->window, memimage_file(r->image), r->core.elf.file_size, r->scratch);
	return r;
}

void reading_close(struct reading *r)
{
	window_close(&r->window);
	memimage_free(r->image);
	free(r->bitmap);
	free(r);
}

int reading_pages(struct reading *r, unsigned int level)
{
	return pages_open(&r->pages, &r->core, &r->window, level);
}

void reading_exclude(struct reading *r, uint64_t step)
{
	step = step == 0 ? r->count : step;
	for (uint64_t at = 0; at < r->count; at += step) {
		uint64_t n = r->count - at < step ? r->count - at : step;

		REQUIRE(vmcore_mark(&r->core, r->first + at, n, r->bitmap + at / 8) == 0);
		pages_exclude(&r->pages, r->first + at, n, r->bitmap + at / 8);
	}
}

bool reading_bit(const struct reading *r, uint64_t pfn)
{
	return (r->bitmap[(pfn - r->first) / 8] >> (pfn - r->first) % 8 & 1) != 0;
}

bool reading_check(const struct reading *r, unsigned int level, const char *name)
{
	uint64_t want[MEMIMAGE_OUTS] = {0};
	unsigned int wrong = 0;
	bool good = true;

	for (uint64_t pfn = r->first; pfn < r->first + r->count; pfn++) {
		bool has = memimage_has(r->image, pfn);
		enum memimage_out out = has ? memimage_out(r->image, pfn, level) : MEMIMAGE_KEPT;
		bool keeps = has && out == MEMIMAGE_KEPT;

		want[out] += has && !keeps;
		if (reading_bit(r, pfn) == keeps)
			continue;
		if (wrong++ < 8)
			test_note("%.70s, level %u: frame +%#llx is %s", name, level,
				  (unsigned long long)(pfn - memimage_first(r->image)),
				  keeps ? "left out" : "kept");
	}
	good = CHECK_EQ(wrong, 0) && good;
	for (unsigned int i = 0; i < MEMIMAGE_OUTS; i++)
		good = CHECK_EQ(r->pages.left_out[i], want[i]) && good;
	good = CHECK_EQ(r->pages.unknown, memimage_unknown(r->image)) && good;
	if (!good)
		test_note("with %.70s at level %u", name, level);
	return good;
}
