/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of string.h whose speed in libc is bought with size. Here they look at lines of
 * a configuration, names and numbers, so each is the loop that its manual page describes.
 */
#include "base/libc_text.h"

#include <stdint.h>
#include <string.h>

void *libc_memchr(const void *bytes, int byte, size_t size)
{
	const unsigned char *at = bytes;

	for (; size > 0; at++, size--) {
		if (*at == (unsigned char)byte)
			return (void *)(uintptr_t)
				at; /* the caller knows whether it may be written */
	}
	return NULL;
}

char *libc_strchr(const char *text, int letter)
{
	return libc_memchr(text, letter, strlen(text) + 1);
}

char *libc_strcpy(char *to, const char *from)
{
	return memcpy(to, from, strlen(from) + 1);
}

size_t libc_strspn(const char *text, const char *only)
{
	size_t size = 0;

	while (text[size] != '\0' && libc_strchr(only, text[size]) != NULL)
		size++;
	return size;
}

size_t libc_strcspn(const char *text, const char *none_of)
{
	size_t size = 0;

	while (libc_strchr(none_of, text[size]) == NULL) /* its end is in any set */
		size++;
	return size;
}

char *libc_strstr(const char *text, const char *word)
{
	size_t size = strlen(word);

	for (; strncmp(text, word, size) != 0; text++) {
		if (*text == '\0')
			return NULL;
	}
	return (char *)(uintptr_t)text; /* the caller knows whether it may be written */
}

static int small_letter(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : (unsigned char)letter;
}

int libc_strncasecmp(const char *a, const char *b, size_t size)
{
	for (; size > 0; a++, b++, size--) {
		int difference = small_letter(*a) - small_letter(*b);

		if (difference != 0 || *a == '\0')
			return difference;
	}
	return 0;
}

int libc_strcasecmp(const char *a, const char *b)
{
	return libc_strncasecmp(a, b, SIZE_MAX);
}
