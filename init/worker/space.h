/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Room for the dump that is being made: which old dumps are removed for it, when, and when none is
 * because that would not help. A log never displaces a dump with memory; which dump with memory
 * must not be lost is decided in store/retention.h. All errors are logged here, and none ends an
 * attempt: whoever needs the room finds out by writing.
 */
#ifndef WORKER_SPACE_H
#define WORKER_SPACE_H

#include "worker/capture_output.h"

#include <stdbool.h>
#include <stdint.h>

struct config;
struct store;

/* The first four are the caller's, who sets them and nothing else. */
struct space {
	const struct store *store;   /* the directory of dumps, and the new one in it */
	const struct config *config; /* how many dumps to keep, how many bytes to leave free */
	volatile uint32_t *progress; /* counted up with each dump that was removed */
	unsigned int
		earlier_attempts; /* of this run, which may have left dumps of the same crash */

	unsigned int removals; /* of old dumps that were tried so far; they are bounded */
	bool size_limited;     /* files cannot grow beyond the room for the memory */
	bool cannot_fit;       /* the memory is too large, whatever may be removed */
};

/*
 * Before the dump has a directory: removes what interrupted captures left, and the oldest logs
 * where there are more than RETENTION_LOGS.
 */
void space_prepare(struct space *s);

/*
 * After a text of a few KiB found no room: removes the oldest dump with memory that may go, if the
 * dump being made HAS_MEMORY, or else the oldest log. False when there was nothing to remove.
 */
bool space_evict_for_text(struct space *s, bool has_memory);

/*
 * After the memory found no room: removes the oldest dump with memory that may go. False when there
 * was none, or when the removal of all of them would not have made enough room.
 */
bool space_evict_for_memory(struct space *s);

/*
 * Before the file for the memory is made. Returns an output with the bytes it may take and the way
 * to get more; the rest of it is the caller's to fill in. With LIMIT_SIZE a write beyond those
 * bytes fails with -EFBIG, in every file, until space_end_memory. The output refers to S.
 */
struct capture_output space_begin_memory(struct space *s, bool limit_size);

/* Once the memory is durable (ERROR is 0) or could not be saved (its -errno). */
void space_end_memory(struct space *s, int error);

/* Once the dump is durable: removes what earlier attempts of this run saved of the same crash. */
void space_remove_earlier_attempts(struct space *s);

/* Once a dump with memory is durable: removes the oldest ones beyond the number to keep. */
void space_remove_beyond_keep(struct space *s);

#endif
