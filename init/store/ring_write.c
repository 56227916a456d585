/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written to the device besides the memory, and in which order. Headers go through the page
 * cache, each followed by fsync(2), which also empties the cache of the disk (blkdev_fsync in
 * block/fops.c).
 */
#include "store/ring_write.h"

#include "base/io.h"
#include "store/dumps.h"
#include "store/ring_header.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 4 /* slots, for a header that cannot be written */ };

static uint8_t block[2 * RING_BLOCK]; /* the two of a slot */

/* Keeps why a write failed. No room: the device promised more than it has, as one of dm-thin may,
 * and no old dump makes any by going. */
static void fail(struct ring *r, int error)
{
	r->error = error == -ENOSPC ? -EIO : error;
}

/* Writes the first SIZE bytes of the block, and makes all of the device durable. */
static int write_block(struct ring *r, size_t size, uint64_t at)
{
	if (r->error == 0 && lseek(r->fd, (off_t)at, SEEK_SET) < 0)
		fail(r, -errno);
	if (r->error == 0)
		fail(r, io_write(r->fd, block, size));
	if (r->error == 0 && fsync(r->fd) != 0)
		fail(r, -errno);
	return r->error;
}

/* The first block. */
static int write_mark(struct ring *r)
{
	const struct ring_dump mark = {.ring = r->blocks, .files = r->given_up};

	ring_header_write(block, &mark, NULL);
	r->marked |= write_block(r, RING_BLOCK, 0) == 0;
	return r->error;
}

static bool is_given_up(const struct ring *r, uint32_t slot)
{
	return (r->given_up >> slot & 1) != 0;
}

/*
 * The status is that of TEXT. A header goes to the block that does not hold the one before it. In a
 * slot that does not take it nothing is believed once another one has it: until then what was
 * there, and may come back, is as true.
 */
static int write_header(struct ring *r, const char *text)
{
	struct ring_dump *d = &r->own;
	uint32_t before = r->given_up;

	if (r->error != 0 || (!r->marked && write_mark(r) != 0))
		return r->error;
	for (unsigned int tries = 0; tries < TRIES; tries++) {
		if (is_given_up(r, d->slot) && !ring_take_slot(r)) {
			fail(r, -EIO);
			break;
		}
		r->error = 0; /* that of the slot before */
		d->generation++;
		ring_header_write(block, d, text);
		if (write_block(r, RING_BLOCK, ring_header_at(d->slot, d->generation)) == 0)
			return r->given_up != before ? write_mark(r) : 0;
		r->given_up |= UINT32_C(1) << d->slot;
	}
	return r->error;
}

/*
 * Nothing that is in the slot is believed any more, durably: it is zero, or the first block says
 * so. All that was written before is durable first: what fails then is the slot.
 */
static int clear_slot(struct ring *r, uint32_t slot)
{
	if (r->error == 0 && fsync(r->fd) != 0)
		fail(r, -errno);
	if (r->error != 0)
		return r->error;
	memset(block, 0, sizeof(block));
	if (write_block(r, sizeof(block), ring_header_at(slot, 0)) == 0)
		return 0;
	r->error = 0;
	r->given_up |= r->unreadable | UINT32_C(1) << slot;
	return write_mark(r);
}

int ring_remove(struct ring *r, const struct ring_dump *d)
{
	unsigned int at = (unsigned int)(d - r->dump);
	int error = clear_slot(r, d->slot);

	if (error != 0)
		return error;
	r->dumps--;
	memmove(&r->dump[at], &r->dump[at + 1], (r->dumps - at) * sizeof(r->dump[0]));
	return 0;
}

int ring_commit(struct ring *r, unsigned int file, uint64_t size, const char *text)
{
	struct ring_dump *d = &r->own;

	if (r->error == 0 && text == NULL && fsync(r->fd) != 0)
		fail(r, -errno);
	if (r->error != 0)
		return r->error;
	d->files |= 1U << file;
	d->size[file] = size;
	return write_header(r, text);
}

int ring_drop(struct ring *r, unsigned int file)
{
	struct ring_dump *d = &r->own;
	uint32_t left = d->files & ~(1U << file | (uint32_t)DUMP_HAS_STATUS);

	if (left == d->files)
		return 0;
	d->files = left;
	return left == 0 ? clear_slot(r, d->slot) : write_header(r, NULL);
}

/*
 * What cannot be read now might be another time, and would be a header then of what was written
 * over. Once one of them could not be written, the others are not tried: each may cost seconds.
 */
static int clear_unreadable(struct ring *r)
{
	for (uint32_t slot = 0; slot < RING_SLOTS && r->error == 0; slot++) {
		if ((r->unreadable >> slot & 1) == 0)
			continue;
		if (!is_given_up(r, slot))
			(void)clear_slot(r, slot); /* kept in r->error */
		r->unreadable &= ~(UINT32_C(1) << slot);
	}
	return r->error;
}

int ring_create(struct ring *r, unsigned int file)
{
	struct ring_dump *d = &r->own;
	int error = clear_unreadable(r);
	int fd;

	if (error == 0)
		error = ring_drop(r, file);
	if (error != 0)
		return error;
	d->at[file] = file == LAYOUT_IS_CAPTURE_LOG ? 0 : ring_used(r);
	fd = open(r->path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (lseek(fd, (off_t)ring_offset(r, d, file), SEEK_SET) >= 0)
		return fd;
	error = -errno;
	close(fd); /* nothing was written */
	return error;
}
