/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes of that which the survey found, and in which order. What cannot be removed (chattr +i)
 * is not in its lists, or passed over, and stays as it was.
 */
#include "store/retention.h"

#include "store/layout.h"
#include "store/removal.h"
#include "store/ring_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* It is the best of all, or the newest log, and the one being made is not as good. */
static bool must_stay(const struct retention *r, const struct retention_entry *e)
{
	enum dump_kind present = dumps_present(r->store);

	return (present < r->best_kind && strcmp(e->name, r->best) == 0) ||
	       (present < DUMP_LOG && strcmp(e->name, r->newest_log) == 0);
}

/* Takes the entry AT out of the list. */
static void take_out(struct retention_list *list, unsigned int at, char name[STORE_NAME])
{
	snprintf(name, STORE_NAME, "%s", list->entry[at].name);
	list->count--;
	memmove(&list->entry[at], &list->entry[at + 1],
		(list->count - at) * sizeof(list->entry[0]));
}

/* Removes the oldest that may go; for room, the oldest of those whose memory takes some. */
static int remove_first(struct retention *r, enum retention_kind kind, bool for_room,
			char name[STORE_NAME])
{
	struct retention_list *list = &r->may_go[kind];
	unsigned int at = 0;

	while (at < list->count) {
		int error;

		if ((for_room && list->entry[at].bytes == 0) || must_stay(r, &list->entry[at])) {
			at++;
			continue;
		}
		take_out(list, at, name);
		error = removal_of_dump(r->store, name);
		if (error == 0) {
			r->count[kind]--;
			return 1;
		}
		if (error != -EPERM && error != -EACCES && error != -EROFS)
			return error; /* or else somebody's wish: the next one */
	}
	return 0;
}

int retention_remove(struct retention *r, enum retention_kind kind, unsigned int keep,
		     char name[STORE_NAME])
{
	return r->count[kind] > keep ? remove_first(r, kind, false, name) : 0;
}

/* Removes what the attempt left incomplete, but no file that is whole. */
static int clear_own(struct retention *r, struct retention_entry *e, char name[STORE_NAME])
{
	struct dump d;
	unsigned int gone;

	e->bytes = 0;
	if (dumps_open(r->store, e->name, &d) != 0)
		return 0;
	gone = removal_of_incomplete(r->store, &d);
	close(d.fd); /* read only */
	snprintf(name, STORE_NAME, "%s", e->name);
	return gone > 0;
}

/*
 * In a ring goes whatever stands next on the way round, be it the best: it makes room for the next
 * dump, and nothing else could.
 */
static int evict_next(struct retention *r, char name[STORE_NAME])
{
	const struct ring_dump *next = ring_ahead(r->store->ring);
	int error;

	if (next == NULL)
		return 0;
	layout_name(name, STORE_NAME, next->number, next->time);
	for (unsigned int kind = 0; kind < RETENTION_KINDS; kind++) {
		struct retention_list *list = &r->may_go[kind];
		unsigned int at = 0;

		while (at < list->count && strcmp(list->entry[at].name, name) != 0)
			at++;
		if (at == list->count)
			continue;
		error = removal_of_dump(r->store, name);
		if (error != 0)
			return error;
		take_out(list, at, name);
		r->count[kind]--;
		return 1;
	}
	return 0;
}

int retention_evict(struct retention *r, bool memory, char name[STORE_NAME])
{
	struct retention_list *own = &r->may_go[RETENTION_OWN];

	if (r->store->ring != NULL)
		return evict_next(r, name);
	for (unsigned int i = 0; i < own->count; i++) {
		if (own->entry[i].bytes > 0 && clear_own(r, &own->entry[i], name) > 0)
			return 1;
	}
	return memory ? remove_first(r, RETENTION_MEMORY, true, name) : 0;
}

uint64_t retention_removable(const struct retention *r)
{
	const struct retention_list *own = &r->may_go[RETENTION_OWN];
	const struct retention_list *old = &r->may_go[RETENTION_MEMORY];
	uint64_t bytes = 0;

	if (r->store->ring != NULL) /* all that is beside the new one, or nothing */
		return r->test ? 0 : ring_limit(r->store->ring) - ring_room(r->store->ring);
	for (unsigned int i = 0; i < own->count; i++)
		bytes += own->entry[i].bytes;
	for (unsigned int i = 0; i < old->count && i < RETENTION_REMOVALS; i++)
		bytes += must_stay(r, &old->entry[i]) ? 0 : old->entry[i].bytes;
	return bytes;
}

unsigned int retention_supersede(struct retention *r)
{
	struct retention_list *own = &r->may_go[RETENTION_OWN];
	enum dump_kind present = dumps_present(r->store);
	unsigned int gone = 0;

	for (unsigned int i = 0; i < own->count; i++) {
		struct dump d;
		bool memory;

		if (dumps_open(r->store, own->entry[i].name, &d) != 0)
			continue;
		close(d.fd); /* read only */
		memory = (d.files & DUMP_HAS_MEMORY) != 0 ||
			 ((d.incomplete & DUMP_HAS_MEMORY) != 0 && own->entry[i].bytes > 0);
		if (present > DUMP_LOG || !memory)
			gone += removal_of_dump(r->store, own->entry[i].name) == 0;
	}
	return gone;
}
