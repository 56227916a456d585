/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buffer of records of 3.5 to 5.9 (kernel/printk/printk.c, struct printk_log): each record
 * is a header, its text and a dictionary; a length of zero says "go on at the beginning".
 */
#include "vmcore/dmesg_fields.h"
#include "vmcore/dmesg_formats.h"
#include "vmcore/dmesg_line.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

enum { BUFFER_MAX_BITS = 31, HEADER_MIN = 16, HEADER_MAX = 64 };

/* Fields by VMCOREINFO, then such as follow from them. */
enum { HEADER, TIME, LENGTH, TEXT_LENGTH, KEYS, FACILITY = KEYS, FIELDS };

static const uint8_t sizes[FIELDS] = {
	[TIME] = 8,
	[LENGTH] = 2,
	[TEXT_LENGTH] = 2,
	[FACILITY] = 2,
};

static const char *const keys[KEYS] = {
	[HEADER] = "SIZE(printk_log)",
	[TIME] = "OFFSET(printk_log.ts_nsec)",
	[LENGTH] = "OFFSET(printk_log.len)",
	[TEXT_LENGTH] = "OFFSET(printk_log.text_len)",
};

/* The structure was called "log" before 3.11. */
static const char *const older_keys[KEYS] = {
	[HEADER] = "SIZE(log)",
	[TIME] = "OFFSET(log.ts_nsec)",
	[LENGTH] = "OFFSET(log.len)",
	[TEXT_LENGTH] = "OFFSET(log.text_len)",
};

/* Variables of the kernel: a pointer, and three of 32 bits. */
enum { BUFFER, SIZE, FIRST, END, SYMBOLS };

static const char *const symbols[SYMBOLS] = {
	[BUFFER] = "SYMBOL(log_buf)",
	[SIZE] = "SYMBOL(log_buf_len)",
	[FIRST] = "SYMBOL(log_first_idx)",
	[END] = "SYMBOL(log_next_idx)",
};

struct records {
	struct dmesg_fields fields;
	uint64_t buffer;
	uint32_t size, first, end;
};

static int read_header(struct records *r, const struct vmcoreinfo *info)
{
	struct dmesg_fields *f = &r->fields;
	uint64_t value[SYMBOLS];

	for (unsigned int i = 0; i < SYMBOLS; i++) {
		if (!vmcoreinfo_number(info, symbols[i], 16, &value[i]))
			return -ENOKEY;
	}
	if (!dmesg_fields_take(f, info, keys, KEYS) &&
	    !dmesg_fields_take(f, info, older_keys, KEYS))
		return -ENOKEY;
	/* Behind both lengths: up to 3.5 the level stood where flags do. */
	f->at[FACILITY] = f->at[TEXT_LENGTH] + 4;
	for (unsigned int i = 0; i < SYMBOLS && f->error == 0; i++)
		f->error = translate_number(f->memory, value[i], i == BUFFER ? f->memory->word : 4,
					    &value[i]);
	r->buffer = value[BUFFER];
	r->size = (uint32_t)value[SIZE];
	r->first = (uint32_t)value[FIRST];
	r->end = (uint32_t)value[END];
	if (f->error == 0 && (r->size == 0 || r->size > UINT32_C(1) << BUFFER_MAX_BITS ||
			      f->at[HEADER] < HEADER_MIN || f->at[HEADER] > HEADER_MAX))
		f->error = -EBADMSG;
	return f->error;
}

/* The record at AT of the buffer, and its whole LENGTH. False when it cannot be one. */
static bool read_record(struct records *r, uint32_t at, struct dmesg_record *line, uint32_t *length)
{
	struct dmesg_fields *f = &r->fields;
	uint32_t header = f->at[HEADER];
	uint64_t record = r->buffer + at;

	if (at >= r->size || r->size - at < header)
		return false;
	*length = (uint32_t)dmesg_field(f, LENGTH, record);
	if (*length == 0)
		return f->error == 0;
	line->ns = dmesg_field(f, TIME, record);
	line->size = (size_t)dmesg_field(f, TEXT_LENGTH, record);
	line->facility = dmesg_field(f, FACILITY, record);
	line->text = record + header;
	return f->error == 0 && *length >= header && *length <= r->size - at &&
	       line->size <= *length - header;
}

int dmesg_records_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	struct records r = {.fields = {.memory = memory, .sizes = sizes}};
	bool wrapped = false;
	int e = read_header(&r, info);

	for (uint32_t at = r.first; e == 0 && at != r.end;) {
		struct dmesg_record line;
		uint32_t length;

		if ((wrapped && at >= r.first) || !read_record(&r, at, &line, &length) ||
		    (length == 0 && (wrapped || at == 0))) {
			d->torn++;
			break;
		}
		if (length == 0) {
			wrapped = true;
			at = 0;
		} else {
			e = dmesg_line(d, memory, &line);
			at += length;
		}
	}
	return e;
}
