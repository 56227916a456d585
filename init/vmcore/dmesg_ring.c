/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lockless ring buffer of 5.10 and later (kernel/printk/printk_ringbuffer.[ch]): a ring of
 * descriptors, a ring of infos beside it, and a ring of text they point into. Descriptor ids
 * and text positions are logical: they wrap, and do so soon after boot. All offsets come from
 * VMCOREINFO.
 */
#include "vmcore/dmesg_formats.h"

#include "vmcore/dmesg_line.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

enum { COUNT_BITS_MAX = 26, TEXT_BITS_MAX = 31, LOOKED_AT = 64 * 1024 };

/* From text_len to facility and flags: struct printk_info. */
enum { FACILITY = 2 };

enum state { RESERVED, COMMITTED, FINALIZED, REUSABLE };

/* Offsets in the crashed kernel's structures, by VMCOREINFO. */
struct layout {
	uint64_t prb;
	uint64_t desc_ring, text_ring;
	uint64_t count_bits, descs, infos, head_id, tail_id;
	uint64_t desc_size, state, blk, begin, next;
	uint64_t info_size, ts, text_len;
	uint64_t size_bits, data;
	uint64_t counter;
};

struct ring {
	struct dmesg *out;
	struct translate *memory;
	struct layout at;
	uint64_t mask; /* of an unsigned long there */
	unsigned int word;
	unsigned int count_bits, text_bits;
	uint64_t descs, infos, text;
	uint64_t head, tail;
	uint64_t left; /* bytes of text that may still be printed: no more than the ring has */
};

static int read_layout(struct layout *l, const struct vmcoreinfo *info)
{
	const struct {
		const char *key;
		uint64_t *value;
	} offsets[] = {
		{"OFFSET(printk_ringbuffer.desc_ring)", &l->desc_ring},
		{"OFFSET(printk_ringbuffer.text_data_ring)", &l->text_ring},
		{"OFFSET(prb_desc_ring.count_bits)", &l->count_bits},
		{"OFFSET(prb_desc_ring.descs)", &l->descs},
		{"OFFSET(prb_desc_ring.infos)", &l->infos},
		{"OFFSET(prb_desc_ring.head_id)", &l->head_id},
		{"OFFSET(prb_desc_ring.tail_id)", &l->tail_id},
		{"SIZE(prb_desc)", &l->desc_size},
		{"OFFSET(prb_desc.state_var)", &l->state},
		{"OFFSET(prb_desc.text_blk_lpos)", &l->blk},
		{"OFFSET(prb_data_blk_lpos.begin)", &l->begin},
		{"OFFSET(prb_data_blk_lpos.next)", &l->next},
		{"SIZE(printk_info)", &l->info_size},
		{"OFFSET(printk_info.ts_nsec)", &l->ts},
		{"OFFSET(printk_info.text_len)", &l->text_len},
		{"OFFSET(prb_data_ring.size_bits)", &l->size_bits},
		{"OFFSET(prb_data_ring.data)", &l->data},
		{"OFFSET(atomic_long_t.counter)", &l->counter},
	};

	if (!vmcoreinfo_number(info, "SYMBOL(prb)", 16, &l->prb))
		return -ENOKEY;
	for (unsigned int i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		if (!vmcoreinfo_number(info, offsets[i].key, 10, offsets[i].value))
			return -ENOKEY;
	}
	return 0;
}

/* Reads the ring's own fields: where its arrays are and how large. */
static int read_ring(struct ring *r)
{
	const struct layout *l = &r->at;
	struct translate *m = r->memory;
	uint64_t bits = 0;
	uint64_t text_bits = 0;
	uint64_t rb;
	uint64_t descs;
	uint64_t text;
	int e = translate_word(m, l->prb, &rb);

	descs = rb + l->desc_ring;
	text = rb + l->text_ring;
	e = e != 0 ? e : translate_number(m, descs + l->count_bits, 4, &bits);
	e = e != 0 ? e : translate_word(m, descs + l->descs, &r->descs);
	e = e != 0 ? e : translate_word(m, descs + l->infos, &r->infos);
	e = e != 0 ? e : translate_word(m, descs + l->head_id + l->counter, &r->head);
	e = e != 0 ? e : translate_word(m, descs + l->tail_id + l->counter, &r->tail);
	e = e != 0 ? e : translate_number(m, text + l->size_bits, 4, &text_bits);
	e = e != 0 ? e : translate_word(m, text + l->data, &r->text);
	if (e == 0 && (bits > COUNT_BITS_MAX || text_bits > TEXT_BITS_MAX))
		e = -EBADMSG;
	r->count_bits = (unsigned int)bits;
	r->text_bits = (unsigned int)text_bits;
	return e;
}

