/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small printf does what libc's does, for all that the binary asks of it.
 */
#include "base/printf.h"
#include "tests/test.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static char ours[256], theirs[256];
static int our_size, their_size;

static void format(size_t size, const char *text, ...) __attribute__((format(printf, 2, 3)));

static void format(size_t size, const char *text, ...)
{
	va_list args;

	memset(ours, '#', sizeof(ours));
	memset(theirs, '#', sizeof(theirs));
	va_start(args, text);
	our_size = printf_format(ours, size, text, args);
	va_end(args);
	va_start(args, text);
	their_size = vsnprintf(theirs, size, text, args);
	va_end(args);
}

#define SAME(...)                                                                                  \
	do {                                                                                       \
		format(sizeof(ours), __VA_ARGS__);                                                 \
		CHECK_STR(ours, theirs);                                                           \
		CHECK_EQ(our_size, their_size);                                                    \
	} while (0)

TEST("printf: numbers of every size and sign, at their limits")
{
	SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	SAME("%u %x", UINT_MAX, UINT_MAX);
	SAME("%ld %ld %lu %lx", LONG_MIN, LONG_MAX, ULONG_MAX, ULONG_MAX);
	SAME("%lld %lld %llu %llx", LLONG_MIN, LLONG_MAX, ULLONG_MAX, ULLONG_MAX);
	SAME("%zu %ju", SIZE_MAX, UINTMAX_MAX);
	SAME("%u%u", 1U, 2U);
}

TEST("printf: widths, zeros and precisions")
{
	SAME("[%5u] [%05u] [%1u] [%5llu.%06llu]", 42U, 42U, 12345U, 7ULL, 89ULL);
	SAME("[%02x] [%08x] [%2x]", 5U, 0xbeefU, 0xabcdefU);
	SAME("[%*u] [%0*u]", 6, 42U, 6, 42U);
	SAME("[%5d] [%05d] [%05d]", -42, -42, 42);
	SAME("[%s] [%8s] [%.3s] [%.*s] [%8.2s]", "text", "text", "text", 2, "text", "text");
	SAME("[%c] [%3c]", 'x', 'y');
	SAME("[%.0s] [%s]", "text", "");
}

TEST("printf: text without conversions, and a percent sign")
{
	SAME("plain");
	SAME("100 %% of %u", 7U);
	format(sizeof(ours), "%s", "");
	CHECK_STR(ours, "");
	CHECK_EQ(our_size, 0);
}

TEST("printf: a text that does not fit is cut, terminated, and its length is told")
{
	for (size_t size = 1; size < 16; size++) {
		format(size, "%s-%05u", "value", 123U);
		CHECK_MEM(ours, theirs, sizeof(ours));
		CHECK_EQ(our_size, 11);
		CHECK_EQ(our_size, their_size);
	}
	format(0, "%u", 5U);
	CHECK_EQ(our_size, 1);
	CHECK_EQ(ours[0], '#');
}

TEST("printf: precision saves it from text without an end")
{
	const char text[4] = {'a', 'b', 'c', 'd'};

	SAME("%.4s", text);
	SAME("%.*s", 3, text);
}
