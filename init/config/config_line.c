/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a line to key and value. What can mean one thing only is taken as that, with a doubt: marks
 * of an editor, another sign than =, a comment behind the value. This file knows of a value
 * nothing but where it begins and ends.
 */
#include "config/config_line.h"

#include "config/config_key.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What word processors and web pages put in the place of plain characters, in UTF-8. */
static const struct mark {
	char bytes[4], plain;
	const char *doubt;
} marks[] = {
	{"\xEF\xBB\xBF", '\0', "a byte order mark in front"},
	{"\xC2\xA0", ' ', "a non-breaking space"},
	{"\xE2\x80\x9C", '"', "typographic quotes"},
	{"\xE2\x80\x9D", '"', "typographic quotes"},
};

void config_line_doubt(struct config_line *l, const char *doubt)
{
	if (l->doubt == NULL)
		l->doubt = doubt;
}

void config_line_refuse(struct config_line *l, const char *problem, const char *expected)
{
	if (l->problem != NULL)
		return;
	l->problem = problem;
	l->expected = expected;
}

void config_line_spell(struct config_line *l, const char *text)
{
	if (strcmp(l->value, text) == 0)
		return;
	config_line_doubt(l, "not how it is spelled");
	memmove(l->value, text, strlen(text) + 1);
}

void config_line_put_before(struct config_line *l, const char *text)
{
	char mended[sizeof(l->value)];

	snprintf(mended, sizeof(mended), "%s%s", text, l->value);
	config_line_spell(l, mended);
}

/* Copies FROM to TO, in the same memory or not, without the white space at both ends. */
static void trim(char *to, const char *from)
{
	size_t len;

	while (isspace((unsigned char)*from))
		from++;
	len = strlen(from);
	while (len > 0 && isspace((unsigned char)from[len - 1]))
		len--;
	memmove(to, from, len);
	to[len] = '\0';
}

bool config_line_open_quote(const char *text)
{
	return text[0] == '"' || text[0] == '\'';
}

void config_line_unquote(struct config_line *l, char *text)
{
	size_t len = strlen(text);

	if (len < 2 || !config_line_open_quote(text) || text[len - 1] != text[0])
		return;
	text[len - 1] = '\0';
	trim(text, text + 1);
	config_line_doubt(l, "quotes around it");
}

/* Makes a line the value, with plain characters in place of marks. What does not fit is cut. */
static void clean(struct config_line *l, const char *line, size_t len)
{
	const struct mark *end = marks + sizeof(marks) / sizeof(marks[0]);
	char *to = l->value;

	if (len >= sizeof(l->value))
		len = sizeof(l->value) - 1;
	memcpy(l->value, line, len);
	l->value[len] = '\0';
	for (const char *from = l->value; *from != '\0';) {
		const struct mark *m = marks;

		while (m < end && strncmp(from, m->bytes, strlen(m->bytes)) != 0)
			m++;
		if (m == end) {
			*to++ = *from++;
			continue;
		}
		config_line_doubt(l, m->doubt);
		from += strlen(m->bytes);
		*to = m->plain;
		to += m->plain != '\0';
	}
	*to = '\0';
	trim(l->value, l->value);
}

/* The # that begins a comment behind the value, or NULL. There is a character before the value. */
static char *comment_in(char *value)
{
	char quote = '\0';

	for (char *p = value; *p != '\0'; p++) {
		bool begins = isspace((unsigned char)p[-1]) != 0;

		if (quote != '\0')
			quote = *p == quote ? '\0' : quote;
		else if (*p == '#' && begins)
			return p;
		else if ((*p == '"' || *p == '\'') && strchr(p + 1, *p) != NULL &&
			 (p == value || begins || strchr("=:", p[-1]) != NULL))
			quote = *p;
	}
	return NULL;
}

/* Takes a comment off VALUE. "LABEL=card #2" can be a card and its comment, or one label. */
static void cut_comment(struct config_line *l, char *value)
{
	char *comment = comment_in(value);

	if (comment == NULL)
		return;
	*comment = '\0';
	if (isdigit((unsigned char)comment[1]) && strcasestr(value, "LABEL") != NULL)
		config_line_refuse(l, "a # that may be part of the label",
				   "quotes around the label, or # and a blank");
	config_line_doubt(l, "a comment behind the value");
}

/* Takes the key off the line, which has LEN bytes of it. */
static void take_key(struct config_line *l, size_t len)
{
	snprintf(l->key, sizeof(l->key), "%.*s", (int)len, l->value);
	trim(l->key, l->key);
}

/* Where the value begins, behind the key and the sign; a line without one has a problem. */
static char *value_in(struct config_line *l)
{
	char *word_end = l->value + strcspn(l->value, "=: \t");
	char *sign = word_end + strspn(word_end, " \t");
	bool known;

	take_key(l, (size_t)(word_end - l->value));
	known = config_key_named(l->key) != NULL;
	if (*sign == '=' || (*sign == ':' && (known || sign[1] != '/'))) {
		char *value = sign + 1 + strspn(sign + 1, "=>");

		if (*sign == ':' || value > sign + 1)
			config_line_doubt(l, "another sign than =");
		return value;
	}
	if (known && *sign != '\0' &&
	    (isalnum((unsigned char)*sign) || strchr("/\"'", *sign) != NULL)) {
		config_line_doubt(l, "no = in between");
		return sign;
	}
	sign = strchr(l->value, '=');
	if (sign == NULL) { /* what stands there may tell what was meant */
		config_line_refuse(l, "no =", "KEY = VALUE, or # and a comment");
		return word_end;
	}
	take_key(l, (size_t)(sign - l->value));
	return sign + 1;
}

int config_line_cut(struct config_line *l, const char *text, size_t len)
{
	bool nul = memchr(text, '\0', len) != NULL;
	char *value;

	*l = (struct config_line){.doubt = NULL};
	clean(l, text, len);
	if (l->value[0] == '#' || (l->value[0] == '\0' && !nul)) {
		l->doubt = NULL;
		return CONFIG_LINE_EMPTY;
	}
	if (l->value[0] == ';' || strncmp(l->value, "//", 2) == 0) {
		l->doubt = "not a key; taken as a comment";
		return CONFIG_LINE_EMPTY;
	}
	if (l->value[0] == '[')
		config_line_refuse(l, "no sections here", "KEY = VALUE, or # and a comment");
	if (nul)
		config_line_refuse(l, "a NUL byte in the line", "text");
	value = value_in(l);
	if (len >= sizeof(l->value))
		config_line_refuse(l, "the line is too long", "no more than 600 characters");
	cut_comment(l, value);
	trim(l->value, value);
	return 0;
}
