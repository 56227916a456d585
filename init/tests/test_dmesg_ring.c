/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/dmesg and dmesg_ring: what the crashed kernel's writer put into its ring is printed as
 * vmcore-dmesg(8) prints it, wherever the ring, its ids and its positions wrap. Torn rings are
 * in test_dmesg_torn.c.
 */
#include "tests/images/crashlog_memory.h"
#include "tests/images/crashlog_read.h"
#include "tests/test.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const machines[] = {"arm", "lpae", "arm64", "arm64-old", "x86_64"};

enum { MACHINES = sizeof(machines) / sizeof(machines[0]) };

/* Records of 0 to 39 bytes that tell themselves apart. */
static const char *some_records(unsigned int count)
{
	static char text[16384];
	size_t n = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s %u.%06u %.*s\n",
				      i % 7 == 3 ? "empty" : "record", i, i * 13,
				      (int)(i * 17 % 40),
				      i % 2 != 0 ? "abcdefghijklmnopqrstuvwxyz0123456789ABCD"
						 : "the quick brown fox jumps over a lazy do");
	return text;
}

/* What is printed is exactly what was written and not recycled. */
static bool whole(const char *description)
{
	struct crashlog *c = crashlog_build(description);
	struct crashlog_answer a = crashlog_read(c);
	bool good = CHECK_EQ(a.translated, 0) && CHECK_EQ(a.result, 0);

	good = good && CHECK_EQ(a.torn, 0) && CHECK_EQ(a.records, c->records) &&
	       CHECK_STR(a.text, c->expected);
	if (!good)
		test_note("%s", description);
	free(a.text);
	crashlog_free(c);
	return good;
}

