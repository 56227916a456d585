/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that a target may have: what is wrong with one, and what was meant. For the files of
 * this room alone; which device a name leads to is known in disk/.
 */
#ifndef CONFIG_CONFIG_NAME_H
#define CONFIG_CONFIG_NAME_H

#include "config/config_line.h"

/*
 * Spells the name that is the value of L as it should be, with a doubt. Returns what is wrong with
 * it, static, where no kernel and no version of this program can find such a name; or NULL.
 */
const char *config_name_mend(struct config_line *l);

/* Takes raw: from the beginning of the value of L; false when it is not there. */
bool config_name_take_raw(struct config_line *l);

/* Whether TEXT can be meant as the name of a target, whatever key stands before it. */
bool config_name_like(const char *text);

#endif
