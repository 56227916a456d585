/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words are one string, and not an array: each pointer to one would be as long as the word itself.
 */
#include "base/text.h"

#include <string.h>

size_t text_begins(const char *text, const char *words)
{
	do {
		size_t n = strcspn(words, "|");

		if (strncmp(text, words, n) == 0)
			return n;
		words += n;
	} while (*words++ != '\0');
	return 0;
}

unsigned int text_digit(char c)
{
	unsigned int digit = (unsigned char)c - (unsigned int)'0';
	unsigned int letter = ((unsigned char)c | 0x20U) - 'a';

	if (digit < 10)
		return digit;
	return letter < 6 ? letter + 10 : 16;
}

bool text_number(const char **text, unsigned int base, uint64_t *number)
{
	const char *p = *text;
	uint64_t value = 0;

	for (; text_digit(*p) < base && value >> 60 == 0; p++)
		value = value * base + text_digit(*p);
	if (p == *text || value >> 60 != 0)
		return false;
	*text = p;
	*number = value;
	return true;
}
