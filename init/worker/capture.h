/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory and the log of the crashed kernel, from /proc/vmcore to an open file: reads, encodes,
 * counts. It opens no other file, and never syncs, renames or closes the one it is given.
 */
#ifndef WORKER_CAPTURE_H
#define WORKER_CAPTURE_H

#include "config/config.h"
#include "store/status.h"

#include <stdbool.h>
#include <stdint.h>

struct capture_output;
struct kdumpfile;
struct remote;
struct seal;
struct vmcore;
struct window;

struct capture {
	struct status *status;	     /* the caller's; it is filled in on the way */
	volatile uint32_t *progress; /* the same; counted up with every step that was made */
	/* The caller's, or NULL: 1 while the crashed kernel's memory is read, 0 else. */
	volatile uint32_t *reading;
	struct seal *seal; /* what seals log and memory, the caller's; or NULL: nothing does */
	/* The caller's scratch space, to open kdump-compressed files with, too; or NULL. */
	struct kdumpfile *kdump;

	/* What capture_open opened, and the window to read it through. There is one of each. */
	struct vmcore *image;
	struct window *window;
	uint64_t started_ms; /* on clock_ms */
};

/* Opens the core at PATH, judges its headers and reads what the crashed kernel says of itself into
 * the status. Logs what it finds. Returns 0, and capture_close has to be called; or -errno. */
int capture_open(struct capture *c, const char *path);

/* What a log may take, at most. */
struct capture_bound {
	uint64_t bytes;	       /* of the file */
	bool ends;	       /* more of them is -ENOSPC */
	uint64_t ms;	       /* to read and write it */
	struct remote *remote; /* what takes it in place of the file; or NULL */
};

/*
 * Writes the crashed kernel's log as text to the file FD; of one that is too large, or takes too
 * long, the newest part. What it is, and why the kernel died, goes into the status. Returns 0;
 * -ENODATA when no log can be found (the reason is logged); or the -errno of a write.
 */
int capture_log(struct capture *c, int fd, const struct capture_bound *most);

/*
 * Copies the whole memory as an ELF core. Returns 0, with the counts in the status; -ENODATA when
 * the image ended too early; -ENOSPC or -EFBIG, before anything is written, when it cannot fit;
 * -ETIME, as soon as it is clear that it will not be written in time; or the -errno of the output.
 * The file is not durable yet.
 */
int capture_elf(struct capture *c, struct capture_output *out);

/*
 * Writes what LEVEL (0 to 31, as makedumpfile -d) keeps of the memory as a kdump-compressed file,
 * by the codec whose flag CODEC is or, where that is not built in, by zlib. Returns as capture_elf,
 * but the size shows only on the way: room is asked for before it is needed, and writing goes on
 * where there is none to be had. Who opened the file has to see to it that it does not outgrow its
 * room.
 */
int capture_kdump(struct capture *c, struct capture_output *out, unsigned int level,
		  uint32_t codec);

/* Once the memory is durable: puts the time it took into the status, and sums up in the log. */
void capture_account(struct capture *c);

/* Closes the core that capture_open opened. Cannot fail. */
void capture_close(struct capture *c);

#endif