static bool whole_of(const char *records, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool whole_of(const char *records, const char *format, ...)
{
	char description[20000];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(description, sizeof(description), format, args);
	va_end(args);
	snprintf(description + n, sizeof(description) - (size_t)n, "\n%s", records);
	return whole(description);
}

/* The text that is read, for logs that were poked. */
static void check_text(const char *description, const char *want, unsigned int torn)
{
	struct crashlog *c = crashlog_build(description);
	struct crashlog_answer a = crashlog_read(c);

	CHECK_EQ(a.result, 0);
	if (!CHECK_EQ(a.torn, torn) || !CHECK_STR(a.text, want))
		test_note("%s", description);
	free(a.text);
	crashlog_free(c);
}

TEST("ring: a log is printed on every machine, in statics and in the linear map, by any offsets")
{
	for (unsigned int i = 0; i < MACHINES; i++) {
		for (unsigned int way = 0; way < 8; way++)
			whole_of(some_records(9), "ring %s dynamic=%u pad=%u count_bits=%u",
				 machines[i], way & 1, (way & 2) * 8, way < 4 ? 4 : 7);
	}
}

TEST("ring: seconds and microseconds are those of the record")
{
	check_text("ring arm\nrecord 1.234567 hello\nrecord 0.0 a\nrecord 99999.999999 b\n"
		   "record 123456.000001 c\n",
		   "[    1.234567] hello\n[    0.000000] a\n[99999.999999] b\n"
		   "[123456.000001] c\n",
		   0);
	check_text("ring arm64\nrecord 1.0 x\npoke ts 0xffffffffffffffff\n",
		   "[18446744073.709551] x\n", 0);
}

TEST("ring: a log that nothing was written to has no line")
{
	for (unsigned int i = 0; i < MACHINES; i++)
		whole_of("", "ring %s", machines[i]);
}

TEST("ring: text positions may start anywhere, and wrap anywhere, in both kinds of kernel")
{
	static const uint64_t bases[] = {0, 0x100, -UINT64_C(0x100), -UINT64_C(0x300),
					 UINT64_C(1) << 31};

	for (unsigned int i = 0; i < 5; i++) {
		for (uint64_t at = 0; at < 256; at += 8) {
			uint64_t lpos = bases[i] + at;

			REQUIRE(whole_of(some_records(11), "ring arm small=1 keep=%u lpos=%lld",
					 i & 1, (long long)lpos));
			REQUIRE(whole_of(some_records(11), "ring arm small=1 keep=%u lpos=%lld",
					 ~i & 1, (long long)lpos + 4));
			REQUIRE(whole_of(some_records(11), "ring arm64 small=1 keep=%u lpos=%lld",
					 (unsigned int)(i + at / 8) & 1, (long long)lpos));
		}
	}
}

TEST("ring: ids may start anywhere, and wrap anywhere")
{
	for (uint64_t id = 0; id < 20; id++) {
		REQUIRE(whole_of(some_records(25), "ring arm small=1 count_bits=3 id=%llu",
				 0x3fffffff - (unsigned long long)id));
		REQUIRE(whole_of(some_records(25), "ring x86_64 small=1 count_bits=3 id=%llu",
				 0x3fffffffffffffff - (unsigned long long)id));
		REQUIRE(whole_of(some_records(3), "ring arm small=1 count_bits=2 id=%llu",
				 (unsigned long long)id));
	}
}

TEST("ring: any number of records, also more than either ring holds")
{
	for (unsigned int n = 0; n < 64; n++) {
		REQUIRE(whole_of(some_records(n), "ring arm small=1 count_bits=5"));
		REQUIRE(whole_of(some_records(n), "ring arm64 small=1 count_bits=2 keep=1"));
	}
	whole_of(some_records(250), "ring arm count_bits=0");
	whole_of(some_records(250), "ring arm count_bits=7 text_bits=13");
}

/* Four blocks of 16 bytes fill the ring of 64. */
TEST("ring: a block that ends where the ring does is found where each kernel puts it")
{
	static const char four[] = "record 1.0 first block.\nrecord 2.0 second bloc\n"
				   "record 3.0 third block.\nrecord 4.0 fourth bloc\n";
	static const char *const starts[] = {"0", "64", "-64", "-128", "0x7fffffc0"};

	for (unsigned int i = 0; i < 5; i++) {
		char description[256];
		struct crashlog *c;
		const struct crashlog_field *next;

		snprintf(description, sizeof(description),
			 "ring arm text_bits=6 keep=1 lpos=%s\n%s", starts[i], four);
		whole(description);
		c = crashlog_build(description);
		next = crashlog_field(c, "next");
		CHECK_EQ(crashlog_get(c, next->pa, next->size) % 64, 0);
		CHECK_EQ(c->records, 4);
		crashlog_free(c);
		snprintf(description, sizeof(description), "ring arm text_bits=6 lpos=%s\n%s",
			 starts[i], four);
		whole(description);
		c = crashlog_build(description);
		next = crashlog_field(c, "next");
		CHECK_EQ(crashlog_get(c, next->pa, next->size) % 64, 16);
		CHECK_EQ(c->records, 3);
		crashlog_free(c);
	}
}

TEST("ring: committed and finalized records are printed, reserved and reusable ones are not")
{
	check_text(
		"ring arm\nrecord 1.0 finalized\ncommitted 2.0 committed\nreserved 3.0 reserved\n"
		"reusable 4.0 reusable\nrecord 5.0 last\n",
		"[    1.000000] finalized\n[    2.000000] committed\n[    5.000000] last\n", 0);
	check_text("ring arm64\ncommitted 2.0 committed\nreserved 3.0 reserved\n",
		   "[    2.000000] committed\n", 0);
}

TEST("ring: a descriptor with the id of another is not printed")
{
	check_text("ring arm\nrecord 1.0 a\nrecord 2.0 b\npoke state -1\nrecord 3.0 c\n",
		   "[    1.000000] a\n[    3.000000] c\n", 0);
}

TEST("ring: records without text are printed as their time alone")
{
	check_text("ring arm\nrecord 1.0 a\nempty 2.5\nfailed 3.25\nrecord 4.0 \n",
		   "[    1.000000] a\n[    2.500000] \n[    3.250000] \n[    4.000000] \n", 0);
	check_text("ring x86_64\nempty 2.5\nfailed 3.25\n", "[    2.500000] \n[    3.250000] \n",
		   0);
}

TEST("ring: a text length beyond the block ends with the block")
{
	check_text("ring arm\nrecord 1.0 abcd\npoke text_len 5\nrecord 2.0 efgh\n"
		   "poke text_len 0xffff\n",
		   "[    1.000000] abcd\n[    2.000000] efgh\n", 0);
	check_text("ring arm64\nrecord 1.0 abcdefgh\npoke text_len 0xffff\nrecord 2.0 i\n",
		   "[    1.000000] abcdefgh\n[    2.000000] i\n", 0);
}

TEST("ring: lines of a text stay as they are, and what is not printable becomes \\xNN")
{
	check_text("ring arm\nrecord 1.0 one\\n two\\n\\nfour\nrecord 2.0 \\x00\\x1b\\x7f\\xff\n"
		   "record 3.0 \\x09\\x0b\\x0c\\x0d~ \\x80z\n",
		   "[    1.000000] one\n two\n\nfour\n[    2.000000] \\x00\\x1b\\x7f\\xff\n"
		   "[    3.000000] \t\v\f\r~ \\x80z\n",
		   0);
}

TEST("ring: every byte is either printed or escaped")
{
	char description[2048];
	size_t n = (size_t)snprintf(description, sizeof(description),
				    "ring arm text_bits=10\nrecord 1.0 ");

	for (unsigned int i = 0; i < 256; i++)
		n += (size_t)snprintf(description + n, sizeof(description) - n, "\\x%02x", i);
	whole(description);
}

TEST("ring: texts of all lengths, up to the longest there is")
{
	static const unsigned int lengths[] = {1,    3,	   4,	 5,    127,   128,   129,  255,
					       256,  257,  383,	 384,  385,   1000,  4068, 4088,
					       4096, 8191, 8192, 9999, 32767, 65534, 65535};
	char *description = malloc(3 * 66000);

	REQUIRE(description != NULL);
	for (unsigned int i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t n = (size_t)sprintf(description, "ring %s text_bits=17\n", machines[i % 5]);

		for (unsigned int k = 0; k < 2; k++) {
			n += (size_t)sprintf(description + n, "record %u.0 ", k);
			for (unsigned int b = 0; b < lengths[i]; b++)
				description[n++] = (char)('a' + (b + k) % 26);
			n += (size_t)sprintf(description + n, "\n");
		}
		whole(description);
	}
	free(description);
}

TEST("ring: without any of the keys it needs the log is not looked for")
{
	static const char *const needed[] = {
		"OFFSET(printk_ringbuffer.desc_ring)",
		"OFFSET(printk_ringbuffer.text_data_ring)",
		"OFFSET(prb_desc_ring.count_bits)",
		"OFFSET(prb_desc_ring.descs)",
		"OFFSET(prb_desc_ring.infos)",
		"OFFSET(prb_desc_ring.head_id)",
		"OFFSET(prb_desc_ring.tail_id)",
		"SIZE(prb_desc)",
		"OFFSET(prb_desc.state_var)",
		"OFFSET(prb_desc.text_blk_lpos)",
		"OFFSET(prb_data_blk_lpos.begin)",
		"OFFSET(prb_data_blk_lpos.next)",
		"SIZE(printk_info)",
		"OFFSET(printk_info.ts_nsec)",
		"OFFSET(printk_info.text_len)",
		"OFFSET(prb_data_ring.size_bits)",
		"OFFSET(prb_data_ring.data)",
		"OFFSET(atomic_long_t.counter)",
		"SYMBOL(prb)",
	};

	for (unsigned int i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		char description[256];
		struct crashlog_answer a;
		struct crashlog *c;

		snprintf(description, sizeof(description), "ring arm\nrecord 1.0 a\nwithout %s\n",
			 needed[i]);
		c = crashlog_build(description);
		a = crashlog_read(c);
		if (!CHECK_EQ(a.result, -ENOKEY) || !CHECK_EQ(a.size, 0))
			test_note("without %s", needed[i]);
		free(a.text);
		crashlog_free(c);
	}
	whole("ring arm\nrecord 1.0 a\nwithout SIZE(printk_ringbuffer)\nwithout PAGESIZE\n"
	      "without SIZE(atomic_long_t)\n");
}
