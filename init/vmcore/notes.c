/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes, one read for each: three words (sizes of name and content, type), the name, the content,
 * the latter two padded to 4 bytes in both ELF classes, as the kernel writes and reads them
 * (kernel/crash_core.c, fs/proc/vmcore.c). The sizes come from a crashed kernel: none is believed
 * that leads out of the segment, and a name of no size is the end, as fs/proc/vmcore.c has it.
 */
#include "vmcore/notes.h"

#include "base/bytes.h"
#include "base/io.h"

#include <string.h>

enum { HEADER = 12 };

static uint64_t padded(uint64_t size)
{
	return (size + 3) & ~UINT64_C(3);
}

void notes_open(struct notes *n, int fd)
{
	n->fd = fd;
	n->count = n->ranges = n->left_out = 0;
	n->size = 0;
}

/* The note at AT of the range R: where the one behind it begins, in R; 0: none is there. */
static uint64_t step(const struct notes *n, const struct notes_range *r, uint64_t at,
		     struct note *note)
{
	uint8_t raw[HEADER + NOTES_NAME] = {0};
	uint64_t left = at < r->size ? r->size - at : 0;
	size_t want = left < sizeof(raw) ? (size_t)left : sizeof(raw);
	uint64_t desc;

	if (left < HEADER || io_read_at(n->fd, raw, want, r->offset + at) != want)
		return 0;
	note->name_size = (uint32_t)bytes_get(raw, 4);
	note->size = (uint32_t)bytes_get(raw + 4, 4);
	note->type = (uint32_t)bytes_get(raw + 8, 4);
	memcpy(note->name, raw + HEADER, NOTES_NAME);
	desc = HEADER + padded(note->name_size);
	if (note->name_size == 0 || desc > left || note->size > left - desc)
		return 0;
	note->at = r->offset + at + desc;
	note->offset = at + desc;
	desc += padded(note->size);
	return at + (desc < left ? desc : left);
}

/* Puts the range in its place, by its offset, joined with one that it touches. */
static void insert(struct notes *n, struct notes_range r)
{
	unsigned int at = n->ranges;
	struct notes_range *before;

	while (at > 0 && n->range[at - 1].offset > r.offset)
		at--;
	before = at > 0 ? &n->range[at - 1] : NULL;
	if (before != NULL && before->offset + before->size == r.offset && r.offset % 4 == 0) {
		before->size += r.size;
		return;
	}
	if (n->ranges == NOTES_RANGES) {
		n->left_out++;
		return;
	}
	memmove(&n->range[at + 1], &n->range[at], (n->ranges - at) * sizeof(r));
	n->range[at] = r;
	n->ranges++;
}

void notes_take(struct notes *n, uint64_t offset, uint64_t size)
{
	struct notes_range r = {.offset = offset, .size = size};
	struct note note;
	uint64_t end = 0;
	uint64_t next;

	while (n->count < NOTES_MOST && (next = step(n, &r, end, &note)) != 0) {
		end = next;
		n->count++;
	}
	r.size = end;
	if (end == 0 || notes_touch(n, offset, offset + end))
		return; /* the same notes twice are one */
	insert(n, r);
	n->size = 0;
	for (unsigned int i = 0; i < n->ranges; i++)
		n->size += padded(n->range[i].size);
}

bool notes_touch(const struct notes *n, uint64_t from, uint64_t to)
{
	for (unsigned int i = 0; i < n->ranges; i++) {
		const struct notes_range *r = &n->range[i];

		if (from < r->offset + r->size && to > r->offset)
			return true;
	}
	return false;
}

const struct notes_range *notes_at(const struct notes *n, uint64_t at)
{
	for (unsigned int i = 0; i < n->ranges; i++) {
		if (at >= n->range[i].offset && at - n->range[i].offset < n->range[i].size)
			return &n->range[i];
	}
	return NULL;
}

bool notes_next(const struct notes *n, struct note *note)
{
	while (note->range < n->ranges) {
		const struct notes_range *r = &n->range[note->range];
		uint64_t next = step(n, r, note->next, note);

		if (next != 0) {
			note->offset += note->before;
			note->next = next;
			return true;
		}
		note->before += padded(r->size);
		note->next = 0;
		note->range++;
	}
	return false;
}

bool note_is(const struct note *note, const char *name)
{
	size_t size = strlen(name) + 1;

	return note->name_size == size && memcmp(note->name, name, size) == 0;
}

bool notes_read(const struct notes *n, uint64_t offset, void *into, size_t size)
{
	uint64_t before = 0;
	bool good = true;

	memset(into, 0, size);
	for (unsigned int i = 0; i < n->ranges; i++) {
		const struct notes_range *r = &n->range[i];
		uint64_t from = offset > before ? offset : before;
		uint64_t to = offset + size < before + r->size ? offset + size : before + r->size;

		if (from < to)
			good &= io_read_at(n->fd, (uint8_t *)into + (from - offset),
					   (size_t)(to - from),
					   r->offset + (from - before)) == to - from;
		before += padded(r->size);
	}
	return good;
}
