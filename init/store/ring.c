/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on the device. Nothing is written here.
 */
#include "store/ring.h"

#include "base/bytes.h"
#include "base/io.h"
#include "store/dumps.h"
#include "store/ring_header.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

enum {
	SECTOR = 512,	    /* that a disk writes as a whole, or not at all */
	BLOCKS = INT32_MAX, /* in a ring, 8 TiB of them: two such numbers have a sum */
};

static uint8_t block[RING_BLOCK];

static int read_block(const struct ring *r, size_t size, uint64_t at)
{
	if (io_read_at(r->fd, block, size, at) == size)
		return 0;
	return errno != 0 ? -errno : -EIO;
}

/*
 * Nothing was ever written to the sector in the block: zeros, or the ones of flash that was erased.
 * Sectors of both are what a power cut leaves of the first block.
 */
static bool is_blank(void)
{
	return (uint8_t)(block[0] + 1) <= 1 && memcmp(block, block + 1, SECTOR - 1) == 0;
}

/*
 * Is all before the ring ours, or blank? What others make there need not touch the first block:
 * ZFS leaves 8 KiB before it, bcachefs 3.5. Of a block of headers the first sector tells, since a
 * power cut may leave anything of the others. Where the first block is whole, one strange sector is
 * damage.
 */
static int judge_rest(const struct ring *r, bool headers)
{
	unsigned int strange = 0;
	uint64_t step = SECTOR;

	for (uint64_t at = 0; at < RING_BEGIN; at += step) {
		int error = read_block(r, SECTOR, at);
		bool header = headers && at % RING_BLOCK == 0 && at < RING_HEADERS_END;
		struct ring_dump d;

		step = header && at > 0 ? RING_BLOCK : SECTOR;
		if (error != 0 && !r->marked)
			return error;
		if (error == 0 && !is_blank() &&
		    !(header && ring_header_read(block, &d) != RING_NOTHING))
			strange++;
	}
	return strange > r->marked ? -EEXIST : 0;
}

/*
 * Is it ours, or nobody's? The first block is a header of no dump, which has the size of the ring.
 * The last two bytes of the first sector are the mark of a partition table, and of a boot sector.
 */
static int judge_beginning(struct ring *r, uint32_t room)
{
	struct ring_dump d = {.ring = 0};
	int error = read_block(r, RING_BLOCK, 0);
	enum ring_block is = error == 0 ? ring_header_read(block, &d) : RING_NOTHING;

	r->blocks = room;
	r->marked = is == RING_HEADER && d.ring >= 2 * RING_NEED / RING_BLOCK && d.ring <= room;
	if (r->marked) {
		r->blocks = d.ring;
		r->given_up = d.files;
	}
	if (error != 0)
		return error;
	if (is == RING_LATER)
		return -EPROTO;
	if (bytes_get16(block + 510) == 0xaa55)
		return -EEXIST;
	return judge_rest(r, is != RING_NOTHING);
}

/* Puts it into its place in the list. */
static void add(struct ring *r, const struct ring_dump *d)
{
	unsigned int at = r->dumps;

	while (at > 0 && r->dump[at - 1].number > d->number) {
		r->dump[at] = r->dump[at - 1];
		at--;
	}
	r->dump[at] = *d;
	r->dumps++;
}

/*
 * Of two headers in a slot the later one counts. One that cannot be read is as good as torn: that
 * may be what a power cut leaves of it.
 */
static int read_slot(struct ring *r, uint32_t slot)
{
	struct ring_dump best = {0};
	bool unreadable = false;

	for (uint32_t turn = 0; turn < 2; turn++) {
		struct ring_dump d;
		int error = read_block(r, RING_BLOCK, ring_header_at(slot, turn));

		if (error != 0 && !r->marked)
			return error;
		unreadable |= error != 0;
		if (error == 0 && ring_header_read(block, &d) == RING_HEADER &&
		    ring_is_possible(&d, r->blocks) && d.generation % 2 == turn &&
		    (d.number > best.number ||
		     (d.number == best.number && d.generation > best.generation)))
			best = d;
	}
	best.slot = slot;
	if (best.number > 0)
		add(r, &best);
	else if (unreadable)
		r->unreadable |= UINT32_C(1) << slot;
	return 0;
}

static int read_all(struct ring *r)
{
	off_t size = lseek(r->fd, 0, SEEK_END);
	uint64_t blocks = (uint64_t)(size - RING_BEGIN - RING_TAIL) / RING_BLOCK;
	int error = size < RING_LEAST ? -ENOSPC : 0;

	if (error == 0)
		error = judge_beginning(r, blocks < BLOCKS ? (uint32_t)blocks : BLOCKS);
	for (uint32_t slot = 0; slot < RING_SLOTS && error == 0; slot++) {
		if ((r->given_up >> slot & 1) == 0)
			error = read_slot(r, slot);
	}
	return error;
}

/* O_EXCL: not while it is mounted, or a part of something else (blkdev_get_by_dev). */
int ring_open(struct ring *r, const char *path, bool written)
{
	int read_only = 0;
	int error = 0;

	memset(r, 0, sizeof(*r));
	r->path = path;
	r->fd = open(path, (written ? O_RDWR | O_EXCL : O_RDONLY) | O_CLOEXEC);
	if (r->fd < 0)
		return -errno;
	if (written && ioctl(r->fd, BLKROGET, &read_only) == 0 && read_only != 0)
		error = -EROFS;
	if (error == 0)
		error = read_all(r);
	if (error != 0)
		ring_close(r);
	return error;
}

void ring_close(struct ring *r)
{
	if (r->fd >= 0)
		close(r->fd); /* what counts was made durable */
	r->fd = -1;
}

const char *ring_reason(int error)
{
	switch (error) {
	case -EEXIST:
		return "it is neither blank nor a ring of dumps: if nothing on it is needed, "
		       "wipefs -a it, and overwrite its first MiB";
	case -ENOSPC:
		return "it is smaller than 4 MiB";
	case -EPROTO:
		return "the ring on it is a later version's";
	default:
		return strerror(-error);
	}
}

int ring_status(const struct ring *r, const struct ring_dump *d, struct status_text *t)
{
	struct ring_dump found;
	int error = read_block(r, RING_BLOCK, ring_header_at(d->slot, d->generation));

	t->size = 0;
	if (error != 0 || ring_header_read(block, &found) != RING_HEADER ||
	    !ring_is_possible(&found, r->blocks)) /* somebody may be writing to the image */
		return error;
	t->size = (found.files & DUMP_HAS_STATUS) != 0 ? (size_t)found.size[LAYOUT_IS_STATUS] : 0;
	memcpy(t->text, ring_header_status(block), t->size);
	return t->size > 0;
}

int ring_read(const struct ring *r, const struct ring_dump *d, unsigned int file, uint64_t at,
	      void *into, size_t size)
{
	uint64_t from = ring_offset(r, d, file) + at;
	size_t first;

	if (from >= ring_end(r))
		from -= ring_end(r) - RING_BEGIN;
	first = size < ring_end(r) - from ? size : (size_t)(ring_end(r) - from);
	if (io_read_at(r->fd, into, first, from) == first &&
	    (first == size ||
	     io_read_at(r->fd, (char *)into + first, size - first, RING_BEGIN) == size - first))
		return 0;
	return errno != 0 ? -errno : -EIO;
}
