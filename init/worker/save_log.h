/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file with the log: as much of it as there is room and time for, its newest part first of
 * all. It never takes the place of a dump with memory.
 */
#ifndef WORKER_SAVE_LOG_H
#define WORKER_SAVE_LOG_H

#include <stdbool.h>

struct save;

/*
 * Saves the log of S's capture under its final name, durably; what became of it is in the status
 * then. For room, old logs go. Returns 0; -ENODATA when there is no log to be found (the reason is
 * logged); or the -errno of what failed, after which there is no file with that name.
 */
int save_log_file(struct save *s);

/*
 * Once there may be more room than when the log was saved: replaces one that was truncated by a
 * longer one. Where that fails the log stays as it was; false when the target did not let it.
 */
bool save_log_again(struct save *s);

/*
 * When not even the status has room beside a log alone: saves less of the log in its place. False
 * when there is no log, or none that is smaller.
 */
bool save_log_less(struct save *s);

#endif
