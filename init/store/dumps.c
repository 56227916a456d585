/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories of dumps, from the outside. A file that is not a regular one is none of ours.
 */
#include "store/dumps.h"

#include "base/dirlist.h"
#include "store/layout.h"
#include "store/ring.h"
#include "store/status.h"
#include "store/store_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static bool is_regular(int dump_fd, const char *name, unsigned char type)
{
	struct stat st;

	if (type != DT_UNKNOWN)
		return type == DT_REG;
	return fstatat(dump_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

/* Notes one name of the directory. */
static void note(struct dump *d, const char *name, unsigned char type)
{
	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		size_t n = strlen(layout_files[i]);
		unsigned int *set = &d->files;

		if (strncmp(name, layout_files[i], n) != 0)
			continue;
		if (strcmp(name + n, LAYOUT_INCOMPLETE) == 0)
			set = &d->incomplete;
		else if (name[n] != '\0')
			continue;
		if (is_regular(d->fd, name, type)) {
			*set |= 1U << i;
			return;
		}
	}
	if (strcmp(name, LAYOUT_RECORDS) == 0 && (type == DT_DIR || type == DT_UNKNOWN))
		d->records = true;
	else
		d->others++;
}

static int read_names(struct dump *d)
{
	struct dirlist list;
	const char *name;

	dirlist_begin(&list, d->fd);
	while ((name = dirlist_next(&list)) != NULL)
		note(d, name, list.type);
	return list.error;
}

/* A dump of a ring has no directory to be opened. */
static void take_ring_dump(const struct ring_dump *of, struct dump *d)
{
	*d = (struct dump){.fd = -1, .header = of, .files = of->files};
	layout_name(d->name, sizeof(d->name), of->number, of->time);
}

/* From the newest on: LOOK may remove the one that it is shown. */
static void each_of_ring(const struct store *s, void (*look)(void *arg, struct dump *d), void *arg)
{
	struct dump d;

	for (unsigned int i = s->ring->dumps; i-- > 0;) {
		take_ring_dump(&s->ring->dump[i], &d);
		look(arg, &d);
	}
}

int dumps_open(const struct store *s, const char *name, struct dump *d)
{
	const struct ring_dump *of = s->ring != NULL ? ring_find(s->ring, name) : NULL;
	struct stat st;
	int r = 0;

	if (s->ring != NULL) {
		if (of != NULL)
			take_ring_dump(of, d);
		return of != NULL ? 0 : -ENOENT;
	}
	*d = (struct dump){.fd = openat(s->path_fd, name, DIR_FLAGS)};
	if (d->fd < 0)
		return -errno;
	snprintf(d->name, sizeof(d->name), "%s", name);
	if (fstat(d->fd, &st) != 0)
		r = -errno;
	else if (!store_owns(s, &st))
		d->foreign = true;
	else
		r = read_names(d);
	if (r != 0)
		close(d->fd); /* read only */
	return r;
}

int dumps_each(const struct store *s, void (*look)(void *arg, struct dump *d), void *arg)
{
	struct dirlist list;
	struct dump d;
	const char *name;
	int fd;

	if (s->ring != NULL) {
		each_of_ring(s, look, arg);
		return s->ring->error;
	}
	if (s->stream != NULL)
		return 0; /* what lies there is nothing of ours */
	fd = openat(s->path_fd, ".", DIR_FLAGS);
	if (fd < 0)
		return -errno;
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		if (s->progress != NULL)
			*s->progress = *s->progress + 1;
		if (layout_number(name) == 0 || strcmp(name, s->name) == 0 ||
		    (list.type != DT_DIR && list.type != DT_UNKNOWN) ||
		    dumps_open(s, name, &d) != 0)
			continue;
		look(arg, &d);
		close(d.fd); /* read only */
	}
	close(fd); /* read only */
	return list.error;
}

int dumps_status(const struct store *s, const struct dump *d, struct status_text *t)
{
	return d->header != NULL ? ring_status(s->ring, d->header, t) : status_load(d->fd, t);
}

enum dump_kind dumps_kind(const struct status_text *t)
{
	switch (t == NULL ? STATUS_NONE : status_result(t)) {
	case STATUS_COMPLETE:
		return DUMP_COMPLETE;
	case STATUS_PARTIAL:
		return DUMP_PARTIAL;
	case STATUS_NONE:
	case STATUS_ODD:
	case STATUS_LOG_ONLY:
		break;
	}
	return DUMP_UNFINISHED;
}

/* Is any of FILES, a set, there? */
static bool has_any(int dump_fd, unsigned int files)
{
	bool any = false;

	for (unsigned int i = 0; i < LAYOUT_FILES && !any; i++)
		any = (files >> i & 1) != 0 && store_has(dump_fd, layout_files[i], NULL) > 0;
	return any;
}

enum dump_kind dumps_present(const struct store *s)
{
	static struct status_text t;
	const struct ring_dump *own = s->ring != NULL ? &s->ring->own : NULL;

	if (own != NULL && (own->files & DUMP_HAS_MEMORY) != 0)
		return dumps_kind(ring_status(s->ring, own, &t) > 0 ? &t : NULL);
	if (own != NULL)
		return own->files != 0 ? DUMP_LOG : DUMP_NOTHING;
	if (s->dump_fd < 0)
		return DUMP_NOTHING;
	if (!has_any(s->dump_fd, DUMP_HAS_MEMORY))
		return has_any(s->dump_fd, DUMP_HAS_LOG) ? DUMP_LOG : DUMP_NOTHING;
	return dumps_kind(status_load(s->dump_fd, &t) > 0 ? &t : NULL);
}
