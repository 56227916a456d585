/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init verify, and kdump-init dmesg on files that are none: what they answer, and that they
 * say why.
 */
#include "cli/cli.h"
#include "tests/images/corefile.h"
#include "tests/images/crashlog.h"
#include "tests/images/kdumpimage.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* What the last command said, on both streams. */
static char said[16 * 1024];

/* Runs a command line of at most three words; returns its exit code. */
static int run(const char *command, const char *argument)
{
	char *words[] = {(char *)(uintptr_t) "kdump-init", (char *)(uintptr_t)command,
			 (char *)(uintptr_t)argument, NULL};
	int out = dup(STDOUT_FILENO);
	int err = dup(STDERR_FILENO);
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n;
	int code;

	fflush(stdout);
	REQUIRE(out >= 0 && err >= 0 && fd >= 0);
	REQUIRE(dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	code = cli_main(argument == NULL ? 2 : 3, words);
	fflush(stdout);
	REQUIRE(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0);
	close(out);
	close(err);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	return code;
}

static void write_text(const char *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void write_text(const char *path, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	scratch_write_file(path, text, strlen(text));
}

/* A dump directory with SIZE bytes as its vmcore, and a status that fits to it and ends in MORE. */
static void make_dump(const uint8_t *bytes, size_t size, const char *format, const char *more)
{
	(void)mkdir("dump", 0700); /* or it is there */
	scratch_write_file("dump/vmcore", bytes, size);
	write_text("dump/status",
		   "result=complete\nkernel=6.1.0\nformat=%s\ndump_bytes=%zu\ncrc32=%08lx\n%s",
		   format, size, crc32(0, bytes, (uInt)size), more);
}

#define IMAGE "note A=1\nram 0 9 text zlib\nram 9 3 zero raw\nram 20 4 data raw\nout 21 1\n"

static struct kdumpimage *image(const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "x86_64\n" IMAGE "%s\n", more);
	return kdumpimage_build(text, NULL);
}

/* Verifies a dump of the image with that change; what is said has PART. */
static void check_image(const char *change, const char *status, int code, const char *part)
{
	struct kdumpimage *k = image(change);

	make_dump(k->bytes, k->size, "kdump", status);
	test_note("%s; %s", change, status);
	CHECK_EQ(run("verify", "dump"), code);
	CHECK_HAS(said, part);
	kdumpimage_free(k);
}

#define SAVED "pages_saved=15\n"

TEST("a kdump-compressed dump is good when size, crc32, structure and pages are what status says")
{
	check_image("", SAVED, CLI_DONE, "dump/vmcore: good, ");
	check_image("", "level=31\npages_unreadable=0\n" SAVED, CLI_DONE, "good");
	check_image("", "pages_saved=13\npages_unreadable=2\n", CLI_DONE, "good");
	check_image("", "pages_saved=0\npages_unreadable=15\n", CLI_NO, "too little of the memory");
	check_image("", "pages_saved=14\npages_unreadable=0\n", CLI_NO, "pages_saved");
	check_image("", "pages_saved=12\npages_unreadable=2\n", CLI_NO, "pages_saved");
	check_image("", "pages_saved=16\n", CLI_NO, "pages_saved");
	check_image("", "pages_saved=16\npages_unreadable=9\n", CLI_NO, "pages_saved");
	check_image("", "pages_saved=x\n", CLI_NO, "pages_saved");
	check_image("", "pages_saved=\n", CLI_NO, "pages_saved");
	check_image("", "", CLI_NO, "pages_saved");
}

TEST("a kdump-compressed dump that cannot be true is refused in words that say what")
{
	check_image("byte 0 1", SAVED, CLI_NO, "no kdump-compressed dump");
	check_image("poke header_version 7", SAVED, CLI_NO, "not known");
	check_image("poke split 1", SAVED, CLI_NO, "not known");
	check_image("poke max_mapnr_64 0", SAVED, CLI_NO, "headers or bitmaps");
	check_image("cut 0x3800", SAVED, CLI_NO, "headers or bitmaps");
	check_image("cut -1", SAVED, CLI_NO, "page descriptors");
	check_image("poke status 8", SAVED, CLI_NO, "page descriptors");
	check_image("poke size:23 4095", SAVED, CLI_NO, "page descriptors");
	check_image("poke offset:3 0", SAVED, CLI_NO, "page descriptors");
	check_image("poke flags:3 9", SAVED, CLI_NO, "page descriptors");
	check_image("cut 0", SAVED, CLI_NO, "no kdump-compressed dump");
}

TEST("a dump of whose pages one cannot be unpacked is refused, though its checksum is right")
{
	/* page 3 is the first in zlib; the structure stays sound */
	check_image("poke size:3 9", SAVED, CLI_NO,
		    "dump/vmcore: 1 of 15 pages cannot be unpacked");
	check_image("poke flags:3 2", SAVED, CLI_NO, "1 of 15 pages cannot be unpacked");
	check_image("poke size:3 9\npoke size:5 1", SAVED, CLI_NO, "2 of 15 pages cannot be");
	check_image("poke flags:3 4", SAVED, CLI_FAILED,
		    "1 pages were not looked into"); /* snappy */
}

TEST("a dump whose size or content changed is refused")
{
	struct kdumpimage *k = image("");

	make_dump(k->bytes, k->size, "kdump", SAVED);
	scratch_write_file("dump/vmcore", k->bytes, k->size - 1);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "dump/vmcore: not as long as status says (dump_bytes)");
	k->bytes[k->size - 1] ^= 1;
	scratch_write_file("dump/vmcore", k->bytes, k->size);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "(crc32)");
	REQUIRE(unlink("dump/vmcore") == 0);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "dump/vmcore: No such file");
	kdumpimage_free(k);
}

