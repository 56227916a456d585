/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values that are numbers. For the files of this room alone.
 */
#ifndef CONFIG_CONFIG_NUMBER_H
#define CONFIG_CONFIG_NUMBER_H

#include "config/config_key.h"
#include "config/config_line.h"

/*
 * Stores the value of L, a number within the bounds of K, in *FIELD; of KEY_SECONDS and KEY_ON_LOOP
 * it may have a unit of time. L gets it as it should be spelled. Returns what is wrong with it,
 * static, and then nothing was stored; or NULL.
 */
const char *config_number_take(struct config_line *l, const struct config_key *k, uint32_t *field);

/* The same of bytes, with or without K, M, G or T. */
const char *config_size_take(struct config_line *l, uint64_t *field);

#endif
