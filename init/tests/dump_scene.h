/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps of earlier crashes in the current directory, as a target has them, all of the same day.
 */
#ifndef TESTS_DUMP_SCENE_H
#define TESTS_DUMP_SCENE_H

#include "store/store.h"

#include <stdint.h>

/* The directory of dump N. Valid until the next call. */
const char *dump_scene_name(unsigned int n);

/* Makes the file FILE with TEXT in the directory NAME, and that directory where there is none. */
void dump_scene_put(const char *name, const char *file, const char *text);

/* A dump of number N: "complete", "partial", "log-only", or NULL for one without a status. */
void dump_scene_make(unsigned int n, const char *result);

/* Begins the dump after those that are there, of a crash at TIME, seconds since 1970. */
void dump_scene_begin(struct store *store, int64_t time);

#endif
