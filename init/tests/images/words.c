/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines, words, options and names of descriptions. Nothing here knows what they describe.
 */
#include "tests/images/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line that is being read. One that is made out of it may be read in between. */
static struct words_place place;

void words_wrong(const char *what, const char *word)
{
	if (place.number != 0)
		printf("line %u of a description, \"%.*s\": ", place.number,
		       (int)strcspn(place.line, "\n"), place.line);
	printf("%s: \"%s\"\n", what, word == NULL ? "" : word);
	fflush(stdout);
	abort();
}

void words_open(struct words *w, const char *text)
{
	w->text = text;
	w->outer = place;
	w->number = 0;
}

bool words_next(struct words *w)
{
	size_t length = 0;

	while (length == 0) {
		if (*w->text == '\0') {
			place = w->outer;
			return false;
		}
		length = strcspn(w->text, "\n");
		place = (struct words_place){w->text, ++w->number};
		if (length >= sizeof(w->line))
			words_wrong("a line is too long", NULL);
		memcpy(w->line, w->text, length);
		w->line[length] = '\0';
		w->text += length + (w->text[length] != '\0');
		length -= strspn(w->line, " ");
	}
	return true;
}

char **words_cut(struct words *w)
{
	unsigned int n = 0;
	char *kept;

	for (char *at = strtok_r(w->line, " ", &kept); at != NULL;
	     at = strtok_r(NULL, " ", &kept)) {
		if (n == WORDS_MAX)
			words_wrong("too many words", at);
		w->word[n++] = at;
	}
	while (n <= WORDS_MAX)
		w->word[n++] = NULL;
	return w->word;
}

uint64_t words_number(const char *text)
{
	static const char suffixes[] = "KMG";
	char *end = NULL;
	uint64_t n = text == NULL ? 0 : strtoull(text, &end, 0);
	const char *suffix;

	if (text == NULL || end == text)
		words_wrong("a number was expected", text);
	suffix = *end == '\0' ? NULL : strchr(suffixes, *end);
	if (suffix != NULL)
		n <<= 10 * (suffix - suffixes + 1);
	if (end[suffix != NULL] != '\0')
		words_wrong("a number was expected", text);
	return n;
}

void words_options(char **word, const struct words_option *options, size_t count, void *into)
{
	for (; *word != NULL; word++) {
		size_t length = strcspn(*word, "=");
		bool known = false;

		for (size_t i = 0; i < count; i++) {
			uint64_t n;

			if (strlen(options[i].name) != length || (*word)[length] != '=' ||
			    memcmp(options[i].name, *word, length) != 0)
				continue;
			n = words_number(*word + length + 1);
			memcpy((char *)into + options[i].offset, &n, sizeof(n));
			known = true;
		}
		if (!known)
			words_wrong("no such NAME=NUMBER is known here", *word);
	}
}

const void *words_row(const void *rows, size_t count, size_t size, const char *name,
		      const char *what)
{
	const char *row = rows;

	for (size_t i = 0; name != NULL && i < count; i++, row += size) {
		const char *has;

		memcpy(&has, row, sizeof(has));
		if (strcmp(has, name) == 0)
			return row;
	}
	if (what != NULL)
		words_wrong(what, name);
	return NULL;
}
