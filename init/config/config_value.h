/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of a value to the field of a key, by the kind of the key. For the files of this
 * room alone.
 */
#ifndef CONFIG_CONFIG_VALUE_H
#define CONFIG_CONFIG_VALUE_H

#include "config/config_key.h"
#include "config/config_line.h"

/*
 * Stores the value of L as K takes it: in FIELD, or as one more target or module of C. Where the
 * value can mean one thing only, L gets it as it should be spelled, with a doubt. Returns what is
 * wrong with it, static, and then nothing was stored; or NULL.
 */
const char *config_value_take(struct config *c, void *field, const struct config_key *k,
			      struct config_line *l);

#endif
