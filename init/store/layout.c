/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a dump, written and read. It sorts by age as far as four digits go; beyond them, and
 * for names that somebody else made, layout_older tells.
 */
#include "store/layout.h"

#include <stdio.h>
#include <string.h>

enum {
	DIGITS_MIN = 4,
	DIGITS_MAX = 8,
	TO_1970 = 719468,   /* days from 1 March of the year 0 */
	TO_10000 = 2932897, /* days from 1970 */
	DAY = 86400,
	CENTURY = 146097, /* quarters of a day in a century, and in a year */
	YEAR = 1461,
	MONTHS = 153, /* days of five months from March on, or from August on */
};

const char *const layout_files[LAYOUT_FILES] = {
	[LAYOUT_IS_STATUS] = LAYOUT_STATUS,
	[LAYOUT_IS_MEMORY] = LAYOUT_MEMORY,
	[LAYOUT_IS_LOG] = LAYOUT_LOG,
	[LAYOUT_IS_CAPTURE_LOG] = LAYOUT_CAPTURE_LOG,
	[LAYOUT_IS_SEALED_MEMORY] = LAYOUT_SEALED_MEMORY,
	[LAYOUT_IS_SEALED_LOG] = LAYOUT_SEALED_LOG,
};

unsigned int layout_index(const char *file)
{
	unsigned int i = 0;

	while (i < LAYOUT_FILES - 1 && strcmp(layout_files[i], file) != 0)
		i++;
	return i;
}

/* What holds nothing of the crashed kernel stays as it is. */
enum layout_file layout_sealed(enum layout_file file, bool sealed)
{
	if (!sealed)
		return file;
	if (file == LAYOUT_IS_MEMORY)
		return LAYOUT_IS_SEALED_MEMORY;
	return file == LAYOUT_IS_LOG ? LAYOUT_IS_SEALED_LOG : file;
}

void layout_incomplete(char name[LAYOUT_FILE_NAME], const char *file)
{
	snprintf(name, LAYOUT_FILE_NAME, "%s" LAYOUT_INCOMPLETE, file);
}

/*
 * The digits YYYYMMDD of a day counted from 1 March of the year 0. Years begin in March here, so
 * that the day of a leap year is the last one. In quarters of a day all years are of one length,
 * and all centuries; a day belongs to the year in which its last quarter is.
 */
static uint32_t date_of(uint32_t day)
{
	uint32_t quarters = day * 4 + 3;
	uint32_t year = quarters / CENTURY * 100;
	uint32_t month;

	quarters = quarters % CENTURY | 3;
	year += quarters / YEAR;
	day = quarters % YEAR / 4;
	month = (day * 5 + 2) / MONTHS;
	day -= (month * MONTHS + 2) / 5;
	year += month >= 10;
	month = month < 10 ? month + 3 : month - 9;
	return (year * 100 + month) * 100 + day + 1;
}

/* A time before 1970 or after the year 9999 is no clock's; it is named as one that starts anew. */
void layout_name(char *name, size_t size, unsigned int number, int64_t seconds)
{
	uint64_t all = (uint64_t)seconds < (uint64_t)TO_10000 * DAY ? (uint64_t)seconds : 0;
	uint32_t day = (uint32_t)(all / DAY);
	uint32_t s = (uint32_t)(all % DAY);

	snprintf(name, size, "%04u-%08uT%02u%02u%02uZ", number % (LAYOUT_NUMBER_MAX + 1),
		 date_of(day + TO_1970), s / 3600, s / 60 % 60, s % 60);
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
static uint32_t digits(const char *text, unsigned int size)
{
	uint32_t number = 0;

	for (unsigned int i = 0; i < size; i++)
		number = number * 10 + (uint32_t)(text[i] - '0');
	return number;
}

/*
 * Years begin in March here as well. 400 more are counted, whose days are as many as the quarters
 * of a century, so that there is nothing below 0 in January of the year 0.
 */
int64_t layout_seconds(const char *name)
{
	const char *t = time_of(name) + 1;
	uint32_t month = digits(t + 4, 2);
	uint32_t year = 400 + digits(t, 4) - (month <= 2);
	uint32_t days = year * 365 + year / 4 - year / 100 + year / 400 +
			((month + 9) % 12 * 153 + 2) / 5 + digits(t + 6, 2) - 1;

	return ((int64_t)days - CENTURY - TO_1970) * DAY +
	       (digits(t + 9, 2) * 60 + digits(t + 11, 2)) * 60 + digits(t + 13, 2);
}
