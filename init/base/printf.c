/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats text into a buffer, and nowhere else.
 */
#include "base/printf.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct out {
	char *text;
	size_t size, used; /* USED goes on counting beyond SIZE */
};

/* One conversion: what stands between % and its letter. */
struct conversion {
	bool zeros;
	unsigned int width;
	size_t precision; /* SIZE_MAX: none */
	unsigned int words;
	char letter;
};

enum { DIGITS = 24 };

static void put(struct out *o, char c)
{
	if (o->used + 1 < o->size)
		o->text[o->used] = c;
	o->used++;
}

static void put_padded(struct out *o, const struct conversion *c, const char *sign,
		       const char *text, size_t size)
{
	size_t all = strlen(sign) + size;

	for (size_t n = all; n < c->width && !c->zeros; n++)
		put(o, ' ');
	while (*sign != '\0')
		put(o, *sign++);
	for (size_t n = all; n < c->width && c->zeros; n++)
		put(o, '0');
	while (size-- > 0)
		put(o, *text++);
}

static void put_number(struct out *o, const struct conversion *c, uint64_t value, unsigned int base,
		       const char *sign)
{
	char digits[DIGITS];
	size_t at = sizeof(digits);

	do
		digits[--at] = "0123456789abcdef"[value % base];
	while ((value /= base) != 0);
	put_padded(o, c, sign, digits + at, sizeof(digits) - at);
}

static void put_text(struct out *o, const struct conversion *c, const char *text)
{
	put_padded(o, c, "", text, strnlen(text, c->precision));
}

/* A number of the format, or of the arguments where it says *. */
static const char *take_number(const char *at, size_t *number, va_list *args)
{
	int given;

	*number = 0;
	if (*at == '*') {
		given = va_arg(*args, int);
		*number = given > 0 ? (size_t)given : 0;
		return at + 1;
	}
	for (; *at >= '0' && *at <= '9'; at++)
		*number = *number * 10 + (size_t)(*at - '0');
	return at;
}

/* Takes what follows a %. Returns what follows its letter. */
static const char *take_conversion(const char *at, struct conversion *c, va_list *args)
{
	size_t width;

	*c = (struct conversion){.precision = SIZE_MAX};
	for (; *at == '0'; at++)
		c->zeros = true;
	at = take_number(at, &width, args);
	c->width = (unsigned int)width;
	if (*at == '.')
		at = take_number(at + 1, &c->precision, args);
	for (; *at == 'l' || *at == 'z' || *at == 'j'; at++)
		c->words += *at == 'j' ? 2 : 1;
	c->letter = *at;
	return *at == '\0' ? at : at + 1;
}

static uint64_t take_unsigned(const struct conversion *c, va_list *args)
{
	if (c->words >= 2)
		return va_arg(*args, unsigned long long);
	return c->words == 1 ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int);
}

static int64_t take_signed(const struct conversion *c, va_list *args)
{
	if (c->words >= 2)
		return va_arg(*args, long long);
	return c->words == 1 ? va_arg(*args, long) : va_arg(*args, int);
}

static void convert(struct out *o, const struct conversion *c, va_list *args)
{
	char letter[1];
	int64_t value;

	switch (c->letter) {
	case 's':
		put_text(o, c, va_arg(*args, const char *));
		break;
	case 'u':
		put_number(o, c, take_unsigned(c, args), 10, "");
		break;
	case 'x':
		put_number(o, c, take_unsigned(c, args), 16, "");
		break;
	case 'd':
		value = take_signed(c, args);
		put_number(o, c, value < 0 ? -(uint64_t)value : (uint64_t)value, 10,
			   value < 0 ? "-" : "");
		break;
	case 'c':
		letter[0] = (char)va_arg(*args, int);
		put_padded(o, c, "", letter, 1);
		break;
	default:
		put(o, '%');
		if (c->letter != '%' && c->letter != '\0')
			put(o, c->letter);
	}
}

int printf_format(char *text, size_t size, const char *format, va_list args)
{
	struct out o = {.text = text, .size = size};
	struct conversion c;
	va_list rest;

	va_copy(rest, args);
	while (*format != '\0') {
		if (*format != '%') {
			put(&o, *format++);
			continue;
		}
		format = take_conversion(format + 1, &c, &rest);
		convert(&o, &c, &rest);
	}
	va_end(rest);
	if (size > 0)
		text[o.used < size ? o.used : size - 1] = '\0';
	return (int)o.used;
}

#ifdef SMALL_LIBC
int vsnprintf(char *text, size_t size, const char *format, va_list args)
{
	return printf_format(text, size, format, args);
}

int snprintf(char *text, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = printf_format(text, size, format, args);
	va_end(args);
	return n;
}
#endif
