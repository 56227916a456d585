/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of text, cut into key and value as people write them. For the files of this room alone.
 */
#ifndef CONFIG_CONFIG_LINE_H
#define CONFIG_CONFIG_LINE_H

#include "config/config_key.h"

struct config_line {
	char key[64], value[512]; /* both may be empty */
	const char *doubt; /* what is written in another way than it should be; static, or NULL */
};

enum { CONFIG_LINE_EMPTY = 1 /* blank, or a comment, about which there may be a doubt */ };

/*
 * Fills L from the LEN bytes of TEXT. Returns 0, CONFIG_LINE_EMPTY, or -EINVAL with WHY filled and
 * the key as far as it can be told.
 */
int config_line_cut(struct config_line *l, const char *text, size_t len, char why[CONFIG_WHY]);

/* Adds a DOUBT to L, of static storage or NULL. The first one is kept. */
void config_line_doubt(struct config_line *l, const char *doubt);

/* Takes the quotes off a TEXT that is in quotes as a whole. Returns the doubt, or NULL. */
const char *config_line_unquote(char *text);

/* Cuts white space off both ends of TEXT. */
void config_line_trim(char *text);

#endif
