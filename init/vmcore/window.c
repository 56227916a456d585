/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows into /proc/vmcore.
 *
 * mmap maps old memory cached (fs/proc/vmcore.c, remap_pfn_range); read on 32-bit ARM maps it
 * page by page as uncached device memory (arch/arm/kernel/crash_dump.c) and is several times
 * slower. A page that memory errors or firmware protect raises SIGBUS in a mapping; the handler
 * puts a page of zeros in its place and the reader never knows.
 *
 * Not everything may be mapped. 32-bit ARM without LPAE has no mark for "this page table entry
 * has no struct page" (pte_special), so munmap asks pfn_valid, which says yes to whole page
 * blocks that the running kernel has any memory in (arch/arm/mm/init.c). Pages there would
 * lose a reference that was never taken: seen on 6.1 as "Bad rss-counter state" beside the
 * crash kernel's own memory, and for the headers as "Bad page map" and a usercopy BUG. The
 * caller names what to exclude.
 */
#include "vmcore/window.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct window *active; /* the one window that SIGBUS may be about */

static size_t page_size(void)
{
	long size = sysconf(_SC_PAGESIZE);

	return size > 0 ? (size_t)size : 4096;
}

static void note_unreadable(struct window *w, uint64_t offset)
{
	if (w->unreadable == 0)
		w->first_unreadable = offset;
	w->unreadable = w->unreadable + 1;
}

/* Runs in the middle of a read: only mmap, sigaction and stores. */
static void on_sigbus(int signal_number, siginfo_t *info, void *context)
{
	struct window *w = active;
	size_t page = page_size();
	uintptr_t at = (uintptr_t)info->si_addr & ~(uintptr_t)(page - 1);
	int saved = errno;
	uintptr_t view = w == NULL ? 0 : (uintptr_t)w->view;

	(void)context;
	if (w == NULL || !w->viewing_map || at < view || at - view >= w->size ||
	    mmap((void *)at, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		    MAP_FAILED) {
		signal(signal_number, SIG_DFL); /* not ours: let it end the worker */
		return;
	}
	note_unreadable(w, w->offset + (at - view));
	errno = saved;
}

void window_open(struct window *w, int fd, uint64_t file_size, uint8_t *scratch)
{
	struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

	memset(w, 0, sizeof(*w));
	w->fd = fd;
	w->file_size = file_size;
	w->scratch = scratch;
	w->mapped = sigaction(SIGBUS, &action, NULL) == 0;
	active = w;
}

void window_exclude(struct window *w, uint64_t from, uint64_t to)
{
	uint64_t page = page_size();

	if (from >= to)
		return;
	if (w->excluded == WINDOW_EXCLUDED)
		w->mapped = false;
	else
		w->exclude[w->excluded++] = (struct window_range){
			.from = from & ~(page - 1),
			.to = (to + page - 1) & ~(page - 1),
		};
}

/* How many bytes from OFFSET on are alike: all may be mapped (*MAY), or none. */
static uint64_t alike(const struct window *w, uint64_t offset, bool *may)
{
	uint64_t end = w->file_size;

	*may = w->mapped;
	for (unsigned int i = 0; i < w->excluded; i++) {
		const struct window_range *s = &w->exclude[i];

		if (offset >= s->from && offset < s->to) {
			*may = false;
			return (s->to < w->file_size ? s->to : w->file_size) - offset;
		}
		if (s->from > offset && s->from < end)
			end = s->from;
	}
	return end - offset;
}

static void unmap(struct window *w)
{
	if (w->viewing_map)
		munmap(w->view, w->size); /* of a range we mapped: cannot fail */
	w->viewing_map = false;
	w->size = 0;
}

/* Maps the pages from OFFSET on, LEFT bytes at most; gives up on mmap when it is refused. */
static bool map_at(struct window *w, uint64_t offset, uint64_t left)
{
	uint64_t start = offset & ~(uint64_t)(page_size() - 1);
	size_t size;
	void *map;

	left += offset - start;
	size = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
	map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, w->fd, (off_t)start);
	if (map == MAP_FAILED) {
		w->mapped = false;
		return false;
	}
	w->view = map;
	w->offset = start;
	w->size = size;
	w->viewing_map = true;
	return true;
}

/* Reads SIZE bytes at OFFSET; what cannot be read is zero. */
static ssize_t read_some(struct window *w, uint8_t *into, size_t size, uint64_t offset)
{
	ssize_t n;

	do
		n = pread(w->fd, into, size, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n;
}

/* One error spoils a whole pread, so what failed is read again page by page. */
static void read_at(struct window *w, uint64_t offset, size_t size)
{
	size_t page = page_size();
	size_t used = 0;

	while (used < size) {
		uint64_t at = offset + used;
		size_t to_page_end = page - (size_t)(at & (page - 1));
		size_t step = size - used < to_page_end ? size - used : to_page_end;
		ssize_t n = read_some(w, w->scratch + used, size - used, at);

		if (n <= 0)
			n = read_some(w, w->scratch + used, step, at);
		if (n <= 0) {
			memset(w->scratch + used, 0, step);
			note_unreadable(w, at);
			n = (ssize_t)step;
		}
		used += (size_t)n;
	}
	w->view = w->scratch;
	w->offset = offset;
	w->size = size;
}

static bool covers(const struct window *w, uint64_t offset)
{
	return w->size > 0 && offset >= w->offset && offset - w->offset < w->size;
}

const uint8_t *window_at(struct window *w, uint64_t offset, size_t want, size_t *size)
{
	uint64_t left;
	bool may;

	if (offset >= w->file_size || want == 0)
		return NULL;
	if (!covers(w, offset)) {
		left = alike(w, offset, &may);
		if (left < want)
			want = (size_t)left;
		unmap(w);
		if (!may || !map_at(w, offset, left))
			read_at(w, offset, want < WINDOW_READ_BYTES ? want : WINDOW_READ_BYTES);
	}
	left = w->size - (offset - w->offset);
	*size = left < want ? (size_t)left : want;
	return w->view + (offset - w->offset);
}

void window_close(struct window *w)
{
	unmap(w);
	active = NULL;
}
