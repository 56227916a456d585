/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * images/words: numbers and options of descriptions, and what is said of one that is wrong.
 */
#include "tests/images/corefile.h"
#include "tests/images/words.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

TEST("numbers of a description are decimal or hexadecimal, and end in K, M or G")
{
	CHECK_EQ(words_number("12"), 12);
	CHECK_EQ(words_number("0x1fK"), 0x1f << 10);
	CHECK_EQ(words_number("3M"), 3 << 20);
	CHECK_EQ(words_number("0x10G"), INT64_C(16) << 30);
	CHECK_EQ(words_number("-1"), -1);
	CHECK_EQ(words_number("+4"), 4);
}

TEST("NAME=NUMBER goes into every field of that name, and into no other")
{
	struct pair {
		uint64_t size, sizes;
	} pair = {1, 2};
	static const struct words_option options[] = {WORDS_FIELD(pair, size),
						      {"both", offsetof(struct pair, size)},
						      {"both", offsetof(struct pair, sizes)}};
	char size[] = "size=7";
	char both[] = "both=2K";

	words_options((char *[]){size, NULL}, options, 3, &pair);
	CHECK(pair.size == 7 && pair.sizes == 2);
	words_options((char *[]){both, NULL}, options, 3, &pair);
	CHECK(pair.size == 2048 && pair.sizes == 2048);
}

/* What is said of a description of a core that ends the test. */
static char *said_of(const char *description)
{
	pid_t pid = fork();
	int status = 0;
	size_t size;

	REQUIRE(pid >= 0);
	if (pid == 0) {
		struct corefile c;
		int fd = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		signal(SIGABRT, SIG_DFL);
		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
			_exit(1);
		corefile_build(&c, description);
		_exit(0);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
	return (char *)scratch_read_file("said", &size);
}

TEST("of a description that is wrong the line and the word are named")
{
	static const struct {
		const char *text, *said;
	} wrong[] = {
		{"elf32 arm\n\nload 0 20X data\n",
		 "line 3 of a description, \"load 0 20X data\": a number was expected: \"20X\""},
		{"elf32 arm\nload 0 4K data size=1KB\n", "a number was expected: \"1KB\""},
		{"elf32 arm\nload 0 4K data sizes=1\n", ": \"sizes=1\""},
		{"elf32 arm\nload 0 4K data offset\n", ": \"offset\""},
		{"elf32 vax\n", "line 1 of a description, \"elf32 vax\": unknown machine: \"vax\""},
		{"elf32 arm\nlaod 0 4K data\n", "unknown item: \"laod\""},
	};

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *said = said_of(wrong[i].text);

		CHECK_HAS(said, wrong[i].said);
		free(said);
	}
}
