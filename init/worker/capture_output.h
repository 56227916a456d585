/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What capture.h writes the memory to: a file that is open, and the room for it.
 */
#ifndef WORKER_CAPTURE_OUTPUT_H
#define WORKER_CAPTURE_OUTPUT_H

#include "output/sink.h"

#include <stdbool.h>
#include <stdint.h>

/* The file that takes the memory; the caller's. */
struct capture_output {
	const struct sink_ring *ring; /* where it lies in a ring of a device; or NULL: a file */
	struct remote *remote;	      /* what takes it in place of the file; or NULL */
	int fd;			      /* open for writing, at its beginning */
	bool direct;		      /* O_DIRECT is worth trying */
	bool sparse;	    /* the filesystem keeps holes, so that zero pages take no room */
	uint64_t room;	    /* the bytes that may be taken on the filesystem */
	uint64_t limit;	    /* the bytes that a file can have there */
	uint64_t removable; /* the bytes that MORE_ROOM could add to ROOM, all in all */
	uint64_t needed;    /* the most that the file can come to, as far as is known; 0: nothing */
	/* When it has to be written, on clock_ms, or -ETIME is returned; 0: whenever. */
	uint64_t deadline_ms;
	bool last; /* nothing smaller but the log: given up only where it cannot be done at all */
	bool repacks; /* all that is smaller is the same pages by a codec that takes longer */
	/*
	 * Called when the file will take more than ROOM, and NEEDED bytes at most. Raises ROOM,
	 * maybe by less than is missing, and takes from REMOVABLE; or returns false, and nothing
	 * was removed, when there is no more to be had or it might not be enough. NULL stands for
	 * one that returns false.
	 */
	bool (*more_room)(struct capture_output *out, uint64_t needed);
	void *more_room_arg; /* for more_room, which finds it in OUT */
};

#endif