TEST("an ELF dump is verified by its headers, and is none of the other kind")
{
	struct corefile c;

	corefile_build(&c, "elf32 arm\nnote A=1\nload 0x40000000 16K data\n");
	make_dump(c.bytes, c.size, "elf", "");
	CHECK_EQ(run("verify", "dump"), CLI_DONE);
	CHECK_HAS(said, "dump/vmcore: good, ");
	make_dump(c.bytes, c.size, "kdump", SAVED);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "no kdump-compressed dump");
	make_dump(c.bytes, c.size - 1, "elf", "");
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "its headers claim what is not in the file");
	c.bytes[c.size - 1] ^= 1;
	make_dump(c.bytes, c.size, "elf", "");
	c.bytes[c.size - 1] ^= 1;
	scratch_write_file("dump/vmcore", c.bytes, c.size);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "(crc32)");
	c.bytes[0] = 0;
	make_dump(c.bytes, c.size, "elf", "");
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "no ELF core");
	corefile_free(&c);
}

TEST("a report of a run that could save nothing is no dump, and is told as what it is")
{
	REQUIRE(mkdir("dump", 0700) == 0);
	write_text("dump/status", "result=failed\nformat=none\n");
	write_text("dump/capture.log", "said\n");
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "nothing of the crashed kernel was saved, capture.log says why (failed)");
}

TEST("the result decides what must be there, and what is no dump is told so")
{
	(void)mkdir("dump", 0700); /* it is not there yet */
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "dump/status: missing: this dump is not complete");
	CHECK_EQ(run("verify", "nothing"), CLI_FAILED);
	write_text("dump/status", "result=log-only\nformat=none\n");
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "dump/vmcore-dmesg.txt: No such file");
	write_text("dump/vmcore-dmesg.txt", "[    0.000000] a line\n");
	CHECK_EQ(run("verify", "dump"), CLI_DONE);
	CHECK_HAS(said, "the log only");
	write_text("dump/status", "result=half\nformat=kdump\n");
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "its result is unknown");
	write_text("dump/status", "format=kdump\n");
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "no result in it");
	write_text("dump/status", "result=complete\nformat=kdump\n");
	write_text("dump/vmcore", "KDUMP   ");
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "dump_bytes or crc32 is missing");
}

TEST("a file where a directory belongs, or the other way round, is told what to name")
{
	struct kdumpimage *k = image("");

	make_dump(k->bytes, k->size, "kdump", SAVED);
	CHECK_EQ(run("verify", "dump/vmcore"), CLI_FAILED);
	CHECK_STR(said, "dump/vmcore: no directory: name that of the dump\n");
	CHECK_EQ(run("dmesg", "dump"), CLI_FAILED);
	CHECK_STR(said, "dump: a directory: name the vmcore in it\n");
	kdumpimage_free(k);
}

TEST("a dump that is what its status says is called good as a whole")
{
	struct kdumpimage *k = image("");

	make_dump(k->bytes, k->size, "kdump", SAVED);
	CHECK_EQ(run("verify", "dump"), CLI_DONE);
	CHECK_HAS(said, "\ndump: good\n");
	scratch_write_file("dump/vmcore", k->bytes, k->size - 1);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK(strstr(said, "dump: good") == NULL);
	kdumpimage_free(k);
}

