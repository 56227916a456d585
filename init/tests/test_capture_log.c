/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker/capture_log, and vmcore/dmesg with a bound: a log that is larger than it may be, or takes
 * longer, keeps its newest part and says what is missing, in every format. Whose line of the log
 * says why the kernel died is in test_panic_line.c.
 */
#include "output/crc.h"
#include "tests/images/crashlog_memory.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "vmcore/dmesg.h"
#include "vmcore/vmcore.h"
#include "worker/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORDS = 1000, LONG = 60000, HURRIED = 64 * 1024 };

static const char *const kinds[] = {"ring arm count_bits=10 text_bits=17",
				    "ring arm64 count_bits=10 text_bits=17 keep=1",
				    "ring x86_64 count_bits=10 text_bits=17 lpos=0",
				    "records arm size=128K",
				    "records arm64 size=128K caller=1 start=4096",
				    "records x86_64 size=128K old=1"};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct status status;
static char *text; /* of the file, with its terminator */
static size_t size;

static const char *description_of(const char *kind, unsigned int records)
{
	static char description[128 * 1024];
	int n = sprintf(description, "%s\n", kind);

	for (unsigned int i = 0; i < records; i++)
		n += sprintf(description + n, "record %u.000000 %.*s %u\n", i, (int)(i * 7 % 50),
			     "\\x01bcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTU", i);
	return description;
}

