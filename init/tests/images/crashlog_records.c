/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes records as kernel/printk/printk.c did up to 5.9 (log_store, log_make_free_space).
 */
#include "tests/images/crashlog_parts.h"
#include "tests/images/words.h"

#include <stdio.h>
#include <string.h>

struct layout {
	uint64_t ts, len, text_len, dict_len, header, align;
};

static const char dict[] = "SUBSYSTEM=usb";

static struct layout layout_of(const struct crashlog *c)
{
	struct layout l = {.ts = c->pad, .align = c->word};

	l.len = l.ts + 8 + c->pad;
	l.text_len = l.len + 2;
	l.dict_len = l.text_len + 2;
	l.header = l.dict_len + 4 + (c->caller != 0 ? 8 : 0);
	return l;
}

void records_place(struct crashlog *c)
{
	c->variables = crashlog_place(c, c->word + 12);
	c->buffer = crashlog_place(c, c->size);
}

size_t records_keys(const struct crashlog *c, char *text, size_t size)
{
	static const char *const symbols[] = {"log_buf", "log_buf_len", "log_first_idx",
					      "log_next_idx"};
	struct layout l = layout_of(c);
	const struct {
		const char *key;
		uint64_t value;
	} offsets[] = {
		{"ts_nsec", l.ts},
		{"len", l.len},
		{"text_len", l.text_len},
		{"dict_len", l.dict_len},
	};
	const char *name = c->old != 0 ? "log" : "printk_log";
	uint64_t at = c->variables + c->image;
	size_t n = (size_t)snprintf(text, size, " SIZE(%s)=%u", name, (unsigned int)l.header);

	for (unsigned int i = 0; i < 4; i++) {
		n += (size_t)snprintf(text + n, size - n, " SYMBOL(%s)=%llx", symbols[i],
				      (unsigned long long)(at & c->mask));
		n += (size_t)snprintf(text + n, size - n, " OFFSET(%s.%s)=%u", name, offsets[i].key,
				      (unsigned int)offsets[i].value);
		at += i == 0 ? c->word : 4;
	}
	return n;
}

static void set_ends(struct crashlog *c)
{
	crashlog_put(c, c->variables + c->word + 4, c->tail, 4);
	crashlog_put(c, c->variables + c->word + 8, c->head, 4);
}

void records_start(struct crashlog *c)
{
	crashlog_name(c, "log_buf", c->variables, c->word);
	crashlog_name(c, "log_buf_len", c->variables + c->word, 4);
	crashlog_name(c, "first", c->variables + c->word + 4, 4);
	crashlog_name(c, "end", c->variables + c->word + 8, 4);
	crashlog_put(c, c->variables, c->buffer + (c->dynamic != 0 ? c->linear : c->image),
		     c->word);
	crashlog_put(c, c->variables + c->word, c->size, 4);
	c->head = c->tail = c->start;
	set_ends(c);
}

static bool fits(const struct crashlog *c, uint64_t size, bool empty)
{
	uint64_t room = c->tail - c->head;

	if (c->head > c->tail || empty)
		room = c->size - c->head > c->tail ? c->size - c->head : c->tail;
	return room >= size + layout_of(c).header;
}

static struct crashlog_line *oldest(struct crashlog *c)
{
	for (unsigned int i = 0; i < c->lines; i++) {
		if (c->line[i].alive)
			return &c->line[i];
	}
	return NULL;
}

/* Gives up the oldest records until there is room for SIZE bytes, or none is left. */
static void make_room(struct crashlog *c, uint64_t size)
{
	struct crashlog_line *l = oldest(c);

	while (!fits(c, size, l == NULL) && l != NULL) {
		l->alive = false;
		c->tail = l->next;
		l = oldest(c);
	}
}

void records_add(struct crashlog *c, enum crashlog_state state, uint64_t ns, const char *text,
		 size_t size)
{
	struct layout l = layout_of(c);
	size_t dict_len = size > 0 && c->lines % 3 == 0 ? sizeof(dict) - 1 : 0;
	uint64_t length = (l.header + size + dict_len + l.align - 1) / l.align * l.align;
	struct crashlog_line *line;
	uint64_t at;

	if (state != FINALIZED && state != EMPTY)
		words_wrong("records know no such state", NULL);
	if (length + l.header > c->size)
		words_wrong("a text is larger than the buffer", NULL);
	make_room(c, length);
	if (c->head + length + l.header > c->size) {
		for (uint64_t i = 0; i < l.header; i++)
			crashlog_put(c, c->buffer + c->head + i, 0, 1);
		if (oldest(c) == NULL)
			c->tail = c->head;
		c->head = 0;
	}
	at = c->buffer + c->head;
	crashlog_put(c, at + l.ts, ns, 8);
	crashlog_put(c, at + l.len, length, 2);
	crashlog_put(c, at + l.text_len, size, 2);
	crashlog_put(c, at + l.dict_len, dict_len, 2);
	crashlog_put(c, at + l.dict_len + 2, 0, 2);
	for (size_t i = 0; i < size; i++)
		crashlog_put(c, at + l.header + i, (uint8_t)text[i], 1);
	for (size_t i = 0; i < dict_len; i++)
		crashlog_put(c, at + l.header + size + i, (uint8_t)dict[i], 1);
	line = crashlog_line(c, ns, text, size);
	c->head += length;
	line->next = c->head;
	line->alive = true;
	set_ends(c);
	crashlog_name(c, "ts", at + l.ts, 8);
	crashlog_name(c, "len", at + l.len, 2);
	crashlog_name(c, "text_len", at + l.text_len, 2);
	crashlog_name(c, "facility", at + l.dict_len + 2, 1);
	crashlog_name(c, "flags", at + l.dict_len + 3, 1);
}
