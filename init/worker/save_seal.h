/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the files of an attempt are sealed, and what seals them.
 */
#ifndef WORKER_SAVE_SEAL_H
#define WORKER_SAVE_SEAL_H

struct config;
struct seal;

/*
 * Where C wants sealed dumps, prepares that for the attempt with this NUMBER; *SEAL is what seals,
 * there is one of it, or NULL where C does not. Returns NULL; or why nothing may be saved, static:
 * it would lie there in the clear.
 */
const char *save_seal_open(const struct config *c, unsigned int number, struct seal **seal);

#endif