TEST("wrong use of a command is answered with its own usage, and no more")
{
	CHECK_EQ(run("verify", NULL), CLI_USAGE);
	CHECK_STR(said, "Usage: kdump-init verify DIR\n");
	CHECK_EQ(run("extract", NULL), CLI_USAGE);
	CHECK_STR(said, "Usage: kdump-init extract [--texts] DEVICE [DIR]\n"
			"       kdump-init extract --check DEVICE NAME\n");
	CHECK_EQ(run("receive", NULL), CLI_USAGE);
	CHECK_STR(said, "Usage: kdump-init receive [--port N] [--bind ADDRESS] [--once] DIR\n");
	CHECK_EQ(run("seed", "now"), CLI_USAGE);
	CHECK_STR(said, "Usage: kdump-init seed >FILE\n");
	CHECK_EQ(run("--version", "now"), CLI_USAGE);
	CHECK_STR(said, "kdump-init --version takes nothing behind it\n");
	CHECK_EQ(run("verfy", "dump"), CLI_USAGE);
	CHECK_STR(said, "kdump-init: there is no command verfy; see kdump-init --help\n");
}

TEST("a status is read by its keys, in any order, and as far as its lines are whole")
{
	struct kdumpimage *k = image("");
	unsigned long crc = crc32(0, k->bytes, (uInt)k->size);

	make_dump(k->bytes, k->size, "kdump", SAVED);
	write_text("dump/status",
		   "schema=2\ncrc32=%08lx\n" SAVED
		   "dump_bytes=%zu\nformat=kdump\nresult=complete\n",
		   crc, k->size);
	CHECK_EQ(run("verify", "dump"), CLI_DONE);
	CHECK_HAS(said, "dump/vmcore: good, ");
	write_text("dump/status",
		   "result=complete\ncrc32=%08lx\n" SAVED "format=kdump\ndump_bytes=%zu", crc,
		   k->size);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "dump_bytes or crc32 is missing");
	kdumpimage_free(k);
}

TEST("a status that is no file is none, and does not hang it")
{
	REQUIRE(mkdir("dump", 0700) == 0 && mkfifo("dump/status", 0600) == 0);
	CHECK_EQ(run("verify", "dump"), CLI_NO);
	CHECK_HAS(said, "dump/status: missing: this dump is not complete");
}

TEST("dmesg prints the log of a kdump-compressed file")
{
	struct crashlog *c = crashlog_build("ring arm64\nrecord 1.0 one\nrecord 2.5 two\n");
	struct kdumpimage *k = kdumpimage_build("aarch64\ncore zlib\n", &c->core);

	scratch_write_file("kdump", k->bytes, k->size);
	CHECK_EQ(run("dmesg", "kdump"), CLI_DONE);
	CHECK_STR(said, c->expected);
	scratch_write_file("core", c->core.bytes, c->core.size);
	CHECK_EQ(run("dmesg", "core"), CLI_DONE);
	CHECK_STR(said, c->expected);
	kdumpimage_free(k);
	crashlog_free(c);
}

TEST("dmesg does not wait for a FIFO")
{
	REQUIRE(mkfifo("fifo", 0600) == 0);
	CHECK_EQ(run("dmesg", "fifo"), CLI_FAILED);
	CHECK_HAS(said, "fifo: ");
}

TEST("dmesg says what is wrong with a file that it cannot read")
{
	struct kdumpimage *k = image("");
	char flat[4096] = "makedumpfile";

	scratch_write_file("flat", flat, sizeof(flat));
	CHECK_EQ(run("dmesg", "flat"), CLI_FAILED);
	CHECK_HAS(said, "flat: flattened: run makedumpfile -R first\n");
	scratch_write_file("text", "makedumpfiles are many, and this is none of them", 40);
	CHECK_EQ(run("dmesg", "text"), CLI_FAILED);
	CHECK(strstr(said, "flattened") == NULL);
	scratch_write_file("short", "makedumpfile", 12);
	CHECK_EQ(run("dmesg", "short"), CLI_FAILED);
	CHECK(strstr(said, "flattened") == NULL);
	scratch_write_file("cut", k->bytes, 0x3000);
	CHECK_EQ(run("dmesg", "cut"), CLI_FAILED);
	CHECK_HAS(said, "make no sense");
	scratch_write_file("nolog", k->bytes, k->size);
	CHECK_EQ(run("dmesg", "nolog"), CLI_FAILED);
	CHECK_HAS(said, "cannot be reached or makes no sense");
	k->bytes[8] = 99;
	scratch_write_file("new", k->bytes, k->size);
	CHECK_EQ(run("dmesg", "new"), CLI_FAILED);
	CHECK_HAS(said, "not supported");
	CHECK_EQ(run("dmesg", "nothing"), CLI_FAILED);
	CHECK_HAS(said, "No such file");
	CHECK_EQ(run("dmesg", NULL), CLI_USAGE);
	kdumpimage_free(k);
}
