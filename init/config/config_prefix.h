/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the name of a target begins with: /dev/, tcp:, ubi, mtd, and nfs: of other programs. For the
 * files of this room alone.
 */
#ifndef CONFIG_CONFIG_PREFIX_H
#define CONFIG_CONFIG_PREFIX_H

#include "config/config_line.h"

/*
 * Spells what the value of L, without raw:, begins with, with a doubt. Returns what is wrong with
 * it, static, or NULL.
 */
const char *config_prefix_mend(struct config_line *l);

/* Does TEXT begin as a name does, however that is spelled? */
bool config_prefix_like(const char *text);

#endif
