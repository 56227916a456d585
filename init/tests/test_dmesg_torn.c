/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/dmesg and dmesg_ring on rings that a crash tore: reading ends, prints no more than the
 * ring has room for, goes on with the next record, and counts what it left out. Also: whoever
 * takes the text can end it.
 */
#include "tests/images/crashlog_memory.h"
#include "tests/images/crashlog_read.h"
#include "tests/test.h"
#include "vmcore/dmesg.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 24 /* a time and a newline */, TEXT = 256, RECORDS = 16 };

static const char three[] = "record 1.0 first\nrecord 2.0 second\nrecord 3.0 third\n";

static struct crashlog_answer answer(const char *options, const char *lines)
{
	char description[4096];
	struct crashlog *c;
	struct crashlog_answer a;

	snprintf(description, sizeof(description), "ring %s\n%s", options, lines);
	c = crashlog_build(description);
	a = crashlog_read(c);
	crashlog_free(c);
	return a;
}

/* What is left of three records when the second is poked. */
static void check_second(const char *machine, const char *poke, bool torn, const char *second)
{
	char lines[512];
	char want[256];
	struct crashlog_answer a;

	snprintf(lines, sizeof(lines), "record 1.0 first\nrecord 2.0 second\npoke %s\n%s", poke,
		 "record 3.0 third\n");
	snprintf(want, sizeof(want), "[    1.000000] first\n%s[    3.000000] third\n", second);
	a = answer(machine, lines);
	CHECK_EQ(a.result, 0);
	if (!CHECK_EQ(a.torn, torn) || !CHECK_STR(a.text, want))
		test_note("on %s with %s", machine, poke);
	free(a.text);
}

static void check_result(const char *machine, const char *poke, int want)
{
	char lines[512];
	struct crashlog_answer a;

	snprintf(lines, sizeof(lines), "%s%s\n", three, poke);
	a = answer(machine, lines);
	if (!CHECK_EQ(a.result, want) || !CHECK_EQ(a.size, 0))
		test_note("on %s with %s: %u lines, %u torn", machine, poke, a.records, a.torn);
	free(a.text);
}

TEST("torn ring: a block that cannot be true is left out and counted, the next record is printed")
{
	static const char *const lies[] = {
		"begin +4096", "begin -4096", "begin +1", "begin +2",  "begin 0",   "begin 1",
		"begin +8",    "begin -8",    "next +1",  "next +256", "next +512", "next -16",
		"next 0",      "next 3",      "next 1",	  "owner +1",  "owner 0",   "owner -1",
	};

	for (unsigned int i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		check_second("arm lpos=16", lies[i], true, "");
		check_second("arm64 lpos=32", lies[i], true, "");
	}
	check_second("arm", "next -8", false, "[    2.000000] \n");
	check_second("arm64 lpos=0", "next 0xfffffffffffffff8", true, "");
	check_second("x86_64", "begin 0x8000000000000000", true, "");
}

TEST("torn ring: states that are none of a record's are passed over")
{
	check_second("arm", "state 0", false, "");
	check_second("arm", "state 0xffffffff", false, "");
	check_second("arm64", "state 0xffffffffffffffff", false, "");
	check_second("arm64", "state +1", false, "");
}

TEST("torn ring: a ring that cannot be one, or lies nowhere, is refused")
{
	static const char *const machines[] = {"arm", "arm64", "x86_64"};

	for (unsigned int i = 0; i < 3; i++) {
		const char *m = machines[i];

		check_result(m, "poke count_bits 27", -EBADMSG);
		check_result(m, "poke count_bits 0xffffffff", -EBADMSG);
		check_result(m, "poke size_bits 32", -EBADMSG);
		check_result(m, "poke size_bits 0x80000000", -EBADMSG);
		check_result(m, "poke prb 0", -ENXIO);
		check_result(m, "poke prb 0xffffffff", -ENXIO);
		check_result(m, "note SYMBOL(prb)=0", -ENXIO);
		check_result(m, "note SYMBOL(prb)=ffffffffffffffff", -ENXIO);
	}
}

