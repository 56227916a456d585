/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that a target may have: what is wrong with one, and what was meant. For the files of
 * this room alone; which device a name leads to is known in disk/.
 */
#ifndef CONFIG_CONFIG_NAME_H
#define CONFIG_CONFIG_NAME_H

#include "config/config_line.h"

/*
 * Spells the name that is the value of L as it should be, with a doubt, and takes raw: off it: *RAW
 * says whether it was there. Returns what is wrong with it, static, where no kernel and no version
 * of this program can find such a name; or NULL.
 */
const char *config_name_mend(struct config_line *l, bool *raw);

/* Puts raw: before the value of L, a name that was taken, for whoever is told of it. */
void config_name_put_raw(struct config_line *l);

/* Whether TEXT can be meant as the name of a target, whatever key stands before it. */
bool config_name_like(const char *text);

#endif
