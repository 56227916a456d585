/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finding has names of files and devices in it, which may be any bytes: a string of JSON is
 * UTF-8 without control characters (RFC 8259, 7 and 8.1), so what is none is replaced.
 */
#include "cli/findings.h"

#include "cli/cli_print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = 1000 };

static const struct {
	const char *word, *prefix; /* for machines, and for people */
} levels[] = {
	[LOSES] = {"loses", ""},
	[MAY_LOSE] = {"may-lose", "may lose a dump: "},
	[NOTE] = {"note", "note: "},
	[LINE] = {"line", ""},
};

static unsigned int counts[sizeof(levels) / sizeof(levels[0])];
static bool json, begun;

static void collect(const char *text)
{
	(void)cli_collect(text, strlen(text)); /* findings_end tells when it cannot be written */
}

/* The bytes of the character of UTF-8 at T, 0 when there is none (RFC 3629, 4). */
static size_t character(const unsigned char *t)
{
	size_t size = t[0] < 0x80 ? 1 : t[0] < 0xc2 ? 0 : t[0] < 0xe0 ? 2 : t[0] < 0xf0 ? 3 : 4;

	if (t[0] > 0xf4 || (t[0] == 0xe0 && t[1] < 0xa0) || (t[0] == 0xed && t[1] > 0x9f) ||
	    (t[0] == 0xf0 && t[1] < 0x90) || (t[0] == 0xf4 && t[1] > 0x8f))
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((t[i] & 0xc0) != 0x80)
			return 0;
	}
	return size;
}

static void collect_string(const char *text)
{
	const unsigned char *t = (const unsigned char *)text;
	char escaped[8];

	collect("\"");
	while (*t != '\0') {
		size_t size = character(t);

		if (*t < ' ' || *t == '"' || *t == '\\') {
			snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned int)*t);
			collect(escaped);
		} else if (size == 0) {
			collect("\\ufffd"); /* the replacement character */
		} else {
			(void)cli_collect((const char *)t, size); /* as in collect */
		}
		t += size > 0 ? size : 1;
	}
	collect("\"");
}

static void collect_finding(enum finding_level level, const char *text)
{
	collect(begun ? ", {\"level\": " : "{\"level\": ");
	collect_string(levels[level].word);
	collect(", \"text\": ");
	collect_string(text);
	collect("}");
	begun = true;
}

void findings_as_json(void)
{
	json = true;
	collect("{\"findings\": [");
}

void finding(enum finding_level level, const char *format, ...)
{
	char text[TEXT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* cut */
	va_end(args);
	counts[level]++;
	if (json)
		collect_finding(level, text);
	else
		cli_say("%s%s", levels[level].prefix, text);
}

void finding_refused(const char *source, unsigned int count)
{
	char text[TEXT];

	counts[LOSES] += count;
	if (!json || count == 0)
		return; /* people have read the lines themselves */
	(void)snprintf(text, sizeof(text), "%.300s: %u lines or words are refused", source, count);
	collect_finding(LOSES, text);
}

unsigned int findings_of(enum finding_level level)
{
	return counts[level];
}

int findings_end(bool ready)
{
	collect(ready ? "], \"ready\": true}\n" : "], \"ready\": false}\n");
	return cli_flush();
}
