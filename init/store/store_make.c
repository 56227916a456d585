/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory of a new dump: its number, its name, and whose it turns out to be. Others may make
 * directories in the same path (it can be writable by everybody), with names as they like: they
 * neither set the numbers nor keep a dump from being made.
 */
#include "store/store.h"

#include "base/clock.h"
#include "base/dirlist.h"
#include "store/layout.h"
#include "store/store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	NUMBERS_TRIED = 65536, /* that others have taken, who may want no dump to be made */
	SECONDS_TRIED = 64,
};

bool store_owns(const struct store *s, const struct stat *st)
{
	unsigned int loose = S_ISDIR(st->st_mode) ? s->loose_dir : s->loose_file;

	if (S_ISLNK(st->st_mode))
		loose = STORE_LOOSE; /* of a link everything is set: symlink(7) */
	return st->st_uid == s->owner && (st->st_mode & STORE_LOOSE & ~loose) == 0;
}

static bool owns_name(const struct store *s, const char *name)
{
	struct stat st;

	return fstatat(s->path_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && store_owns(s, &st);
}

/*
 * The highest number in the directory, 0 when it has none, or -errno. When OURS is set, that of
 * what is ours; *FOREIGN tells whether the highest one was not looked at, and is somebody else's.
 */
static int highest_number(const struct store *s, bool ours, bool *foreign)
{
	int fd = openat(s->path_fd, ".", DIR_FLAGS);
	char first[NAME_MAX + 1] = "";
	struct dirlist list;
	const char *name;
	unsigned int highest = 0;

	if (fd < 0)
		return -errno;
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		unsigned int number = layout_first_number(name);

		if (s->progress != NULL)
			*s->progress = *s->progress + 1;
		if (number <= highest || (ours && !owns_name(s, name)))
			continue;
		highest = number;
		snprintf(first, sizeof(first), "%s", name);
	}
	close(fd); /* read only */
	*foreign = !ours && highest > 0 && !owns_name(s, first);
	return list.error != 0 ? list.error : (int)highest;
}

static int make_one(struct store *s, int64_t seconds)
{
	layout_name(s->wish, sizeof(s->wish), s->number, seconds);
	return mkdirat(s->path_fd, s->wish, 0700) == 0 ? 0 : -errno;
}

/*
 * Makes the directory under the next name that is free. Where the numbers have come to their end
 * the times tell dumps apart, a second at a time.
 */
static int make_named(struct store *s, int64_t seconds)
{
	int r = make_one(s, seconds);

	for (unsigned int i = 0; r == -EEXIST && i < NUMBERS_TRIED && s->number < LAYOUT_NUMBER_MAX;
	     i++) {
		s->number++;
		r = make_one(s, seconds);
	}
	for (unsigned int i = 1; r == -EEXIST && i < SECONDS_TRIED; i++)
		r = make_one(s, seconds < INT64_MAX - i ? seconds + i : seconds);
	return r;
}

/* Opens what was made. Returns 1 when it shows another owner or mode than was expected. */
static int learn_owner(struct store *s)
{
	struct stat st;
	unsigned int loose;

	s->dump_fd = openat(s->path_fd, s->name, DIR_FLAGS);
	if (s->dump_fd < 0 || fstat(s->dump_fd, &st) != 0)
		return -errno;
	loose = st.st_mode & STORE_LOOSE;
	if (st.st_uid == s->owner && loose == s->loose_dir)
		return 0;
	s->owner = st.st_uid;
	s->loose_dir = loose;
	return 1;
}

static void unmake(struct store *s)
{
	store_drop(s);
	if (s->dump_fd >= 0)
		close(s->dump_fd); /* read only */
	s->dump_fd = -1;
	s->name[0] = '\0';
}

/* Makes it by the number that follows: of all names, or where others are above, of ours. */
static int make_next(struct store *s, int64_t seconds)
{
	bool foreign = false;
	int highest = highest_number(s, false, &foreign);
	int r;

	if (highest >= 0 && foreign)
		highest = highest_number(s, true, &foreign);
	if (highest < 0)
		return highest;
	s->number = (unsigned int)highest + (highest < LAYOUT_NUMBER_MAX);
	r = make_named(s, seconds);
	if (r == 0)
		snprintf(s->name, sizeof(s->name), "%s", s->wish);
	return r;
}

/* What is ours shows only once something was made: it is made anew where that changes things. */
int store_make(struct store *s, int64_t time_of_crash)
{
	int64_t seconds = time_of_crash >= 0 ? time_of_crash : clock_date();
	int r;

	if (s->ring != NULL)
		return ring_store_make(s, seconds);
	if (s->stream != NULL)
		return stream_store_make(s, seconds);
	r = make_next(s, seconds);
	if (r != 0)
		return r;
	r = learn_owner(s);
	if (r > 0) {
		unmake(s);
		r = make_next(s, seconds);
		if (r == 0)
			r = learn_owner(s) < 0 ? -EIO : 0; /* it was just seen */
	}
	if (r == 0)
		r = store_sync(s);
	if (r != 0 && s->name[0] != '\0')
		unmake(s);
	return r;
}
