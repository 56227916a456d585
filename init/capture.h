/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the crashed kernel, from /proc/vmcore to an open file: reads, encodes, counts.
 * Where that file is, and what becomes of it, is the worker's business.
 */
#ifndef KDUMP_CAPTURE_H
#define KDUMP_CAPTURE_H

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct vmcore;

struct capture {
	struct status *status;	     /* filled on the way, the caller's */
	volatile uint32_t *progress; /* counted up with anything done, the caller's */
	struct vmcore *image;	     /* what capture_open opened; static, one at a time */
	uint64_t started_ms;
};

/* What the file that takes the memory can do. */
struct capture_output {
	int fd;
	bool direct; /* O_DIRECT is worth trying */
	bool sparse; /* it keeps holes */
};

/*
 * Opens /proc/vmcore, judges its headers and reads what the crashed kernel says of itself into
 * the status. Logs what it finds. Returns 0 or -errno.
 */
int capture_open(struct capture *c);

/*
 * Writes the crashed kernel's log as text to FD, and its panic line into the status. Returns 0;
 * -ENODATA when no log can be found (the reason is logged); or the -errno of a write.
 */
int capture_log(struct capture *c, int fd);

/*
 * Copies the whole memory as ELF. Returns 0; -ENODATA when the image ended too early; or the
 * -errno of the output. The file is not yet durable.
 */
int capture_elf(struct capture *c, const struct capture_output *out);

/* Completes the counts and times of the status, and logs them. */
void capture_account(struct capture *c);

/* Closes /proc/vmcore. */
void capture_close(struct capture *c);

#endif
