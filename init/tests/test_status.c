/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status and progress: the text is whole, in order and fits, and what is written is what is read;
 * no total is too odd to be shown.
 */
#include "store/status.h"

#include "tests/scratch.h"
#include "tests/test.h"
#include "vmcore/vmcoreinfo.h"
#include "worker/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const keys[] = {"result",
				   "kernel",
				   "build_id",
				   "crash_time",
				   "panic",
				   "format",
				   "level",
				   "compress",
				   "memory_bytes",
				   "dump_bytes",
				   "pages",
				   "pages_saved",
				   "pages_excluded",
				   "pages_unreadable",
				   "segments_left_out",
				   "crc32",
				   "sealed",
				   "log",
				   "log_bytes",
				   "log_crc32",
				   "capture_log_bytes",
				   "capture_log_crc32",
				   "duration_ms",
				   "attempt",
				   "of_day",
				   "test",
				   "instead_of",
				   "loop",
				   "version"};

/* Every key of the list at the start of a line, in this order, each with a value. */
static void check_keys(const char *text)
{
	const char *at = text;

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char start[32];
		const char *found;

		snprintf(start, sizeof(start), "\n%s=", keys[i]);
		found = i == 0 && strncmp(text, "result=", 7) == 0 ? text : strstr(at, start);
		if (!CHECK(found != NULL)) {
			test_note("%s is missing or out of order in:\n%s", keys[i], text);
			return;
		}
		at = found + strlen(start) - (i == 0);
		CHECK(*at != '\n' && *at != '\0');
	}
	CHECK(text[strlen(text) - 1] == '\n');
}

TEST("a fresh status has all keys in order, and what is not known says so")
{
	struct status s;
	char text[STATUS_BYTES];
	size_t size;

	status_init(&s);
	size = status_format(&s, text, sizeof(text));
	CHECK_EQ(size, strlen(text));
	check_keys(text);
	CHECK_HAS(text, "kernel=unknown\n");
	CHECK_HAS(text, "build_id=unknown\n");
	CHECK_HAS(text, "crash_time=-1\n");
	CHECK_HAS(text, "crc32=00000000\n");
	CHECK_HAS(text, "\ntest=no\ninstead_of=none\nloop=none\n");
	s.test = true;
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\ntest=yes\n");
}

TEST("of a sealed dump the panic line is told only where that is wished")
{
	struct status s;
	char text[STATUS_BYTES];

	status_init(&s);
	strcpy(s.panic, "Kernel panic: secret");
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\nsealed=no\n");
	s.sealed = true;
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\npanic=Kernel panic: secret\n");
	CHECK_HAS(text, "\nsealed=age\n");
	s.hides_panic = true;
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\npanic=sealed\n");
	CHECK(strstr(text, "secret") == NULL);
	s.panic[0] = '\0';
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\npanic=unknown\n");
}

TEST("the largest values there can be fit")
{
	struct status s;
	char name[256];
	char text[STATUS_BYTES];

	memset(&s, 0xff, sizeof(s));
	memset(s.kernel, 'k', sizeof(s.kernel) - 1);
	memset(s.build_id, 'b', sizeof(s.build_id) - 1);
	memset(s.panic, 'p', sizeof(s.panic) - 1);
	s.panic[sizeof(s.panic) - 1] = '\0';
	s.log_only = s.failed = s.test = s.hides_panic = false;
	s.sealed = true;
	s.format = "kdump";
	s.compress = "zlib";
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	s.instead_of = name;
	memset(s.loop, '9', sizeof(s.loop) - 1);
	s.loop[sizeof(s.loop) - 1] = '\0';
	s.kernel[sizeof(s.kernel) - 1] = '\0';
	s.build_id[sizeof(s.build_id) - 1] = '\0';
	s.crash_time = INT64_MIN;
	CHECK(status_format(&s, text, sizeof(text)) > 0);
	check_keys(text);
	CHECK_HAS(text, "crc32=ffffffff\n");
	CHECK_HAS(text, "attempt=4294967295\n");
}

TEST("a buffer that is too small gives nothing rather than half a status")
{
	struct status s;
	char text[STATUS_BYTES];
	size_t size;

	status_init(&s);
	size = status_format(&s, text, sizeof(text));
	CHECK_EQ(status_format(&s, text, size), 0);
	CHECK_EQ(status_format(&s, text, size + 1), size);
	CHECK_EQ(status_format(&s, text, 1), 0);
}

