/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/text: what a text begins with, and what is no digit though it stands beside one in ASCII.
 */
#include "base/text.h"

#include "tests/test.h"

TEST("a text begins with the first word that fits, whole, and never with one longer than it")
{
	CHECK_EQ(text_begins("mmcblk0", "sd|mmcblk|mmc"), 6);
	CHECK_EQ(text_begins("mmc", "sd|mmcblk|mmc"), 3);
	CHECK_EQ(text_begins("mm", "sd|mmcblk|mmc"), 0);
	CHECK_EQ(text_begins("", "sd"), 0);
	CHECK_EQ(text_begins("a|b", "a|b"), 1);
}

static void check_number(const char *text, unsigned int base, uint64_t want, const char *rest)
{
	uint64_t number = 0;

	CHECK(text_number(&text, base, &number));
	CHECK(number == want);
	CHECK_STR(text, rest);
}

TEST("a number ends where its digits end, in either case")
{
	check_number("179:2", 10, 179, ":2");
	check_number("0", 10, 0, "");
	check_number("00fFgG", 16, 255, "gG");
	check_number("12a", 10, 12, "a");
	check_number("9@", 16, 9, "@");
	check_number("9`/:", 16, 9, "`/:");
	check_number("fffffffffffffff", 16, UINT64_MAX >> 4, "");
}

TEST("no digit, or more bits than are taken, is no number, and leaves the text where it is")
{
	static const char *const none[] = {"", "x1", "-1", " 1", "\xb9"};
	const char *wide = "1000000000000000";
	const char *text = wide;
	uint64_t number;

	CHECK(!text_number(&text, 16, &number));
	CHECK(text == wide);
	for (unsigned int i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		text = none[i];
		CHECK(!text_number(&text, 10, &number));
		CHECK(text == none[i]);
	}
}
