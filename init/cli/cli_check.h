/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of kdump-init check. Each tells its findings (findings.h), and changes nothing of the
 * system, nor of a target.
 */
#ifndef CLI_CLI_CHECK_H
#define CLI_CLI_CHECK_H

#include "config/config.h"

/* Whether the name of T can be one, wherever it is. */
void check_target_name(const struct config_target *t);

/*
 * Whether T, of C, is there and can be written to, on this system and, as far as CMDLINE, the
 * command line of the capture kernel, tells, in that one.
 */
void check_target(const struct config *c, const struct config_target *t, const char *cmdline);

/* Where nobody but the configuration C is known: is anything sent to the targets in it? */
void check_sending(const struct config *c);

/* The same of what is neither a block device nor flash: a share, or another machine. */
void check_network(const struct config *c, const struct config_target *t, const char *cmdline);

/* What will capture, as far as it is known. */
struct capture {
	uint64_t reserved; /* the bytes of memory that are reserved for it */
	bool is_running;   /* it is the running kernel once more */
	char line[4096];   /* its command line, or else that of the running kernel */
};

/*
 * Is what kdump-load loaded still what is there, and would the archive of it save a dump to the
 * targets of C? CONFIG_FILE is what C was read from. What is known better then is set in CAPTURE.
 */
void check_loaded(const struct config *c, const char *config_file, struct capture *capture);

/* Was the running kernel built for this? CAPTURES: it is the capture kernel, too. */
void check_kernel(bool captures);

/* Do faults become crashes, and does the capture kernel come back at the next boot? */
void check_surroundings(void);

/* Can a dump be written to T, as it is mounted here: its path, its room, within the time? */
void check_place(const struct config *c, const struct config_target *t);

/* Does the driver of its filesystem know the options of T? */
void check_options(const struct config_target *t);

#endif
