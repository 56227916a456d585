/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/layout: the name of a dump is read as it was written, and other names are not.
 */
#include "store/layout.h"

#include "tests/test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NAME = 32 };

TEST("a name that was written is read back, whatever its number and time")
{
	static const unsigned int numbers[] = {1, 9999, 10000, LAYOUT_NUMBER_MAX};
	static const int64_t times[] = {0, 951782399, 1767225600, 253402300799, INT64_MAX};
	char name[NAME];

	for (unsigned int n = 0; n < 4; n++) {
		for (unsigned int t = 0; t < 5; t++) {
			layout_name(name, sizeof(name), numbers[n], times[t]);
			test_note("%s", name);
			CHECK_EQ(layout_number(name), numbers[n]);
			CHECK_EQ(layout_first_number(name), numbers[n]);
			CHECK(layout_same_time(name, name) && !layout_older(name, name));
			CHECK_EQ(layout_seconds(name), times[t] == INT64_MAX ? 0 : times[t]);
			name[strlen(name) - 1] = '\0';
			CHECK_EQ(layout_number(name), 0);
			CHECK_EQ(layout_first_number(name), numbers[n]);
		}
	}
}

/* libc's calendar is the judge; beyond its years ours has 1970. */
static void check_time(int64_t seconds)
{
	char name[NAME], want[NAME];
	time_t time = (time_t)seconds;
	struct tm tm;

	REQUIRE(gmtime_r(&time, &tm) != NULL);
	REQUIRE(strftime(want, sizeof(want), "0007-%Y%m%dT%H%M%SZ", &tm) != 0);
	layout_name(name, sizeof(name), 7, seconds);
	CHECK_STR(name, want);
	CHECK_EQ(layout_seconds(name), seconds);
}

TEST("the time in a name is that of gmtime, on the days around each end of a month, to the year 9999")
{
	for (int64_t month = 0; month < 8030 * 12 - 1; month++) {
		int64_t middle = month * 2629746 + 1296000; /* a twelfth of 365.2425 days */
		int64_t first = middle - middle % 86400 - 20 * 86400;

		if (month % 12 > 2 && test_below(8) > 0)
			continue;
		for (int64_t day = first < 0 ? 0 : first; day < first + 40 * 86400; day += 86400)
			check_time(day + (int64_t)test_below(86400));
	}
	check_time(253402300799);
}

TEST("a time that no clock has is that of a clock which starts anew")
{
	static const int64_t times[] = {-1, INT64_MIN, 253402300800, INT64_MAX, -86400};
	char name[NAME];

	for (unsigned int i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		layout_name(name, sizeof(name), 7, times[i]);
		CHECK_STR(name, "0007-19700101T000000Z");
	}
}

TEST("numbers tell the age, times that of equal numbers")
{
	char first[NAME], later[NAME], next_day[NAME], next[NAME];

	layout_name(first, sizeof(first), 7, 1767225600);
	layout_name(later, sizeof(later), 7, 1767225600 + 86399);
	layout_name(next_day, sizeof(next_day), 7, 1767225600 + 86400);
	layout_name(next, sizeof(next), 8, 0);
	CHECK(layout_older(first, later) && !layout_older(later, first));
	CHECK(layout_older(later, next_day) && layout_older(next_day, next));
	CHECK(!layout_same_time(first, later));
}

TEST("the name of a file that is being written is never that of a file of a dump")
{
	char name[LAYOUT_FILE_NAME];

	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		layout_incomplete(name, layout_files[i]);
		CHECK_HAS(name, layout_files[i]);
		for (unsigned int k = 0; k < LAYOUT_FILES; k++)
			CHECK(strcmp(name, layout_files[k]) != 0);
	}
	CHECK_STR(layout_files[0], LAYOUT_STATUS); /* a dump that goes loses its mark first */
}
