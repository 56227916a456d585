/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes records as kernel/printk/printk_ringbuffer.c does: descriptors and text are recycled
 * from the tail, ids and positions start just below their overflow.
 */
#include "tests/images/crashlog_parts.h"
#include "tests/images/words.h"

#include <stdio.h>

enum { INFO_SIZE = 88, NO_TEXT = 1, NO_LINE = 3 };

struct layout {
	uint64_t counter, atomic, state, blk, begin, next, desc;
	uint64_t count_bits, descs, infos, head, tail, text_ring, size_bits, data, rb;
	uint64_t seq, ts, text_len, info;
};

static struct layout layout_of(const struct crashlog *c)
{
	struct layout l = {.counter = c->pad, .state = c->pad, .begin = c->pad};

	l.atomic = c->pad + c->word;
	l.blk = l.state + l.atomic + c->pad;
	l.next = l.begin + c->word + c->pad;
	l.desc = l.blk + l.next + c->word;
	l.count_bits = c->pad;
	l.descs = l.count_bits + c->word + c->pad;
	l.infos = l.descs + c->word + c->pad;
	l.head = l.infos + c->word + c->pad;
	l.tail = l.head + l.atomic + c->pad;
	l.text_ring = c->pad + l.tail + 2 * l.atomic;
	l.size_bits = c->pad;
	l.data = l.size_bits + c->word + c->pad;
	l.rb = l.text_ring + l.data + 3 * l.atomic;
	l.seq = c->pad;
	l.ts = l.seq + 8 + c->pad;
	l.text_len = l.ts + 8 + c->pad;
	l.info = l.text_len - 16 + INFO_SIZE;
	return l;
}

void ring_place(struct crashlog *c)
{
	struct layout l = layout_of(c);

	c->variables = crashlog_place(c, c->word + l.rb);
	c->descs = crashlog_place(c, l.desc << c->count_bits);
	c->infos = crashlog_place(c, l.info << c->count_bits);
	c->buffer = crashlog_place(c, UINT64_C(1) << c->text_bits);
}

size_t ring_keys(const struct crashlog *c, char *text, size_t size)
{
	struct layout l = layout_of(c);
	const struct {
		const char *key;
		uint64_t value;
	} keys[] = {
		{"SIZE(printk_ringbuffer)", l.rb},
		{"OFFSET(printk_ringbuffer.desc_ring)", c->pad},
		{"OFFSET(printk_ringbuffer.text_data_ring)", l.text_ring},
		{"OFFSET(prb_desc_ring.count_bits)", l.count_bits},
		{"OFFSET(prb_desc_ring.descs)", l.descs},
		{"OFFSET(prb_desc_ring.infos)", l.infos},
		{"OFFSET(prb_desc_ring.head_id)", l.head},
		{"OFFSET(prb_desc_ring.tail_id)", l.tail},
		{"SIZE(prb_desc)", l.desc},
		{"OFFSET(prb_desc.state_var)", l.state},
		{"OFFSET(prb_desc.text_blk_lpos)", l.blk},
		{"OFFSET(prb_data_blk_lpos.begin)", l.begin},
		{"OFFSET(prb_data_blk_lpos.next)", l.next},
		{"SIZE(printk_info)", l.info},
		{"OFFSET(printk_info.seq)", l.seq},
		{"OFFSET(printk_info.ts_nsec)", l.ts},
		{"OFFSET(printk_info.text_len)", l.text_len},
		{"OFFSET(prb_data_ring.size_bits)", l.size_bits},
		{"OFFSET(prb_data_ring.data)", l.data},
		{"SIZE(atomic_long_t)", l.atomic},
		{"OFFSET(atomic_long_t.counter)", l.counter},
	};
	size_t n = (size_t)snprintf(text, size, " SYMBOL(prb)=%llx",
				    (unsigned long long)((c->variables + c->image) & c->mask));

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		n += (size_t)snprintf(text + n, size - n, " %s=%llu", keys[i].key,
				      (unsigned long long)keys[i].value);
	return n;
}

static uint64_t desc_of(const struct crashlog *c, uint64_t id)
{
	return c->descs + (id & ((UINT64_C(1) << c->count_bits) - 1)) * layout_of(c).desc;
}

static void set_state(struct crashlog *c, uint64_t id, enum crashlog_state state)
{
	struct layout l = layout_of(c);

	crashlog_put(c, desc_of(c, id) + l.state + l.counter,
		     id | (uint64_t)state << (c->word * 8 - 2), c->word);
}

static void set_ends(struct crashlog *c)
{
	crashlog_put(c, crashlog_field(c, "head")->pa, c->head, c->word);
	crashlog_put(c, crashlog_field(c, "tail")->pa, c->tail, c->word);
}

