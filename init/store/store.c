/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories and files of a dump. fsync of the file makes its bytes durable, rename gives the
 * name, fsync of the directory makes the name durable: fsync(2), rename(2). README.md argues what
 * a power cut between any two of the calls here leaves behind, and where FAT is weaker.
 */
#include "store/store.h"

#include "base/io.h"
#include "store/layout.h"
#include "store/ring_write.h"
#include "store/store_parts.h"
#include "store/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef EXFAT_SUPER_MAGIC
#define EXFAT_SUPER_MAGIC 0x2011BAB0UL
#endif

enum {
	DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

/* EINVAL says that there is none to do. */
int store_sync_directory(int fd)
{
	if (fsync(fd) == 0 || errno == EINVAL)
		return 0;
	return -errno;
}

/* What is there may be of a worker that was killed before it was durable: it is made so in any
 * case.
 */
int store_directory(int at, const char *name)
{
	int fd = openat(at, name, DIR_FLAGS);
	int r;

	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(at, name, 0700) != 0 && errno != EEXIST)
			return -errno;
		fd = openat(at, name, DIR_FLAGS);
	}
	if (fd < 0)
		return -errno;
	r = store_sync_directory(at);
	if (r != 0)
		close(fd); /* read only */
	return r != 0 ? r : fd;
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
		next = store_directory(fd, name);
		close(fd); /* read only */
		if (next < 0)
			return next;
		fd = next;
	}
	return fd;
}

/*
 * Where all directories have one owner and one mode, the path shows what those of dumps will show:
 * a disk that is full does not take one more to learn it from.
 */
static void learn_owner_of_path(struct store *s)
{
	struct stat st;

	if (fstat(s->path_fd, &st) != 0)
		return;
	s->owner = st.st_uid;
	s->loose_dir = st.st_mode & STORE_LOOSE;
}

int store_open(struct store *s, int root_fd, const char *path)
{
	struct statfs fs = {0};

	*s = (struct store){.dump_fd = -1, .owner = geteuid(), .loose_file = STORE_LOOSE};
	s->path_fd = open_path(root_fd, path);
	if (s->path_fd < 0)
		return s->path_fd;
	s->fat = fstatfs(s->path_fd, &fs) == 0 && fs.f_type == MSDOS_SUPER_MAGIC;
	if (s->fat || fs.f_type == EXFAT_SUPER_MAGIC)
		learn_owner_of_path(s);
	return 0;
}

void store_open_ring(struct store *s, struct ring *ring)
{
	*s = (struct store){.ring = ring, .path_fd = -1, .dump_fd = -1};
}

void store_open_stream(struct store *s, struct stream *stream)
{
	*s = (struct store){.stream = stream, .path_fd = -1, .dump_fd = -1};
}

int store_create(struct store *s, const char *file)
{
	char name[LAYOUT_FILE_NAME];
	struct stat st;
	int fd;

	if (s->ring != NULL)
		return ring_create(s->ring, ring_store_index(file));
	if (s->stream != NULL)
		return stream_create(s->stream, layout_index(file));
	layout_incomplete(name, file);
	fd = openat(s->dump_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0)
		s->loose_file = st.st_mode & STORE_LOOSE;
	return fd;
}

/*
 * Removes NAME in the dump for good: FAT gives its clusters away at once, and if the name came back
 * after a power cut they would be those of two files.
 */
static int remove_name(const struct store *s, const char *name)
{
	if (unlinkat(s->dump_fd, name, 0) != 0)
		return -errno;
	return store_sync_directory(s->dump_fd);
}

/*
 * The second fsync of the file is for FAT, whose rename makes the new name with a length of 0 and
 * leaves the real one to the writing back of the inode (vfat_rename in fs/fat/namei_vfat.c);
 * elsewhere it does what that of the directory would have done. A name that may not last is taken
 * back, if that is possible.
 */
int store_commit(struct store *s, const char *file, int fd)
{
	char name[LAYOUT_FILE_NAME];
	bool named;
	int r;

	if (s->ring != NULL)
		return ring_store_commit(s, file, fd);
	if (s->stream != NULL)
		return stream_store_commit(s, file, fd);
	r = fsync(fd) == 0 ? 0 : -errno;
	layout_incomplete(name, file);
	named = r == 0 && renameat(s->dump_fd, name, s->dump_fd, file) == 0;
	if (r == 0 && (!named || fsync(fd) != 0))
		r = -errno;
	if (close(fd) != 0 && r == 0)
		r = -errno;
	if (r == 0)
		r = store_sync_directory(s->dump_fd);
	if (r != 0 && named)
		(void)renameat(s->dump_fd, file, s->dump_fd, name);
	if (r == -ENOSPC || r == -EDQUOT || r == -EFBIG)
		(void)remove_name(s, name); /* room for something smaller */
	return r;
}

int store_discard(struct store *s, const char *file, int fd)
{
	char name[LAYOUT_FILE_NAME];

	layout_incomplete(name, file);
	close(fd); /* the content does not matter any more */
	if (s->stream != NULL)
		return stream_drop(s->stream, layout_index(file));
	return s->ring != NULL ? 0 : remove_name(s, name);
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
		*bytes = r > 0 ? io_allocated(&st) : 0;
	return r;
}

int store_remove(struct store *s, const char *file)
{
	int r;

	if (s->ring != NULL)
		return ring_drop(s->ring, ring_store_index(file));
	if (s->stream != NULL)
		return stream_drop(s->stream, layout_index(file));
	r = remove_name(s, LAYOUT_STATUS);
	return r == 0 || r == -ENOENT ? remove_name(s, file) : r;
}

/* FAT counts the bytes of a file in 32 bits. The unit of the counts is f_frsize (statvfs(3)). */
void store_room(const struct store *s, uint64_t free, uint64_t *room, uint64_t *limit)
{
	uint64_t unit, bytes;
	struct statfs fs;

	*room = UINT64_MAX;
	*limit = UINT64_MAX;
	if (s->ring != NULL) {
		*room = ring_room(s->ring);
		*limit = ring_limit(s->ring);
		return;
	}
	if (s->stream != NULL) {
		*room = s->stream->room;
		return;
	}
	if (fstatfs(s->path_fd, &fs) != 0 || fs.f_blocks == 0)
		return;
	unit = (uint64_t)(fs.f_frsize > 0 ? fs.f_frsize : fs.f_bsize);
	bytes = (free > 0 ? (uint64_t)fs.f_bavail : (uint64_t)fs.f_bfree) * unit;
	*room = bytes > free ? bytes - free : 0;
	if (s->fat)
		*limit = UINT32_MAX;
}

int store_text(struct store *s, const char *file, const char *text, size_t size)
{
	int fd;
	int r;

	if (s->ring != NULL && ring_store_index(file) == LAYOUT_IS_STATUS)
		return ring_store_text(s, text, size);
	if (s->ring != NULL && size > RING_TEXT)
		return -ENOSPC;
	fd = store_create(s, file);
	if (fd < 0)
		return fd;
	r = s->stream != NULL ? s->stream->remote.put(&s->stream->remote, text, size, 0)
			      : io_write(fd, text, size);
	if (r != 0) {
		(void)store_discard(s, file, fd); /* the write's error is the one to tell */
		return r;
	}
	return store_commit(s, file, fd);
}

int store_sync(const struct store *s)
{
	return s->ring != NULL || s->stream != NULL ? 0 : store_sync_directory(s->path_fd);
}

void store_drop(struct store *s)
{
	if (s->ring == NULL && s->stream == NULL)
		(void)unlinkat(s->path_fd, s->name,
			       AT_REMOVEDIR); /* refused where it is not empty */
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
