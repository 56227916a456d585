/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers as people write them: in base 10 or 16, with a unit of time or of size. What is not a
 * number as a whole, or too large for its field, is refused, and never cut.
 */
#include "config/config_number.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Units of time may be cut anywhere: 5 m, 5 min. */
static const struct {
	const char *name;
	uint32_t seconds;
} times[] = {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}};

/* Takes a number of base 10, or 16 with 0x, off *TEXT. Returns false when it is none, or too big.
 */
static bool read_number(const char **text, uint64_t *number)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = *text + (**text == '+');
	unsigned int base = strncasecmp(p, "0x", 2) == 0 ? 16 : 10;
	const char *first = base == 16 ? p + 2 : p;
	const char *digit;

	*number = 0;
	for (p = first; *p != '\0'; p++) {
		digit = memchr(digits, tolower((unsigned char)*p), base);
		if (digit == NULL)
			break;
		*number = *number * base + (uint64_t)(digit - digits);
		if (*number > UINT32_MAX)
			return false;
	}
	*text = p + strspn(p, " \t");
	return p != first;
}

/* The value is NUMBER and a UNIT, in one letter or none. */
static void spell_number(struct config_line *l, uint64_t number, char unit)
{
	char text[24];

	snprintf(text, sizeof(text), "%u%c", (uint32_t)number, unit);
	if (strcasecmp(text, l->value) != 0)
		config_line_spell(l, text);
}

/* What UNIT multiplies with, where it is one of time; 0: it is none. */
static uint32_t seconds_in(const char *unit)
{
	for (unsigned int i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strncasecmp(times[i].name, unit, strlen(unit)) == 0)
			return times[i].seconds;
	}
	return 0;
}

const char *config_number_take(struct config_line *l, const struct config_key *k, uint32_t *field)
{
	static const char problem[] = "not such a number";
	const char *unit = l->value;
	uint32_t factor = 1;
	uint64_t number;

	if (!read_number(&unit, &number))
		return problem;
	if (*unit != '\0')
		factor = k->kind == KEY_NUMBER ? 0 : seconds_in(unit);
	number *= factor;
	if (factor == 0 || number < k->min || number > k->max)
		return problem;
	spell_number(l, number, '\0');
	*field = (uint32_t)number;
	return NULL;
}

const char *config_size_take(struct config_line *l, uint64_t *field)
{
	static const char problem[] = "not a size", units[] = "kmgtKMGT";
	const char *rest = l->value;
	const char *unit;
	unsigned int shift = 0;
	uint64_t number;

	if (!read_number(&rest, &number))
		return problem;
	unit = memchr(units, *rest, 8);
	if (unit != NULL) {
		unit = &units[4 + (unit - units) % 4];
		shift = 10 * (unsigned int)(unit - &units[3]);
		rest++;
		rest += *rest == 'i' || *rest == 'I';
	}
	if (strncasecmp("bytes", rest, strlen(rest)) != 0 || number << shift >> shift != number)
		return problem;
	spell_number(l, number, unit != NULL ? *unit : '\0');
	*field = number << shift;
	return NULL;
}
