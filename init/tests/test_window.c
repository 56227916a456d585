/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/window: the same bytes through mmap and through pread, zeros for what cannot be read,
 * and no mapping of what is excluded. mmap and pread are wrapped, to be watched and to fail where a
 * test asks for it.
 */
#include "tests/images/corefile.h"
#include "tests/pread.h"
#include "tests/test.h"
#include "vmcore/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = COREFILE_PAGE };

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
void *__real_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);

/* The mappings of files since a test asked for this; no other test has anything to do with it. */
static struct {
	bool on;
	const struct window *window;	 /* a mapping of what it excludes is noted */
	bool refused;			 /* there are none to be had */
	off_t lowest;			 /* INT64_MAX: there was none */
	unsigned int mappings, excluded; /* all of them, and those of what is excluded */
} watch;

static void watch_mmap(const struct window *w)
{
	watch.on = true;
	watch.window = w;
	watch.lowest = INT64_MAX;
	watch.mappings = watch.excluded = 0;
}

static void note_mapping(uint64_t from, uint64_t to)
{
	if ((off_t)from < watch.lowest)
		watch.lowest = (off_t)from;
	watch.mappings++;
	for (unsigned int i = 0; i < watch.window->excluded; i++)
		watch.excluded +=
			from < watch.window->exclude[i].to && to > watch.window->exclude[i].from;
}

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (!watch.on || fd < 0)
		return __real_mmap(at, size, protection, flags, fd, offset);
	note_mapping((uint64_t)offset, (uint64_t)offset + size);
	if (watch.refused) {
		errno = EAGAIN;
		return MAP_FAILED;
	}
	return __real_mmap(at, size, protection, flags, fd, offset);
}

/* A file of memory and the window into it. */
struct view {
	struct corefile core;
	struct window window;
	int fd;
	uint8_t scratch[WINDOW_READ_BYTES];
};

static struct view *view_open(const char *description, bool mapped)
{
	struct view *v = calloc(1, sizeof(*v));

	REQUIRE(v != NULL);
	corefile_build(&v->core, description);
	v->fd = corefile_open(&v->core, "core");
	window_open(&v->window, v->fd, v->core.size, v->scratch);
	window_exclude(&v->window, 0, v->core.data_start);
	v->window.mapped = mapped;
	return v;
}

static void view_close(struct view *v)
{
	watch.on = false;
	window_close(&v->window);
	close(v->fd);
	corefile_free(&v->core);
	free(v);
}

/* Reads FROM to TO in pieces of at most MOST bytes and compares with what the core holds. */
static void compare(struct view *v, uint64_t from, uint64_t to, size_t most)
{
	while (from < to) {
		size_t size = 0;
		size_t want = most < to - from ? most : (size_t)(to - from);
		const uint8_t *data = window_at(&v->window, from, want, &size);

		REQUIRE(data != NULL);
		REQUIRE(size >= 1 && size <= want);
		if (!CHECK_MEM(data, v->core.bytes + from, size))
			test_note("at 0x%llx", (unsigned long long)from);
		from += size;
	}
}

static const char shape[] =
	"elf32 arm\nnote A=1\nload 0x40000800 9M mixed\nload 0x50000000 70000 data\n";

TEST("mmap mode shows every byte of the file, in order")
{
	struct view *v = view_open(shape, true);

	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK(v->window.mapped);
	CHECK(v->window.viewing_map);
	CHECK_EQ(v->window.unreadable, 0);
	view_close(v);
}

TEST("read mode shows every byte of the file, in order")
{
	struct view *v = view_open(shape, false);

	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK(!v->window.viewing_map);
	CHECK_EQ(v->window.unreadable, 0);
	view_close(v);
}

TEST("any offset in any order shows the bytes that are there, in both modes")
{
	for (int mapped = 0; mapped <= 1; mapped++) {
		struct view *v = view_open(shape, mapped == 1);

		for (int i = 0; i < 500; i++) {
			uint64_t from = test_below(v->core.size - 1);
			uint64_t to = from + 1 + test_below(3 * PAGE);

			compare(v, from, to < v->core.size ? to : v->core.size,
				1 + test_below(2 * PAGE));
		}
		view_close(v);
	}
}

TEST("nothing of a excluded head is ever mapped, whatever is asked for")
{
	struct view *v = view_open(shape, true);

	watch_mmap(&v->window);
	compare(v, 0, v->core.size, WINDOW_BYTES);
	compare(v, 100, v->core.size, 3 * PAGE);
	for (int i = 0; i < 200; i++)
		compare(v, test_below(2 * v->core.data_start), 2 * v->core.data_start + 1, 5000);
	CHECK_EQ(watch.lowest, v->core.data_start);
	view_close(v);
}

TEST("a range that ends inside a page excludes that whole page")
{
	struct view *v = view_open(shape, true);

	window_exclude(&v->window, 0, v->core.data_start + 1);
	watch_mmap(&v->window);
	compare(v, 0, v->core.size, 70000);
	CHECK(watch.lowest > (off_t)v->core.data_start);
	CHECK_EQ(watch.lowest % PAGE, 0);
	view_close(v);
}

TEST("many excluded ranges are never mapped, the rest is, and every byte is right")
{
	for (int round = 0; round < 20; round++) {
		struct view *v = view_open(shape, true);

		for (unsigned int i = 1; i < WINDOW_EXCLUDED; i++) {
			uint64_t from = test_below(v->core.size);

			window_exclude(&v->window, from, from + test_below(100000));
		}
		watch_mmap(&v->window);
		compare(v, 0, v->core.size, WINDOW_BYTES);
		compare(v, 1, v->core.size, 60000);
		CHECK_EQ(watch.excluded, 0);
		CHECK(watch.mappings > 0);
		CHECK_EQ(v->window.unreadable, 0);
		view_close(v);
	}
}

