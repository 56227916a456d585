/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a line of the log is written, and whether it is. Its text is read in pieces, so that a
 * record of any length takes no more room than one of them. Where there is a bound, all lines were
 * counted before: what comes too early to be among the last ROOM bytes is left out, and a line in
 * its place says how much that was.
 */
#include "vmcore/dmesg_line.h"

#include "vmcore/translate.h"

#include <errno.h>
#include <stdio.h>

enum { CHUNK = 256, ESCAPED = 4, NOTE = 160, HURRIED_ROOM = 64 * 1024 };

/* Whose a record is and how it came about: include/linux/syslog.h, kernel/printk/internal.h. */
enum { FACILITY = 0xff, FACILITY_KERNEL = 0, FLAG_CONTINUES = 8 << 8 };

/* What is neither printable nor white space becomes \xNN, as vmcore-dmesg has it. */
static size_t escape(const uint8_t *raw, size_t size, char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		uint8_t c = raw[i];

		if ((c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r'))
			text[n++] = (char)c;
		else
			n += (size_t)snprintf(text + n, 5, "\\x%02x", c);
	}
	return n;
}

static int put(struct dmesg *d, const char *text, size_t size)
{
	d->seen += size;
	return d->muted ? 0 : d->emit(d->arg, text, size);
}

/* Every message is told once: where all are counted first, that is when. */
static bool is_told(const struct dmesg *d, const struct dmesg_record *r)
{
	return d->message != NULL && (d->counting || d->room == 0) &&
	       (r->facility & FACILITY) == FACILITY_KERNEL;
}

static int put_text(struct dmesg *d, struct translate *memory, const struct dmesg_record *r)
{
	uint8_t raw[CHUNK];
	char text[CHUNK * ESCAPED + 1];
	int e = 0;

	for (size_t at = 0; at < r->size && e == 0; at += CHUNK) {
		size_t n = r->size - at < CHUNK ? r->size - at : CHUNK;

		if (translate_read(memory, r->text + at, raw, n) != 0) {
			d->torn++;
			return 0;
		}
		n = escape(raw, n, text);
		if (at == 0 && is_told(d, r))
			d->message(d->arg, text, n, (r->facility & FLAG_CONTINUES) != 0);
		e = put(d, text, n);
	}
	return e;
}

void dmesg_hurry(struct dmesg *d)
{
	d->hurried = true;
	d->room = d->room < HURRIED_ROOM ? d->room : HURRIED_ROOM;
}

/* Asked at each record, also when it makes no difference any more: who is asked sees it go on. */
static bool is_late(const struct dmesg *d)
{
	return d->late != NULL && d->late(d->arg) && !d->hurried;
}

/* While lines are counted, an end of the time is the end of the log. */
static bool is_over(struct dmesg *d)
{
	if (d->stopped && !d->counting)
		return d->records + d->left_out >= d->last;
	if (d->counting && is_late(d))
		d->stopped = true;
	return d->stopped;
}

/* While they are written, it leaves the time for the last ones. */
static bool is_left_out(struct dmesg *d)
{
	if (is_late(d))
		dmesg_hurry(d);
	return d->total > d->seen && d->total - d->seen > d->room - NOTE;
}

int dmesg_gap(struct dmesg *d)
{
	char note[NOTE];
	int n;

	if (d->gap == 0)
		return 0;
	n = snprintf(note, sizeof(note),
		     "[kdump-init: about %llu records, %llu bytes, are left out here: no %s]\n",
		     (unsigned long long)d->gap, (unsigned long long)d->gap_bytes,
		     d->hurried || d->stopped ? "time" : "room");
	d->gap = d->gap_bytes = 0;
	return d->emit(d->arg, note, (size_t)n);
}

static void leave_out(struct dmesg *d, uint64_t records, uint64_t bytes)
{
	d->left_out += records;
	d->left_out_bytes += bytes;
	d->gap += records;
	d->gap_bytes += bytes;
}

void dmesg_pass_over(struct dmesg *d, uint64_t records)
{
	leave_out(d, records, records * DMESG_LINE_MIN);
}

int dmesg_line(struct dmesg *d, struct translate *memory, const struct dmesg_record *r)
{
	char time[40];
	uint64_t before = d->seen;
	int e = 0;
	int n;

	d->last_ns = r->ns > d->last_ns ? r->ns : d->last_ns;
	if (d->room > 0 && is_over(d))
		return -ETIME;
	d->muted = d->counting || (d->room > 0 && is_left_out(d));
	if (!d->muted)
		e = dmesg_gap(d);
	n = snprintf(time, sizeof(time), "[%5llu.%06llu] ",
		     (unsigned long long)(r->ns / 1000000000),
		     (unsigned long long)(r->ns % 1000000000 / 1000));
	e = e != 0 ? e : put(d, time, (size_t)n);
	e = e != 0 ? e : put_text(d, memory, r);
	if (d->muted && !d->counting)
		leave_out(d, 1, d->seen + 1 - before);
	else
		d->records++;
	return e != 0 ? e : put(d, "\n", 1);
}
