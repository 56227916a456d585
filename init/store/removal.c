/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump loses its status first, so that a power cut in the middle leaves remains and no dump.
 * Whether anything can be removed is asked beforehand.
 */
#include "store/removal.h"

#include "base/dirlist.h"
#include "base/io.h"
#include "store/layout.h"
#include "store/ring_write.h"
#include "store/status.h"
#include "store/store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Asks the kernel without doing it: rmdir of a file fails with ENOTDIR where its removal would be
 * allowed, and for what stands in the way else (may_delete in fs/namei.c: chattr +i and +a of file
 * and directory, modes, a filesystem that is read-only).
 */
static bool can_unlink(int dump_fd, const char *name)
{
	return unlinkat(dump_fd, name, AT_REMOVEDIR) != 0 && errno == ENOTDIR;
}

static bool look_at(const struct store *s, int dump_fd, const char *name, struct stat *st)
{
	return fstatat(dump_fd, name, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode) &&
	       store_owns(s, st);
}

/*
 * On FAT a name and its incomplete one may stand on the same clusters after a power cut within the
 * rename. fsck.fat can tell them apart; here neither is touched.
 */
static unsigned int twins(const struct store *s, const struct dump *d)
{
	return s->fat ? d->files & d->incomplete : 0;
}

bool removal_possible(const struct store *s, const struct dump *d, uint64_t *bytes)
{
	char name[LAYOUT_FILE_NAME];
	struct stat st;

	*bytes = 0;
	if (d->header != NULL)
		return true; /* what it frees is for the ring to say */
	if (twins(s, d) != 0)
		return false;
	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		if ((d->files >> i & 1) != 0 && (!look_at(s, d->fd, layout_files[i], &st) ||
						 !can_unlink(d->fd, layout_files[i])))
			return false;
		if ((d->files & DUMP_HAS_MEMORY) >> i & 1 && st.st_nlink == 1)
			*bytes += io_allocated(&st);
		layout_incomplete(name, layout_files[i]);
		if ((d->incomplete >> i & 1) != 0 && !can_unlink(d->fd, name))
			return false;
	}
	return true;
}

unsigned int removal_of_incomplete(const struct store *s, struct dump *d)
{
	char name[LAYOUT_FILE_NAME];
	unsigned int gone = 0;
	struct stat st;

	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		if (((d->incomplete & ~twins(s, d)) >> i & 1) == 0)
			continue;
		layout_incomplete(name, layout_files[i]);
		if (!look_at(s, d->fd, name, &st) || unlinkat(d->fd, name, 0) != 0)
			continue;
		d->incomplete &= ~(1U << i);
		gone++;
	}
	if (gone > 0) /* or else their names may come back on clusters that others have got */
		(void)store_sync_directory(d->fd);
	return gone;
}

uint64_t removal_incomplete_bytes(const struct dump *d)
{
	char name[LAYOUT_FILE_NAME];
	uint64_t bytes = 0;
	struct stat st;

	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		layout_incomplete(name, layout_files[i]);
		if ((d->incomplete >> i & 1) != 0 &&
		    fstatat(d->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			bytes += io_allocated(&st);
	}
	return bytes;
}

/* The status goes, for good. */
static int remove_mark(const struct dump *d)
{
	if ((d->files & DUMP_HAS_STATUS) == 0)
		return 0;
	if (unlinkat(d->fd, LAYOUT_STATUS, 0) != 0)
		return -errno;
	return store_sync_directory(d->fd);
}

/*
 * The memory goes. A server may refuse what the kernel here would have allowed; then the dump gets
 * its status back.
 */
static int remove_memory(const struct store *s, const struct dump *d, const struct status_text *t)
{
	struct store old = *s;
	int r = 0;

	for (unsigned int i = 0; i < LAYOUT_FILES && r == 0; i++) {
		if ((d->files & DUMP_HAS_MEMORY) >> i & 1 &&
		    unlinkat(d->fd, layout_files[i], 0) != 0)
			r = -errno;
	}
	old.dump_fd = d->fd;
	if (r != 0 && t->size > 0)
		(void)store_text(&old, LAYOUT_STATUS, t->text, t->size); /* R is what to tell */
	return r;
}

/* Removes the file, or a link or the like in its place. No error: a directory, which is no file. */
static int remove_file(const struct store *s, int dump_fd, const char *file)
{
	struct stat st;

	if (fstatat(dump_fd, file, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode) || !store_owns(s, &st) || unlinkat(dump_fd, file, 0) == 0)
		return 0;
	return -errno;
}

static int remove_files(const struct store *s, struct dump *d)
{
	static struct status_text t;
	uint64_t bytes;
	int r = removal_possible(s, d, &bytes) ? 0 : -EPERM;

	t.size = 0;
	if (r == 0 && (d->files & DUMP_HAS_STATUS) != 0 && status_load(d->fd, &t) < 0)
		r = -EIO;
	if (r == 0)
		r = remove_mark(d);
	if (r == 0)
		r = remove_memory(s, d, &t);
	for (unsigned int i = 0; i < LAYOUT_FILES && r == 0; i++) {
		char name[LAYOUT_FILE_NAME];

		r = remove_file(s, d->fd, layout_files[i]);
		layout_incomplete(name, layout_files[i]);
		if (r == 0)
			(void)remove_file(s, d->fd, name); /* what stays is named so */
	}
	return r;
}

/* The records of pstore: what else is in their directory stays, and so does it then. */
static void remove_records(const struct store *s, int dump_fd)
{
	static struct dirlist list;
	int fd = openat(dump_fd, LAYOUT_RECORDS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const char *name;
	struct stat st;

	if (fd < 0)
		return;
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		if (look_at(s, fd, name, &st))
			(void)unlinkat(fd, name, 0); /* or it is there, as its directory is */
	}
	(void)store_sync_directory(fd);
	close(fd);					       /* read only */
	(void)unlinkat(dump_fd, LAYOUT_RECORDS, AT_REMOVEDIR); /* refused where it is not empty */
}

int removal_of_dump(const struct store *s, const char *name)
{
	struct dump d;
	int r = dumps_open(s, name, &d);

	if (r != 0)
		return r;
	if (d.header != NULL)
		return ring_remove(s->ring, d.header);
	r = d.foreign ? -EPERM : remove_files(s, &d);
	if (r == 0)
		remove_records(s, d.fd);
	if (r == 0 && unlinkat(s->path_fd, name, AT_REMOVEDIR) != 0) {
		if (errno == ENOTEMPTY || errno == EEXIST)
			r = store_sync_directory(d.fd);
		else
			r = -errno;
	}
	close(d.fd);			   /* read only */
	return r != 0 ? r : store_sync(s); /* the room is there when the journal says so */
}
