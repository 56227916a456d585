/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small functions of libc do what libc's do, as far as they are used.
 */
#include "base/libc.h"

#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

TEST("strstr of random words over a small alphabet is libc's")
{
	for (int round = 0; round < 20000; round++) {
		char text[16];
		char word[4];
		size_t text_size = test_below(sizeof(text));
		size_t word_size = test_below(sizeof(word));

		for (size_t i = 0; i < text_size; i++)
			text[i] = (char)('a' + test_below(2));
		for (size_t i = 0; i < word_size; i++)
			word[i] = (char)('a' + test_below(2));
		text[text_size] = '\0';
		word[word_size] = '\0';
		if (!CHECK(libc_strstr(text, word) == strstr(text, word)))
			test_note("'%s' in '%s'", word, text);
	}
}

TEST("sysconf knows the size of a page, and says of all else that it does not")
{
	CHECK_EQ(libc_sysconf(_SC_PAGESIZE), sysconf(_SC_PAGESIZE));
	errno = 0;
	CHECK_EQ(libc_sysconf(_SC_OPEN_MAX), -1);
	CHECK_EQ(errno, EINVAL);
}

TEST("ioctl passes its argument on, and tells what the kernel says")
{
	int ends[2];
	int waiting = 0;

	REQUIRE(pipe(ends) == 0 && write(ends[1], "four", 4) == 4);
	CHECK_EQ(libc_ioctl(ends[0], FIONREAD, &waiting), 0);
	CHECK_EQ(waiting, 4);
	close(ends[0]);
	close(ends[1]);
	errno = 0;
	CHECK_EQ(libc_ioctl(ends[0], FIONREAD, &waiting), -1);
	CHECK_EQ(errno, EBADF);
}