TEST("saved and unreadable pages make up all pages")
{
	struct status s;
	char text[STATUS_BYTES];

	status_init(&s);
	s.pages = 1000;
	s.pages_unreadable = 3;
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "pages=1000\npages_saved=997\npages_excluded=0\npages_unreadable=3\n");
	s.pages_unreadable = 1001; /* pages of the notes may be unreadable as well */
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "pages_saved=0\n");
}

TEST("pages left out are neither saved nor unreadable, and format, level and codec are told")
{
	struct status s;
	char text[STATUS_BYTES];

	status_init(&s);
	s.format = "kdump";
	s.level = 31;
	s.compress = "zlib";
	s.pages = 1000;
	s.pages_excluded = 900;
	s.pages_unreadable = 3;
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "format=kdump\nlevel=31\ncompress=zlib\n");
	CHECK_HAS(text, "pages=1000\npages_saved=97\npages_excluded=900\npages_unreadable=3\n");
}

TEST("which of its day it is: told of a dump with memory only")
{
	struct status s;
	char text[STATUS_BYTES];

	status_init(&s);
	s.of_day = 7;
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\nof_day=7\n");
	s.log_only = true;
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\nof_day=0\n");
}

TEST("what became of the log is told, and so are size and checksum of both texts")
{
	static const char *const words[] = {"none", "truncated", "torn", "complete"};
	struct status s;
	char text[STATUS_BYTES];
	char want[64];

	status_init(&s);
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\nlog=none\nlog_bytes=0\nlog_crc32=00000000\ncapture_log_bytes=0\n"
			"capture_log_crc32=00000000\n");
	s.log_bytes = 5000000000;
	s.log_crc32 = 0xbeef;
	s.capture_log_bytes = 12;
	s.capture_log_crc32 = 0xffffffff;
	for (unsigned int i = 0; i < 4; i++) {
		s.log = i & 3;
		status_format(&s, text, sizeof(text));
		snprintf(want, sizeof(want), "\nlog=%s\nlog_bytes=5000000000\n", words[i]);
		CHECK_HAS(text, want);
		CHECK_HAS(text, "\nlog_crc32=0000beef\ncapture_log_bytes=12\n");
		CHECK_HAS(text, "\ncapture_log_crc32=ffffffff\n");
	}
	status_forget_memory(&s);
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\nlog=complete\nlog_bytes=5000000000\n");
	status_forget_log(&s);
	status_format(&s, text, sizeof(text));
	CHECK_HAS(text, "\nlog=none\nlog_bytes=0\nlog_crc32=00000000\n");
}

TEST("VMCOREINFO fills what it knows, and a line of it cannot forge a key")
{
	static const char lines[] = "OSRELEASE=6.1.0-rpi\rresult=x\nCRASHTIME=1700000000\n"
				    "BUILD-ID=00ff\n";
	const struct vmcoreinfo info = {.text = lines, .size = sizeof(lines) - 1};
	const struct vmcoreinfo none = {.text = "", .size = 0};
	char text[STATUS_BYTES];
	struct status s;

	status_init(&s);
	status_from_vmcoreinfo(&s, &none);
	CHECK_STR(s.kernel, "unknown");
	CHECK_EQ(s.crash_time, -1);
	status_from_vmcoreinfo(&s, &info);
	CHECK_STR(s.kernel, "6.1.0-rpi?result=x");
	CHECK_STR(s.build_id, "00ff");
	CHECK_EQ(s.crash_time, 1700000000);
	status_format(&s, text, sizeof(text));
	check_keys(text);
}

static struct status_text read_back;

/* Reads SIZE bytes as a status. */
static void read_bytes(const char *bytes, size_t size)
{
	REQUIRE(size <= sizeof(read_back.text));
	memcpy(read_back.text, bytes, size);
	read_back.size = size;
}

static void read_text(const char *text)
{
	read_bytes(text, strlen(text));
	test_note("%s", text);
}

/* The number that KEY has in TEXT, or -1. */
static long long number(const char *text, const char *key)
{
	uint64_t n = 12345;

	read_text(text);
	return status_number(&read_back, key, &n) ? (long long)n : -1;
}

