/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init verify on all files of a dump: each that status speaks of is read, whatever stands in
 * its place hangs nothing, what could not be checked is said, and pages that could not be read are
 * not hidden behind "good". (The structure of a memory file: test_verify.c.)
 */
#include "cli/cli.h"
#include "tests/images/corefile.h"
#include "tests/images/kdumpimage.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

static char said[16 * 1024]; /* by the last verify, on both streams */

static int verify(void)
{
	char words[][16] = {"kdump-init", "verify", "dump"};
	char *argv[] = {words[0], words[1], words[2], NULL};
	int out = dup(STDOUT_FILENO);
	int err = dup(STDERR_FILENO);
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n;
	int code;

	fflush(stdout);
	REQUIRE(out >= 0 && err >= 0 && fd >= 0);
	REQUIRE(dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	code = cli_main(3, argv);
	REQUIRE(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
	close(out);
	close(err);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	return code;
}

static void check(int code, const char *part)
{
	int got = verify();

	if (!CHECK_EQ(got, code) || !CHECK_HAS(said, part))
		test_note("%s", said);
}

static char status[2048];

/* Changes the value of KEY in the status, or takes its line out where VALUE is NULL. */
static void set(const char *key, const char *value)
{
	char find[64], more[256] = "";
	char *at;

	snprintf(find, sizeof(find), "\n%s=", key);
	at = strstr(status, find);
	if (at != NULL) {
		char *end = strchr(at + 1, '\n');

		memmove(at, end, strlen(end) + 1);
	}
	if (value != NULL)
		snprintf(more, sizeof(more), "%s=%s\n", key, value);
	strcat(status, more);
	scratch_write_file("dump/status", status, strlen(status));
}

static void set_sizes(const char *bytes, const char *crc, const void *data, size_t size)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", size);
	set(bytes, text);
	snprintf(text, sizeof(text), "%08lx", crc32(0, data, (uInt)size));
	set(crc, text);
}

#define LOG    "dump/vmcore-dmesg.txt"
#define MEMORY "dump/vmcore"
#define SAID   "dump/capture.log"

static const char log_text[] = "[    1.000000] one\n[    2.000000] two\n";
static const char capture_text[] = "[    1.000] dump /x\n";

/* A dump of which everything is right. */
static void make(const uint8_t *memory, size_t size, const char *format)
{
	scratch_remove("dump");
	REQUIRE(mkdir("dump", 0700) == 0);
	scratch_write_file(MEMORY, memory, size);
	scratch_write_file(LOG, log_text, sizeof(log_text) - 1);
	scratch_write_file(SAID, capture_text, sizeof(capture_text) - 1);
	strcpy(status, "version=test\n");
	set("result", "complete");
	set("format", format);
	set("log", "complete");
	set_sizes("dump_bytes", "crc32", memory, size);
	set_sizes("log_bytes", "log_crc32", log_text, sizeof(log_text) - 1);
	set_sizes("capture_log_bytes", "capture_log_crc32", capture_text, sizeof(capture_text) - 1);
	set("pages_saved", "15");
	set("pages_excluded", "0");
	set("pages_unreadable", "0");
	set("segments_left_out", "0");
}

static void make_kdump(void)
{
	struct kdumpimage *k =
		kdumpimage_build("x86_64\nnote A=1\nram 0 9 text zlib\nram 9 3 zero raw\n"
				 "ram 20 4 data raw\nout 21 1\n",
				 NULL);

	make(k->bytes, k->size, "kdump");
	kdumpimage_free(k);
}

/* Of 64 pages, half of them zeros. */
static void make_elf(void)
{
	struct corefile c;

	corefile_build(&c, "elf32 arm\nnote A=1\nload 0x40000000 128K data\n"
			   "load 0x50000000 128K zero\n");
	make(c.bytes, c.size, "elf");
	set("pages_saved", "64");
	corefile_free(&c);
}

static void make_log(void)
{
	make_kdump();
	REQUIRE(unlink(MEMORY) == 0);
	set("result", "log-only");
	set("format", "none");
}

TEST("a dump is good when each file is what status says, and each is named")
{
	make_kdump();
	check(CLI_DONE, MEMORY ": good, ");
	CHECK_HAS(said, LOG ": good, 38 bytes, crc32 ");
	CHECK_HAS(said, SAID ": good, 20 bytes, crc32 ");
	CHECK(strstr(said, "not ") == NULL);
	make_elf();
	check(CLI_DONE, MEMORY ": good, ");
	make_log();
	check(CLI_DONE, "dump: good, the log only\n");
	CHECK_HAS(said, LOG ": good, 38 bytes");
}

TEST("a text that is missing, shorter, longer or changed is told, also beside a good memory")
{
	static const struct {
		const char *file, *content, *want;
	} cases[] = {
		{LOG, NULL, LOG ": No such file"},
		{LOG, "", LOG ": shorter than status says (log_bytes)"},
		{LOG, "[    1.000000] one\n[    2.00", LOG ": shorter"},
		{LOG, "[    1.000000] one\n[    2.000000] two\nx", LOG ": longer"},
		{LOG, "[    1.000000] one\n[    2.000000] twO\n", "(log_crc32)"},
		{SAID, "", SAID ": shorter than status says (capture_log_bytes)"},
		{SAID, "[    1.000] dump /y\n", "(capture_log_crc32)"},
	};

	for (unsigned int i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		const char *file = cases[i / 2].file;
		const char *content = cases[i / 2].content;

		(i % 2 == 0 ? make_kdump : make_log)();
		if (content == NULL)
			REQUIRE(unlink(file) == 0);
		else
			scratch_write_file(file, content, strlen(content));
		check(CLI_NO, cases[i / 2].want);
		CHECK(i % 2 == 1 || strstr(said, MEMORY ": good") != NULL);
	}
}

TEST("what kdump-init said may be gone, which is told, and the dump is good")
{
	make_kdump();
	REQUIRE(unlink(SAID) == 0);
	check(CLI_DONE, SAID ": not there, though status speaks of it");
	CHECK_HAS(said, MEMORY ": good");
}

TEST("what status says of the log has to make sense, and is passed on")
{
	make_kdump();
	set("log", "truncated");
	check(CLI_DONE, "newest part of the log");
	set("log", "torn");
	check(CLI_DONE, "records that could not be read are missing");
	set("log", "none");
	check(CLI_NO, LOG ": there, though status says that there is none");
	REQUIRE(unlink(LOG) == 0);
	check(CLI_DONE, MEMORY ": good");
	set("log", "somewhat");
	check(CLI_NO, "unknown (log)");
	set("log", "complete");
	set("log_crc32", NULL);
	check(CLI_NO, "log_bytes or log_crc32 is missing");
	set("log_bytes", "0");
	check(CLI_NO, LOG ": empty");
	make_log();
	set("log", "none");
	check(CLI_NO, "neither memory nor log");
	make_log();
	scratch_write_file(MEMORY, "x", 1);
	check(CLI_NO, MEMORY ": there, though status says that there is none");
}

TEST("a status of an older version: what could not be checked is said, an empty log is none")
{
	static const char *const newer[] = {"log", "log_bytes", "log_crc32", "capture_log_bytes",
					    "capture_log_crc32"};

	for (unsigned int i = 0; i < 2; i++) {
		(i == 0 ? make_kdump : make_log)();
		for (unsigned int k = 0; k < 5; k++)
			set(newer[k], NULL);
		check(CLI_DONE, LOG ": not checked further: status does not tell its size");
		CHECK_HAS(said, SAID ": not checked: ");
		scratch_write_file(LOG, "", 0);
		check(CLI_NO, LOG ": empty");
		scratch_write_file(LOG, "[    1.000000] on", 17);
		check(CLI_NO, LOG ": torn");
		REQUIRE(unlink(LOG) == 0);
		check(i == 0 ? CLI_DONE : CLI_NO, i == 0 ? "not there" : "No such file");
	}
}

static void put_there(const char *path, unsigned int kind)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	(void)unlink(path); /* or it is not there */
	switch (kind) {
	case 0:
		REQUIRE(mkfifo(path, 0600) == 0);
		break;
	case 1:
		REQUIRE(mkdir(path, 0700) == 0);
		break;
	case 2:
		REQUIRE(symlink("/etc/passwd", path) == 0);
		break;
	default:
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
		REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
		close(fd);
	}
}

