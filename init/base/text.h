/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a text begins with: one of several words, or a number. Nothing is changed or copied.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the first of WORDS, as in "one|two|three", that TEXT begins with; 0: with none. */
size_t text_begins(const char *text, const char *words);

/* What the digit C stands for, in either case; 16: it is none. */
unsigned int text_digit(char c);

/*
 * Takes a number without a sign, of digits in BASE, which is 16 at most, off the front of *TEXT.
 * False, and nothing taken, where there is none, or one of more than 60 bits.
 */
bool text_number(const char **text, unsigned int base, uint64_t *number);

#endif
