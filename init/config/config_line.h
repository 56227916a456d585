/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of text, cut into key and value as people write them, and what is found on its way to
 * the configuration. For the files of this room alone.
 */
#ifndef CONFIG_CONFIG_LINE_H
#define CONFIG_CONFIG_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_VALUE = 640 /* bytes of a value, and of a line, with the NUL */ };

struct config_line {
	const char *doubt; /* what is written in another way than it should be; static, or NULL */
	const char *problem, *expected;	   /* why it is refused, and what is not; static, or NULL */
	char key[64], value[CONFIG_VALUE]; /* both may be empty */
};

enum { CONFIG_LINE_EMPTY = 1 /* blank, or a comment, about which there may be a doubt */ };

/*
 * Fills L from the LEN bytes of TEXT. Returns 0, with a problem where there is one and the key as
 * far as it can be told; or CONFIG_LINE_EMPTY.
 */
int config_line_cut(struct config_line *l, const char *text, size_t len);

/* Adds a DOUBT to L, of static storage or NULL. The first one is kept. */
void config_line_doubt(struct config_line *l, const char *doubt);

/* Adds a PROBLEM to L, and what was EXPECTED, of static storage. The first one is kept. */
void config_line_refuse(struct config_line *l, const char *problem, const char *expected);

/* Makes TEXT the value, with a doubt when it is another one. TEXT may be a part of the value. */
void config_line_spell(struct config_line *l, const char *text);

/* The same with TEXT in front of the value, which is cut where there is no room. */
void config_line_put_before(struct config_line *l, const char *text);

/* Takes the quotes off TEXT, which is the value or a copy of a part, where it is in quotes as a
 * whole.
 */
void config_line_unquote(struct config_line *l, char *text);

/* Whether TEXT, of which quotes were taken off, begins with one that has no other end. */
bool config_line_open_quote(const char *text);

#endif
