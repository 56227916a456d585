/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/dmesg_records: the log of kernels from 3.5 to 5.9, wherever its buffer wraps, and
 * whatever stands in it.
 */
#include "tests/images/crashlog_memory.h"
#include "tests/images/crashlog_read.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const machines[] = {"arm", "lpae", "arm64", "arm64-old", "x86_64"};

/* Records of 0 to 59 bytes, some with a dictionary. */
static const char *some_records(unsigned int count)
{
	static char text[16384];
	size_t n = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < count; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "record %u.%06u %.*s\n", i, i * 13,
			(int)(i * 17 % 60),
			"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return text;
}

static bool whole(const char *options, const char *records)
{
	char description[20000];
	struct crashlog *c;
	struct crashlog_answer a;
	bool good;

	snprintf(description, sizeof(description), "records %s\n%s", options, records);
	c = crashlog_build(description);
	a = crashlog_read(c);
	good = CHECK_EQ(a.translated, 0) && CHECK_EQ(a.result, 0) && CHECK_EQ(a.torn, 0) &&
	       CHECK_EQ(a.records, c->records) && CHECK_STR(a.text, c->expected);
	if (!good)
		test_note("%s", description);
	free(a.text);
	crashlog_free(c);
	return good;
}

static struct crashlog_answer answer(const char *options, const char *records)
{
	char description[20000];
	struct crashlog *c;
	struct crashlog_answer a;

	snprintf(description, sizeof(description), "records %s\n%s", options, records);
	c = crashlog_build(description);
	a = crashlog_read(c);
	crashlog_free(c);
	return a;
}

static void check_text(const char *options, const char *records, const char *want,
		       unsigned int torn)
{
	struct crashlog_answer a = answer(options, records);

	CHECK_EQ(a.result, 0);
	if (!CHECK_EQ(a.torn, torn) || !CHECK_STR(a.text, want))
		test_note("%s\n%s", options, records);
	free(a.text);
}

static void check_result(const char *records, int want)
{
	struct crashlog_answer a = answer("arm", records);

	if (!CHECK_EQ(a.result, want) || !CHECK_EQ(a.size, 0))
		test_note("%s", records);
	free(a.text);
}

TEST("records: a log is printed on every machine, by either name, with and without a caller")
{
	for (unsigned int i = 0; i < 5; i++) {
		for (unsigned int way = 0; way < 16; way++) {
			char options[128];

			snprintf(options, sizeof(options), "%s old=%u caller=%u dynamic=%u pad=%u",
				 machines[i], way & 1, way >> 1 & 1, way >> 2 & 1, way & 8);
			whole(options, some_records(9));
		}
	}
}

TEST("records: the first may start anywhere, and the marker at the end stand anywhere")
{
	for (unsigned int start = 0; start <= 512 - 16; start += 4) {
		char options[128];

		for (unsigned int n = 0; n < 40; n += n < 3 ? 1 : 9) {
			snprintf(options, sizeof(options), "arm small=1 size=512 start=%u", start);
			REQUIRE(whole(options, some_records(n)));
			snprintf(options, sizeof(options),
				 "arm64 small=1 caller=1 size=512 start=%u", start / 8 * 8);
			REQUIRE(start / 8 * 8 > 512 - 24 || whole(options, some_records(n)));
		}
	}
}

TEST("records: lines, what is not printable, times, and the dictionary that is left out")
{
	check_text("arm", "record 1.234567 one\\ntwo\nrecord 2.0 \\x1b[m\\xc3\nempty 3.0\n",
		   "[    1.234567] one\ntwo\n[    2.000000] \\x1b[m\\xc3\n[    3.000000] \n", 0);
	check_text("arm64 size=128K", "record 1.0 a\n", "[    1.000000] a\n", 0);
}

TEST("records: one that cannot be true is torn, and ends the log")
{
	static const char first[] = "record 1.0 a\nrecord 2.0 b\n";
	static const char *const lies[] = {"len 1",	    "len 15",	       "len 0xffff",
					   "text_len 1000", "text_len 0xffff", "len 1020"};

	for (unsigned int i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		char records[256];

		snprintf(records, sizeof(records), "%spoke %s\nrecord 3.0 c\n", first, lies[i]);
		check_text("arm", records, "[    1.000000] a\n", 1);
	}
}

