/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a dump, written and read. It sorts by age as far as four digits go; beyond them, and
 * for names that somebody else made, layout_older tells.
 */
#include "store/layout.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	DIGITS_MIN = 4,
	DIGITS_MAX = 8,
	TO_1970 = 719468, /* days from 1 March of the year 0 */
};

const char *const layout_files[LAYOUT_FILES] = {
	LAYOUT_STATUS,
	LAYOUT_MEMORY,
	LAYOUT_LOG,
	LAYOUT_CAPTURE_LOG,
};

void layout_incomplete(char name[LAYOUT_FILE_NAME], const char *file)
{
	snprintf(name, LAYOUT_FILE_NAME, "%s" LAYOUT_INCOMPLETE, file);
}

void layout_name(char *name, size_t size, unsigned int number, int64_t seconds)
{
	time_t now = (time_t)seconds;
	struct tm tm = {.tm_mday = 1, .tm_year = 70};

	gmtime_r(&now, &tm); /* a year beyond int leaves 1970 in place */
	if (tm.tm_year < 70 || tm.tm_year > 9999 - 1900)
		tm = (struct tm){.tm_mday = 1, .tm_year = 70};
	snprintf(name, size, "%04u-%04u%02u%02uT%02u%02u%02uZ", number % (LAYOUT_NUMBER_MAX + 1),
		 (unsigned int)tm.tm_year + 1900, (unsigned int)tm.tm_mon % 12 + 1,
		 (unsigned int)tm.tm_mday % 32, (unsigned int)tm.tm_hour % 24,
		 (unsigned int)tm.tm_min % 60, (unsigned int)tm.tm_sec % 61);
}

/* What stands behind the number: "-YYYYMMDDThhmmssZ". */
static const char *time_of(const char *name)
{
	return name + strspn(name, "0123456789");
}

/* Are there digits and letters where the name of a dump has them, behind its number? */
static bool ends_like_a_dump(const char *rest)
{
	static const char form[] = "-00000000T000000Z";

	if (strlen(rest) != sizeof(form) - 1)
		return false;
	for (unsigned int i = 0; i < sizeof(form) - 1; i++) {
		bool digit = rest[i] >= '0' && rest[i] <= '9';

		if (form[i] == '0' ? !digit : rest[i] != form[i])
			return false;
	}
	return true;
}

unsigned int layout_first_number(const char *name)
{
	const char *end = time_of(name);
	unsigned int number = 0;

	if (end - name < DIGITS_MIN || end - name > DIGITS_MAX || *end != '-')
		return 0;
	for (; name < end; name++)
		number = number * 10 + (unsigned int)(*name - '0');
	return number;
}

unsigned int layout_number(const char *name)
{
	return ends_like_a_dump(time_of(name)) ? layout_first_number(name) : 0;
}

bool layout_older(const char *a, const char *b)
{
	unsigned int number = layout_number(a);

	if (number != layout_number(b))
		return number < layout_number(b);
	return strcmp(time_of(a), time_of(b)) < 0;
}

bool layout_same_time(const char *a, const char *b)
{
	return strcmp(time_of(a), time_of(b)) == 0;
}

/* The number that SIZE digits are, of a text that has them. */
static int64_t digits(const char *text, unsigned int size)
{
	int64_t number = 0;

	for (unsigned int i = 0; i < size; i++)
		number = number * 10 + (text[i] - '0');
	return number;
}

/* Years begin in March here, so that the day of a leap year is the last one. */
int64_t layout_seconds(const char *name)
{
	const char *t = time_of(name) + 1;
	int64_t month = digits(t + 4, 2);
	int64_t year = digits(t, 4) - (month <= 2);
	int64_t days = year * 365 + year / 4 - year / 100 + year / 400 +
		       ((month + 9) % 12 * 153 + 2) / 5 + digits(t + 6, 2) - 1 - TO_1970;

	return ((days * 24 + digits(t + 9, 2)) * 60 + digits(t + 11, 2)) * 60 + digits(t + 13, 2);
}
