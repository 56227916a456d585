/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which dumps stay in a path. Only directories with the name of a dump are looked at, and only
 * files of a dump are removed from them; links are not followed. The newest whole dump is never
 * removed, nor is the one being made.
 */
#ifndef TARGET_RETENTION_H
#define TARGET_RETENTION_H

struct store;

enum {
	RETENTION_REMOVALS = 64, /* of dumps in one call, so that it ends */
	RETENTION_KEPT_MIN = 1,
};

/*
 * Removes what captures left that were interrupted: files called *-incomplete, and directories
 * that have nothing in them then. Returns how many of both are gone, or -errno.
 */
int retention_sweep(const struct store *s);

/* Removes the oldest dump that may go. Returns 1; 0 when there is none; -errno. */
int retention_remove_oldest(const struct store *s);

/*
 * Now that the dump being made is complete: removes the oldest until KEEP are left. Returns how
 * many are gone, or -errno.
 */
int retention_trim(const struct store *s, unsigned int keep);

#endif