TEST("an empty range excludes nothing, one range too many excludes everything")
{
	struct view *v = view_open(shape, true);

	window_exclude(&v->window, 5000, 5000);
	window_exclude(&v->window, 6000, 5000);
	CHECK_EQ(v->window.excluded, 1);
	for (unsigned int i = 1; i <= WINDOW_EXCLUDED; i++)
		window_exclude(&v->window, v->core.data_start, v->core.data_start + 1);
	CHECK(v->window.excluded <= WINDOW_EXCLUDED);
	watch_mmap(&v->window);
	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK_EQ(watch.mappings, 0);
	view_close(v);
}

TEST("a excluded file ends where it ends")
{
	struct view *v = view_open("elf32 arm\nload 0 8K data\ncut 0x1f01\n", true);
	size_t size = 0;

	window_exclude(&v->window, 0, v->core.size);
	CHECK(window_at(&v->window, v->core.size - 1, 4096, &size) != NULL);
	CHECK_EQ(size, 1);
	CHECK_EQ(v->window.unreadable, 0);
	CHECK(window_at(&v->window, v->core.size, 4096, &size) == NULL);
	view_close(v);
}

TEST("when mmap is refused the same bytes come through pread, and mmap is not tried again")
{
	struct view *v = view_open(shape, true);

	watch_mmap(&v->window);
	watch.refused = true;
	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK(!v->window.mapped);
	watch_mmap(&v->window);
	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK(watch.lowest == INT64_MAX);
	CHECK_EQ(v->window.unreadable, 0);
	view_close(v);
}

TEST("pages that raise SIGBUS are zeros, counted, and the first is told")
{
	struct view *v = view_open("elf64 arm64\nload 0 5M data\n", true);
	size_t cut = v->core.data_start + 300 * PAGE;

	test_needs("sigbus");
	REQUIRE(truncate("core", (off_t)cut) == 0);
	memset(v->core.bytes + cut, 0, v->core.size - cut);
	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK_EQ(v->window.unreadable, (v->core.size - cut) / PAGE);
	CHECK_EQ(v->window.first_unreadable, cut);
	view_close(v);
}

TEST("SIGBUS on a view that begins inside a page counts that page once")
{
	struct view *v = view_open("elf64 arm64\nload 0 16K data\n", true);
	size_t cut = v->core.data_start + 2 * PAGE;

	test_needs("sigbus");
	REQUIRE(truncate("core", (off_t)cut) == 0);
	memset(v->core.bytes + cut, 0, v->core.size - cut);
	compare(v, cut + 100, cut + PAGE, 77);
	CHECK_EQ(v->window.unreadable, 1);
	CHECK_EQ(v->window.first_unreadable, cut);
	view_close(v);
}

TEST("in read mode an unreadable page is zeros and its neighbours are not")
{
	struct view *v = view_open("elf32 arm\nload 0 256K data\n", false);
	size_t bad = v->core.data_start + 21 * PAGE;

	pread_fails((off_t)bad, (off_t)(bad + 2 * PAGE));
	memset(v->core.bytes + bad, 0, 2 * PAGE);
	compare(v, v->core.data_start, v->core.size, WINDOW_BYTES);
	CHECK_EQ(v->window.unreadable, 2);
	CHECK_EQ(v->window.first_unreadable, bad);
	view_close(v);
}

TEST("in read mode a file that is shorter than claimed goes on as zeros")
{
	struct view *v = view_open("elf32 arm\nload 0 64K data\n", false);
	size_t cut = v->core.data_start + 3 * PAGE + 5;

	REQUIRE(truncate("core", (off_t)cut) == 0);
	memset(v->core.bytes + cut, 0, v->core.size - cut);
	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK_EQ(v->window.unreadable, 13);
	view_close(v);
}

TEST("interrupted and short reads are continued")
{
	struct view *v = view_open("elf32 arm\nload 0 64K data\n", false);

	pread_interrupts = 7;
	pread_most = 1000;
	compare(v, 0, v->core.size, WINDOW_BYTES);
	CHECK_EQ(pread_interrupts, 0);
	CHECK_EQ(v->window.unreadable, 0);
	view_close(v);
}

TEST("there is nothing at and beyond the end of the file, and nothing for no bytes")
{
	for (int mapped = 0; mapped <= 1; mapped++) {
		struct view *v = view_open("elf32 arm\nload 0 8K data\ncut 0x1f01\n", mapped == 1);
		size_t size = 0;

		CHECK(window_at(&v->window, v->core.size, 1, &size) == NULL);
		CHECK(window_at(&v->window, UINT64_MAX, 1, &size) == NULL);
		CHECK(window_at(&v->window, 0, 0, &size) == NULL);
		CHECK(window_at(&v->window, v->core.size - 1, 4096, &size) != NULL);
		CHECK_EQ(size, 1);
		compare(v, 0, v->core.size, WINDOW_BYTES);
		view_close(v);
	}
}

TEST("closing gives the mapping back")
{
	struct view *v = view_open("elf32 arm\nload 0 1M data\n", true);
	unsigned char present;
	const uint8_t *data;
	size_t size = 0;

	data = window_at(&v->window, v->core.data_start, 4096, &size);
	REQUIRE(data != NULL && v->window.viewing_map);
	window_close(&v->window);
	CHECK(mincore((void *)((uintptr_t)data & ~(uintptr_t)(PAGE - 1)), PAGE, &present) != 0 &&
	      errno == ENOMEM);
	view_close(v);
}
