/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump loses its status first, so that a power cut in the middle leaves remains and no dump.
 * What cannot be removed (chattr +i) is passed over and stays as it was.
 */
#include "store/retention.h"

#include "base/dirlist.h"
#include "store/dumps.h"
#include "store/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* What the dumps of a path come to, the one being made left out. */
struct census {
	const struct store *store;
	enum retention_kind wanted;
	unsigned int before, count, newer;
	uint64_t bytes;	    /* of those that may go */
	struct dump best;   /* that stays; DUMP_NOTHING: none */
	struct dump oldest; /* that may go */
	struct dump newest; /* with memory and a status */
	char above[STORE_NAME];
};

static bool of_kind(const struct dump *d, enum retention_kind kind)
{
	return kind == RETENTION_LOG ? d->kind == DUMP_LOG : d->kind > DUMP_LOG;
}

static bool is(const struct dump *d, const struct dump *other)
{
	return strcmp(d->name, other->name) == 0;
}

static void find_best(void *arg, const struct dump *d, int dump_fd)
{
	struct census *c = arg;

	(void)dump_fd;
	if (!of_kind(d, c->wanted))
		return;
	c->count++;
	c->bytes += d->bytes;
	if (d->kind > c->best.kind ||
	    (d->kind == c->best.kind && layout_older(c->best.name, d->name)))
		c->best = *d;
}

static void find_oldest(void *arg, const struct dump *d, int dump_fd)
{
	struct census *c = arg;

	(void)dump_fd;
	if (!of_kind(d, c->wanted) || is(d, &c->best))
		return;
	if (c->above[0] != '\0' && !layout_older(c->above, d->name))
		return;
	if (c->oldest.kind == DUMP_NOTHING || layout_older(d->name, c->oldest.name))
		c->oldest = *d;
}

/* Counts, and finds the best, which stays unless the one being made is as good. */
static int take_census(const struct store *s, enum retention_kind kind, struct census *c)
{
	int r;

	*c = (struct census){.store = s, .wanted = kind};
	r = dumps_each(s, find_best, c);
	if (s->dump_fd >= 0 && dumps_present(s) >= c->best.kind)
		c->best = (struct dump){0};
	else
		c->bytes -= c->best.bytes;
	return r;
}

/* Removes the file. No error: what is not there, and a directory, which is none of ours. */
static int remove_file(int dump_fd, const char *file)
{
	if (unlinkat(dump_fd, file, 0) == 0 || errno == ENOENT || errno == EISDIR)
		return 0;
	return -errno;
}

/* Removes what a capture left under the first name of FILE. Returns how many that are. */
static unsigned int remove_incomplete(int dump_fd, const char *file)
{
	char name[LAYOUT_FILE_NAME];

	layout_incomplete(name, file);
	return unlinkat(dump_fd, name, 0) == 0;
}

/* Removes the files of a dump, and its directory unless there is something else in it. */
static int remove_dump(const struct store *s, const char *name)
{
	int dump = openat(s->path_fd, name, DIR_FLAGS);
	int r = dump < 0 ? -errno : 0;

	for (unsigned int i = 0; i < LAYOUT_FILES && r == 0; i++) {
		const char *file = layout_files[i];

		r = remove_file(dump, file);
		if (r == 0 && i == 0 && fsync(dump) != 0 && errno != EINVAL)
			r = -errno;
		if (r == 0)
			(void)remove_incomplete(dump, file); /* not all of them are there */
	}
	if (dump >= 0)
		close(dump); /* read only */
	if (r == 0 && unlinkat(s->path_fd, name, AT_REMOVEDIR) != 0 && errno != ENOTEMPTY &&
	    errno != EEXIST)
		r = -errno;
	return r != 0 ? r : store_sync(s); /* the room is there when the journal says so */
}

