/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values as people write them, spelled as config_key_set takes them. For the files of this room
 * alone.
 */
#ifndef CONFIG_CONFIG_MEND_H
#define CONFIG_CONFIG_MEND_H

#include "config/config_line.h"

/*
 * Spells the value of L as K wants it, where it can mean one thing only, and adds a doubt then.
 * Whatever else it is stays as it is, for config_key_set to refuse.
 */
void config_mend(struct config_line *l, const struct config_key *k);

#endif