TEST("torn ring: more descriptors than there is memory are refused, not looked for one by one")
{
	check_result("arm", "poke head -4\npoke count_bits 26", -EBADMSG);
	check_result("arm64", "poke head -4\npoke count_bits 25", -EBADMSG);
	check_result("arm", "poke descs 0", -EBADMSG);
	check_result("arm64", "poke infos 0", -EBADMSG);
}

TEST("torn ring: a text ring that lies nowhere leaves out each text")
{
	char lines[512];
	struct crashlog_answer a;

	snprintf(lines, sizeof(lines), "%spoke data 0x1000\n", three);
	a = answer("arm", lines);
	CHECK_EQ(a.result, 0);
	CHECK_EQ(a.torn, 3);
	CHECK_STR(a.text, "");
	free(a.text);
}

TEST("torn ring: ends that do not meet are read once around")
{
	static const char *const pokes[] = {"head 0",	      "head 0xffffffff", "tail 0",
					    "head +1",	      "tail +1",	 "head 0x12345678",
					    "tail 0x3fffffff"};

	for (unsigned int i = 0; i < sizeof(pokes) / sizeof(pokes[0]); i++) {
		for (unsigned int m = 0; m < 2; m++) {
			char lines[512];
			struct crashlog_answer a;

			snprintf(lines, sizeof(lines), "%spoke %s\n", three, pokes[i]);
			a = answer(m == 0 ? "arm" : "arm64", lines);
			CHECK_EQ(a.result, 0);
			CHECK(a.records <= RECORDS);
			CHECK(a.size <= TEXT + RECORDS * LINE);
			free(a.text);
		}
	}
}

/* Each block claims the rest of the ring, and the whole ring as its text. */
TEST("torn ring: blocks that overlap print no more than the ring holds")
{
	static const char *const machines[] = {"arm text_bits=12 count_bits=8 lpos=0",
					       "arm64 text_bits=12 count_bits=8 lpos=0"};

	for (unsigned int m = 0; m < 2; m++) {
		char description[16384];
		size_t n = (size_t)sprintf(description, "ring %s\n", machines[m]);
		struct crashlog *c;
		struct crashlog_answer a;

		for (unsigned int i = 0; i < 200; i++)
			n += (size_t)sprintf(description + n,
					     "record %u.0 abcd\npoke text_len 0xffff\n"
					     "poke next 4096\n",
					     i);
		c = crashlog_build(description);
		a = crashlog_read(c);
		CHECK_EQ(a.result, 0);
		CHECK(a.records > 0 && a.torn > 0);
		if (!CHECK(a.size <= 4 * 4096 + 256 * LINE))
			test_note("%zu bytes out of a ring of 4096", a.size);
		free(a.text);
		crashlog_free(c);
	}
}

/* Breaks bytes from FROM to TO, one at a time and then in heaps. */
static void break_bytes(struct crashlog *c, uint64_t from, uint64_t to, unsigned int rounds)
{
	for (unsigned int i = 0; i < rounds; i++) {
		uint64_t pa = from + (i < to - from ? i : test_below((size_t)(to - from)));
		uint8_t was = (uint8_t)crashlog_get(c, pa, 1);
		struct crashlog_answer a;

		crashlog_put(c, pa, i % 3 == 0 ? 0xff : test_random(), 1);
		a = crashlog_read(c);
		CHECK(a.result == 0 || a.result == -EBADMSG || a.result == -ENXIO);
		CHECK(a.records + a.torn <= 4096);
		CHECK(a.size <= 4096 * LINE);
		free(a.text);
		if (i % 8 != 0 || i < to - from)
			crashlog_put(c, pa, was, 1);
	}
}

TEST("torn ring: whatever byte is wrong, reading ends and prints no more than there is room for")
{
	static const char *const machines[] = {"arm", "arm64"};

	for (unsigned int m = 0; m < 2; m++) {
		char description[4096];
		size_t n =
			(size_t)sprintf(description, "ring %s small=1 count_bits=3\n", machines[m]);
		struct crashlog *c;

		for (unsigned int i = 0; i < 30; i++)
			n += (size_t)sprintf(description + n, "record %u.0 text %.*s\n", i,
					     (int)i % 20, "abcdefghijklmnopqrst");
		c = crashlog_build(description);
		break_bytes(c, c->variables, c->infos, 600);
		crashlog_free(c);
		c = crashlog_build(description);
		break_bytes(c, c->variables, c->buffer + TEXT, 3000);
		crashlog_free(c);
	}
}

