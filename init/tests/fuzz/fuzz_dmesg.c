/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of vmcore/vmcore, translate, physmem and dmesg. The input is a core without the
 * holes: two bytes each for the sizes of the headers and the notes, then headers, notes, memory;
 * they are put where corefile.c puts them. Contract: whatever the core says, reading its log
 * ends with a result that is documented, and prints no more than its buffer has room for, or than
 * it may; of what may be all of it, it prints the same whether that is bounded or not.
 */
#include "tests/fuzz/fuzz.h"
#include "vmcore/dmesg.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	INPUT_MAX = 64 * 1024,
	ESCAPED = 4,
	LINE = 24 /* a time and a newline */,
	ROOM_KEPT = 160 /* for the line that says what is left out */
};

struct taken {
	uint64_t size;
	uint32_t sum;
	char last;
};

static struct vmcore vmcore;

static int take(void *arg, const char *text, size_t size)
{
	struct taken *t = arg;

	HOLDS(size > 0);
	for (size_t i = 0; i < size; i++)
		HOLDS((text[i] >= ' ' && text[i] <= '~') || (text[i] >= '\t' && text[i] <= '\r'));
	for (size_t i = 0; i < size; i++)
		t->sum = t->sum * 31 + (uint8_t)text[i];
	t->size += size;
	t->last = text[size - 1];
	return 0;
}

/* A number of a structure at AT; its offset is the value of the key. */
static uint64_t field(uint64_t at, const char *key)
{
	uint64_t offset = 0;
	uint64_t value = 0;

	HOLDS(vmcoreinfo_number(&vmcore.info, key, 10, &offset));
	HOLDS(translate_number(&vmcore.translate, at + offset, 4, &value) == 0);
	return value;
}

static uint64_t offset_of(const char *key)
{
	uint64_t offset = 0;

	HOLDS(vmcoreinfo_number(&vmcore.info, key, 10, &offset));
	return offset;
}

/* How many records there can be, and how many bytes can be printed, by the buffer's own size. */
static void check_room(const struct dmesg *d, uint64_t printed)
{
	uint64_t at = 0;
	uint64_t records, text;

	if (vmcoreinfo_number(&vmcore.info, "SYMBOL(prb)", 16, &at)) {
		HOLDS(translate_word(&vmcore.translate, at, &at) == 0);
		records = UINT64_C(1)
			  << field(at + offset_of("OFFSET(printk_ringbuffer.desc_ring)"),
				   "OFFSET(prb_desc_ring.count_bits)");
		text = UINT64_C(1)
		       << field(at + offset_of("OFFSET(printk_ringbuffer.text_data_ring)"),
				"OFFSET(prb_data_ring.size_bits)");
	} else {
		HOLDS(vmcoreinfo_number(&vmcore.info, "SYMBOL(log_buf_len)", 16, &at));
		HOLDS(translate_number(&vmcore.translate, at, 4, &text) == 0);
		records = text / 16;
	}
	HOLDS(d->records <= records && d->torn <= records + 1);
	HOLDS(printed <= text * ESCAPED + records * LINE);
}

/* The same log, which has SUM, once more with ROOM for it. */
static void read_bounded(const struct dmesg *whole, const struct taken *all, uint64_t room)
{
	struct taken t = {.last = '\n'};
	struct dmesg d = {.emit = take, .arg = &t, .room = room};

	HOLDS(dmesg_write(&d, &vmcore.translate, &vmcore.info) == 0);
	HOLDS(t.size <= room && t.last == '\n');
	HOLDS(d.records <= whole->records);
	if (all->size <= room - ROOM_KEPT && d.left_out == 0)
		HOLDS(t.size == all->size && t.sum == all->sum && d.torn == whole->torn);
	else
		HOLDS(d.left_out > 0);
}

static void read_log(void)
{
	struct taken t = {.last = '\n'};
	struct dmesg d = {.emit = take, .arg = &t};
	int r = dmesg_write(&d, &vmcore.translate, &vmcore.info);

	HOLDS(r == 0 || r == -ENOKEY || r == -EBADMSG || r == -ENXIO);
	if (r == 0)
		check_room(&d, t.size);
	else
		HOLDS(t.size == 0 && d.records == 0 && d.torn == 0);
	HOLDS(t.last == '\n' && t.size >= d.records * (LINE - 2ULL - 8));
	if (r != 0)
		return;
	read_bounded(&d, &t, DMESG_ROOM_MIN);
	read_bounded(&d, &t, UINT64_C(1) << 40);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t file[2 * PAGE + INPUT_MAX];
	static int fd = -1;
	size_t headers, notes;
	int r;

	if (size < 4 || size > INPUT_MAX)
		return 0;
	headers = data[0] | (size_t)data[1] << 8;
	notes = data[2] | (size_t)data[3] << 8;
	data += 4;
	size -= 4;
	if (headers > PAGE || notes > PAGE || headers + notes > size)
		return 0;
	memset(file, 0, 2 * PAGE);
	memcpy(file, data, headers);
	memcpy(file + PAGE, data + headers, notes);
	size -= headers + notes;
	memcpy(file + 2 * PAGE, data + headers + notes, size);
	if (fd < 0)
		fd = memfd_create("core", MFD_CLOEXEC);
	HOLDS(fd >= 0 && ftruncate(fd, 0) == 0);
	HOLDS(pwrite(fd, file, 2 * PAGE + size, 0) == (ssize_t)(2 * PAGE + size));
	r = vmcore_open(&vmcore, fd, NULL);
	HOLDS(r == 0 || r == -ENOEXEC);
	if (r != 0)
		return 0;
	r = vmcore.translate_error;
	HOLDS(r == 0 || r == -ENOKEY || r == -ENXIO || r == -ENOTSUP);
	if (r == 0)
		read_log();
	return 0;
}
