/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> core with a log: the first line is for crashlog_kernel.c, the others are taken here.
 */
#include "tests/images/crashlog_parts.h"
#include "tests/images/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const states[] = {"reserved", "committed", "record",
				     "reusable", "empty",     "failed"};

/* The byte of the core that is the memory at PA. */
static uint8_t *memory_at(const struct crashlog *c, uint64_t pa)
{
	const struct corefile_load *l = &c->core.load[0];

	if (pa < l->paddr || pa - l->paddr >= l->size)
		words_wrong("no memory is there", NULL);
	return c->core.bytes + l->offset + (pa - l->paddr);
}

void crashlog_put(struct crashlog *c, uint64_t pa, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		*memory_at(c, pa + i) = (uint8_t)(value >> (8 * i));
}

uint64_t crashlog_get(const struct crashlog *c, uint64_t pa, unsigned int size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | *memory_at(c, pa + size);
	return value;
}

void crashlog_name(struct crashlog *c, const char *name, uint64_t pa, unsigned int size)
{
	unsigned int i = 0;

	while (i < c->fields && strcmp(c->field[i].name, name) != 0)
		i++;
	if (i == CRASHLOG_FIELDS)
		words_wrong("too many fields", name);
	c->fields += i == c->fields;
	c->field[i] = (struct crashlog_field){name, pa, size};
}

const struct crashlog_field *crashlog_field(const struct crashlog *c, const char *name)
{
	for (unsigned int i = 0; i < c->fields; i++) {
		if (strcmp(c->field[i].name, name) == 0)
			return &c->field[i];
	}
	words_wrong("no such field", name);
}

/* What of a record vmcore-dmesg(8) prints. */
struct crashlog_line *crashlog_line(struct crashlog *c, uint64_t ns, const char *text, size_t size)
{
	struct crashlog_line *line = &c->line[c->lines++];
	size_t n;

	if (c->lines == CRASHLOG_LINES || (line->printed = malloc(size * 4 + 64)) == NULL)
		words_wrong("too many lines, or no memory", NULL);
	n = (size_t)sprintf(line->printed, "[%5llu.%06llu] ", (unsigned long long)(ns / 1000000000),
			    (unsigned long long)(ns / 1000 % 1000000));
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte < ' ' && strchr("\t\n\v\f\r", byte) == NULL) || byte > '~' || byte == 0)
			n += (size_t)sprintf(line->printed + n, "\\x%02x", byte);
		else
			line->printed[n++] = (char)byte;
	}
	strcpy(line->printed + n, "\n");
	return line;
}

/* Undoes \n and \xNN in place. */
static size_t plain(char *text)
{
	size_t n = 0;

	for (char *p = text; *p != '\0'; p++) {
		unsigned int byte;

		if (*p == '\\' && sscanf(p, "\\x%2x", &byte) == 1) {
			text[n++] = (char)byte;
			p += 3;
		} else if (p[0] == '\\' && p[1] == 'n') {
			text[n++] = '\n';
			p++;
		} else {
			text[n++] = *p;
		}
	}
	text[n] = '\0';
	return n;
}

static void poke(struct crashlog *c, const char *arguments)
{
	char name[32];
	char value[64];
	const struct crashlog_field *f;
	uint64_t n;

	if (sscanf(arguments, "%31s %63s", name, value) != 2)
		words_wrong("poke wants FIELD VALUE", arguments);
	f = crashlog_field(c, name);
	n = words_number(value);
	if (value[0] == '+' || value[0] == '-')
		n += crashlog_get(c, f->pa, f->size);
	crashlog_put(c, f->pa, n, f->size);
}

static void take_line(struct crashlog *c, bool ring, char *line)
{
	static const char *const others[] = {"poke", "note", "without"};
	const char *const *state;
	char *rest = strchr(line, ' ');
	unsigned long seconds = 0;
	char micros[16] = "0";
	int skip = 0;

	if (rest == NULL)
		words_wrong("an item without anything", line);
	*rest++ = '\0';
	if (strcmp(line, "poke") == 0)
		poke(c, rest);
	state = WORDS_NAME(states, line, NULL);
	if (state == NULL) {
		(void)WORDS_NAME(others, line, "unknown item");
		return;
	}
	if (sscanf(rest, "%lu.%6[0-9]%n", &seconds, micros, &skip) != 2)
		words_wrong("a time was expected", rest);
	while (strlen(micros) < 6)
		strcat(micros, "0");
	rest += skip + (rest[skip] == ' ');
	(ring ? ring_add
	      : records_add)(c, (enum crashlog_state)(state - states),
			     seconds * UINT64_C(1000000000) + strtoul(micros, NULL, 10) * 1000 + 7,
			     rest, plain(rest));
}

static void expect(struct crashlog *c)
{
	size_t size = 1;
	char *at;

	for (unsigned int i = 0; i < c->lines; i++)
		size += strlen(c->line[i].printed);
	at = c->expected = malloc(size);
	if (at == NULL)
		words_wrong("no memory", NULL);
	*at = '\0';
	for (unsigned int i = 0; i < c->lines; i++) {
		if (!c->line[i].alive)
			continue;
		at = stpcpy(at, c->line[i].printed);
		c->records++;
	}
}

struct crashlog *crashlog_build(const char *description)
{
	struct crashlog *c = calloc(1, sizeof(*c));
	struct words w;
	bool ring = false;

	if (c == NULL)
		words_wrong("no memory", NULL);
	for (words_open(&w, description); words_next(&w);) {
		if (w.number == 1)
			ring = crashlog_start(c, words_cut(&w), w.text);
		else
			take_line(c, ring, w.line);
	}
	expect(c);
	return c;
}

void crashlog_free(struct crashlog *c)
{
	for (unsigned int i = 0; i < c->lines; i++)
		free(c->line[i].printed);
	free(c->expected);
	corefile_free(&c->core);
	free(c);
}