int retention_remove(const struct store *s, enum retention_kind kind, unsigned int keep,
		     char name[STORE_NAME])
{
	struct census c;
	int r = take_census(s, kind, &c);

	for (unsigned int tries = 0; tries < RETENTION_REMOVALS && r == 0 && c.count > keep;
	     tries++) {
		c.oldest = (struct dump){0};
		r = dumps_each(s, find_oldest, &c);
		if (r != 0 || c.oldest.kind == DUMP_NOTHING)
			return r;
		r = remove_dump(s, c.oldest.name);
		snprintf(name, STORE_NAME, "%s", c.oldest.name);
		if (r == 0)
			return 1;
		if (r == -EPERM || r == -EACCES)
			r = 0; /* somebody's wish: the next one */
		snprintf(c.above, sizeof(c.above), "%s", c.oldest.name);
	}
	return r;
}

uint64_t retention_removable(const struct store *s)
{
	struct census c;

	return take_census(s, RETENTION_MEMORY, &c) == 0 ? c.bytes : 0;
}

/* Was it begun by one of the attempts before the present one, for the same crash? */
static bool of_this_run(const struct census *c, const struct dump *d)
{
	unsigned int number = layout_number(d->name);

	return number < c->store->number && c->store->number - number <= c->before &&
	       layout_same_time(d->name, c->store->name);
}

static void find_newest(void *arg, const struct dump *d, int dump_fd)
{
	struct census *c = arg;

	(void)dump_fd;
	if (d->kind > DUMP_LOG && d->status &&
	    (c->newest.kind == DUMP_NOTHING || layout_older(c->newest.name, d->name)))
		c->newest = *d;
}

static void count_newer(void *arg, const struct dump *d, int dump_fd)
{
	struct census *c = arg;

	(void)dump_fd;
	if (d->kind != DUMP_NOTHING && !d->status && layout_same_day(d->name, c->store->name) &&
	    !of_this_run(c, d) &&
	    (c->newest.kind == DUMP_NOTHING || layout_older(c->newest.name, d->name)))
		c->newer++;
}

unsigned int retention_of_day(const struct store *s, unsigned int before)
{
	struct census c = {.store = s, .before = before};

	if (layout_later_in_1970(s->name))
		return 1;
	if (dumps_each(s, find_newest, &c) != 0 || dumps_each(s, count_newer, &c) != 0)
		return 1; /* a dump too many rather than one too few */
	if (c.newest.kind == DUMP_NOTHING || !layout_same_day(c.newest.name, s->name))
		c.newest.of_day = 0;
	return c.newest.of_day + c.newer + 1;
}

static void supersede(void *arg, const struct dump *d, int dump_fd)
{
	struct census *c = arg;

	(void)dump_fd;
	if (d->status || !of_this_run(c, d) ||
	    (d->kind > DUMP_LOG && dumps_present(c->store) <= DUMP_LOG))
		return;
	c->count += remove_dump(c->store, d->name) == 0;
}

int retention_supersede(const struct store *s, unsigned int before)
{
	struct census c = {.store = s, .before = before};
	int r = dumps_each(s, supersede, &c);

	return r != 0 ? r : (int)c.count;
}

static void sweep(void *arg, const struct dump *d, int dump_fd)
{
	struct census *c = arg;

	(void)d;
	for (unsigned int i = 0; i < LAYOUT_FILES; i++)
		c->count += remove_incomplete(dump_fd, layout_files[i]);
}

static void drop_empty(const struct store *s, struct census *c)
{
	int fd = openat(s->path_fd, ".", DIR_FLAGS);
	struct dirlist list;
	const char *name;

	if (fd < 0)
		return;
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		if (layout_number(name) != 0 && strcmp(name, s->name) != 0)
			c->count += unlinkat(s->path_fd, name, AT_REMOVEDIR) == 0;
	}
	close(fd); /* read only */
}

int retention_sweep(const struct store *s)
{
	struct census c = {0};
	int r = dumps_each(s, sweep, &c);

	drop_empty(s, &c);
	return r != 0 ? r : (int)c.count;
}
