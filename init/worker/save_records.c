/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records are read, and never removed: the kernel would take them out of their backend then
 * (fs/pstore/inode.c), and whoever collects them after the reboot is to find them all. Those of
 * mtdoops are in flash as they were written, headers and all.
 */
#include "worker/save_records.h"

#include "base/dirlist.h"
#include "base/io.h"
#include "base/log.h"
#include "output/seal.h"
#include "store/layout.h"
#include "worker/capture.h"
#include "worker/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
	RECORDS = 64,
	MOST = 1 << 20, /* bytes of all of them, about */
	SHARE = 64,	/* of the room at most */
	PIECE = 4096,
	SLOTS = 16384, /* of flash that are looked at: the driver takes none of more than 8 MiB */
};

/* What the records of a run are copied to, and what is left of the room for them. */
struct copies {
	struct save *save;
	struct store to; /* its dump_fd is the directory of records, or below 0 */
	uint64_t left;
	unsigned int tried, saved;
};

/* While they are read, and nothing is waited for that is the target's. */
static void reads(const struct save *s, bool on)
{
	s->worker->shared->in_image = on;
}

static int put(void *arg, const uint8_t *data, size_t size)
{
	return io_write(*(int *)arg, data, size);
}

/*
 * Copies all of it, up to SIZE bytes, sealed by KEYS unless that is NULL, and takes its size from
 * what is left of the room, where it is less. Returns 0 or -errno.
 */
static int copy(struct copies *c, int from, int to, struct seal *keys, uint64_t size)
{
	static struct seal_stream stream;
	static uint8_t piece[PIECE];
	int error = SEALED_ONLY(keys) != NULL ? seal_begin(&stream, keys, put, &to) : 0;
	size_t n = PIECE;

	while (n == PIECE && size > 0 && error == 0) {
		reads(c->save, true);
		n = io_read(from, piece, PIECE);
		error = n < PIECE ? -errno : 0;
		reads(c->save, false);
		if (error == 0 && n >= c->left)
			error = -EFBIG;
		if (error == 0)
			error = SEALED_ONLY(keys) != NULL ? seal_write(&stream, piece, n)
							  : put(&to, piece, n);
		c->left -= error == 0 ? n : 0;
		size -= n;
	}
	return error == 0 && SEALED_ONLY(keys) != NULL ? seal_end(&stream) : error;
}

/*
 * Saves SIZE bytes from where IN stands, a multiple of PIECE, or all there are where those are
 * fewer. The directory is made for the first; where it could not be, nothing can be created in it.
 */
static void save_record(struct copies *c, int in, const char *name, uint64_t size)
{
	struct save *s = c->save;
	struct seal *keys = s->capture != NULL ? s->capture->seal : NULL;
	char called[LAYOUT_FILE_NAME];
	int fd, error;

	s->worker->shared->progress = s->worker->shared->progress + 1;
	c->tried++;
	if (c->to.dump_fd < 0)
		c->to.dump_fd = store_directory(s->store.dump_fd, LAYOUT_RECORDS);
	snprintf(called, sizeof(called), "%s%s", name,
		 SEALED_ONLY(keys) != NULL ? LAYOUT_SEALED : "");
	fd = in < 0 ? in : store_create(&c->to, called);
	error = fd < 0 ? fd : copy(c, in, fd, keys, size);
	if (error == 0)
		error = store_commit(&c->to, called, fd);
	else if (fd >= 0)
		(void)store_discard(&c->to, called, fd); /* ERROR is what to tell */
	c->saved += error == 0;
}

static bool may_save(const struct copies *c)
{
	return c->tried < RECORDS && c->left > PIECE;
}

static void save_pstore(struct copies *c)
{
	static struct dirlist list;
	const char *name;

	reads(c->save, true);
	c->save->show_records(c->save->records);
	dirlist_open(&list, c->save->records);
	while (may_save(c) && (name = dirlist_next(&list)) != NULL) {
		int in = io_open_regular(list.fd, name);

		reads(c->save, false);
		save_record(c, in, name, UINT64_MAX);
		reads(c->save, true);
		if (in >= 0)
			close(in); /* read only */
	}
	dirlist_close(&list);
	reads(c->save, false);
}

/*
 * The number of the record at AT, of which the newest has the highest (struct mtdoops_hdr of
 * drivers/mtd/mtdoops.c, in the order of bytes of this machine); false: there is none.
 */
static bool number_at(int fd, uint64_t at, uint32_t *number)
{
	uint32_t header[2];

	if (io_read_at(fd, header, sizeof(header), at) != sizeof(header))
		return false;
	*number = header[0];
	return (header[1] == 0x5d005d00 || header[1] == 0x5d005e00) && header[0] != UINT32_MAX;
}

/* The highest number in the flash, up to END. */
static uint32_t newest_in(struct copies *c, int fd, uint32_t record, off_t end)
{
	uint32_t number, newest = 0;

	for (off_t at = 0; at + record <= end; at += record) {
		c->save->worker->shared->progress = c->save->worker->shared->progress + 1;
		if (number_at(fd, (uint64_t)at, &number) && number > newest)
			newest = number;
	}
	return newest;
}

/* The newest of them: they follow each other around the partition. */
static void save_newest(struct copies *c, int fd, uint32_t record)
{
	off_t most = (off_t)record * SLOTS;
	off_t end = lseek(fd, 0, SEEK_END);
	uint32_t number, newest;
	char name[32];

	end = end < most ? end : most;
	newest = newest_in(c, fd, record, end);
	for (off_t at = 0; at + record <= end && may_save(c); at += record) {
		reads(c->save, true);
		if (!number_at(fd, (uint64_t)at, &number) || newest - number >= RECORDS ||
		    lseek(fd, at, SEEK_SET) != at)
			continue;
		reads(c->save, false);
		snprintf(name, sizeof(name), "mtdoops-%u", (unsigned int)number);
		save_record(c, fd, name, record);
	}
}

static void save_mtdoops(struct copies *c)
{
	uint32_t record = 0;
	int fd;

	reads(c->save, true);
	fd = c->save->open_mtdoops == NULL ? -1 : c->save->open_mtdoops(&record);
	if (fd >= 0 && record > 0)
		save_newest(c, fd, record);
	if (fd >= 0)
		close(fd); /* read only */
	reads(c->save, false);
}

static void tell(struct copies *c, const char *from)
{
	if (c->tried > 0)
		log_line("saved %u of %u records of %s", c->saved, c->tried, from);
	c->tried = c->saved = 0;
}

void save_records(struct save *s)
{
	struct copies c = {.save = s, .to = s->store};
	uint64_t limit;

	if (s->records == NULL || s->ring != NULL || s->stream != NULL ||
	    (s->worker->shared->skip & READS_RECORDS) != 0)
		return;
	s->worker->shared->reads = READS_RECORDS;
	store_room(&s->store, s->worker->config->free, &c.left, &limit);
	c.left = c.left / SHARE < MOST ? c.left / SHARE : MOST;
	c.to.dump_fd = -1;
	save_pstore(&c);
	tell(&c, "pstore");
	save_mtdoops(&c);
	tell(&c, "mtdoops");
	if (c.to.dump_fd >= 0)
		close(c.to.dump_fd); /* each name was made durable */
	s->worker->shared->reads = 0;
}
