/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file LAYOUT_STATUS: what a dump is, as key=value lines. Its presence is the mark that the
 * dump is complete. It is written and read here; README.md lists the keys.
 */
#ifndef STORE_STATUS_H
#define STORE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STATUS_BYTES = 1024,	  /* that hold what is written */
	STATUS_READ_BYTES = 4096, /* of it that are read: a newer version may have more to tell */
};

/* What the key "result" says: nothing, no word that is known, or one of three. */
enum status_result { STATUS_NONE, STATUS_ODD, STATUS_LOG_ONLY, STATUS_PARTIAL, STATUS_COMPLETE };

struct vmcoreinfo;

struct status {
	bool log_only;	      /* there is no memory in the dump */
	char kernel[96];      /* release of the crashed kernel, or "unknown" */
	char build_id[64];    /* hex, or "unknown" */
	char panic[160];      /* the panic line of the log, or what it died of, or "" */
	int64_t crash_time;   /* seconds since 1970, -1: unknown */
	const char *format;   /* static: elf, kdump */
	unsigned int level;   /* of what was left out, 0 to 31 */
	const char *compress; /* static: none, zlib ... */
	uint64_t memory_bytes;
	uint64_t dump_bytes;
	uint64_t pages; /* of the crashed machine */
	uint64_t pages_excluded;
	uint64_t pages_unreadable;	/* that are zero in the dump */
	unsigned int segments_left_out; /* whose headers cannot be true */
	uint32_t crc32;
	uint64_t duration_ms; /* from opening /proc/vmcore to the durable memory */
	unsigned int attempt;
	unsigned int of_day; /* which dump with memory of its day it is */
};

void status_init(struct status *s);

/* Forgets all that was counted of the memory: another dump of it begins. */
void status_forget_memory(struct status *s);

/* Takes kernel, build_id and crash_time from VMCOREINFO; what is not there stays unknown. */
void status_from_vmcoreinfo(struct status *s, const struct vmcoreinfo *info);

/* Writes the lines to TEXT (STATUS_BYTES hold them all). Returns their length. */
size_t status_format(const struct status *s, char *text, size_t size);

/*
 * A status as it was read. Keys are found by name: their order, unknown keys, and lines without '='
 * make no difference. Of a key that comes twice the first holds. A last line without its newline
 * was cut off, and is not there.
 */
struct status_text {
	size_t size;
	char text[STATUS_READ_BYTES];
};

/* Reads the status in the directory DUMP_FD. Returns 1; 0, there being none; or -errno. */
int status_load(int dump_fd, struct status_text *t);

enum status_result status_result(const struct status_text *t);

/* Is the value of KEY just that? */
bool status_is(const struct status_text *t, const char *key, const char *value);

/* A decimal value, UINT64_MAX where it is larger; false, and nothing set, when there is none. */
bool status_number(const struct status_text *t, const char *key, uint64_t *number);

/* The CRC-32 of the memory; false when there is none. */
bool status_crc32(const struct status_text *t, uint32_t *crc);

#endif
