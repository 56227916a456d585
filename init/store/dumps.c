/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories of dumps, from the outside. A file that is not a regular one is none of ours.
 */
#include "store/dumps.h"

#include "base/dirlist.h"
#include "store/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	STATUS_MAX = 1024,   /* of it are looked at */
	STAT_BLOCK = 512,    /* unit of st_blocks: stat(2) */
	OF_DAY_MAX = 100000, /* what is more makes no difference */
};

/* Returns 1 for a regular file, 0 for what is none or not there, or -errno. */
static int is_file(int dump_fd, const char *name, struct stat *st)
{
	if (fstatat(dump_fd, name, st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISREG(st->st_mode);
}

/* The beginning of the status as text. Returns its length, 0 when there is none, or -errno. */
static int read_status(int dump_fd, char text[STATUS_MAX])
{
	struct stat st;
	int r = is_file(dump_fd, LAYOUT_STATUS, &st);
	int fd;

	text[0] = '\0';
	if (r <= 0)
		return r;
	fd = openat(dump_fd, LAYOUT_STATUS, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = (int)read(fd, text, STATUS_MAX - 1);
	if (r < 0)
		r = -errno;
	close(fd); /* read only */
	text[r > 0 ? r : 0] = '\0';
	return r;
}

static unsigned int of_day(const char *text)
{
	const char *p = strstr(text, "\nof_day=");
	unsigned int n = 0;

	for (p = p == NULL ? "" : p + 8; *p >= '0' && *p <= '9' && n < OF_DAY_MAX; p++)
		n = n * 10 + (unsigned int)(*p - '0');
	return n;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* What the directory holds. Returns 0, or -errno when that cannot be told. */
static int learn(struct dump *d, int dump_fd)
{
	char text[STATUS_MAX];
	struct stat st;
	int status = read_status(dump_fd, text);
	int memory = is_file(dump_fd, LAYOUT_MEMORY, &st);
	int r = status < 0 ? status : memory;

	d->kind = DUMP_NOTHING;
	d->status = status > 0;
	d->of_day = of_day(text);
	d->bytes = memory > 0 ? (uint64_t)st.st_blocks * STAT_BLOCK : 0;
	for (unsigned int i = 0; i < LAYOUT_FILES && r == 0; i++)
		r = is_file(dump_fd, layout_files[i], &st);
	if (r < 0)
		return r;
	if (r > 0)
		d->kind = memory > 0 ? DUMP_UNFINISHED : DUMP_LOG;
	if (memory > 0 && begins(text, "result=partial\n"))
		d->kind = DUMP_PARTIAL;
	if (memory > 0 && begins(text, "result=complete\n"))
		d->kind = DUMP_COMPLETE;
	return 0;
}

enum dump_kind dumps_present(const struct store *s)
{
	struct dump d;

	return learn(&d, s->dump_fd) == 0 ? d.kind : DUMP_NOTHING;
}

int dumps_each(const struct store *s, void (*look)(void *arg, const struct dump *d, int dump_fd),
	       void *arg)
{
	int fd = openat(s->path_fd, ".", DIR_FLAGS);
	unsigned int seen = 0;
	struct dirlist list;
	struct dump d;
	const char *name;

	if (fd < 0)
		return -errno;
	dirlist_begin(&list, fd);
	while (seen < DUMPS_MAX && (name = dirlist_next(&list)) != NULL) {
		int dump = -1;

		if (layout_number(name) != 0 && strcmp(name, s->name) != 0)
			dump = openat(s->path_fd, name, DIR_FLAGS);
		if (s->progress != NULL)
			*s->progress = *s->progress + 1;
		if (dump < 0)
			continue;
		snprintf(d.name, sizeof(d.name), "%s", name);
		if (learn(&d, dump) == 0)
			look(arg, &d, dump);
		close(dump); /* read only */
		seen++;
	}
	close(fd); /* read only */
	return seen == DUMPS_MAX ? -E2BIG : list.error;
}
