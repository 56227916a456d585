/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls that fail when told to, and a memory of what was made durable. The wrappers stand
 * between the code under test and libc (-Wl,--wrap); what they are told is global.
 */
#ifndef TESTS_FAULTS_FAULTS_H
#define TESTS_FAULTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_kind {
	FAULT_ERROR, /* the call does nothing and fails with the errno */
	FAULT_SHORT, /* write and pwrite do half of it, on the block grid if it was */
	FAULT_TORN,  /* the same, off the block grid, as a full disk does to O_DIRECT */
	FAULT_ZERO,  /* write and pwrite return 0 */
};

/* What to do to which call. Calls that cannot fail this way are not counted. */
struct fault {
	enum fault_kind kind;
	int error;
	unsigned int call;  /* its number, from 1; 0: none */
	bool from_there_on; /* all later ones, too */
};

/* Begins to count, and to fail as F says. Forgets what was durable. */
void faults_begin(const struct fault *f);

/* Ends that. */
void faults_end(void);

/*
 * The file at PATH stands for a device: its opening counts, too, and the reading of the first ten
 * headers. BEFORE sees each write to it (DATA is NULL for one by AIO), AFTER each fsync of it.
 * Holds until the process ends.
 */
void faults_device(const char *path, void (*before)(const void *data, size_t size, uint64_t at),
		   void (*after)(bool synced));

/* A promise was broken: the first one is told. */
void faults_break(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How many calls there were since faults_begin. */
unsigned int faults_calls(void);

/* The call that failed first: its name and whether that failure has to be reported. */
struct fault_hit {
	const char *call; /* NULL: none was hit */
	bool matters;
	const char *reason; /* why it does not matter */
};

struct fault_hit faults_hit(void);

/* Is everything durable that was written, renamed or made? Otherwise *WHAT names it. */
bool faults_all_durable(const char **what);

/* What promise 2 forbids and was done all the same; NULL: nothing. */
const char *faults_broken_promise(void);

/* faults_save.c: all of it, or -errno. */
int faults_put(int fd, const uint8_t *data, size_t size);

/* faults_ring.c: what is captured there, in place of worker/capture.h. */
struct capture;
struct capture_output;
int faults_ring_log(int fd);
int faults_ring_memory(struct capture *c, struct capture_output *out);

#endif
