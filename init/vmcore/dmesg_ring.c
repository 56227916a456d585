/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lockless ring buffer of 5.10 and later (kernel/printk/printk_ringbuffer.[ch]): a ring of
 * descriptors, a ring of infos beside it, and a ring of text they point into. Descriptor ids
 * and text positions are logical: they wrap, and do so soon after boot. All offsets come from
 * VMCOREINFO.
 */
#include "vmcore/dmesg_fields.h"
#include "vmcore/dmesg_formats.h"
#include "vmcore/dmesg_line.h"
#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

enum { COUNT_BITS_MAX = 26, TEXT_BITS_MAX = 31, LOOKED_AT = 64 * 1024 };

enum state { RESERVED, COMMITTED, FINALIZED, REUSABLE };

/* Fields by VMCOREINFO, then such as follow from them. */
enum field {
	DESC_RING,
	TEXT_RING,
	COUNT_BITS,
	DESCS,
	INFOS,
	HEAD_ID,
	TAIL_ID,
	DESC_SIZE,
	STATE,
	BLOCK,
	BEGIN,
	NEXT,
	INFO_SIZE,
	TIME,
	TEXT_LENGTH,
	SIZE_BITS,
	DATA,
	COUNTER,
	KEYS,
	FACILITY = KEYS,
	POINTER,
	FIELDS,
};

_Static_assert((int)FIELDS <= (int)DMESG_FIELDS, "they have room");

static const char *const keys[KEYS] = {
	[DESC_RING] = "OFFSET(printk_ringbuffer.desc_ring)",
	[TEXT_RING] = "OFFSET(printk_ringbuffer.text_data_ring)",
	[COUNT_BITS] = "OFFSET(prb_desc_ring.count_bits)",
	[DESCS] = "OFFSET(prb_desc_ring.descs)",
	[INFOS] = "OFFSET(prb_desc_ring.infos)",
	[HEAD_ID] = "OFFSET(prb_desc_ring.head_id)",
	[TAIL_ID] = "OFFSET(prb_desc_ring.tail_id)",
	[DESC_SIZE] = "SIZE(prb_desc)",
	[STATE] = "OFFSET(prb_desc.state_var)",
	[BLOCK] = "OFFSET(prb_desc.text_blk_lpos)",
	[BEGIN] = "OFFSET(prb_data_blk_lpos.begin)",
	[NEXT] = "OFFSET(prb_data_blk_lpos.next)",
	[INFO_SIZE] = "SIZE(printk_info)",
	[TIME] = "OFFSET(printk_info.ts_nsec)",
	[TEXT_LENGTH] = "OFFSET(printk_info.text_len)",
	[SIZE_BITS] = "OFFSET(prb_data_ring.size_bits)",
	[DATA] = "OFFSET(prb_data_ring.data)",
	[COUNTER] = "OFFSET(atomic_long_t.counter)",
};

/* Others are an unsigned long. */
static const uint8_t sizes[FIELDS] = {
	[COUNT_BITS] = 4, [SIZE_BITS] = 4, [TIME] = 8, [TEXT_LENGTH] = 2, [FACILITY] = 2,
};

struct ring {
	struct dmesg *out;
	struct dmesg_fields fields;
	uint64_t mask; /* of an unsigned long there */
	uint64_t ids;  /* of the id in a descriptor's state, whose upper two bits are something else
			*/
	unsigned int word;
	uint32_t count;	    /* of descriptors, a power of two */
	uint32_t text_size; /* of the ring of text, another one */
	uint64_t descs, infos, text;
	uint64_t head, tail;
	uint32_t left; /* bytes of text that may still be printed: no more than the ring has */
};

static bool read_layout(struct dmesg_fields *f, const struct vmcoreinfo *info)
{
	uint32_t *at = f->at;

	if (!dmesg_fields_take(f, info, keys, KEYS))
		return false;
	at[HEAD_ID] += at[COUNTER];
	at[TAIL_ID] += at[COUNTER];
	at[STATE] += at[COUNTER];
	at[BEGIN] += at[BLOCK];
	at[NEXT] += at[BLOCK];
	at[FACILITY] = at[TEXT_LENGTH] + 2; /* and flags: struct printk_info */
	return true;
}

/* Does an array of COUNT things of SIZE bytes begin and end in memory, readable or not? */
static bool is_there(struct ring *r, uint64_t array, enum field size)
{
	struct translate *m = r->fields.memory;
	uint64_t bytes = (uint64_t)r->count * r->fields.at[size];
	uint64_t byte;

	return bytes > 0 && translate_number(m, array, 1, &byte) != -ENXIO &&
	       translate_number(m, array + bytes - 1, 1, &byte) != -ENXIO;
}

