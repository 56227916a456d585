/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recipients of sealed dumps. For the files of this room alone.
 */
#ifndef CONFIG_CONFIG_SEAL_H
#define CONFIG_CONFIG_SEAL_H

#include "config/config_line.h"

#include <stdbool.h>

struct config;

/*
 * Adds the recipient that is the value of L to those of C; one that is there already is not added
 * again. The first one that is a WORD of the command line begins a list of its own, as the first
 * target does. Returns what is wrong with it, static, and then nothing was changed; or NULL.
 */
const char *config_seal_take(struct config *c, struct config_line *l, bool word);

/* Whether TEXT can be meant as a recipient, whatever key stands before it. */
bool config_seal_like(const char *text);

/* Whether a secret key stands in TEXT, which is then not to be shown. */
bool config_seal_secret(const char *text);

/* Whether a recipient stands in SIZE bytes of TEXT, of which no lines are made; UTF-16, too. */
bool config_seal_within(const char *text, size_t size);

#endif
