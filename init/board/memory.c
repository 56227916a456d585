/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/iomem names the System RAM; /proc/pagetypeinfo tells how large a page block is (a few
 * MiB, by CONFIG_ARCH_FORCE_MAX_ORDER).
 */
#include "board/memory.h"

#include "board/pseudofs.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { RESOURCES_BYTES = 32 * 1024, BLOCKS_BYTES = 1024 };

#define BLOCK_UNKNOWN (UINT64_C(64) << 20) /* larger than any configuration in use */

/* Takes a number in BASE off the front of *TEXT; false when there is none. */
static bool take_number(const char **text, unsigned int base, uint64_t *number)
{
	const char *p = *text;
	uint64_t value = 0;

	for (;; p++) {
		unsigned int digit = *p >= '0' && *p <= '9' ? (unsigned int)(*p - '0') : 99;

		if (*p >= 'a' && *p <= 'f')
			digit = (unsigned int)(*p - 'a') + 10;
		if (digit >= base)
			break;
		value = value * base + digit;
	}
	*number = value;
	if (p == *text)
		return false;
	*text = p;
	return true;
}

static uint64_t block_bytes(const char *pagetypeinfo)
{
	static const char label[] = "Pages per block:";
	const char *p = strstr(pagetypeinfo, label);
	long page = sysconf(_SC_PAGESIZE);
	uint64_t pages;

	if (p == NULL || page <= 0)
		return BLOCK_UNKNOWN;
	p += sizeof(label) - 1;
	p += strspn(p, " \t");
	if (!take_number(&p, 10, &pages) || pages == 0 || (pages & (pages - 1)) != 0)
		return BLOCK_UNKNOWN;
	return pages * (uint64_t)page;
}

/* "48000000-4a2fffff : System RAM", indented when it lies inside something else. */
static bool parse_line(const char *line, struct memory_range *range)
{
	static const char name[] = " : System RAM";
	const char *p = line + strspn(line, " ");

	if (!take_number(&p, 16, &range->start) || *p++ != '-' || !take_number(&p, 16, &range->end))
		return false;
	range->end++;
	return range->end > range->start + 1 && strncmp(p, name, sizeof(name) - 1) == 0;
}

/* Where there are too many ranges the last one covers all the rest. */
static void widen(struct memory_range *last, const struct memory_range *r)
{
	if (r->start < last->start)
		last->start = r->start;
	if (r->end > last->end)
		last->end = r->end;
}

unsigned int memory_parse(const char *iomem, const char *pagetypeinfo,
			  struct memory_range ranges[MEMORY_RANGES])
{
	uint64_t block = block_bytes(pagetypeinfo);
	unsigned int n = 0;

	for (const char *line = iomem; *line != '\0';) {
		struct memory_range r;

		if (parse_line(line, &r)) {
			r.start &= ~(block - 1);
			r.end = (r.end + block - 1) & ~(block - 1);
			if (n < MEMORY_RANGES)
				ranges[n++] = r;
			else
				widen(&ranges[n - 1], &r);
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return n;
}

unsigned int memory_own(struct memory_range ranges[MEMORY_RANGES])
{
	static char iomem[RESOURCES_BYTES];
	static char blocks[BLOCKS_BYTES]; /* the first lines say it */

	int size = pseudofs_read("/proc/iomem", iomem, sizeof(iomem));

	if (size <= 0 || size == RESOURCES_BYTES - 1)
		return 0; /* what is not there to see would be mapped */
	if (pseudofs_read("/proc/pagetypeinfo", blocks, sizeof(blocks)) < 0)
		blocks[0] = '\0';
	return memory_parse(iomem, blocks, ranges);
}
