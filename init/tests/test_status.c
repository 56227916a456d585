/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status and progress: the text is whole, in order and fits; no total is too odd to be shown.
 */
#include "store/status.h"

#include "tests/test.h"
#include "vmcore/vmcoreinfo.h"
#include "worker/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const keys[] = {
	"result", "kernel",	 "build_id",	   "crash_time",       "panic",
	"format", "level",	 "compress",	   "memory_bytes",     "dump_bytes",
	"pages",  "pages_saved", "pages_excluded", "pages_unreadable", "segments_left_out",
	"crc32",  "duration_ms", "attempt",	   "of_day",	       "version"};

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
}

TEST("the largest values there can be fit")
{
	struct status s;
	char text[STATUS_BYTES];

	memset(&s, 0xff, sizeof(s));
	memset(s.kernel, 'k', sizeof(s.kernel) - 1);
	memset(s.build_id, 'b', sizeof(s.build_id) - 1);
	memset(s.panic, 'p', sizeof(s.panic) - 1);
	s.panic[sizeof(s.panic) - 1] = '\0';
	s.log_only = false;
	s.format = "kdump";
	s.compress = "zlib";
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
