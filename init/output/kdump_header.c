/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two headers of a kdump-compressed file, field by field. They are structs of the crashed
 * machine's C compiler (struct disk_dump_header and kdump_sub_header of makedumpfile's
 * diskdump_mod.h), so offsets depend on its unsigned long, and on nothing of this build.
 *
 * On 32-bit ARM they also depend on the time_t of whoever reads them, as the header has a struct
 * timeval. With 32 bits (libkdumpfile, and all tools of Debian 12) status and the fields behind it
 * begin at 412; with 64 bits (tools of Debian 13 and later, of musl since 1.2) at 424, as on
 * 64-bit machines. The header written here is true in both readings:
 *
 *          32-bit time_t     64-bit time_t
 *     412  status            upper half of the seconds
 *     416  block_size        microseconds
 *     420  sub_hdr_size      microseconds
 *     424  bitmap_blocks     status
 *     428  max_mapnr         block_size
 *     432  total_ram_blocks  sub_hdr_size
 *     436  device_blocks     bitmap_blocks
 *     440  written_blocks    max_mapnr
 *     448  nr_cpus           device_blocks
 *     460  a task            nr_cpus
 *
 * What bitmap_blocks is, is a status as well: it must not have the bits that say that the dump is
 * incomplete (8) or lacks struct pages (16). Readers work it out from the number of frames, so that
 * number is rounded up where it gave such a bit, as if there were frames that do not exist. The
 * other flags of status are codecs, which readers take from the descriptor of each page. max_mapnr
 * is the size of a block; since version 6 of the format its value is in max_mapnr_64. Of the
 * other fields nobody makes use, and what a 64-bit time_t finds as the time of the crash is none.
 */
#include "base/bytes.h"
#include "output/kdump_writer.h"

#include "output/sink.h"
#include "vmcore/filter.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

enum { UTS_FIELDS = 6, UTS_FIELD = 65, UTS_AT = 12, HEADER = 512, NAMED = 4 };

/* From where a timeval ends on, for a time_t of four and of eight bytes. */
enum { STATUS_TIME32 = 412, STATUS_TIME64 = 424 };

/* Bits that bitmap_blocks of ARM must not have; bitmaps of so many blocks each do not. */
enum { NO_STATUS = 8 | 16, NO_STATUS_UNIT = 16 };

/* Offsets in header and sub header, for an unsigned long of four and of eight bytes. */
struct layout {
	unsigned int word;
	unsigned int seconds;
	unsigned int level, vmcoreinfo, vmcoreinfo_size, note, note_size, max_mapnr_64, sub_size;
};

static const struct layout layouts[] = {
	{4, 404, 4, 24, 32, 40, 48, 88, 96},
	{8, 408, 8, 32, 40, 48, 56, 96, 104},
};

static const struct layout *layout_of(const struct kdump_writer *w)
{
	return &layouts[w->core->core.machine != EM_ARM];
}

uint64_t kdump_header_size(const struct kdump_writer *w)
{
	return w->block + layout_of(w)->sub_size;
}

uint64_t kdump_header_frames(const struct kdump_writer *w, uint64_t frames)
{
	uint64_t block = w->block * 8; /* frames */
	uint64_t blocks = (frames + block - 1) / block;

	if (w->core->core.machine == EM_ARM && (2 * blocks & NO_STATUS) != 0)
		frames = (blocks / NO_STATUS_UNIT + 1) * NO_STATUS_UNIT * block;
	return frames;
}

/*
 * struct new_utsname as the kernel had it; what cannot be read is put together. Readers tell the
 * layout by the machine's name, so a name of some other machine is not believed.
 */
static void put_utsname(const struct kdump_writer *w, uint8_t *to)
{
	struct vmcore *v = w->core;
	uint64_t at = v->translate.proof - 2 * UTS_FIELD; /* the release is its third field */
	char *name = (char *)to + NAMED * UTS_FIELD;
	const char *machine = v->core.machine == EM_ARM	      ? "armv7l"
			      : v->core.machine == EM_AARCH64 ? "aarch64"
							      : "x86_64";
	size_t telling = v->core.machine == EM_ARM ? strlen("arm") : strlen(machine);

	if (v->translate_error != 0 ||
	    translate_read(&v->translate, at, to, UTS_FIELDS * UTS_FIELD) != 0) {
		memset(to, 0, UTS_FIELDS * UTS_FIELD);
		snprintf((char *)to, UTS_FIELD, "Linux");
		(void)vmcoreinfo_text(&v->info, "OSRELEASE", (char *)to + 2 * UTS_FIELD, UTS_FIELD);
	}
	if (strncmp(name, machine, telling) != 0) {
		memset(name, 0, UTS_FIELD);
		snprintf(name, UTS_FIELD, "%s", machine);
	}
}

