/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps in a directory, told by their names and by their status. A dump loses its status first,
 * so that a power cut in the middle leaves remains and no dump.
 */
#include "target/retention.h"

#include "target/dirlist.h"
#include "target/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	STATUS_HEAD = 64,
	FILE_NAME = 64,
};

/* Every file that a dump can have; the status goes first. */
static const char *const files[] = {"status", "vmcore", "vmcore-dmesg.txt", "capture.log"};

enum { FILES = sizeof(files) / sizeof(files[0]) };

/* What the dumps of a path come to. */
struct census {
	unsigned int dumps;  /* with a status, or at least a log; the one being made included */
	unsigned int oldest; /* number of the oldest that may go, 0: none */
	unsigned int whole;  /* number of the newest whole one beside the one being made */
	char name[STORE_NAME];
};

/* Digits and letters where the name of a dump has them, behind its number. */
static bool ends_like_a_dump(const char *rest)
{
	static const char form[] = "-00000000T000000Z";

	if (strlen(rest) != sizeof(form) - 1)
		return false;
	for (unsigned int i = 0; i < sizeof(form) - 1; i++) {
		bool digit = rest[i] >= '0' && rest[i] <= '9';

		if (form[i] == '0' ? !digit : rest[i] != form[i])
			return false;
	}
	return true;
}

/* The number in the name of a dump; 0 for any other name. */
static unsigned int dump_number(const char *name)
{
	return ends_like_a_dump(name + strspn(name, "0123456789")) ? store_number(name) : 0;
}

/* Opens the directory of a dump, or returns -errno. */
static int open_dump(const struct store *s, const char *name)
{
	int fd = openat(s->path_fd, name, DIR_FLAGS);

	return fd < 0 ? -errno : fd;
}

/* Does the status say that the memory was saved? */
static bool is_whole(int dump_fd)
{
	static const char *const wholes[] = {"result=complete\n", "result=partial\n"};
	char head[STATUS_HEAD] = "";
	int fd = openat(dump_fd, "status", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head) - 1);

	if (fd >= 0)
		close(fd); /* read only */
	for (unsigned int i = 0; i < 2 && n > 0; i++) {
		if (strncmp(head, wholes[i], strlen(wholes[i])) == 0)
			return true;
	}
	return false;
}

/* Goes through all dumps but the one being made, and calls LOOK with each that can be opened. */
static int each_dump(const struct store *s,
		     void (*look)(struct census *c, const char *name, int dump_fd),
		     struct census *c)
{
	int fd = openat(s->path_fd, ".", DIR_FLAGS);
	struct dirlist list;
	const char *name;

	if (fd < 0)
		return -errno;
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		int dump = dump_number(name) == 0 || strcmp(name, s->name) == 0
				   ? -ENOENT
				   : open_dump(s, name);

		if (dump < 0)
			continue;
		look(c, name, dump);
		close(dump); /* read only */
	}
	close(fd); /* read only */
	return list.error;
}

static void find_whole(struct census *c, const char *name, int dump_fd)
{
	unsigned int number = dump_number(name);

	c->dumps++;
	if (number > c->whole && is_whole(dump_fd))
		c->whole = number;
}

static void find_oldest(struct census *c, const char *name, int dump_fd)
{
	unsigned int number = dump_number(name);

	(void)dump_fd;
	if (number == c->whole || (c->oldest != 0 && number >= c->oldest))
		return;
	c->oldest = number;
	snprintf(c->name, sizeof(c->name), "%s", name);
}

/* Counts, and finds the one to go next. When the one being made is whole, any other may go. */
static int take_census(const struct store *s, struct census *c)
{
	int r;

	*c = (struct census){.dumps = 1};
	r = each_dump(s, find_whole, c);
	if (is_whole(s->dump_fd))
		c->whole = 0;
	return r != 0 ? r : each_dump(s, find_oldest, c);
}

/* Removes the file, and what a capture left under its first name. Returns how many. */
static int remove_file(int dump_fd, const char *file, bool incomplete_only)
{
	char name[FILE_NAME];
	int gone = 0;

	snprintf(name, sizeof(name), "%s-incomplete", file);
	gone += unlinkat(dump_fd, name, 0) == 0;
	if (!incomplete_only)
		gone += unlinkat(dump_fd, file, 0) == 0;
	return gone;
}

/* Removes the files of a dump, and its directory unless there is something else in it. */
static int remove_dump(const struct store *s, const char *name)
{
	int dump = open_dump(s, name);
	int r = 0;

	if (dump < 0)
		return dump;
	for (unsigned int i = 0; i < FILES && r == 0; i++) {
		(void)remove_file(dump, files[i], false); /* not all of them need be there */
		if (i == 0 && fsync(dump) != 0 && errno != EINVAL)
			r = -errno;
	}
	close(dump); /* read only */
	if (r == 0 && unlinkat(s->path_fd, name, AT_REMOVEDIR) != 0)
		r = -errno;
	return r;
}

static void sweep(struct census *c, const char *name, int dump_fd)
{
	(void)name;
	for (unsigned int i = 0; i < FILES; i++)
		c->dumps += (unsigned int)remove_file(dump_fd, files[i], true);
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
		if (dump_number(name) != 0 && strcmp(name, s->name) != 0)
			c->dumps += unlinkat(s->path_fd, name, AT_REMOVEDIR) == 0;
	}
	close(fd); /* read only */
}

int retention_sweep(const struct store *s)
{
	struct census c = {0};
	int r = each_dump(s, sweep, &c);

	drop_empty(s, &c);
	return r != 0 ? r : (int)c.dumps;
}

int retention_remove_oldest(const struct store *s)
{
	struct census c;
	int r = take_census(s, &c);

	if (r != 0 || c.oldest == 0)
		return r;
	r = remove_dump(s, c.name);
	return r == 0 ? 1 : r;
}

int retention_trim(const struct store *s, unsigned int keep)
{
	int gone = 0;

	while (gone < RETENTION_REMOVALS) {
		struct census c;
		int r = take_census(s, &c);

		if (r == 0 && c.dumps > keep && c.oldest != 0)
			r = remove_dump(s, c.name);
		else
			break;
		if (r != 0)
			return r;
		gone++;
	}
	return gone;
}