void ring_start(struct crashlog *c)
{
	struct layout l = layout_of(c);
	uint64_t rb = c->variables + c->word;
	uint64_t descs = rb + c->pad;
	uint64_t text = rb + l.text_ring;
	uint64_t where = c->dynamic != 0 ? c->linear : c->image;

	crashlog_name(c, "prb", c->variables, c->word);
	crashlog_name(c, "count_bits", descs + l.count_bits, 4);
	crashlog_name(c, "descs", descs + l.descs, c->word);
	crashlog_name(c, "infos", descs + l.infos, c->word);
	crashlog_name(c, "head", descs + l.head + l.counter, c->word);
	crashlog_name(c, "tail", descs + l.tail + l.counter, c->word);
	crashlog_name(c, "size_bits", text + l.size_bits, 4);
	crashlog_name(c, "data", text + l.data, c->word);
	crashlog_put(c, c->variables, rb + c->image, c->word);
	crashlog_put(c, descs + l.count_bits, c->count_bits, 4);
	crashlog_put(c, descs + l.descs, c->descs + where, c->word);
	crashlog_put(c, descs + l.infos, c->infos + where, c->word);
	crashlog_put(c, text + l.size_bits, c->text_bits, 4);
	crashlog_put(c, text + l.data, c->buffer + where, c->word);
	for (uint64_t i = 0; i < l.desc << c->count_bits; i++)
		crashlog_put(c, c->descs + i, 0, 1);
	c->head = c->tail = c->id & c->mask >> 2;
	c->head_lpos = c->lpos & c->mask;
	crashlog_put(c, desc_of(c, c->head) + l.blk + l.begin, NO_TEXT, c->word);
	crashlog_put(c, desc_of(c, c->head) + l.blk + l.next, NO_TEXT, c->word);
	set_state(c, c->head, REUSABLE);
	set_ends(c);
}

/* Text of records up to this one is given up. */
static void recycle(struct crashlog *c, const struct crashlog_line *last)
{
	for (struct crashlog_line *l = c->line; l <= last; l++) {
		if (l->alive && l->stored) {
			l->alive = false;
			set_state(c, l->id, REUSABLE);
		}
	}
}

static bool wraps(const struct crashlog *c, uint64_t begin, uint64_t next)
{
	uint64_t last = c->keep != 0 ? (next - 1) & c->mask : next;

	return begin >> c->text_bits != last >> c->text_bits;
}

/* Returns where the block of SIZE bytes ends, with room made for it. */
static uint64_t reserve_text(struct crashlog *c, uint64_t size)
{
	uint64_t ring = UINT64_C(1) << c->text_bits;
	uint64_t next = (c->head_lpos + size) & c->mask;

	if (size > ring - c->word)
		words_wrong("a text is larger than the ring", NULL);
	if (wraps(c, c->head_lpos, next))
		next = ((next & ~(ring - 1)) + size) & c->mask;
	for (unsigned int i = 0; i < c->lines; i++) {
		const struct crashlog_line *l = &c->line[i];

		if (!l->alive || !l->stored)
			continue;
		if (((next - l->begin) & c->mask) > ring)
			recycle(c, l);
	}
	return next;
}

static uint64_t reserve_desc(struct crashlog *c)
{
	uint64_t ids = c->mask >> 2;
	uint64_t id = (c->head + 1) & ids;

	if (((id - (UINT64_C(1) << c->count_bits)) & ids) == c->tail) {
		for (unsigned int i = 0; i < c->lines; i++) {
			if (c->line[i].id != c->tail)
				continue;
			recycle(c, &c->line[i]);
			c->line[i].alive = false;
		}
		c->tail = (c->tail + 1) & ids;
	}
	c->head = id;
	set_ends(c);
	return id;
}

void ring_add(struct crashlog *c, enum crashlog_state state, uint64_t ns, const char *text,
	      size_t size)
{
	struct layout l = layout_of(c);
	uint64_t id = reserve_desc(c);
	uint64_t index = id & ((UINT64_C(1) << c->count_bits) - 1);
	uint64_t desc = desc_of(c, id);
	uint64_t info = c->infos + index * l.info;
	uint64_t begin = state == EMPTY ? NO_LINE : NO_TEXT;
	uint64_t next = begin;
	uint64_t at = 0;
	struct crashlog_line *line;

	if (state < EMPTY) {
		begin = c->head_lpos;
		next = reserve_text(c, (c->word + size + c->word - 1) / c->word * c->word);
		at = wraps(c, begin, next) ? 0 : begin & ((UINT64_C(1) << c->text_bits) - 1);
		c->head_lpos = next;
		crashlog_put(c, c->buffer + at, id, c->word);
		for (size_t i = 0; i < size; i++)
			crashlog_put(c, c->buffer + at + c->word + i, (uint8_t)text[i], 1);
	}
	crashlog_put(c, desc + l.blk + l.begin, begin, c->word);
	crashlog_put(c, desc + l.blk + l.next, next, c->word);
	crashlog_put(c, info + l.seq, c->lines + c->id + 1, 8);
	crashlog_put(c, info + l.ts, ns, 8);
	crashlog_put(c, info + l.text_len, state == FAILED ? 7 : size, 2);
	crashlog_put(c, info + l.text_len + 2, 0, 2);
	set_state(c, id, state < EMPTY ? state : FINALIZED);
	line = crashlog_line(c, ns, text, state < EMPTY ? size : 0);
	line->id = id;
	line->begin = begin;
	line->stored = state < EMPTY;
	line->alive = state != RESERVED && state != REUSABLE;
	crashlog_name(c, "state", desc + l.state + l.counter, c->word);
	crashlog_name(c, "begin", desc + l.blk + l.begin, c->word);
	crashlog_name(c, "next", desc + l.blk + l.next, c->word);
	crashlog_name(c, "ts", info + l.ts, 8);
	crashlog_name(c, "text_len", info + l.text_len, 2);
	crashlog_name(c, "facility", info + l.text_len + 2, 1);
	crashlog_name(c, "flags", info + l.text_len + 3, 1);
	crashlog_name(c, "owner", c->buffer + at, c->word);
}