/* crash warns about a dump of no CPU. */
static unsigned int cpus(const struct vmcore *v)
{
	unsigned int n = 0;
	uint64_t unused;

	while (n < UINT16_MAX && vmcore_stack(v, n, &unused))
		n++;
	return n > 0 ? n : 1;
}

/* What the readers of an architecture call phys_base; on ARM it is the frame of the first bit. */
static uint64_t phys_base(const struct kdump_writer *w)
{
	const struct vmcore *v = w->core;
	uint64_t base = 0;

	if (v->kdump != NULL)
		return v->kdump->phys_base;
	if (v->core.machine == EM_ARM)
		return w->filter->base << v->frames.shift;
	if (!vmcoreinfo_number(&v->info, "NUMBER(phys_base)", 10, &base))
		(void)vmcoreinfo_number(&v->info, "NUMBER(PHYS_OFFSET)", 16, &base);
	return base;
}

/* What is left out here, and what was left out of the core already. */
static unsigned int level(const struct kdump_writer *w)
{
	return w->filter->level | (w->core->kdump != NULL ? w->core->kdump->level : 0);
}

/* The fields behind the time. */
static void put_sizes(const struct kdump_writer *w, uint8_t *status)
{
	bytes_put(status, w->compress.codec, 4);
	bytes_put(status + 4, w->block, 4);
	bytes_put(status + 8, w->sub_blocks, 4);
	bytes_put(status + 12, 2 * w->bitmap_bytes / w->block, 4);
	bytes_put(status + 16, w->max_mapnr < UINT32_MAX ? w->max_mapnr : UINT32_MAX, 4);
	bytes_put(status + 36, cpus(w->core), 4);
}

static void put_header(const struct kdump_writer *w, uint8_t *h)
{
	const struct layout *l = layout_of(w);
	uint64_t seconds = 0;

	memcpy(h, "KDUMP   ", 8);
	bytes_put(h + 8, 6, 4);
	put_utsname(w, h + UTS_AT);
	if (vmcoreinfo_number(&w->core->info, "CRASHTIME", 10, &seconds))
		bytes_put(h + l->seconds, seconds, l->word);
	put_sizes(w, h + STATUS_TIME64);
	if (w->core->core.machine == EM_ARM) {
		put_sizes(w, h + STATUS_TIME32);
		bytes_put(h + STATUS_TIME32 + 16, w->block, 4); /* not max_mapnr: see above */
	}
}

static void put_sub_header(const struct kdump_writer *w, uint8_t *h)
{
	const struct layout *l = layout_of(w);
	const struct vmcoreinfo *info = &w->core->info;
	uint64_t notes = kdump_header_size(w);

	bytes_put(h, phys_base(w), l->word);
	bytes_put(h + l->level, level(w), 4);
	if (info->text != NULL) {
		bytes_put(h + l->vmcoreinfo, notes + info->offset, 8);
		bytes_put(h + l->vmcoreinfo_size, info->size, l->word);
	}
	bytes_put(h + l->note, notes, 8);
	bytes_put(h + l->note_size, w->core->notes_size, l->word);
	bytes_put(h + l->max_mapnr_64, w->max_mapnr, 8);
}

int kdump_header_write(const struct kdump_writer *w, struct sink *sink)
{
	uint8_t header[HEADER] = {0};
	uint8_t sub[HEADER] = {0};
	uint64_t used = kdump_header_size(w) + w->core->notes_size;
	int r;

	put_header(w, header);
	put_sub_header(w, sub);
	r = sink_write(sink, header, sizeof(header));
	if (r == 0)
		r = sink_zeros(sink, w->block - sizeof(header));
	if (r == 0)
		r = sink_write(sink, sub, layout_of(w)->sub_size);
	if (r == 0)
		r = sink_write(sink, w->core->notes, w->core->notes_size);
	if (r == 0)
		r = sink_zeros(sink, (1 + w->sub_blocks) * w->block - used);
	return r;
}
