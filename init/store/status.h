/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file LAYOUT_STATUS: what a dump is, as key=value lines. Its presence is the mark that the
 * dump is complete. It is written here, and read in status_text.h; README.md lists the keys.
 */
#ifndef STORE_STATUS_H
#define STORE_STATUS_H

#include "store/status_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STATUS_BYTES = 2048 /* that hold what is written */ };

/* The log: all that was there; less, since records were torn; its newest part; nothing. */
enum status_log { STATUS_NO_LOG, STATUS_LOG_TRUNCATED, STATUS_LOG_TORN, STATUS_LOG_WHOLE };

struct vmcoreinfo;

/* The texts stand last, so that everything before them is near. */
struct status {
	const char *format;	/* static: elf, kdump */
	const char *compress;	/* static: none, zlib ... */
	const char *instead_of; /* the target that took nothing, where this is on root= */
	unsigned int level;	/* of what was left out, 0 to 31 */
	uint32_t crc32;
	unsigned int segments_left_out; /* whose headers cannot be true */
	uint32_t log_crc32;
	uint32_t capture_log_crc32;
	unsigned int attempt;
	unsigned int of_day; /* which dump with memory of its day it is */
	uint64_t memory_bytes;
	uint64_t dump_bytes;
	uint64_t pages; /* of the crashed machine */
	uint64_t pages_excluded;
	uint64_t pages_unreadable; /* that are zero in the dump */
	uint64_t duration_ms;	   /* from opening /proc/vmcore to the durable memory */
	uint64_t log_bytes;
	uint64_t capture_log_bytes;   /* 0: it was not saved */
	int64_t crash_time;	      /* seconds since 1970, -1: unknown */
	int64_t clock;		      /* the same of one that never goes back: see README.md */
	uint64_t uptime;	      /* seconds that the crashed kernel had run, 0: unknown */
	unsigned int log : 2;	      /* an enum status_log */
	bool failed;		      /* there is nothing of the crashed kernel in the dump */
	bool log_only;		      /* there is no memory in the dump */
	bool sealed;		      /* log and memory are age files */
	bool hides_panic;	      /* the panic line is in the sealed log alone */
	bool test;		      /* the crash was made to try it all, as far as is known */
	char kernel[96];	      /* release of the crashed kernel, or "unknown" */
	char build_id[64];	      /* hex, or "unknown" */
	char loop[STATUS_LOOP_BYTES]; /* the clocks of loop.h, or "" */
	char panic[160];	      /* the panic line of the log, or what it died of, or "" */
};

void status_init(struct status *s);

/* Forgets all that was counted of the memory: another dump of it begins. */
void status_forget_memory(struct status *s);

/* Forgets what was told of the log: another file of it begins, or none. */
void status_forget_log(struct status *s);

/* Takes kernel, build_id and crash_time from VMCOREINFO; what is not there stays unknown. */
void status_from_vmcoreinfo(struct status *s, const struct vmcoreinfo *info);

/* Writes the lines to TEXT (STATUS_BYTES hold them all). Returns their length. */
size_t status_format(const struct status *s, char *text, size_t size);

#endif
