/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side of a stream that keeps it: takes the frames of one dump and makes of them a directory,
 * by the steps of store/store.h. Whoever sends is believed in nothing: what is no frame, or comes
 * out of turn, ends it.
 */
#ifndef CLI_RECEIVE_H
#define CLI_RECEIVE_H

#include "output/file.h"
#include "store/store.h"
#include "store/stream_frame.h"

#include <stdbool.h>
#include <stdint.h>

struct receive {
	/* The caller's. */
	int in, out;				/* of the connection, to read and to write */
	struct store *store;			/* open */
	uint64_t free;				/* bytes that are left free on its filesystem */
	void (*moved)(const struct receive *r); /* called as it gets further; or NULL */
	/* Less than was read for came (SOME), or nothing for as long as a read of IN waits
	 * (-EAGAIN). Shall more be waited for? NULL: where some came. */
	bool (*waits)(const struct receive *r, bool some);

	uint64_t bytes; /* of data that came */
	uint32_t files; /* that are durable under their names: bit I is layout_files[I] */
	bool complete;	/* the status is among them: nothing is missing */
	bool ended;	/* the sender closed the connection, at the end of a frame */

	/* The file that is being written. */
	bool writes;
	struct file file;
	uint8_t index;	   /* of layout_files */
	uint64_t end;	   /* bytes of it */
	int refused;	   /* why no more of it is written, -errno, or 0 */
	uint32_t sequence; /* of the frame that is looked at */
};

/*
 * Takes frames until the connection ends, or until the sender has no right to any more. Returns 0
 * where it ended it at the end of a frame; -EBADMSG for what is no frame; -EPROTO for one out of
 * turn; or the -errno of a read, or of what was refused to the sender last. Whatever it returns,
 * what R->files says is durable; the directory is still open, in R->store.
 */
int receive_dump(struct receive *r);

#endif