TEST("what is no regular file is not opened, and is not what status means")
{
	static const char *const files[] = {LOG, MEMORY, SAID};

	for (unsigned int i = 0; i < 12; i++) {
		char want[64];

		make_kdump();
		put_there(files[i % 3], i / 3);
		snprintf(want, sizeof(want), "%s: no regular file\n", files[i % 3]);
		check(CLI_NO, want);
	}
	for (unsigned int i = 0; i < 4; i++) {
		make_kdump();
		put_there("dump/status", i);
		check(CLI_NO, "dump/status: missing");
		CHECK(strstr(said, "no dump") == NULL);
	}
}

TEST("pages that could not be read are told, and too many of them are no good dump")
{
	make_elf();
	set("pages_saved", "61");
	set("pages_unreadable", "3");
	check(CLI_DONE, "good but for 3 pages that could not be read and are zeros");
	set("pages_saved", "40");
	set("pages_unreadable", "24");
	check(CLI_NO,
	      "too little of the memory: 24 pages could not be read and are zeros, 40 could");
	set("pages_unreadable", "99999");
	check(CLI_NO, "more pages could not be read than can be");
	set("pages_saved", "4000000");
	check(CLI_NO, "more pages could not be read than can be");
	make_kdump();
	set("pages_saved", "12");
	set("pages_unreadable", "99999");
	check(CLI_NO, "more pages could not be read than can be");
	set("pages_unreadable", "3");
	check(CLI_DONE, "good but for 3 pages");
}

