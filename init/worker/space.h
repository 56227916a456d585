/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Room for the dump that is being made: which old dumps are removed for it, when, and when none is
 * because that would not help. No text displaces a dump with memory, and no memory does unless it
 * is proved that it will fit then. Which dump must not be lost is decided in store/retention.h. All
 * errors are logged here, and none ends an attempt: whoever needs the room finds out by writing.
 */
#ifndef WORKER_SPACE_H
#define WORKER_SPACE_H

#include "store/retention.h"
#include "worker/capture_output.h"

struct config;
struct status;

/* The first three are the caller's, and retention.earlier_attempts. */
struct space {
	const struct store *store;   /* the directory of dumps, and the new one in it */
	const struct config *config; /* how many dumps to keep, how many bytes to leave free */
	volatile uint32_t *progress; /* counted up with each dump that was removed */

	struct retention retention; /* what lies there, once that was looked at */
	bool surveyed;
	unsigned int removals; /* of old dumps that were tried so far; they are bounded */
	bool size_limited;     /* files cannot grow beyond the room for the memory */
	bool may_retry;	       /* the memory would have fitted if an old dump were gone */
};

/* Looks at what lies there, once, and removes tests, and what interrupted captures left. */
void space_survey(struct space *s);

/*
 * After a text of a few KiB, or the directory, found no room: removes what interrupted captures
 * left, then what earlier attempts of this run did, or else the oldest report or log. False: there
 * was nothing to remove.
 */
bool space_evict_for_text(struct space *s);

/* After the memory found no room: removes an old dump if that proves to be enough. */
bool space_evict_for_memory(struct space *s);

/*
 * Tells STATUS which dump with memory of its day it is, and its clock. Returns whether those before
 * are as many as the configuration allows, if MEMORY is to be saved; a test does not count. After
 * space_survey.
 */
bool space_day_is_full(const struct space *s, struct status *status, bool memory);

/*
 * Tells STATUS the crashes of the last time. Returns whether they are as many as make a loop by the
 * configuration. A test is none. After space_day_is_full.
 */
bool space_is_loop(const struct space *s, struct status *status);

/*
 * Before the file for the memory is made. Returns an output with the bytes it may take and the way
 * to get more; the rest of it is the caller's to fill in. With LIMIT_SIZE a write beyond those
 * bytes fails with -EFBIG, in every file, until space_end_memory. The output refers to S.
 */
struct capture_output space_begin_memory(struct space *s, bool limit_size);

/*
 * Once the memory is durable (ERROR is 0) or could not be saved (its -errno). OUT is how far that
 * came, its file being open still, or -1.
 */
void space_end_memory(struct space *s, const struct capture_output *out, int error);

/* Once the dump is durable: removes what earlier attempts of this run saved of the same crash. */
void space_remove_earlier_attempts(struct space *s);

/* Once a report is durable: removes the oldest ones, and nothing else. */
void space_remove_reports(struct space *s);

/* Once a dump is durable: removes those beyond the number to keep, the oldest logs and reports. */
void space_remove_beyond_keep(struct space *s, bool has_memory);

#endif