static enum status_result result(const char *text)
{
	read_text(text);
	return status_result(&read_back);
}

TEST("what is written is read back")
{
	struct status s;
	char text[STATUS_BYTES];
	uint64_t n;
	uint32_t crc;

	status_init(&s);
	s.format = "kdump";
	s.dump_bytes = UINT64_MAX;
	s.crc32 = 0x0badcafe;
	s.pages = 10;
	s.pages_excluded = 3;
	s.of_day = 4;
	status_format(&s, text, sizeof(text));
	read_text(text);
	CHECK_EQ(status_result(&read_back), STATUS_COMPLETE);
	CHECK(status_is(&read_back, "format", "kdump"));
	CHECK(status_is(&read_back, "kernel", "unknown"));
	CHECK(status_number(&read_back, "dump_bytes", &n) && n == UINT64_MAX);
	CHECK(status_number(&read_back, "pages_saved", &n) && n == 7);
	CHECK(status_number(&read_back, "of_day", &n) && n == 4);
	CHECK(status_crc32(&read_back, &crc) && crc == 0x0badcafe);
	s.segments_left_out = 1;
	status_format(&s, text, sizeof(text));
	CHECK_EQ(result(text), STATUS_PARTIAL);
	s.log_only = true;
	status_format(&s, text, sizeof(text));
	CHECK_EQ(result(text), STATUS_LOG_ONLY);
	s.failed = true; /* a report: no version takes it for a dump */
	status_format(&s, text, sizeof(text));
	CHECK_EQ(result(text), STATUS_ODD);
	CHECK_HAS(text, "result=failed\n");
}

TEST("a key is found wherever it stands, and what is no key of ours is passed over")
{
	CHECK_EQ(result("version=9\nschema=2\nresult=partial\n"), STATUS_PARTIAL);
	CHECK_EQ(result("no key\n\n=\n=x\nresult\nresult=complete\n"), STATUS_COMPLETE);
	CHECK_EQ(result("kernel=result=partial\nresult=log-only\n"), STATUS_LOG_ONLY);
	CHECK_EQ(result("the_result=partial\nresults=partial\n result=partial\n"), STATUS_NONE);
	CHECK_EQ(number("pages_saved=1\npages=2\n", "pages"), 2);
	CHECK_EQ(number("pages=2\npages_saved=1\n", "pages_saved"), 1);
	CHECK_EQ(number("pages=2\n", "pages_saved"), -1);
}

TEST("of a key that comes twice the first holds, whatever its value")
{
	CHECK_EQ(result("result=partial\nresult=complete\n"), STATUS_PARTIAL);
	CHECK_EQ(result("result=half\nresult=complete\n"), STATUS_ODD);
	CHECK_EQ(number("level=x\nlevel=3\n", "level"), -1);
}

TEST("a last line without its newline was cut off, and is not there")
{
	CHECK_EQ(result("kernel=x\nresult=complete"), STATUS_NONE);
	CHECK_EQ(result("result=complete"), STATUS_NONE);
	CHECK_EQ(number("dump_bytes=1234\npages=56", "pages"), -1);
	CHECK_EQ(number("pages=7\npages=56", "pages"), 7);
}

TEST("of a status that is cut anywhere each key has its value or none")
{
	static const char *const asked[] = {"level", "dump_bytes", "pages", "pages_saved",
					    "of_day"};
	struct status s;
	char text[STATUS_BYTES];
	size_t size;

	status_init(&s);
	s.level = 31;
	s.dump_bytes = 123456789;
	s.pages = 4321;
	s.pages_excluded = 1000;
	s.of_day = 12;
	size = status_format(&s, text, sizeof(text));
	for (size_t cut = 0; cut <= size; cut++) {
		static const uint64_t values[] = {31, 123456789, 4321, 3321, 12};

		read_bytes(text, cut);
		CHECK_EQ(status_result(&read_back), cut >= 16 ? STATUS_COMPLETE : STATUS_NONE);
		for (unsigned int i = 0; i < 5; i++) {
			uint64_t n = values[i];

			CHECK(status_number(&read_back, asked[i], &n) || cut < size);
			CHECK_EQ(n, values[i]);
		}
	}
}

