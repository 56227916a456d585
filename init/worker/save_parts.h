/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of save.h share with each other, and with nobody else.
 */
#ifndef WORKER_SAVE_PARTS_H
#define WORKER_SAVE_PARTS_H

#include "store/layout.h"
#include "worker/attempt.h"

#include <stdbool.h>

struct save;

/* What FILE is called in this dump. */
const char *save_name(const struct save *s, enum layout_file file);

/* Sets *KIND to what is less of it; false where there is nothing that is not saved already. */
bool save_cheaper(const struct save *s, enum attempt_kind *kind);

/* Is what is less of it, but for the log, the same pages by a codec that takes longer? */
bool save_repacks(const struct save *s);

/*
 * Saves the memory as s->kind says. WORKER_NO_SPACE and WORKER_SLOW: what there was of it has given
 * way to something smaller.
 */
enum worker_end save_memory(struct save *s);

#endif
