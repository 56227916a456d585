/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What check finds out, for people and as JSON: one object, in UTF-8, whatever bytes the names in
 * it have.
 */
#include "cli/findings.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runs TELL with the stream FD in a file; returns what it wrote. The caller frees it. */
static char *written_to(int fd, void (*tell)(void))
{
	int file = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int before = dup(fd);
	size_t size;

	REQUIRE(file >= 0 && before >= 0 && dup2(file, fd) == fd);
	tell();
	REQUIRE(dup2(before, fd) == fd);
	close(before);
	close(file);
	return (char *)scratch_read_file("out", &size);
}

static void expect(int fd, void (*tell)(void), const char *wanted)
{
	char *text = written_to(fd, tell);

	CHECK_STR(text, wanted);
	free(text);
}

static void tell_all(void)
{
	finding(LOSES, "no %s", "disk");
	finding(MAY_LOSE, "old");
	finding(NOTE, "not tried");
	finding(LINE, "c:1: keep: mended");
	finding_refused("c", 2);
}

static void tell_all_as_json(void)
{
	findings_as_json();
	tell_all();
	CHECK_EQ(findings_end(false), 0);
}

TEST("findings: people get a line each, with its level in front")
{
	expect(STDERR_FILENO, tell_all,
	       "no disk\nmay lose a dump: old\nnote: not tried\nc:1: keep: mended\n");
	CHECK_EQ(findings_of(LOSES), 3);
	CHECK_EQ(findings_of(MAY_LOSE), 1);
	CHECK_EQ(findings_of(NOTE), 1);
}

TEST("findings: machines get one object, with each refusal in it")
{
	expect(STDOUT_FILENO, tell_all_as_json,
	       "{\"findings\": [{\"level\": \"loses\", \"text\": \"no disk\"}, "
	       "{\"level\": \"may-lose\", \"text\": \"old\"}, "
	       "{\"level\": \"note\", \"text\": \"not tried\"}, "
	       "{\"level\": \"line\", \"text\": \"c:1: keep: mended\"}, "
	       "{\"level\": \"loses\", \"text\": \"c: 2 lines or words are refused\"}], "
	       "\"ready\": false}\n");
	CHECK_EQ(findings_of(LOSES), 3);
}

static void tell_nothing(void)
{
	findings_as_json();
	finding_refused("c", 0);
	CHECK_EQ(findings_end(true), 0);
}

TEST("findings: nothing found is an object, too")
{
	expect(STDOUT_FILENO, tell_nothing, "{\"findings\": [], \"ready\": true}\n");
}

static void tell_bytes(void)
{
	findings_as_json();
	finding(NOTE, "\"C:\\x\"\t\n\x01\x7f");
	finding(NOTE, "\xc3\xbc\xe2\x82\xac\xf0\x9f\x92\xa5");
	/* alone, overlong, of a surrogate, beyond the last one, torn */
	finding(NOTE, "\xbc \xc0\xaf \xe0\x80\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xff \xe2\x82");
	CHECK_EQ(findings_end(false), 0);
}

TEST("findings: what is no text of JSON is escaped, what is no UTF-8 replaced")
{
#define NONE "\\ufffd"
	expect(STDOUT_FILENO, tell_bytes,
	       "{\"findings\": [{\"level\": \"note\", \"text\": "
	       "\"\\u0022C:\\u005cx\\u0022\\u0009\\u000a\\u0001\x7f\"}, "
	       "{\"level\": \"note\", \"text\": \"\xc3\xbc\xe2\x82\xac\xf0\x9f\x92\xa5\"}, "
	       "{\"level\": \"note\", \"text\": \"" NONE " " NONE NONE " " NONE NONE NONE
	       " " NONE NONE NONE " " NONE NONE NONE NONE " " NONE " " NONE NONE
	       "\"}], \"ready\": false}\n");
}

static void tell_much(void)
{
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	findings_as_json();
	finding(NOTE, "%s", text);
	CHECK_EQ(findings_end(true), 0);
}

TEST("findings: one that is too long is cut, and the object is whole")
{
	char *text = written_to(STDOUT_FILENO, tell_much);

	CHECK_HAS(text, "xxx\"}], \"ready\": true}\n");
	free(text);
}

static void tell_into_nothing(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	REQUIRE(full >= 0 && dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
	close(full);
	findings_as_json();
	CHECK(findings_end(true) < 0);
}

TEST("findings: an object that could not be written is no success")
{
	expect(STDOUT_FILENO, tell_into_nothing, "");
}
