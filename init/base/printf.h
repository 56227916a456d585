/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A printf for the static binary. libc's knows floating point, wide characters and streams, and
 * is a tenth of the binary with all that it needs; nothing here does. With SMALL_LIBC, which
 * the Makefile sets where it links musl, this file's snprintf and vsnprintf are the ones.
 */
#ifndef BASE_PRINTF_H
#define BASE_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

/*
 * vsnprintf for %s %c %d %u %x %%, with 0, a width, a precision of %s (both may be *), and
 * l, ll, z, j. Anything else is printed as it stands.
 */
int printf_format(char *text, size_t size, const char *format, va_list args);

#endif
