/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories and files of a dump. fsync of the file makes its bytes durable, rename gives the
 * name, fsync of the directory makes the name durable: fsync(2), rename(2). README.md argues what
 * a power cut between any two of the calls here leaves behind, and where FAT is weaker.
 */
#include "store/store.h"

#include "base/dirlist.h"
#include "base/io.h"
#include "store/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum {
	DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	STAT_BLOCK = 512, /* unit of st_blocks: stat(2) */
	SECONDS_TRIED = 64,
};

/* Some network filesystems have no fsync for directories; EINVAL says there is none to do. */
static int sync_directory(int fd)
{
	if (fsync(fd) == 0 || errno == EINVAL)
		return 0;
	return -errno;
}

/* Opens NAME in the directory AT, makes it first if it is missing. Returns fd or -errno. */
static int open_or_make(int at, const char *name)
{
	int fd = openat(at, name, DIR_FLAGS);
	int r;

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return -errno;
	if (mkdirat(at, name, 0700) != 0 && errno != EEXIST)
		return -errno;
	r = sync_directory(at);
	if (r != 0)
		return r;
	fd = openat(at, name, DIR_FLAGS);
	return fd < 0 ? -errno : fd;
}

/* Walks PATH one name at a time, so that no link leads outside. Returns fd or -errno. */
static int open_path(int root_fd, const char *path)
{
	char name[NAME_MAX + 1];
	int fd = openat(root_fd, ".", DIR_FLAGS);
	int next;

	if (fd < 0)
		return -errno;
	while (*(path += strspn(path, "/")) != '\0') {
		size_t len = strcspn(path, "/");

		if (len > NAME_MAX) {
			close(fd); /* read only */
			return -ENAMETOOLONG;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		path += len;
		next = open_or_make(fd, name);
		close(fd); /* read only */
		if (next < 0)
			return next;
		fd = next;
	}
	return fd;
}

/* The highest number in the directory, 0 when it has none, or -errno. */
static int highest_number(int path_fd)
{
	int fd = openat(path_fd, ".", DIR_FLAGS);
	struct dirlist list;
	const char *name;
	unsigned int highest = 0;

	if (fd < 0)
		return -errno;
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		if (layout_first_number(name) > highest)
			highest = layout_first_number(name);
	}
	close(fd); /* read only */
	return list.error != 0 ? list.error : (int)highest;
}

int store_open(struct store *s, int root_fd, const char *path)
{
	*s = (struct store){.dump_fd = -1};
	s->path_fd = open_path(root_fd, path);
	return s->path_fd < 0 ? s->path_fd : 0;
}

/*
 * Makes the directory under a name that is free. Where the numbers have come to their end the
 * times tell dumps apart, a second at a time.
 */
static int make_named(struct store *s, int64_t seconds)
{
	for (unsigned int i = 0; i < SECONDS_TRIED; i++) {
		layout_name(s->name, sizeof(s->name), s->number,
			    seconds < INT64_MAX - i ? seconds + i : seconds);
		if (mkdirat(s->path_fd, s->name, 0700) == 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

int store_make(struct store *s, int64_t seconds)
{
	int highest = highest_number(s->path_fd);
	int r;

	if (highest < 0)
		return highest;
	s->number = (unsigned int)highest + (highest < LAYOUT_NUMBER_MAX);
	r = make_named(s, seconds >= 0 ? seconds : (int64_t)time(NULL));
	if (r == 0) {
		s->dump_fd = openat(s->path_fd, s->name, DIR_FLAGS);
		r = s->dump_fd < 0 ? -errno : store_sync(s);
		if (r != 0)
			store_drop(s);
	}
	if (r != 0) {
		if (s->dump_fd >= 0)
			close(s->dump_fd); /* read only */
		s->dump_fd = -1;
		s->name[0] = '\0';
	}
	return r;
}

int store_create(struct store *s, const char *file)
{
	char name[LAYOUT_FILE_NAME];
	int fd;

	layout_incomplete(name, file);
	fd = openat(s->dump_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

int store_commit(struct store *s, const char *file, int fd)
{
	char name[LAYOUT_FILE_NAME];
	int r = fsync(fd) == 0 ? 0 : -errno;

	layout_incomplete(name, file);
	if (close(fd) != 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(s->dump_fd, name, s->dump_fd, file) != 0)
		r = -errno;
	if (r == 0) {
		r = sync_directory(s->dump_fd);
		if (r != 0) /* the name may not last: it is taken back, if that is possible */
			(void)renameat(s->dump_fd, file, s->dump_fd, name);
	}
	if (r == -ENOSPC || r == -EDQUOT || r == -EFBIG)
		(void)unlinkat(s->dump_fd, name, 0); /* room for something smaller */
	return r;
}

int store_discard(struct store *s, const char *file, int fd)
{
	char name[LAYOUT_FILE_NAME];

	layout_incomplete(name, file);
	close(fd); /* the content does not matter any more */
	return unlinkat(s->dump_fd, name, 0) == 0 ? 0 : -errno;
}

int store_has(int dump_fd, const char *file, uint64_t *bytes)
{
	struct stat st = {0};
	int r;

	if (fstatat(dump_fd, file, &st, AT_SYMLINK_NOFOLLOW) != 0)
		r = errno == ENOENT ? 0 : -errno;
	else
		r = S_ISREG(st.st_mode);
	if (bytes != NULL)
		*bytes = r > 0 ? (uint64_t)st.st_blocks * STAT_BLOCK : 0;
	return r;
}

int store_remove(struct store *s, const char *file)
{
	return unlinkat(s->dump_fd, file, 0) == 0 ? 0 : -errno;
}

/* FAT counts the bytes of a file in 32 bits. The unit of the counts is f_frsize (statvfs(3)). */
void store_room(const struct store *s, uint64_t free, uint64_t *room, uint64_t *limit)
{
	uint64_t unit, bytes;
	struct statfs fs;

	*room = UINT64_MAX;
	*limit = UINT64_MAX;
	if (fstatfs(s->path_fd, &fs) != 0 || fs.f_blocks == 0)
		return;
	unit = (uint64_t)(fs.f_frsize > 0 ? fs.f_frsize : fs.f_bsize);
	bytes = (free > 0 ? (uint64_t)fs.f_bavail : (uint64_t)fs.f_bfree) * unit;
	*room = bytes > free ? bytes - free : 0;
	if (fs.f_type == MSDOS_SUPER_MAGIC)
		*limit = UINT32_MAX;
}

int store_text(struct store *s, const char *file, const char *text, size_t size)
{
	int fd = store_create(s, file);
	int r;

	if (fd < 0)
		return fd;
	r = io_write(fd, text, size);
	if (r != 0) {
		(void)store_discard(s, file, fd); /* the write's error is the one to tell */
		return r;
	}
	return store_commit(s, file, fd);
}

int store_sync(const struct store *s)
{
	return sync_directory(s->path_fd);
}

void store_drop(struct store *s)
{
	(void)unlinkat(s->path_fd, s->name, AT_REMOVEDIR); /* refused where it is not empty */
}

int store_end(struct store *s)
{
	int r = 0;

	if (s->dump_fd >= 0 && close(s->dump_fd) != 0)
		r = -errno;
	if (s->path_fd >= 0 && close(s->path_fd) != 0 && r == 0)
		r = -errno;
	s->dump_fd = -1;
	s->path_fd = -1;
	return r;
}
