/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories of dumps, from the outside. A file that is not a regular one is none of ours.
 */
#include "store/dumps.h"

#include "base/dirlist.h"
#include "store/layout.h"
#include "store/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	OF_DAY_MAX = 100000, /* what is more makes no difference */
};

/* What a dump is that has its memory, by the result that its status tells. */
static const enum dump_kind kind_of[] = {
	[STATUS_NONE] = DUMP_UNFINISHED,     [STATUS_ODD] = DUMP_UNFINISHED,
	[STATUS_LOG_ONLY] = DUMP_UNFINISHED, [STATUS_PARTIAL] = DUMP_PARTIAL,
	[STATUS_COMPLETE] = DUMP_COMPLETE,
};

/* What the directory holds. Returns 0, or -errno when that cannot be told. */
static int learn(struct dump *d, int dump_fd)
{
	static struct status_text status;
	uint64_t of_day = 0;
	int told = status_load(dump_fd, &status);
	int memory = store_has(dump_fd, LAYOUT_MEMORY, &d->bytes);
	int r = told < 0 ? told : memory;

	for (unsigned int i = 0; i < LAYOUT_FILES && r == 0; i++)
		r = store_has(dump_fd, layout_files[i], NULL);
	(void)status_number(&status, "of_day", &of_day); /* not told: 0 */
	if (memory > 0)
		d->kind = kind_of[status_result(&status)];
	else
		d->kind = r > 0 ? DUMP_LOG : DUMP_NOTHING;
	d->status = told > 0;
	d->of_day = of_day < OF_DAY_MAX ? (unsigned int)of_day : OF_DAY_MAX;
	return r < 0 ? r : 0;
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
