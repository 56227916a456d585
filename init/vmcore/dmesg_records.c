/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buffer of records of 3.5 to 5.9 (kernel/printk/printk.c, struct printk_log): each record
 * is a header, its text and a dictionary; a length of zero says "go on at the beginning".
 */
#include "vmcore/dmesg_formats.h"

#include "vmcore/dmesg_line.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#define BUFFER_MAX (UINT64_C(1) << 31)

/* From text_len to facility and flags: two bytes of each length are between (up to 3.5 the level
 * stood there). */
enum { FACILITY = 4 };

struct records {
	uint64_t buffer, size;
	uint64_t first, end;
	uint64_t header; /* bytes of one */
	uint64_t ns, length, text_length;
};

/* The structure was called "log" before 3.11. */
static bool number(const struct vmcoreinfo *info, const char *key, const char *older,
		   uint64_t *value)
{
	return vmcoreinfo_number(info, key, 10, value) || vmcoreinfo_number(info, older, 10, value);
}

static int read_header(struct records *r, struct translate *m, const struct vmcoreinfo *info)
{
	uint64_t buffer, size, first, end;
	int e;

	if (!vmcoreinfo_number(info, "SYMBOL(log_buf)", 16, &buffer) ||
	    !vmcoreinfo_number(info, "SYMBOL(log_buf_len)", 16, &size) ||
	    !vmcoreinfo_number(info, "SYMBOL(log_first_idx)", 16, &first) ||
	    !vmcoreinfo_number(info, "SYMBOL(log_next_idx)", 16, &end) ||
	    !number(info, "SIZE(printk_log)", "SIZE(log)", &r->header) ||
	    !number(info, "OFFSET(printk_log.ts_nsec)", "OFFSET(log.ts_nsec)", &r->ns) ||
	    !number(info, "OFFSET(printk_log.len)", "OFFSET(log.len)", &r->length) ||
	    !number(info, "OFFSET(printk_log.text_len)", "OFFSET(log.text_len)", &r->text_length))
		return -ENOKEY;
	e = translate_word(m, buffer, &r->buffer);
	e = e != 0 ? e : translate_number(m, size, 4, &r->size);
	e = e != 0 ? e : translate_number(m, first, 4, &r->first);
	e = e != 0 ? e : translate_number(m, end, 4, &r->end);
	if (e == 0 && (r->size == 0 || r->size > BUFFER_MAX || r->header < 16 || r->header > 64))
		e = -EBADMSG;
	return e;
}

int dmesg_records_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	struct records r = {0};
	bool wrapped = false;
	int e = read_header(&r, memory, info);

	for (uint64_t at = r.first; e == 0 && at != r.end;) {
		uint64_t record = r.buffer + at;
		struct dmesg_record line = {.text = record + r.header};
		uint64_t length = 0, text = 0;

		if (at + r.header > r.size || (wrapped && at >= r.first) ||
		    translate_number(memory, record + r.length, 2, &length) != 0) {
			d->torn++;
			break;
		}
		if (length == 0) {
			if (at == 0 || wrapped) {
				d->torn++;
				break;
			}
			wrapped = true;
			at = 0;
			continue;
		}
		if (length < r.header || length > r.size - at ||
		    translate_number(memory, record + r.ns, 8, &line.ns) != 0 ||
		    translate_number(memory, record + r.text_length, 2, &text) != 0 ||
		    translate_number(memory, record + r.text_length + FACILITY, 2,
				     &line.facility) != 0 ||
		    text > length - r.header) {
			d->torn++;
			break;
		}
		line.size = (size_t)text;
		e = dmesg_line(d, memory, &line);
		at += length;
	}
	return e;
}