TEST("counts of status that contradict each other are told")
{
	make_elf();
	set("pages", "64");
	check(CLI_DONE, "good");
	set("pages", "65");
	check(CLI_NO, "contradict each other");
	set("pages_excluded", "1");
	check(CLI_DONE, "good");
	set("pages_excluded", "18446744073709551615");
	check(CLI_NO, "contradict each other");
	make_elf();
	set("segments_left_out", "1");
	check(CLI_NO, "segments_left_out");
	set("result", "partial");
	check(CLI_NO, "not all of the memory (partial)");
	set("format", "tar");
	check(CLI_NO, "its format is unknown");
}

TEST("bytes behind the memory, remains of an attempt, and a directory that is no dump")
{
	make_kdump();
	REQUIRE(scratch_shell("printf garbage >>" MEMORY));
	check(CLI_NO, "not as long as status says (dump_bytes)");
	make_log();
	scratch_write_file("dump/vmcore-incomplete", "x", 1);
	check(CLI_DONE, "dump/vmcore-incomplete: not looked at");
	scratch_remove("dump");
	REQUIRE(mkdir("dump", 0700) == 0);
	check(CLI_NO, "dump: no dump: none of the files of one is in it");
	scratch_remove("dump");
	put_there("dump", 0);
	check(CLI_FAILED, "dump: no directory");
}

TEST("what cannot be read is no answer")
{
	static const char *const files[] = {LOG, MEMORY, SAID, "dump/status"};

	REQUIRE(chmod(".", 0777) == 0);
	if (geteuid() == 0) /* who may read everything */
		REQUIRE(setegid(65534) == 0 && seteuid(65534) == 0);
	for (unsigned int i = 0; i < 4; i++) {
		make_kdump();
		REQUIRE(chmod(files[i], 0) == 0);
		check(CLI_FAILED, "Permission denied");
	}
	scratch_remove("dump");
}