TEST("a result is one of its words and no other")
{
	CHECK_EQ(result("result=\n"), STATUS_ODD);
	CHECK_EQ(result("result=completely\n"), STATUS_ODD);
	CHECK_EQ(result("result=comp\n"), STATUS_ODD);
	CHECK_EQ(result("result=complete \n"), STATUS_ODD);
	CHECK_EQ(result("result=COMPLETE\n"), STATUS_ODD);
}

TEST("a number is digits to its end; one that is too large is the largest")
{
	static const char *const none[] = {"n=\n",   "n=-1\n",	"n=1x\n",
					   "n= 1\n", "n=0x1\n", "n=a\n"};
	uint32_t crc;
	uint64_t n;

	for (unsigned int i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK_EQ(number(none[i], "n"), -1);
	CHECK_EQ(number("n=007\n", "n"), 7);
	read_text("n=18446744073709551616\nm=18446744073709551615\nl=99999999999999999999999\n");
	CHECK(status_number(&read_back, "n", &n) && n == UINT64_MAX);
	CHECK(status_number(&read_back, "m", &n) && n == UINT64_MAX);
	CHECK(status_number(&read_back, "l", &n) && n == UINT64_MAX);
	read_text("crc32=0000000ff\n");
	CHECK(status_crc32(&read_back, &crc) && crc == 0xff);
	read_text("crc32=100000000\n");
	CHECK(!status_crc32(&read_back, &crc));
	read_text("crc32=fg\n");
	CHECK(!status_crc32(&read_back, &crc));
}

TEST("bytes that are no text, and none at all, are a status that tells nothing")
{
	static char bytes[STATUS_READ_BYTES];
	static const char with_nul[] = "kernel=a\0b\nresult=complete\0\n";

	read_bytes("", 0);
	CHECK_EQ(status_result(&read_back), STATUS_NONE);
	for (unsigned int byte = 0; byte < 256; byte++) {
		memset(bytes, (int)byte, sizeof(bytes));
		read_bytes(bytes, sizeof(bytes));
		CHECK_EQ(status_result(&read_back), STATUS_NONE);
	}
	read_bytes(with_nul, sizeof(with_nul) - 1);
	CHECK_EQ(status_result(&read_back), STATUS_ODD);
}

/* Reads the status in the present directory. */
static int load(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = status_load(fd, &read_back);

	close(fd);
	return r;
}

TEST("a status is a regular file with something in it, and read as far as there is room")
{
	char *text = calloc(1, 1 << 20);

	REQUIRE(text != NULL);
	CHECK_EQ(load(), 0);
	CHECK_EQ(read_back.size, 0);
	scratch_write_file("status", "", 0);
	CHECK_EQ(load(), 0);
	scratch_write_file("status", "result=partial\n", 15);
	CHECK_EQ(load(), 1);
	CHECK_EQ(status_result(&read_back), STATUS_PARTIAL);
	memset(text, '\n', 1 << 20);
	memcpy(text, "result=complete", 15);
	scratch_write_file("status", text, 1 << 20);
	CHECK_EQ(load(), 1);
	CHECK_EQ(status_result(&read_back), STATUS_COMPLETE);
	REQUIRE(rename("status", "elsewhere") == 0 && symlink("elsewhere", "status") == 0);
	CHECK_EQ(load(), 0);
	REQUIRE(unlink("status") == 0 && mkfifo("status", 0600) == 0);
	CHECK_EQ(load(), 0);
	REQUIRE(unlink("status") == 0 && mkdir("status", 0700) == 0);
	CHECK_EQ(load(), 0);
	CHECK_EQ(status_load(-1, &read_back), -EBADF);
	free(text);
}

TEST("progress of nothing, of everything, and of more than everything is shown without harm")
{
	static const uint64_t totals[] = {0, 1, 4096, UINT64_C(1) << 40, UINT64_MAX};
	struct timespec moment = {.tv_nsec = 2000000};
	struct progress p;

	for (unsigned int i = 0; i < 5; i++) {
		progress_start(&p);
		progress_show(&p, 0, totals[i]);
		nanosleep(&moment, NULL);
		progress_show(&p, totals[i] / 2, totals[i]);
		progress_show(&p, totals[i], totals[i]);
		progress_show(&p, totals[i] + 1, totals[i]);
	}
}
