/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of vmcore/elfcore, vmcore/vmcoreinfo and output/elf_writer. The first byte says
 * how large the file claims to be and whether it is copied; the rest is the file. Contract: what
 * is called sane is sorted, apart from all else, and within the file; a copy has the planned
 * size, claims only what it holds, and holds what it claims.
 */
#include "output/elf_writer.h"
#include "output/sink.h"
#include "tests/fuzz/fuzz.h"
#include "vmcore/elf_fields.h"
#include "vmcore/vmcoreinfo.h"
#include "vmcore/window.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { INPUT_MAX = 128 * 1024, COPY = 0x80 };

static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static _Alignas(SINK_BLOCK) uint8_t scratch[WINDOW_READ_BYTES];
static struct elfcore core, again;
static struct elf_writer writer;
static struct sink sink;
static struct window window;
static char room[VMCOREINFO_MOST];

static void check_sane(const struct elfcore *c)
{
	uint64_t end = c->headers_size;
	unsigned int sane = c->segments - c->faults;

	HOLDS(c->segments <= ELFCORE_SEGMENTS && c->faults <= c->segments);
	HOLDS(c->notes.ranges <= NOTES_RANGES && c->notes.count <= NOTES_MOST);
	for (unsigned int i = 0; i < c->notes.ranges; i++) {
		const struct notes_range *r = &c->notes.range[i];

		HOLDS(r->offset >= end && r->offset + r->size > r->offset);
		end = r->offset + r->size;
		HOLDS(end <= c->file_size);
	}
	end = c->headers_size;
	for (unsigned int i = 0; i < c->segments; i++) {
		const struct elfcore_segment *s = &c->segment[i];

		HOLDS((s->fault == ELFCORE_SANE) == (i < sane));
		HOLDS(s->size > 0);
		HOLDS(elfcore_fault_text((enum elfcore_fault)s->fault) != NULL);
		HOLDS(i == 0 || i == sane || i < sane || s[-1].index < s->index);
		if (i >= sane)
			continue;
		HOLDS(s->offset >= end && s->offset + s->size > s->offset);
		HOLDS(s->paddr + s->size > s->paddr);
		end = s->offset + s->size;
		HOLDS(end <= c->file_size && end <= INT64_MAX);
		HOLDS(!notes_touch(&c->notes, s->offset, end));
	}
	HOLDS(sane == 0 || c->data_start == c->segment[0].offset);
	HOLDS(c->data_start >= c->headers_size);
}

static void check_vmcoreinfo(const struct notes *notes)
{
	static const char *const keys[] = {"OSRELEASE", "CRASHTIME", "SYMBOL(prb)", ""};
	struct vmcoreinfo info;

	if (!vmcoreinfo_find(&info, notes, room))
		return;
	HOLDS(info.offset <= notes->size && info.size <= notes->size - info.offset);
	HOLDS(info.text == room);
	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char text[16];
		uint64_t number;
		size_t n = 0;
		const char *value = vmcoreinfo_value(&info, keys[i], &n);

		HOLDS(value == NULL ||
		      (value > info.text && n <= info.size && value + n <= info.text + info.size));
		HOLDS(vmcoreinfo_text(&info, keys[i], text, sizeof(text)) == (value != NULL));
		HOLDS(memchr(text, '\0', sizeof(text)) != NULL);
		(void)vmcoreinfo_number(&info, keys[i], 10, &number);
		(void)vmcoreinfo_number(&info, keys[i], 16, &number);
	}
}

/* The dump of a file that is SIZE bytes at DATA: DUMP. */
static void check_dump(const uint8_t *data, size_t size, const uint8_t *dump, int out)
{
	size_t dump_size = (size_t)writer.size;
	bool whole = core.faults == 0 && core.unlisted == 0;

	HOLDS(dump_size <= size || (core.headers >= PN_XNUM && dump_size <= size + 64));
	HOLDS(!whole || (dump_size == size && memcmp(dump, data, size) == 0));
	HOLDS(elfcore_read(&again, out) == 0);
	HOLDS(again.faults == 0 && again.unlisted == 0);
	HOLDS(again.segments == core.segments - core.faults);
	HOLDS(again.notes.ranges == core.notes.ranges);
	for (unsigned int i = 0; i < again.notes.ranges; i++) {
		const struct notes_range *r = &again.notes.range[i];

		HOLDS(r->offset == core.notes.range[i].offset &&
		      r->size == core.notes.range[i].size);
		HOLDS(memcmp(dump + r->offset, data + r->offset, (size_t)r->size) == 0);
	}
	for (unsigned int i = 0; i < again.segments; i++) {
		const struct elfcore_segment *s = &again.segment[i];

		HOLDS(s->offset == core.segment[i].offset && s->size == core.segment[i].size);
		HOLDS(memcmp(dump + s->offset, data + s->offset, (size_t)s->size) == 0);
	}
}

static void copy(int in, const uint8_t *data, size_t size, bool mapped)
{
	const struct sink_options options = {.sparse = true, .expected_size = writer.size};
	int out = memfd_create("out", MFD_CLOEXEC);
	uint8_t *dump = malloc((size_t)writer.size + 1);

	HOLDS(out >= 0 && dump != NULL);
	window_open(&window, in, core.file_size, scratch);
	window_exclude(&window, 0, core.data_start);
	window.mapped = window.mapped && mapped;
	HOLDS(sink_start(&sink, out, &options, reserve) == 0);
	HOLDS(elf_writer_run(&writer, &core, &window, &sink) == 0);
	HOLDS(sink_finish(&sink) == 0);
	window_close(&window);
	HOLDS(window.unreadable == 0);
	HOLDS(lseek(out, 0, SEEK_END) == (off_t)writer.size);
	HOLDS(pread(out, dump, (size_t)writer.size, 0) == (ssize_t)writer.size);
	check_dump(data, size, dump, out);
	free(dump);
	close(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t claims[] = {0, 1 << 20, UINT64_C(1) << 40, UINT64_MAX};
	static int in = -1;
	unsigned int way;

	if (size < 1 || size > INPUT_MAX)
		return 0;
	way = *data++;
	size--;
	if (in < 0)
		in = memfd_create("in", MFD_CLOEXEC);
	HOLDS(in >= 0 && ftruncate(in, 0) == 0 && pwrite(in, data, size, 0) == (ssize_t)size);
	if (elfcore_read_sized(&core, in, way % 4 == 0 ? size : claims[way % 4]) != 0)
		return 0;
	check_sane(&core);
	elf_writer_plan(&writer, &core);
	HOLDS(writer.size >= core.headers_size && writer.section <= core.file_size);
	check_vmcoreinfo(&core.notes);
	if ((way & COPY) != 0 && way % 4 == 0)
		copy(in, data, size, (way & 4) != 0);
	return 0;
}
