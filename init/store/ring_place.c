/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in the ring a dump has its place, and which old one it meets there. Places are blocks, from
 * the ring's beginning on; nothing here touches the device.
 */
#include "store/dumps.h"
#include "store/ring_header.h"
#include "store/ring_write.h"

#include <errno.h>
#include <string.h>

/* A dump begins anew at the ring's beginning where it has less than this up to the end, since its
 * log is in one piece. */
enum {
	PIECE = (32 << 20) / RING_BLOCK,
	PIECES = 8, /* or that part of the ring */
	NEED = RING_NEED / RING_BLOCK,
};

static uint32_t around(const struct ring *r, uint32_t at)
{
	return at >= r->blocks ? at - r->blocks : at;
}

static uint32_t distance(const struct ring *r, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : to + r->blocks - from;
}

static bool has_memory(const struct ring_dump *d)
{
	return (d->files & DUMP_HAS_MEMORY) != 0;
}

static bool covers(const struct ring *r, const struct ring_dump *d, uint32_t at)
{
	return distance(r, d->start, at) < ring_extent(d);
}

/* The dump that covers AT, or the first that begins within SIZE blocks from there; or NULL. */
static const struct ring_dump *in_the_way(const struct ring *r, uint32_t at, uint32_t size)
{
	const struct ring_dump *found = NULL;

	for (const struct ring_dump *d = r->dump; d < r->dump + r->dumps; d++) {
		uint32_t gap = distance(r, at, d->start);

		if (covers(r, d, at))
			return d;
		if (gap >= size)
			continue;
		size = gap;
		found = d;
	}
	return found;
}

static uint32_t behind(const struct ring *r, const struct ring_dump *d)
{
	uint32_t at = around(r, d->start + ring_extent(d));
	uint32_t left = r->blocks - at;

	return left < NEED || (left < PIECE && left < r->blocks / PIECES) ? 0 : at;
}

static bool take_slot_but(struct ring *r, uint32_t taken)
{
	for (r->own.slot = 0; r->own.slot < RING_SLOTS; r->own.slot++) {
		if ((taken >> r->own.slot & 1) == 0)
			return true;
	}
	return false;
}

_Static_assert(RING_SLOTS == 32, "a bit for each");

/* What could not be read may not be written either, and comes last. */
bool ring_take_slot(struct ring *r)
{
	uint32_t taken = r->given_up;

	for (unsigned int i = 0; i < r->dumps; i++)
		taken |= UINT32_C(1) << r->dump[i].slot;
	return take_slot_but(r, taken | r->unreadable) || take_slot_but(r, taken);
}

/*
 * Behind the newest dump. Where that would cost one with memory, and logs alone were the last to
 * come, they begin anew behind the last memory: however many crashes leave but a log, they take the
 * place of one such dump at most.
 */
int ring_make(struct ring *r, uint32_t number, int64_t time)
{
	const struct ring_dump *newest = r->dumps > 0 ? &r->dump[r->dumps - 1] : NULL;
	const struct ring_dump *last = newest;
	const struct ring_dump *way, *other;
	uint32_t start = newest != NULL ? behind(r, newest) : 0;

	r->own = (struct ring_dump){
		.number = number,
		.time = time,
		.start = start,
		.ring = r->blocks,
	};
	way = in_the_way(r, start, NEED);
	if (way != NULL && has_memory(way)) {
		while (last > r->dump && !has_memory(last))
			last--;
		other = in_the_way(r, behind(r, last), NEED);
		if (other == NULL || !has_memory(other)) {
			r->own.start = behind(r, last);
			way = other;
		}
	}
	return ring_take_slot(r) && way == NULL ? 0 : -ENOSPC;
}

const struct ring_dump *ring_ahead(const struct ring *r)
{
	const struct ring_dump *d = r->dump;

	if (r->own.slot < RING_SLOTS)
		return in_the_way(r, r->own.start, r->blocks);
	if (r->dumps == 0)
		return NULL; /* no slot is any good */
	while (d < r->dump + r->dumps - 1 && has_memory(d))
		d++;
	return has_memory(d) ? r->dump : d;
}

const struct ring_dump *ring_find(const struct ring *r, const char *name)
{
	const struct ring_dump *d = r->dump;

	while (d < r->dump + r->dumps && d->number != layout_number(name))
		d++;
	return d < r->dump + r->dumps ? d : NULL;
}

uint32_t ring_used(const struct ring *r)
{
	uint32_t used = ring_extent(&r->own);

	return used > RING_TEXT / RING_BLOCK ? used : RING_TEXT / RING_BLOCK;
}

static uint64_t bytes_of(uint32_t blocks)
{
	return (uint64_t)blocks * RING_BLOCK;
}

uint64_t ring_room(const struct ring *r)
{
	const struct ring_dump *d = in_the_way(r, r->own.start, r->blocks);
	uint32_t room = d == NULL ? r->blocks : distance(r, r->own.start, d->start);

	return bytes_of(room - ring_used(r));
}

uint64_t ring_limit(const struct ring *r)
{
	return bytes_of(r->blocks - ring_used(r));
}

uint64_t ring_text_room(const struct ring *r)
{
	uint64_t room = ring_room(r);
	uint64_t piece = bytes_of(r->blocks - around(r, r->own.start + ring_used(r)));

	return room < piece ? room : piece;
}

uint64_t ring_end(const struct ring *r)
{
	return RING_BEGIN + bytes_of(r->blocks);
}

uint64_t ring_offset(const struct ring *r, const struct ring_dump *d, unsigned int file)
{
	return RING_BEGIN + bytes_of(around(r, d->start + d->at[file]));
}
