/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the texts that describe images have in common: lines of words, options that are
 * NAME=NUMBER, and names that stand in a table. Whatever is wrong ends the test, with the line
 * and the word.
 */
#ifndef TESTS_IMAGES_WORDS_H
#define TESTS_IMAGES_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORDS_MAX = 128, WORDS_LINE = 72 * 1024 };

struct words_place {
	const char *line;
	unsigned int number; /* from 1; 0: no text is being read */
};

struct words {
	const char *text;	   /* what has not been read yet */
	struct words_place outer;  /* a description may be made out of another one */
	unsigned int number;	   /* of the line, from 1 */
	char line[WORDS_LINE];	   /* a copy */
	char *word[WORDS_MAX + 1]; /* of it, once it has been cut; NULL behind the last */
};

/* Takes the lines of TEXT, each that has a word; false behind the last. Read them to the end. */
void words_open(struct words *w, const char *text);
bool words_next(struct words *w);

/* Cuts the line at its spaces. */
char **words_cut(struct words *w);

/* A number: decimal or hexadecimal, with a sign, and K, M or G behind it. */
uint64_t words_number(const char *text);

/* Where NAME=NUMBER goes: a uint64_t of a structure. */
struct words_option {
	const char *name;
	size_t offset;
};

#define WORDS_FIELD(type, name)                                                                    \
	{                                                                                          \
#name, offsetof(struct type, name)                                                 \
	}

/* Takes each WORD into all fields of that name. */
void words_options(char **word, const struct words_option *options, size_t count, void *into);

/*
 * The row whose first member is NAME, of a table of structures or, with WORDS_NAME, of names.
 * When there is none the test ends, with WHAT; where that is NULL the answer is.
 */
const void *words_row(const void *rows, size_t count, size_t size, const char *name,
		      const char *what);

#define WORDS_COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define WORDS_ROW(rows, is, what)                                                                  \
	words_row(&(rows)[0].name, WORDS_COUNT(rows), sizeof((rows)[0]), is, what)
#define WORDS_NAME(names, is, what)                                                                \
	words_row(names, WORDS_COUNT(names), sizeof((names)[0]), is, what)

void words_wrong(const char *what, const char *word) __attribute__((noreturn));

#endif
