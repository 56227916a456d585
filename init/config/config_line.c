/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a line to key and value. What can mean one thing only is taken as that, with a doubt: marks
 * of an editor, another sign than =, a comment behind the value. This file knows of a value
 * nothing but where it begins and ends.
 */
#include "config/config_line.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CLEAN_MAX = 640 /* bytes of a line that are looked at: those of a key and a value */ };

/* What word processors and web pages put in the place of plain characters, in UTF-8. */
static const struct mark {
	const char *bytes, *plain, *doubt;
} marks[] = {
	{"\xEF\xBB\xBF", "", "a byte order mark in front"},
	{"\xC2\xA0", " ", "a non-breaking space"},
	{"\xE2\x80\x9C", "\"", "typographic quotes"},
	{"\xE2\x80\x9D", "\"", "typographic quotes"},
};

void config_line_doubt(struct config_line *l, const char *doubt)
{
	if (l->doubt == NULL)
		l->doubt = doubt;
}

void config_line_trim(char *text)
{
	size_t start = 0;
	size_t len = strlen(text);

	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	while (start < len && isspace((unsigned char)text[start]))
		start++;
	memmove(text, text + start, len - start);
	text[len - start] = '\0';
}

const char *config_line_unquote(char *text)
{
	size_t len = strlen(text);

	if (len < 2 || (text[0] != '"' && text[0] != '\'') || text[len - 1] != text[0])
		return NULL;
	text[0] = text[len - 1] = ' ';
	config_line_trim(text);
	return "quotes around it";
}

/* Copies TEXT with plain characters in place of marks. Returns false when it is cut. */
static bool clean(struct config_line *l, char out[CLEAN_MAX], const char *text, size_t len)
{
	const size_t count = sizeof(marks) / sizeof(marks[0]);
	size_t used = 0;

	while (len > 0 && used < CLEAN_MAX - 1) {
		const struct mark *m = marks;
		size_t taken = 1;

		while (m < marks + count &&
		       (len < strlen(m->bytes) || memcmp(text, m->bytes, strlen(m->bytes)) != 0))
			m++;
		if (m < marks + count) {
			config_line_doubt(l, m->doubt);
			taken = strlen(m->bytes);
			if (m->plain[0] != '\0')
				out[used++] = m->plain[0];
		} else {
			out[used++] = text[0];
		}
		text += taken;
		len -= taken;
	}
	out[used] = '\0';
	config_line_trim(out);
	return len == 0;
}

/* The # that begins a comment behind the value, or NULL. BEFORE: white space stands before it. */
static char *comment_in(char *value, bool before)
{
	char quote = '\0';

	for (char *p = value; *p != '\0'; p++) {
		bool begins = p == value ? before : isspace((unsigned char)p[-1]) != 0;

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

/*
 * Where the value of TEXT begins, behind the sign; NULL: nothing separates the two. KEY_LEN is the
 * length of the key.
 */
static char *value_in(struct config_line *l, char *text, size_t *key_len)
{
	size_t word = strcspn(text, "=: \t");
	char *sign = text + word + strspn(text + word, " \t");
	bool known;

	*key_len = word < sizeof(l->key) ? word : sizeof(l->key) - 1;
	memcpy(l->key, text, *key_len);
	l->key[*key_len] = '\0';
	known = config_key_named(l->key) != NULL;
	if (*sign == '=' || (*sign == ':' && (known || sign[1] != '/'))) {
		size_t more = strspn(sign + 1, "=>");

		if (*sign == ':' || more > 0)
			config_line_doubt(l, "another sign than =");
		return sign + 1 + more;
	}
	if (known && (isalnum((unsigned char)*sign) || strchr("/\"'", *sign) != NULL) &&
	    *sign != '\0') {
		config_line_doubt(l, "no = in between");
		return sign;
	}
	sign = strchr(text, '=');
	*key_len = sign == NULL ? word : (size_t)(sign - text);
	return sign == NULL ? NULL : sign + 1;
}

/* Takes a comment off VALUE. "LABEL=card #2" can be a card and its comment, or one label. */
static int cut_comment(struct config_line *l, char *value, char why[CONFIG_WHY])
{
	char *comment = comment_in(value, isspace((unsigned char)value[-1]) != 0);

	if (comment == NULL)
		return 0;
	*comment = '\0';
	if (isdigit((unsigned char)comment[1]) && strcasestr(value, "LABEL") != NULL)
		return config_refuse(why, l->key, "a # that may be part of the label",
				     "quotes around the label, or a blank behind the #");
	config_line_doubt(l, "a comment behind the value");
	return 0;
}

int config_line_cut(struct config_line *l, const char *text, size_t len, char why[CONFIG_WHY])
{
	char line[CLEAN_MAX];
	char *value;
	size_t key_len;
	bool whole;

	*l = (struct config_line){.doubt = NULL};
	whole = clean(l, line, text, len);
	if (line[0] == '#' || (line[0] == '\0' && memchr(text, '\0', len) == NULL)) {
		l->doubt = NULL;
		return CONFIG_LINE_EMPTY;
	}
	if (line[0] == ';' || strncmp(line, "//", 2) == 0) {
		l->doubt = "not a key; taken as a comment, which begins with #";
		return CONFIG_LINE_EMPTY;
	}
	value = value_in(l, line, &key_len);
	snprintf(l->key, sizeof(l->key), "%.*s", (int)key_len, line);
	config_line_trim(l->key);
	if (memchr(text, '\0', len) != NULL)
		return config_refuse(why, l->key, "a NUL byte in the line", "text");
	if (line[0] == '[')
		return config_refuse(why, l->key, "no sections here", "KEY = VALUE");
	if (value == NULL) { /* what stands there may tell what was meant */
		snprintf(l->value, sizeof(l->value), "%s", line + key_len);
		config_line_trim(l->value);
		return config_refuse(why, l->key, "no =", "KEY = VALUE, or # and a comment");
	}
	if (!whole || strlen(value) >= sizeof(l->value))
		return config_refuse(why, l->key, "the line is too long",
				     "no more than 500 characters");
	if (cut_comment(l, value, why) != 0)
		return -EINVAL;
	snprintf(l->value, sizeof(l->value), "%s", value);
	config_line_trim(l->value);
	return 0;
}
