/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of "verify" share: a dump that is being judged, and how findings are told.
 */
#ifndef CLI_CLI_VERIFY_H
#define CLI_CLI_VERIFY_H

#include "cli/cli.h"
#include "store/status.h"

#include <stdbool.h>
#include <stdint.h>

struct verify {
	const char *dir;
	int dir_fd;
	struct status_text status;
	const char *memory, *log; /* what these two are called, sealed or not */
	bool sealed;
	enum cli_exit answer; /* the worst so far */
};

/* A file of the dump as it is read: how many bytes, of which blocks of zeros, and their sum. */
struct verify_sum {
	uint64_t bytes, zero_blocks; /* a block has VERIFY_BLOCK bytes */
	uint32_t crc;
};

enum { VERIFY_BLOCK = 4096 };

/*
 * Tells a finding about FILE, with ANSWER: CLI_NO, it is not what it should be; CLI_FAILED, that
 * could not be found out; CLI_DONE, people should know. Returns ANSWER.
 */
enum cli_exit verify_tell(struct verify *v, enum cli_exit answer, const char *file,
			  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Opens FILE. Returns a descriptor, or -1 after it has told why not. */
int verify_open(struct verify *v, const char *file);

/* Reads FD from its beginning, to SIZE bytes and one more. Returns 0 or -errno. */
int verify_read(int fd, uint64_t size, struct verify_sum *sum);

/* Says of FILE, which is sealed, how to get what is in it. */
void verify_tell_sealed(struct verify *v, const char *file);

/* Judges the memory, which the status says is there. */
void verify_memory(struct verify *v);

#endif
