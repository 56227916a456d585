/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Room for what is saved: which old dumps go for it, when, and when none does because that would
 * not help. A log never takes the place of memory, and what must not be lost is retention.h's.
 */
#ifndef WORKER_SPACE_H
#define WORKER_SPACE_H

#include <stdbool.h>

struct capture_output;
struct save;

/* Before a dump begins: what interrupted captures left goes, and the oldest of many logs. */
void space_prepare(struct save *s);

/*
 * After something found no room: removes one old dump that what is being saved may push out; for a
 * text of a few KiB (SMALL) that may be an old log. False when there is none, or no use in it.
 */
bool space_yield(struct save *s, bool small);

/*
 * Fills in how much the memory may take, with the free bytes of the configuration left, and how to
 * get more. With KEEP_WITHIN no file may grow beyond that until space_unlimited.
 */
void space_for_memory(struct save *s, struct capture_output *out, bool keep_within);

void space_unlimited(void);

/* Once the dump is complete: what it replaces goes. */
void space_settle(struct save *s);

#endif
