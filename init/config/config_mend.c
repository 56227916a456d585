/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One mend for each kind of value. Text to text: nothing is stored, and no bound is checked.
 */
#include "config/config_mend.h"

#include "config/config_name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char otherwise[] = "not how it is spelled";

/* What one kind of value is called elsewhere. */
static const struct synonym {
	enum config_kind kind;
	const char *said, *meant;
} synonyms[] = {
	{KEY_YES_NO, "true", "yes"},   {KEY_YES_NO, "on", "yes"},   {KEY_YES_NO, "1", "yes"},
	{KEY_YES_NO, "y", "yes"},      {KEY_YES_NO, "false", "no"}, {KEY_YES_NO, "off", "no"},
	{KEY_YES_NO, "0", "no"},       {KEY_YES_NO, "n", "no"},	    {KEY_FSTYPE, "fat", "vfat"},
	{KEY_FSTYPE, "fat32", "vfat"},
};

/* Units of time may be cut anywhere: 5 m, 5 min. */
static const struct {
	const char *name;
	unsigned int seconds;
} units[] = {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}};

static const char *mend_word(struct config_line *l, const struct config_key *k)
{
	const char *doubt = NULL;

	for (char *p = l->value; *p != '\0'; p++) {
		if (isupper((unsigned char)*p))
			doubt = otherwise;
		*p = (char)tolower((unsigned char)*p);
	}
	for (unsigned int i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (synonyms[i].kind == k->kind && strcmp(synonyms[i].said, l->value) == 0) {
			snprintf(l->value, sizeof(l->value), "%s", synonyms[i].meant);
			return otherwise;
		}
	}
	return doubt;
}

/* Takes a number of base 10, or 16 with 0x, off *TEXT. Returns false when it is none, or too big.
 */
static bool take_number(const char **text, unsigned long long *number)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = *text + (**text == '+');
	unsigned int base = strncasecmp(p, "0x", 2) == 0 ? 16 : 10;
	const char *first = base == 16 ? p + 2 : p;
	const char *digit;

	*number = 0;
	for (p = first; *p != '\0'; p++) {
		digit = strchr(digits, tolower((unsigned char)*p));
		if (digit == NULL || digit >= digits + base)
			break;
		*number = *number * base + (unsigned long long)(digit - digits);
		if (*number > UINT32_MAX)
			return false;
	}
	*text = p + strspn(p, " \t");
	return p != first;
}

/* Seconds that UNIT stands for; 0: it is none. */
static unsigned int seconds_of(const char *unit)
{
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strncasecmp(units[i].name, unit, strlen(unit)) == 0)
			return units[i].seconds;
	}
	return 0;
}

static const char *mend_number(struct config_line *l, const struct config_key *k)
{
	char mended[40];
	char unit[2] = "";
	const char *rest = l->value;
	unsigned long long number;

	if (!take_number(&rest, &number))
		return NULL;
	if (*rest != '\0' && k->kind == KEY_SECONDS) {
		number *= seconds_of(rest);
		rest = number == 0 ? rest : "";
	} else if (*rest != '\0' && k->kind == KEY_SIZE) {
		if (strchr("KMGT", toupper((unsigned char)*rest)) != NULL)
			unit[0] = (char)toupper((unsigned char)*rest++);
		if (unit[0] != '\0' && (*rest == 'i' || *rest == 'I'))
			rest++;
		if (strncasecmp("bytes", rest, strlen(rest)) == 0)
			rest = "";
	}
	if (*rest != '\0')
		return NULL;
	snprintf(mended, sizeof(mended), "%llu%s", number, unit);
	if (strcasecmp(mended, l->value) == 0)
		return NULL;
	snprintf(l->value, sizeof(l->value), "%s", mended);
	return otherwise;
}

/* Puts TEXT in front of the value. */
static const char *put_before(struct config_line *l, const char *text)
{
	size_t len = strlen(text);

	if (strlen(l->value) + len >= sizeof(l->value))
		return NULL;
	memmove(l->value + len, l->value, strlen(l->value) + 1);
	memcpy(l->value, text, len);
	return otherwise;
}

static const char *mend_watchdog(struct config_line *l, const struct config_key *k)
{
	const char *doubt = strchr(l->value, '/') == NULL ? mend_word(l, k) : NULL;

	if (strncmp(l->value, "watchdog", 8) == 0)
		return put_before(l, "/dev/");
	return strncmp(l->value, "dev/", 4) == 0 ? put_before(l, "/") : doubt;
}

/* Blanks beside commas are of no option, and -o is of mount(8). */
static const char *mend_options(struct config_line *l)
{
	char *from = l->value;
	char *to = l->value;

	if (strncmp(from, "-o ", 3) == 0)
		from += 3;
	for (; *from != '\0'; from++) {
		bool after = to == l->value || to[-1] == ',';
		bool before = from[strspn(from, " \t")] == ',';

		if (!isspace((unsigned char)*from) || (!after && !before))
			*to++ = *from;
	}
	*to = '\0';
	return from != to ? otherwise : NULL;
}

void config_mend(struct config_line *l, const struct config_key *k)
{
	const char *doubt = NULL;

	config_line_doubt(l, config_line_unquote(l->value));
	switch (k->kind) {
	case KEY_TARGET:
		doubt = config_name_mend(l->value, sizeof(l->value));
		break;
	case KEY_NUMBER:
	case KEY_SECONDS:
	case KEY_SIZE:
		doubt = mend_number(l, k);
		break;
	case KEY_FSTYPE: /* a list with commas, too */
		config_line_doubt(l, mend_options(l));
		doubt = mend_word(l, k);
		break;
	case KEY_YES_NO:
	case KEY_WORD:
	case KEY_CODEC:
		doubt = mend_word(l, k);
		break;
	case KEY_WATCHDOG:
		doubt = mend_watchdog(l, k);
		break;
	case KEY_PATH:
		if (isalnum((unsigned char)l->value[0]))
			doubt = put_before(l, "/");
		break;
	case KEY_OPTIONS:
		doubt = mend_options(l);
		break;
	case KEY_MODULE:
		break;
	}
	config_line_doubt(l, doubt);
}