TEST("records: indices that lie nowhere are torn, and the log is not printed twice")
{
	struct crashlog_answer a;

	check_text("arm", "record 1.0 a\npoke first 0xffffffff\n", "", 1);
	check_text("arm", "record 1.0 a\npoke first 1016\n", "", 1);
	check_text("arm", "record 1.0 a\nrecord 2.0 b\npoke log_buf_len 40\n", "[    1.000000] a\n",
		   1);
	check_text("arm", "record 1.0 a\nrecord 2.0 b\npoke log_buf_len 20\npoke first 32\n", "",
		   1);
	a = answer("arm size=512 start=300", some_records(60));
	CHECK(a.records > 5);
	for (unsigned int end = 1; end < 512; end += 2) {
		char records[8192];
		struct crashlog_answer b;

		snprintf(records, sizeof(records), "%spoke end %u\n", some_records(60), end);
		b = answer("arm size=512 start=300", records);
		CHECK_EQ(b.result, 0);
		if (!CHECK(b.records <= a.records + 1) || !CHECK_EQ(b.torn, 1))
			test_note("%u and %u records, the end at %u", a.records, b.records, end);
		free(b.text);
	}
	free(a.text);
}

/* Of equal records, those that were given up still fit in among the others. */
TEST("records: an end that lies nowhere does not have the log printed twice")
{
	char records[4096];
	struct crashlog_answer a;
	size_t n = 0;

	for (unsigned int i = 0; i < 50; i++)
		n += (size_t)snprintf(records + n, sizeof(records) - n, "empty %u.0\n", i);
	snprintf(records + n, sizeof(records) - n, "poke end 13\n");
	a = answer("arm size=256 caller=1", records);
	CHECK_EQ(a.result, 0);
	CHECK_EQ(a.torn, 1);
	CHECK(a.records >= 8 && a.records <= 256 / 24);
	for (char *line = a.text; *line != '\0'; line = strchr(line, '\n') + 1) {
		char time[16];

		snprintf(time, sizeof(time), "%.15s", line);
		if (!CHECK(strstr(line + 1, time) == NULL))
			test_note("%s", a.text);
	}
	free(a.text);
}

TEST("records: a marker that stands at the beginning is torn")
{
	check_text("arm", "record 1.0 a\npoke len 0\n", "", 1);
}

TEST("records: a buffer that cannot be one, is out of reach, or is not named")
{
	static const char *const keys[] = {"SYMBOL(log_buf)",	     "SYMBOL(log_buf_len)",
					   "SYMBOL(log_first_idx)",  "SYMBOL(log_next_idx)",
					   "SIZE(printk_log)",	     "OFFSET(printk_log.ts_nsec)",
					   "OFFSET(printk_log.len)", "OFFSET(printk_log.text_len)"};

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char records[128];

		snprintf(records, sizeof(records), "record 1.0 a\nwithout %s\n", keys[i]);
		check_result(records, -ENOKEY);
	}
	check_result("record 1.0 a\npoke log_buf_len 0\n", -EBADMSG);
	check_result("record 1.0 a\npoke log_buf_len 0x80000001\n", -EBADMSG);
	check_result("record 1.0 a\nnote SIZE(printk_log)=0\n", -EBADMSG);
	check_result("record 1.0 a\nnote SIZE(printk_log)=4096\n", -EBADMSG);
	check_result("record 1.0 a\nnote SYMBOL(log_buf)=1000\n", -ENXIO);
	check_result("record 1.0 a\nnote SYMBOL(log_next_idx)=ffffffff\n", -ENXIO);
	check_text("arm", "record 1.0 a\npoke log_buf 0x1000\n", "", 1);
}

TEST("records: whatever byte is wrong, reading ends and prints no more than there is room for")
{
	char description[20000];
	struct crashlog *c;
	uint64_t from, to;

	snprintf(description, sizeof(description), "records arm small=1 size=256 start=100\n%s",
		 some_records(20));
	c = crashlog_build(description);
	from = c->variables;
	to = c->buffer + c->size;
	for (unsigned int i = 0; i < 3000; i++) {
		uint64_t pa = from + (i < to - from ? i : test_below((size_t)(to - from)));
		uint8_t was = (uint8_t)crashlog_get(c, pa, 1);
		struct crashlog_answer a;

		crashlog_put(c, pa, i % 3 == 0 ? 0xff : test_random(), 1);
		a = crashlog_read(c);
		CHECK(a.result == 0 || a.result == -EBADMSG || a.result == -ENXIO);
		CHECK(a.size <= 2 * (UINT64_C(4) * 256 + 256 / 16 * 24));
		free(a.text);
		if (i % 5 != 0)
			crashlog_put(c, pa, was, 1);
	}
	crashlog_free(c);
}
