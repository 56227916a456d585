/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of string.h whose speed in libc is bought with size. Here they look at lines of
 * a configuration, names and numbers, so each is the loop that its manual page describes. The
 * Makefile sees to it that the compiler does not make calls of themselves out of these loops.
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

/* The end that would be written over is the one to begin with. */
void *libc_memmove(void *to, const void *from, size_t size)
{
	unsigned char *into = to;
	const unsigned char *bytes = from;

	if ((uintptr_t)to < (uintptr_t)from) {
		for (size_t i = 0; i < size; i++)
			into[i] = bytes[i];
	} else {
		while (size-- > 0)
			into[size] = bytes[size];
	}
	return to;
}

size_t libc_strlen(const char *text)
{
	size_t size = 0;

	while (text[size] != '\0')
		size++;
	return size;
}

int libc_strncmp(const char *a, const char *b, size_t size)
{
	for (; size > 0; a++, b++, size--) {
		if (*a != *b || *a == '\0')
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

char *libc_strchr(const char *text, int letter)
{
	return libc_memchr(text, letter, strlen(text) + 1);
}

char *libc_strrchr(const char *text, int letter)
{
	const char *last = NULL;

	do {
		if (*text == (char)letter)
			last = text;
	} while (*text++ != '\0');
	return (char *)(uintptr_t)last; /* as above */
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

/* Names that differ in a number only are in its order: the number with more digits is greater. */
int libc_strverscmp(const char *a, const char *b)
{
	static const char digits[] = "0123456789";
	size_t i, digits_a, digits_b, start = 0;

	for (i = 0; a[i] == b[i] && a[i] != '\0'; i++) {
		if (libc_strchr(digits, a[i]) == NULL)
			start = i + 1;
	}
	digits_a = libc_strspn(a + start, digits);
	digits_b = libc_strspn(b + start, digits);
	if (digits_a != digits_b && digits_a > 0 && digits_b > 0)
		return digits_a < digits_b ? -1 : 1;
	return (unsigned char)a[i] - (unsigned char)b[i];
}
