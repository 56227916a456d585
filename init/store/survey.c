/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one pass over a path. It remembers counts, the best dump, and the first names of each list,
 * so that its memory has a bound and the number of dumps has none. A file is only looked at where
 * its dump can be one of those.
 */
#include "store/retention.h"

#include "store/layout.h"
#include "store/removal.h"
#include "store/status.h"
#include "store/store_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OF_DAY_MAX = 100000 /* what is more makes no difference */ };

#define YEAR_9999 INT64_C(253402300799)

static bool is_newer(const struct dump *d, const char *than)
{
	return than[0] == '\0' || layout_older(than, d->name);
}

/* Does A come before B in a list of the oldest, or of the newest? */
static bool comes_before(const char *a, const char *b, bool newest)
{
	return newest ? layout_older(b, a) : layout_older(a, b);
}

static bool list_takes(const struct retention_list *list, const char *name, bool newest)
{
	return list->count < RETENTION_LIST ||
	       comes_before(name, list->entry[list->count - 1].name, newest);
}

/* Puts it into its place; what is last falls out of a list that is full. */
static void list_put(struct retention_list *list, const char *name, uint64_t bytes, bool newest)
{
	unsigned int at = 0;

	if (!list_takes(list, name, newest))
		return;
	list->count -= list->count == RETENTION_LIST;
	while (at < list->count && !comes_before(name, list->entry[at].name, newest))
		at++;
	memmove(&list->entry[at + 1], &list->entry[at],
		(list->count - at) * sizeof(list->entry[0]));
	snprintf(list->entry[at].name, STORE_NAME, "%s", name);
	list->entry[at].bytes = bytes;
	list->count++;
}

/* Was it begun by one of the attempts before the present one, for the same crash? */
static bool is_own(const struct retention *r, const struct dump *d)
{
	unsigned int number = layout_number(d->name);

	return (d->files & DUMP_HAS_STATUS) == 0 && number < r->store->number &&
	       r->store->number - number <= r->earlier_attempts &&
	       layout_same_time(d->name, r->store->wish);
}

static bool is_ours(const struct retention *r, const struct dump *d, const char *file)
{
	struct stat st;

	return d->header != NULL ||
	       (fstatat(d->fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 && store_owns(r->store, &st));
}

/* Sealed or not, and what somebody has put beside it. */
static bool memory_is_ours(const struct retention *r, const struct dump *d)
{
	bool ours = true;

	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		if ((d->files & DUMP_HAS_MEMORY) >> i & 1)
			ours = ours && is_ours(r, d, layout_files[i]);
	}
	return ours;
}

static void note_last(struct retention_last *last, const struct dump *d,
		      const struct status_text *t)
{
	uint64_t clock = UINT64_MAX;
	uint64_t of_day = 0;

	if (!is_newer(d, last->name))
		return;
	if (!status_number(t, "clock", &clock) || clock > YEAR_9999)
		(void)status_number(t, "crash_time", &clock);
	(void)status_number(t, "of_day", &of_day); /* not told: 0 */
	snprintf(last->name, sizeof(last->name), "%s", d->name);
	last->clock = clock <= YEAR_9999 ? (int64_t)clock : layout_seconds(d->name);
	status_value(t, "loop", last->loop, sizeof(last->loop));
	last->of_day = of_day < OF_DAY_MAX ? (unsigned int)of_day : OF_DAY_MAX;
}

/*
 * Reads the status, if there is one. False where the dump does not count: its status should tell
 * something and cannot be read; or it is of a test, and goes before the next capture needs room.
 */
static bool note_status(struct retention *r, const struct dump *d)
{
	static struct status_text t;
	bool memory = (d->files & DUMP_HAS_MEMORY) != 0;
	bool there = (d->files & DUMP_HAS_STATUS) != 0;
	enum dump_kind kind;
	int told = 1;

	if (there && !memory && !is_newer(d, r->last.name))
		return true; /* of logs the newest one is all that matters */
	if (!there || !is_ours(r, d, LAYOUT_STATUS))
		told = 0;
	else
		told = dumps_status(r->store, d, &t);
	if (told < 0)
		return false;
	if (told == 0)
		list_put(&r->interrupted, d->name, 0, true);
	else if (!status_is(&t, "result", STATUS_FAILED)) /* a report knows of no time */
		note_last(&r->last, d, &t);
	if (told > 0 && memory && status_is(&t, "test", "yes")) {
		r->swept += !r->only_reports && removal_of_dump(r->store, d->name) == 0;
		return false;
	}
	if (told > 0 && memory)
		note_last(&r->last_memory, d, &t);
	kind = memory ? dumps_kind(told > 0 ? &t : NULL) : DUMP_NOTHING;
	if (kind > r->best_kind ||
	    (kind != DUMP_NOTHING && kind == r->best_kind && is_newer(d, r->best))) {
		r->best_kind = kind;
		snprintf(r->best, sizeof(r->best), "%s", d->name);
	}
	return true;
}

/* What earlier captures left goes, and the directory if there is nothing else in it. */
static void sweep(struct retention *r, struct dump *d)
{
	if (d->incomplete != 0)
		r->swept += removal_of_incomplete(r->store, d);
	if (d->files == 0 && d->incomplete == 0 && !d->records && d->others == 0)
		r->swept += unlinkat(r->store->path_fd, d->name, AT_REMOVEDIR) == 0;
}

static enum retention_kind kind_of(const struct dump *d)
{
	if ((d->files & DUMP_HAS_MEMORY) != 0)
		return RETENTION_MEMORY;
	return (d->files & DUMP_HAS_LOG) != 0 ? RETENTION_LOG : RETENTION_REPORT;
}

static bool may_go(const struct retention *r, enum retention_kind kind)
{
	return !r->test && (!r->only_reports || kind == RETENTION_REPORT);
}

static void look(void *arg, struct dump *d)
{
	struct retention *r = arg;
	enum retention_kind kind = kind_of(d);
	uint64_t bytes;

	if (d->foreign) {
		if (r->foreign++ == 0)
			snprintf(r->foreign_name, sizeof(r->foreign_name), "%s", d->name);
		return;
	}
	if (is_own(r, d) && ((d->files | d->incomplete) != 0 || d->records)) {
		r->count[RETENTION_OWN]++;
		list_put(&r->may_go[RETENTION_OWN], d->name, removal_incomplete_bytes(d), false);
		return;
	}
	if (!r->only_reports)
		sweep(r, d);
	if ((d->files == 0 && !d->records) || (kind == RETENTION_MEMORY && !memory_is_ours(r, d)) ||
	    (d->files != 0 && !note_status(r, d)))
		return;
	r->count[kind]++;
	if (kind == RETENTION_LOG && is_newer(d, r->newest_log))
		snprintf(r->newest_log, sizeof(r->newest_log), "%s", d->name);
	if (may_go(r, kind) && list_takes(&r->may_go[kind], d->name, false) &&
	    removal_possible(r->store, d, &bytes))
		list_put(&r->may_go[kind], d->name, bytes, false);
}

int retention_survey(struct retention *r)
{
	int error;

	*r = (struct retention){.store = r->store,
				.earlier_attempts = r->earlier_attempts,
				.test = r->test,
				.only_reports = r->only_reports};
	error = dumps_each(r->store, look, r);
	if (r->swept > 0 && error == 0)
		error = store_sync(r->store);
	for (unsigned int i = 0; i < RETENTION_KINDS && error != 0; i++)
		r->may_go[i].count = 0;
	return error;
}
