/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that a target may have: what is wrong with one, and what was meant. For the files of
 * this room alone; which device a name leads to is known in disk/.
 */
#ifndef CONFIG_CONFIG_NAME_H
#define CONFIG_CONFIG_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Spells NAME, of SIZE bytes, as it should be. Returns the doubt, static; or NULL: unchanged. */
const char *config_name_mend(char *name, size_t size);

/* What is wrong with a NAME that no kernel and no version of this program can find, or NULL. */
const char *config_name_problem(const char *name);

/* Whether TEXT can be meant as the name of a target, whatever key stands before it. */
bool config_name_like(const char *text);

#endif
