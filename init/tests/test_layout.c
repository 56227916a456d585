/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/layout: the name of a dump is read as it was written, and other names are not.
 */
#include "store/layout.h"

#include "tests/test.h"

#include <stdio.h>
#include <string.h>

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
