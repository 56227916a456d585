/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which dumps stay in a path, and which go. Only files of a dump are removed, and only from
 * directories with the name of one. The best dump with memory (a complete one if there is any, of
 * those the newest) is never removed before the one being made is as good.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	RETENTION_REMOVALS = 64, /* of dumps in one run, so that it ends */
	RETENTION_LOGS = 100,	 /* dumps without memory that stay */
};

enum retention_kind { RETENTION_MEMORY, RETENTION_LOG };

/*
 * Removes what captures left that were interrupted: files called *-incomplete, and directories
 * that have nothing in them then. Returns how many of both are gone, or -errno.
 */
int retention_sweep(const struct store *s);

/*
 * Removes the oldest dump of KIND that may go, when there are more of them than KEEP beside the
 * one being made; NAME tells which. Returns 1; 0 when none goes; -errno.
 */
int retention_remove(const struct store *s, enum retention_kind kind, unsigned int keep,
		     char name[STORE_NAME]);

/* Bytes that would be free if all dumps with memory went that may go. */
uint64_t retention_removable(const struct store *s);

/*
 * Which dump with memory of its day (as the names have it) the one being made is, from 1. Captures
 * of that day that were interrupted count, but for the BEFORE attempts of this run. On a machine
 * whose clock starts in 1970 a crash after the first day begins to count anew.
 */
unsigned int retention_of_day(const struct store *s, unsigned int before);

/*
 * Removes what the BEFORE attempts of this run left of the same crash without a status; with
 * memory in it only if the one being made has some, too. Returns how many are gone, or -errno.
 */
int retention_supersede(const struct store *s, unsigned int before);

#endif
