/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two headers of a kdump-compressed file, field by field, where kdump_layout.h has them.
 *
 * On 32-bit ARM readers with a 32-bit and with a 64-bit time_t find status, and the fields behind
 * it, at different offsets. The header written here is true in both readings:
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
 * incomplete or lacks struct pages. Readers work it out from the number of frames, so that
 * number is rounded up where it gave such a bit, as if there were frames that do not exist. The
 * other flags of status are codecs, which readers take from the descriptor of each page. max_mapnr
 * is the size of a block; since version 6 of the format its value is in max_mapnr_64. Of the
 * other fields nobody makes use, and what a 64-bit time_t finds as the time of the crash is none.
 */
#include "output/kdump_writer.h"

#include "base/bytes.h"
#include "output/notes_writer.h"
#include "output/sink.h"
#include "vmcore/filter.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/machine.h"
#include "vmcore/vmcore.h"

#include <stdio.h>
#include <string.h>

enum { HEADER = 512 /* room for either header */ };

/* Bits that bitmap_blocks must not have where it is a status; bitmaps of so many blocks do not. */
enum { NO_STATUS = KDUMP_INCOMPLETE | KDUMP_NO_PAGE_STRUCTS, NO_STATUS_UNIT = 16 };

static const struct machine *machine_of_core(const struct kdump_writer *w)
{
	return machine_of(w->core->elf.machine);
}

/* Are there two readings of the header, as said above? */
static bool has_two_readings(const struct kdump_writer *w)
{
	return machine_of_core(w)->kdump->status[1] != 0;
}

uint64_t kdump_header_size(const struct kdump_writer *w)
{
	return w->block + machine_of_core(w)->kdump->size;
}

uint64_t kdump_header_frames(const struct kdump_writer *w, uint64_t frames)
{
	uint64_t block = w->block * 8; /* frames */
	uint64_t blocks = (frames + block - 1) / block;

	if (has_two_readings(w) && (2 * blocks & NO_STATUS) != 0)
		frames = (blocks / NO_STATUS_UNIT + 1) * NO_STATUS_UNIT * block;
	return frames;
}

/*
 * struct new_utsname as the kernel had it; what cannot be read is put together. Readers tell the
 * layout by the machine's name, so a name of some other machine is not believed.
 */
static void put_utsname(const struct kdump_writer *w, uint8_t *to)
{
	const size_t size = (size_t)KDUMP_UTS_FIELDS * KDUMP_UTS_FIELD;
	const size_t release = (size_t)KDUMP_UTS_RELEASE * KDUMP_UTS_FIELD;
	struct vmcore *v = w->core;
	char *text = (char *)to;
	char *name = text + (size_t)KDUMP_UTS_MACHINE * KDUMP_UTS_FIELD;

	if (v->translate_error != 0 ||
	    translate_read(&v->translate, v->translate.proof - release, to, size) != 0) {
		memset(to, 0, size);
		snprintf(text, KDUMP_UTS_FIELD, "Linux");
		(void)vmcoreinfo_text(&v->info, "OSRELEASE", text + release, KDUMP_UTS_FIELD);
	}
	if (machine_named(name) != machine_of_core(w)) {
		memset(name, 0, KDUMP_UTS_FIELD);
		snprintf(name, KDUMP_UTS_FIELD, "%s", machine_of_core(w)->utsname);
	}
}

/* crash warns about a dump of no CPU. */
static unsigned int cpus(const struct vmcore *v)
{
	struct note note = {0};
	unsigned int n = 0;
	uint64_t unused;

	while (vmcore_next_stack(v, &note, &unused))
		n++;
	return n > 0 ? n : 1;
}

/* What readers call phys_base; where frames are relative it is the address of the first one. */
static uint64_t phys_base(const struct kdump_writer *w)
{
	const struct vmcore *v = w->core;
	uint64_t base = 0;

	if (v->kdump != NULL)
		return v->kdump->phys_base;
	if (machine_of_core(w)->relative_frames)
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

static void put_sizes(const struct kdump_writer *w, uint8_t *status)
{
	bytes_put(status, 4, w->compress.codec->flag);
	bytes_put(status + KDUMP_BLOCK_SIZE, 4, w->block);
	bytes_put(status + KDUMP_SUB_BLOCKS, 4, w->sub_blocks);
	bytes_put(status + KDUMP_BITMAP_BLOCKS, 4, 2 * w->bitmap_bytes / w->block);
	bytes_put(status + KDUMP_MAX_MAPNR, 4,
		  w->max_mapnr < UINT32_MAX ? w->max_mapnr : UINT32_MAX);
	bytes_put(status + KDUMP_NR_CPUS, 4, cpus(w->core));
}

static void put_header(const struct kdump_writer *w, uint8_t *h)
{
	const struct machine *m = machine_of_core(w);
	const struct kdump_layout *l = m->kdump;
	uint64_t seconds = 0;

	memcpy(h, KDUMP_SIGNATURE, sizeof(KDUMP_SIGNATURE) - 1);
	bytes_put(h + KDUMP_VERSION, 4, KDUMP_VERSION_WIDE);
	put_utsname(w, h + KDUMP_UTSNAME);
	if (vmcoreinfo_number(&w->core->info, "CRASHTIME", 10, &seconds))
		bytes_put(h + l->seconds, m->word, seconds);
	put_sizes(w, h + l->status[0]);
	if (has_two_readings(w)) {
		put_sizes(w, h + l->status[1]);
		bytes_put(h + l->status[1] + KDUMP_MAX_MAPNR, 4, w->block); /* see above */
	}
}

static void put_sub_header(const struct kdump_writer *w, uint8_t *h)
{
	const struct machine *m = machine_of_core(w);
	const struct kdump_layout *l = m->kdump;
	const struct vmcoreinfo *info = &w->core->info;
	uint64_t notes = kdump_header_size(w);

	bytes_put(h, m->word, phys_base(w));
	bytes_put(h + l->level, 4, level(w));
	if (info->text != NULL) {
		bytes_put(h + l->vmcoreinfo, 8, notes + info->offset);
		bytes_put(h + l->vmcoreinfo_size, m->word, info->size);
	}
	bytes_put(h + l->note, 8, notes);
	bytes_put(h + l->note_size, m->word, w->core->elf.notes.size);
	bytes_put(h + l->max_mapnr_64, 8, w->max_mapnr);
}

int kdump_header_write(const struct kdump_writer *w, struct sink *sink)
{
	uint8_t header[HEADER] = {0};
	uint8_t sub[HEADER] = {0};
	uint64_t used = kdump_header_size(w) + w->core->elf.notes.size;
	int r;

	put_header(w, header);
	put_sub_header(w, sub);
	r = sink_write(sink, header, sizeof(header));
	if (r == 0)
		r = sink_zeros(sink, w->block - sizeof(header));
	if (r == 0)
		r = sink_write(sink, sub, machine_of_core(w)->kdump->size);
	if (r == 0)
		r = notes_write(&w->core->elf.notes, sink);
	if (r == 0)
		r = sink_zeros(sink, (1 + w->sub_blocks) * w->block - used);
	return r;
}
