/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A status that was read, of this version or another, and perhaps changed by hand. Nobody else
 * reads one.
 */
#ifndef STORE_STATUS_TEXT_H
#define STORE_STATUS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STATUS_READ_BYTES = 4096,	      /* of it: a newer version may have more to tell */
	STATUS_LOOP = 20,		      /* crashes that the key "loop" has at most */
	STATUS_LOOP_BYTES = STATUS_LOOP * 13, /* their clocks up to the year 9999 */
};

/* What the key "result" says: nothing, no word that is known, or one of three. */
enum status_result { STATUS_NONE, STATUS_ODD, STATUS_LOG_ONLY, STATUS_PARTIAL, STATUS_COMPLETE };

/* The words of the three; and that of a report, which is none of them. */
extern const char *const status_results[];
#define STATUS_FAILED "failed"

/*
 * The text. Keys are found by name: their order, unknown keys, and lines without '='
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

/* The value, cut where it is longer than SIZE bytes with its NUL; "" when there is none. */
void status_value(const struct status_text *t, const char *key, char *value, size_t size);

/* A hexadecimal value of 32 bits; false, and 0 set, when there is none. */
bool status_hex(const struct status_text *t, const char *key, uint32_t *number);

/* The CRC-32 of the memory; false when there is none. */
bool status_crc32(const struct status_text *t, uint32_t *crc);

/* Is there a whole line of KEY, whatever its value? */
bool status_has(const struct status_text *t, const char *key);

#endif