static int save(const struct crashlog *c, uint64_t bytes, uint64_t ms)
{
	const struct capture_bound most = {.bytes = bytes, .ms = ms};
	uint32_t progress = 0;
	struct capture capture = {.status = &status, .progress = &progress};
	int fd = open("log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r;

	REQUIRE(fd >= 0);
	scratch_write_file("core", c->core.bytes, c->core.size);
	status_init(&status);
	REQUIRE(capture_open(&capture, "core") == 0);
	r = capture_log(&capture, fd, &most);
	capture_close(&capture);
	close(fd);
	free(text);
	text = (char *)scratch_read_file("log", &size);
	if (r == 0) {
		CHECK(progress > 0);
		CHECK_EQ(status.log_bytes, size);
		CHECK_EQ(status.log_crc32, crc_update(0, (const uint8_t *)text, size));
	}
	return r;
}

/* What stands behind the first line. */
static const char *second_line(void)
{
	const char *end = strchr(text, '\n');

	REQUIRE(end != NULL);
	return end + 1;
}

static bool ends_with(const char *whole, const char *end)
{
	size_t all = strlen(whole);
	size_t part = strlen(end);

	return part <= all && strcmp(whole + all - part, end) == 0;
}

static unsigned int lines_of(const char *at)
{
	unsigned int n = 0;

	for (; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	return n;
}

TEST("a log that may be that large is whole, to the byte, and its status says so")
{
	for (unsigned int i = 0; i < KINDS; i++) {
		struct crashlog *c = crashlog_build(description_of(kinds[i], RECORDS));

		test_note("%s", kinds[i]);
		REQUIRE(strlen(c->expected) > LONG / 2);
		CHECK_EQ(save(c, 1 << 20, 60000), 0);
		CHECK_STR(text, c->expected);
		CHECK_EQ(status.log, STATUS_LOG_WHOLE);
		CHECK_EQ(save(c, strlen(c->expected) + 160, 60000), 0);
		CHECK_STR(text, c->expected);
		crashlog_free(c);
	}
}

TEST("of a log that is larger than it may be the newest part stays, and its first line says so")
{
	static const uint64_t rooms[] = {512, 513, 700, 1000, 4096, 9999, 20000, 40000};

	for (unsigned int i = 0; i < KINDS; i++) {
		struct crashlog *c = crashlog_build(description_of(kinds[i], RECORDS));

		for (unsigned int k = 0; k < sizeof(rooms) / sizeof(rooms[0]); k++) {
			unsigned int left_out = 0;

			test_note("%s, %u bytes", kinds[i], (unsigned int)rooms[k]);
			CHECK_EQ(save(c, rooms[k], 60000), 0);
			CHECK_EQ(status.log, STATUS_LOG_TRUNCATED);
			CHECK(size <= rooms[k] && size > rooms[k] - 160 - 100);
			CHECK_EQ(sscanf(text, "[kdump-init: about %u records, ", &left_out), 1);
			CHECK_HAS(text, "are left out here: no room]\n");
			left_out += lines_of(second_line());
			CHECK(left_out == RECORDS || /* a descriptor may be no record */
			      (left_out == RECORDS + 1 && i < 3));
			CHECK(ends_with(c->expected, second_line()));
		}
		crashlog_free(c);
	}
}

TEST("a bound below what one line needs leaves a file that says how much is missing")
{
	static char description[70000];
	struct crashlog *c;
	int n = sprintf(description, "ring arm text_bits=16\nrecord 1.0 ");

	memset(description + n, 'x', 30000);
	c = crashlog_build(description);
	CHECK_EQ(save(c, 0, 60000), 0);
	CHECK_STR(second_line(), "");
	CHECK_HAS(text, "[kdump-init: about 1 records, 30016 bytes, are left out here: no room]");
	CHECK_EQ(status.log, STATUS_LOG_TRUNCATED);
	crashlog_free(c);
}

TEST("of more records than could have a line only the newest are looked at")
{
	struct crashlog *c = crashlog_build(
		description_of("ring arm64 count_bits=17 text_bits=17 small=1", RECORDS));
	unsigned int left_out = 0;

	crashlog_put(c, crashlog_field(c, "tail")->pa, c->head - 131071, 8);
	CHECK_EQ(save(c, 4096, 60000), 0);
	CHECK_EQ(sscanf(text, "[kdump-init: about %u records, ", &left_out), 1);
	CHECK_EQ(left_out + lines_of(second_line()), 65536 + RECORDS);
	CHECK(ends_with(c->expected, second_line()));
	crashlog_free(c);
}

TEST("a ring that there is no time for gives its newest lines, and no more of them than 64 KiB")
{
	struct crashlog *c = crashlog_build(description_of(kinds[0], RECORDS));
	char *big = malloc(300000);
	int n;

	CHECK_EQ(save(c, 1 << 20, 0), 0);
	CHECK(ends_with(c->expected, text) && size <= HURRIED);
	crashlog_free(c);
	REQUIRE(big != NULL);
	n = sprintf(big, "ring arm count_bits=10 text_bits=18\n");
	for (unsigned int i = 0; i < RECORDS; i++)
		n += sprintf(big + n, "record %u.0 %0150u\n", i, i);
	c = crashlog_build(big);
	CHECK_EQ(save(c, 1 << 20, 0), 0);
	CHECK(size <= HURRIED && size > HURRIED - 400);
	CHECK(ends_with(c->expected, second_line()));
	CHECK_HAS(text, "are left out here: no time]\n");
	CHECK_EQ(status.log, STATUS_LOG_TRUNCATED);
	crashlog_free(c);
	free(big);
}

/* A slow disk: what was written, and after how many records of it the time is up. */
static struct {
	struct dmesg dmesg;
	char text[300000];
	size_t size;
	unsigned int records;
} slow;

static int take(void *arg, const char *piece, size_t bytes)
{
	(void)arg;
	REQUIRE(slow.size + bytes < sizeof(slow.text));
	memcpy(slow.text + slow.size, piece, bytes);
	slow.size += bytes;
	slow.text[slow.size] = '\0';
	return 0;
}

static bool is_late(void *arg)
{
	(void)arg;
	return !slow.dmesg.counting && slow.records-- == 0;
}

TEST("a log that takes long to write goes on with its newest lines, and says so where it does")
{
	static const char *const long_kinds[] = {"ring arm64 count_bits=10 text_bits=18",
						 "records arm64 size=256K"};
	static char description[300000];
	static struct vmcore v;

	for (unsigned int i = 0; i < 2; i++) {
		int n = sprintf(description, "%s\n", long_kinds[i]);
		struct crashlog *c;
		char *gap, *rest;

		for (unsigned int k = 0; k < RECORDS; k++)
			n += sprintf(description + n, "record %u.0 %0150u\n", k, k);
		c = crashlog_build(description);
		slow.dmesg = (struct dmesg){.emit = take, .late = is_late, .room = 1 << 20};
		slow.size = 0;
		slow.records = 100;
		REQUIRE(vmcore_open(&v, corefile_open(&c->core, "core"), NULL) == 0);
		CHECK_EQ(dmesg_write(&slow.dmesg, &v.translate, &v.info), 0);
		gap = strstr(slow.text, "[kdump-init: about ");
		REQUIRE(gap != NULL);
		CHECK_MEM(slow.text, c->expected, (size_t)(gap - slow.text));
		CHECK_EQ(gap - slow.text, 100 * 166);
		rest = strchr(gap, '\n') + 1;
		CHECK(ends_with(c->expected, rest));
		CHECK(strlen(rest) <= HURRIED && strlen(rest) > HURRIED - 400);
		CHECK_EQ(slow.dmesg.records + slow.dmesg.left_out, RECORDS);
		CHECK_HAS(gap, "are left out here: no time]\n");
		close(v.fd);
		crashlog_free(c);
	}
}

TEST("records that there is no time for say that there were more of them")
{
	struct crashlog *c = crashlog_build(description_of(kinds[3], RECORDS));

	CHECK_EQ(save(c, 1 << 20, 0), 0);
	CHECK_HAS(text, "[kdump-init: about 1 records, 16 bytes, are left out here: no time]\n");
	CHECK_EQ(status.log, STATUS_LOG_TRUNCATED);
	crashlog_free(c);
}

TEST("a log with a record that is torn is not called complete")
{
	struct crashlog *c =
		crashlog_build("ring arm\nrecord 1.0 a\nrecord 2.0 b\npoke owner +1\n");

	CHECK_EQ(save(c, 1 << 20, 60000), 0);
	CHECK_STR(text, "[    1.000000] a\n");
	CHECK_EQ(status.log, STATUS_LOG_TORN);
	crashlog_free(c);
}

TEST("a log that cannot be found is none, and neither is one without a record")
{
	struct crashlog *c = crashlog_build("ring arm\nrecord 1.0 a\nwithout SYMBOL(prb)\n");

	CHECK_EQ(save(c, 1 << 20, 60000), -ENODATA);
	crashlog_free(c);
	c = crashlog_build("records arm\n");
	CHECK_EQ(save(c, 1 << 20, 60000), -ENODATA);
	crashlog_free(c);
}
