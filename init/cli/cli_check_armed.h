/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of kdump-init check that look at what surrounds a capture: what kdump-load loaded, and
 * the system that is to crash.
 */
#ifndef CLI_CLI_CHECK_ARMED_H
#define CLI_CLI_CHECK_ARMED_H

#include "config/config.h"

/* Who hears of findings, a line without newline each. */
struct findings {
	void (*loss)(const char *); /* loses the dump */
	void (*may)(const char *);  /* may lose it */
	void (*note)(const char *); /* no more than that, or could not be checked */
};

/*
 * Is what kdump-load loaded still what is there, and would the archive of it save a dump to the
 * targets of C? CONFIG_FILE is what C was read from.
 */
void check_loaded(const struct config *c, const char *config_file, const struct findings *f);

/* Do faults become crashes, does the capture kernel come back at the next boot, and is the room? */
void check_surroundings(const struct config *c, const struct findings *f);

#endif