/* Ends the log with the code 7 once CALLS pieces were taken. */
struct taker {
	unsigned int calls, after;
};

static int take(void *arg, const char *text, size_t size)
{
	struct taker *t = arg;

	CHECK(size > 0 && memchr(text, '\0', size) == NULL);
	if (t->calls == 0) {
		t->after++;
		return 7;
	}
	t->calls--;
	return 0;
}

TEST("the log ends with what emit returns, and nothing is emitted after that")
{
	static const char *const first[] = {"ring arm count_bits=8", "ring arm64", "records arm"};
	struct vmcore *v = malloc(sizeof(*v));
	unsigned int most = 0;

	REQUIRE(v != NULL);
	for (unsigned int i = 0; i < 9; i++) {
		char description[512];
		struct crashlog *c;
		int fd;
		unsigned int calls = 0;
		int result = 7;

		snprintf(description, sizeof(description), "%s\n%sempty 4.0\n", first[i % 3],
			 "record 1.0 first\nrecord 2.0 second\nrecord 3.0 third\n");
		c = crashlog_build(description);
		fd = corefile_open(&c->core, "core");
		CHECK_EQ(vmcore_open(v, fd, NULL), 0);
		for (; calls < 100 && result != 0; calls++) {
			struct taker t = {.calls = calls};
			struct dmesg d = {.emit = take, .arg = &t};

			result = dmesg_write(&d, &v->translate, &v->info);
			CHECK(result == 0 || (result == 7 && t.after == 1));
			CHECK(result != 0 || t.after == 0);
		}
		most = calls > most ? calls : most;
		close(fd);
		crashlog_free(c);
	}
	CHECK_EQ(most, 12); /* three lines of three pieces, one of two, and none to fail */
	free(v);
}

static bool always_late(void *arg)
{
	struct taker *t = arg;

	t->after++;
	return true;
}

TEST("who watches the time is asked at each record, also when there is none left")
{
	static const char *const first[] = {"ring arm", "ring arm64", "records arm"};

	for (unsigned int i = 0; i < 3; i++) {
		struct vmcore *v = malloc(sizeof(*v));
		struct taker t = {.calls = 99};
		struct dmesg d = {.emit = take, .late = always_late, .arg = &t, .room = 4096};
		struct crashlog *c;
		char description[256];

		REQUIRE(v != NULL);
		snprintf(description, sizeof(description),
			 "%s\nrecord 1.0 a\nrecord 2.0 b\nrecord 3.0 c\n", first[i]);
		c = crashlog_build(description);
		CHECK_EQ(vmcore_open(v, corefile_open(&c->core, "core"), NULL), 0);
		CHECK_EQ(dmesg_write(&d, &v->translate, &v->info), 0);
		CHECK(t.after >= (i < 2 ? 7 : 1)); /* of a ring the newest ones are counted anew */
		close(v->fd);
		crashlog_free(c);
		free(v);
	}
}

TEST("a core that can no longer be read gives the error of the read")
{
	static const char *const first[] = {"ring arm", "ring arm64", "records arm"};

	for (unsigned int i = 0; i < 3; i++) {
		struct vmcore *v = malloc(sizeof(*v));
		struct taker t = {.calls = 99};
		struct dmesg d = {.emit = take, .arg = &t};
		struct crashlog *c;
		char description[256];

		REQUIRE(v != NULL);
		snprintf(description, sizeof(description), "%s\nrecord 1.0 a\n", first[i]);
		c = crashlog_build(description);
		CHECK_EQ(vmcore_open(v, corefile_open(&c->core, "core"), NULL), 0);
		CHECK_EQ(v->translate_error, 0);
		close(v->fd);
		physmem_open(&v->memory, v->memory.fd, v->memory.core, NULL); /* forgets */
		CHECK_EQ(dmesg_write(&d, &v->translate, &v->info), -EBADF);
		CHECK_EQ(t.calls, 99);
		crashlog_free(c);
		free(v);
	}
}