/* Reads the ring's own fields: where its arrays are and how large. PRB points to it. */
static int read_ring(struct ring *r, uint64_t prb)
{
	struct dmesg_fields *f = &r->fields;
	uint64_t ring = dmesg_field(f, POINTER, prb);
	uint64_t descs = ring + f->at[DESC_RING];
	uint64_t text = ring + f->at[TEXT_RING];
	uint64_t bits = dmesg_field(f, COUNT_BITS, descs);
	uint64_t text_bits = dmesg_field(f, SIZE_BITS, text);

	r->descs = dmesg_field(f, DESCS, descs);
	r->infos = dmesg_field(f, INFOS, descs);
	r->head = dmesg_field(f, HEAD_ID, descs);
	r->tail = dmesg_field(f, TAIL_ID, descs);
	r->text = dmesg_field(f, DATA, text);
	if (f->error != 0)
		return f->error;
	if (bits > COUNT_BITS_MAX || text_bits > TEXT_BITS_MAX)
		return -EBADMSG;
	r->count = UINT32_C(1) << bits;
	r->left = r->text_size = UINT32_C(1) << text_bits;
	return is_there(r, r->descs, DESC_SIZE) && is_there(r, r->infos, INFO_SIZE) ? 0 : -EBADMSG;
}

/*
 * Where the text of a block from BEGIN up to NEXT stands, and how long it can be. NEXT - 1 and
 * not NEXT tells whether it wraps: a block may end just where the ring does.
 */
static bool find_text(struct ring *r, uint64_t id, uint64_t begin, uint64_t next,
		      struct dmesg_record *line)
{
	uint32_t low = r->text_size - 1;
	uint64_t last = (next - 1) & r->mask;
	uint32_t start = 0;
	uint32_t size;
	uint64_t owner;

	if (((begin | next) & (r->word - 1)) != 0)
		return false;
	if ((begin ^ last) <= low) {
		start = (uint32_t)begin & low;
		size = (uint32_t)(next - begin);
	} else if ((((begin + r->text_size) & r->mask) ^ last) <= low) {
		size = (uint32_t)next & low; /* a block that wraps stands whole at the beginning */
	} else {
		return false;
	}
	if (size < r->word || size > r->text_size - start || size > r->left)
		return false;
	owner = dmesg_field(&r->fields, POINTER, r->text + start);
	if (r->fields.error != 0 || owner != id)
		return false;
	r->left -= size;
	size -= r->word;
	line->text = r->text + start + r->word;
	line->size = line->size < size ? line->size : size;
	return true;
}

/* Writes the record of descriptor ID, if it is one. */
static int write_record(struct ring *r, uint64_t id)
{
	struct dmesg_fields *f = &r->fields;
	uint32_t index = (uint32_t)id & (r->count - 1);
	uint64_t desc = r->descs + (uint64_t)index * f->at[DESC_SIZE];
	uint64_t info = r->infos + (uint64_t)index * f->at[INFO_SIZE];
	uint64_t state = dmesg_field(f, STATE, desc);
	uint64_t begin = dmesg_field(f, BEGIN, desc);
	uint64_t next = dmesg_field(f, NEXT, desc);
	unsigned int kind = (unsigned int)(state >> (r->word * 8 - 2));
	struct dmesg_record line = {
		.ns = dmesg_field(f, TIME, info),
		.size = (size_t)dmesg_field(f, TEXT_LENGTH, info),
		.facility = dmesg_field(f, FACILITY, info),
	};

	if (f->error == 0 && ((state & r->ids) != id || (kind != COMMITTED && kind != FINALIZED)))
		return 0;
	if (f->error == 0 && (begin & 1) != 0 && (next & 1) != 0)
		line.size = 0; /* no text was stored, or none was wanted */
	else if (f->error != 0 || !find_text(r, id, begin, next, &line)) {
		r->out->torn++;
		f->error = 0;
		return 0;
	}
	return dmesg_line(r->out, f->memory, &line);
}

/*
 * Where to begin, and in *COUNT how many descriptors to look at. Where there is a bound, no more
 * than could have a line in the room; and some, since why the kernel died may stand farther back.
 */
static uint64_t first_of(const struct ring *r, uint32_t *count)
{
	uint64_t most = r->out->room / DMESG_LINE_MIN;
	uint64_t span = ((r->head - r->tail) & r->ids) + 1;

	if (most < LOOKED_AT)
		most = LOOKED_AT;
	if (span > r->count)
		span = r->count;
	if (r->out->room == 0 || most > span)
		most = span;
	dmesg_pass_over(r->out, span - most);
	*count = (uint32_t)most;
	return r->tail + (span - most);
}

int dmesg_ring_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	struct ring r = {
		.out = d,
		.fields = {.memory = memory, .sizes = sizes},
		.word = memory->word,
	};
	uint32_t count;
	uint64_t prb;
	uint64_t id;
	int e;

	r.mask = r.word == 8 ? UINT64_MAX : UINT32_MAX;
	r.ids = r.mask >> 2;
	if (!vmcoreinfo_number(info, "SYMBOL(prb)", 16, &prb) || !read_layout(&r.fields, info))
		return -ENOKEY;
	e = read_ring(&r, prb);
	if (e != 0)
		return e;
	for (id = first_of(&r, &count); count > 0 && e == 0; count--)
		e = write_record(&r, id++ & r.ids);
	return e;
}
