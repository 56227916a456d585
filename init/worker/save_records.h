/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel that crashed left in pstore, or in flash by mtdoops: records of its last words,
 * and of crashes before.
 */
#ifndef WORKER_SAVE_RECORDS_H
#define WORKER_SAVE_RECORDS_H

struct save;

/*
 * Copies the records in the directory s->records, and the newest ones that s->open_mtdoops has, if
 * there are any, into the directory "pstore" of the dump, each as a file of its own by the steps of
 * store.h. They are bounded in number, in size, and by a small part of the room there is; the
 * originals stay. Failures are logged, and cost
 * nothing else. Not in a ring, and not where reading them has ended a worker before: whatever hangs
 * there, or crashes, is left alone then.
 */
void save_records(struct save *s);

#endif
