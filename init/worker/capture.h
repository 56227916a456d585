/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the crashed kernel, from /proc/vmcore to an open file: reads, encodes, counts.
 * Where that file is, and what becomes of it, is the worker's business.
 */
#ifndef WORKER_CAPTURE_H
#define WORKER_CAPTURE_H

#include "config/config.h"
#include "store/status.h"

#include <stdbool.h>
#include <stdint.h>

struct kdumpfile;
struct vmcore;
struct window;

struct capture {
	struct status *status;	     /* filled on the way, the caller's */
	volatile uint32_t *progress; /* counted up with anything done, the caller's */
	struct vmcore *image;	     /* what capture_open opened; static, one at a time */
	struct window *window;	     /* through which it is read */
	struct kdumpfile *kdump;     /* scratch, to open kdump-compressed files too; or NULL */
	uint64_t started_ms;
};

/* The file that takes the memory, and what it can do. */
struct capture_output {
	int fd;
	bool direct;	/* O_DIRECT is worth trying */
	bool sparse;	/* it keeps holes */
	uint64_t room;	/* bytes that may be taken there */
	uint64_t limit; /* of its size */
	/* When NEEDED bytes are more: raises ROOM, if only by a part, or returns false. Or NULL. */
	bool (*more_room)(struct capture_output *out, uint64_t needed);
	void *more_room_arg;
};

/*
 * Opens the core at PATH, judges its headers and reads what the crashed kernel says of itself
 * into the status. Logs what it finds. Returns 0 or -errno.
 */
int capture_open(struct capture *c, const char *path);

/*
 * Writes the crashed kernel's log as text to FD, and why it died into the status. Returns 0;
 * -ENODATA when no log can be found (the reason is logged); or the -errno of a write.
 */
int capture_log(struct capture *c, int fd);

/*
 * Copies the whole memory as ELF. Returns 0; -ENODATA when the image ended too early; -ENOSPC or
 * -EFBIG, before anything is written, when it cannot fit; or the -errno of the output. The file
 * is not yet durable. The status has the counts.
 */
int capture_elf(struct capture *c, struct capture_output *out);

/*
 * Writes what LEVEL (0 to 31) keeps of the memory as a kdump-compressed file, by the codec whose
 * flag CODEC is or, where that is not built in, zlib. As capture_elf, but for the size, which shows
 * on the way: more room is asked for when it is needed, and to keep within it is up to who opened
 * the file.
 */
int capture_kdump(struct capture *c, struct capture_output *out, unsigned int level,
		  uint32_t codec);

/* Once the memory is durable: its time, in the status and in the log. */
void capture_account(struct capture *c);

/* Why something of the crashed kernel could not be had; ERROR is a -errno of vmcore/. */
const char *capture_reason(int error);

/* Closes the core. */
void capture_close(struct capture *c);

#endif
