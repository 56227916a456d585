/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Image against reader.
 */
#include "tests/images/kdumpview.h"

#include "tests/images/kdumpimage_page.h"
#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kdumpview *kdumpview_open(const char *description)
{
	struct kdumpview *v = malloc(sizeof(*v));

	REQUIRE(v != NULL);
	memset(v, 0xa5, sizeof(*v));
	v->core.more = NULL;
	v->image = kdumpimage_build(description, NULL);
	v->fd = kdumpimage_open(v->image, "kdump");
	v->opened = kdumpfile_open(&v->kdump, v->fd, &v->core);
	return v;
}

void kdumpview_close(struct kdumpview *v)
{
	close(v->fd);
	kdumpimage_free(v->image);
	free(v);
}

struct kdumpview *kdumpview_good(const char *description)
{
	struct kdumpview *v = kdumpview_open(description);

	if (!CHECK_EQ(v->opened, 0)) {
		test_note("%.400s", description);
		test_stop();
	}
	return v;
}

void kdumpview_check_page(struct kdumpview *v, uint64_t pfn)
{
	static uint8_t want[KDUMPIMAGE_PAGE_MAX];
	const uint8_t *page = NULL;
	int r = kdumpfile_page(&v->kdump, pfn, &page);

	if (!CHECK_EQ(r, kdumpimage_saved(v->image, pfn) ? 0 : -ENODATA))
		test_note("frame %llu", (unsigned long long)pfn);
	if (r != 0)
		return;
	kdumpimage_page(v->image, pfn, want);
	if (!CHECK_MEM(page, want, (size_t)1 << v->image->shift))
		test_note("frame %llu", (unsigned long long)pfn);
}

void kdumpview_check_mark(struct kdumpview *v, uint64_t first, uint64_t count)
{
	uint8_t *bits = malloc((size_t)count / 8 + 1);
	bool good = true;

	REQUIRE(bits != NULL);
	memset(bits, 0x96, (size_t)count / 8 + 1);
	CHECK_EQ(kdumpfile_mark(&v->kdump, first, count, bits), 0);
	CHECK_EQ(bits[count / 8], 0x96);
	for (uint64_t i = 0; i < count && good; i++) {
		good = CHECK_EQ(bits[i / 8] >> i % 8 & 1, kdumpimage_saved(v->image, first + i));
		if (!good)
			test_note("bit %llu of %llu from %llu", (unsigned long long)i,
				  (unsigned long long)count, (unsigned long long)first);
	}
	free(bits);
}

/* The segments are the runs of frames that exist, in order, and nothing else. */
static void check_segments(struct kdumpview *v)
{
	const struct kdumpimage *k = v->image;
	uint64_t pfn = k->base;
	uint64_t end = k->base + k->frames;

	CHECK_EQ(v->core.faults, 0);
	CHECK_EQ(v->core.unlisted, 0);
	for (unsigned int i = 0; i < v->core.segments; i++) {
		const struct elfcore_segment *s = &v->core.segment[i];
		uint64_t first;

		while (pfn < end && !kdumpimage_exists(k, pfn))
			pfn++;
		first = pfn;
		while (pfn < end && kdumpimage_exists(k, pfn))
			pfn++;
		CHECK_EQ(s->paddr, first << k->shift);
		CHECK_EQ(s->size, (pfn - first) << k->shift);
		CHECK_EQ(s->fault, ELFCORE_SANE);
		CHECK(s->size > 0 && s->offset == 0 && s->vaddr == 0);
	}
	while (pfn < end && !kdumpimage_exists(k, pfn))
		pfn++;
	CHECK_EQ(pfn, end);
}

void kdumpview_check_all(struct kdumpview *v)
{
	const struct kdumpimage *k = v->image;
	uint64_t below = k->base < 40 ? k->base : 40;

	CHECK_EQ(v->kdump.shift, k->shift);
	CHECK_EQ(v->kdump.saved, k->saved);
	CHECK_EQ(v->kdump.max_mapnr, k->frames);
	CHECK_EQ(v->kdump.base, k->base);
	CHECK_EQ(v->kdump.level, k->level);
	CHECK_EQ(kdumpfile_check(&v->kdump), 0);
	check_segments(v);
	for (unsigned int i = 0; i < 16; i++)
		kdumpview_check_mark(v, k->base - below + i, (k->frames + 100) / 8 * 8);
	for (uint64_t pfn = k->base - below; pfn < k->base + k->frames + 40; pfn++)
		kdumpview_check_page(v, pfn);
	for (uint64_t i = 0; i < k->frames; i += 1 + k->frames / 300)
		kdumpview_check_page(v, k->base + k->frames - 1 - i);
	for (unsigned int i = 0; i < 300; i++)
		kdumpview_check_page(v, k->base + test_below((size_t)k->frames));
}