/* Does an array of COUNT things of SIZE bytes begin and end in memory, readable or not? */
static bool is_there(struct ring *r, uint64_t array, uint64_t count, uint64_t size)
{
	uint64_t byte;

	return size > 0 && translate_number(r->memory, array, 1, &byte) != -ENXIO &&
	       translate_number(r->memory, array + count * size - 1, 1, &byte) != -ENXIO;
}

/*
 * Where the text of a block from BEGIN up to NEXT stands, and how long it can be. NEXT - 1 and
 * not NEXT tells whether it wraps: a block may end just where the ring does.
 */
static bool find_text(const struct ring *r, uint64_t id, uint64_t begin, uint64_t next,
		      uint64_t *text, uint64_t *size)
{
	uint64_t ring = UINT64_C(1) << r->text_bits;
	uint64_t last = (next - 1) & r->mask;
	uint64_t start;
	uint64_t owner;

	if (begin % r->word != 0 || next % r->word != 0)
		return false;
	if (begin >> r->text_bits == last >> r->text_bits) {
		start = begin & (ring - 1);
		*size = (next - begin) & r->mask;
	} else if (((begin + ring) & r->mask) >> r->text_bits == last >> r->text_bits) {
		start = 0; /* a block that wraps stands whole at the beginning */
		*size = next & (ring - 1);
	} else {
		return false;
	}
	if (*size < r->word || *size > ring - start || *size > r->left ||
	    translate_word(r->memory, r->text + start, &owner) != 0 || owner != id)
		return false;
	*text = r->text + start + r->word;
	*size -= r->word;
	return true;
}

/* Writes the record of descriptor ID, if it is one. */
static int write_record(struct ring *r, uint64_t id)
{
	const struct layout *l = &r->at;
	struct translate *m = r->memory;
	uint64_t index = id & ((UINT64_C(1) << r->count_bits) - 1);
	uint64_t desc = r->descs + index * l->desc_size;
	uint64_t info = r->infos + index * l->info_size;
	unsigned int state_shift = r->word * 8 - 2;
	struct dmesg_record line = {0};
	uint64_t state = 0, begin = 0, next = 0, length = 0, room = 0;
	int e = translate_word(m, desc + l->state + l->counter, &state);

	e = e != 0 ? e : translate_word(m, desc + l->blk + l->begin, &begin);
	e = e != 0 ? e : translate_word(m, desc + l->blk + l->next, &next);
	e = e != 0 ? e : translate_number(m, info + l->ts, 8, &line.ns);
	e = e != 0 ? e : translate_number(m, info + l->text_len, 2, &length);
	e = e != 0 ? e : translate_number(m, info + l->text_len + FACILITY, 2, &line.facility);
	if (e != 0) {
		r->out->torn++;
		return 0;
	}
	if ((state & (r->mask >> 2)) != id ||
	    (state >> state_shift != COMMITTED && state >> state_shift != FINALIZED))
		return 0;
	if ((begin & 1) != 0 && (next & 1) != 0) /* no text was stored, or none was wanted */
		return dmesg_line(r->out, m, &line);
	if (!find_text(r, id, begin, next, &line.text, &room)) {
		r->out->torn++;
		return 0;
	}
	r->left -= room + r->word;
	line.size = (size_t)(length < room ? length : room);
	return dmesg_line(r->out, m, &line);
}

/*
 * Where to begin, and in *COUNT how many descriptors to look at. Where there is a bound, no more
 * than could have a line in the room; and some, since why the kernel died may stand farther back.
 */
static uint64_t first_of(struct ring *r, uint64_t *count)
{
	uint64_t ids = r->mask >> 2;
	uint64_t most = r->out->room / DMESG_LINE_MIN;
	uint64_t span = ((r->head - r->tail) & ids) + 1;

	if (most < LOOKED_AT)
		most = LOOKED_AT;
	if (span < *count)
		*count = span;
	if (r->out->room == 0 || *count <= most)
		return r->tail & ids;
	span = *count - most;
	dmesg_pass_over(r->out, span);
	*count = most;
	return (r->tail + span) & ids;
}

int dmesg_ring_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	struct ring r = {.out = d, .memory = memory, .word = memory->word};
	uint64_t count;
	uint64_t id;
	int e = read_layout(&r.at, info);

	r.mask = r.word == 8 ? UINT64_MAX : UINT32_MAX;
	if (e == 0)
		e = read_ring(&r);
	if (e != 0)
		return e;
	r.left = UINT64_C(1) << r.text_bits;
	count = UINT64_C(1) << r.count_bits;
	if (!is_there(&r, r.descs, count, r.at.desc_size) ||
	    !is_there(&r, r.infos, count, r.at.info_size))
		return -EBADMSG;
	id = first_of(&r, &count);
	for (; count > 0 && e == 0; count--) {
		e = write_record(&r, id);
		id = (id + 1) & (r.mask >> 2);
	}
	return e;
}
