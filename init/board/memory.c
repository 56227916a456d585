/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/iomem names the System RAM; /proc/pagetypeinfo tells how large a page block is (a few
 * MiB, by CONFIG_ARCH_FORCE_MAX_ORDER).
 */
#include "board/memory.h"

#include "base/text.h"
#include "board/pseudofs.h"

#include <string.h>
#include <unistd.h>

enum { RESOURCES_BYTES = 32 * 1024, BLOCKS_BYTES = 1024 };

enum { BLOCK_UNKNOWN = 64 << 20 }; /* larger than any configuration in use */

/* The bytes of a page block, a power of two. */
static uint32_t block_bytes(const char *pagetypeinfo)
{
	static const char label[] = "Pages per block:";
	const char *p = strstr(pagetypeinfo, label);
	uint64_t pages;

	if (p == NULL)
		return BLOCK_UNKNOWN;
	p += sizeof(label) - 1;
	p += strspn(p, " \t");
	if (!text_number(&p, 10, &pages) || pages == 0 || pages >= 1 << 16 ||
	    (pages & (pages - 1)) != 0)
		return BLOCK_UNKNOWN;
	return (uint32_t)pages * (uint32_t)sysconf(_SC_PAGESIZE);
}

/*
 * "48000000-4a2fffff : System RAM", indented when it lies inside something else. Who may not see
 * the addresses sees zeros. The last byte is what range->end is here.
 */
static bool parse_line(const char *line, struct memory_range *range)
{
	const char *p = line + strspn(line, " ");

	return text_number(&p, 16, &range->start) && *p++ == '-' &&
	       text_number(&p, 16, &range->end) && range->end > range->start &&
	       text_begins(p, " : System RAM") != 0;
}

unsigned int memory_parse(const char *iomem, const char *pagetypeinfo,
			  struct memory_range ranges[MEMORY_RANGES])
{
	uint64_t inside = block_bytes(pagetypeinfo) - 1;
	unsigned int n = 0;

	for (const char *line = iomem; line != NULL; line = strchr(line, '\n')) {
		struct memory_range r;

		line += *line == '\n';
		if (!parse_line(line, &r))
			continue;
		r.start &= ~inside;
		r.end = (r.end | inside) + 1;
		if (n < MEMORY_RANGES)
			ranges[n++] = r;
		else if (r.end > ranges[n - 1].end) /* they are in order: it covers all the rest */
			ranges[n - 1].end = r.end;
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
