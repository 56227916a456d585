/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines and bulk text for people and pipes.
 */
#include "cli/cli_print.h"

#include "base/io.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE = 1024, BULK = 16 * 1024 };

static struct {
	char text[BULK];
	size_t used;
	int error;
} bulk;

static void print_line(int fd, const char *format, va_list args)
{
	char line[LINE];
	int n = vsnprintf(line, sizeof(line) - 1, format, args);
	size_t size = n < 0 ? 0 : (size_t)n;

	if (size > sizeof(line) - 2)
		size = sizeof(line) - 2;
	line[size] = '\n';
	(void)io_write(fd, line, size + 1); /* where would one tell that it cannot be told? */
}

void cli_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(STDERR_FILENO, format, args);
	va_end(args);
}

void cli_tell(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(STDOUT_FILENO, format, args);
	va_end(args);
}

void cli_tame(char *text)
{
	for (; *text != '\0'; text++) {
		if ((uint8_t)(*text - ' ') > '~' - ' ')
			*text = '?';
	}
}

int cli_flush(void)
{
	if (bulk.error == 0)
		bulk.error = io_write(STDOUT_FILENO, bulk.text, bulk.used);
	bulk.used = 0;
	return bulk.error;
}

int cli_collect(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bulk.used == BULK)
			(void)cli_flush(); /* kept in bulk.error */
		bulk.text[bulk.used++] = text[i];
	}
	return bulk.error;
}
