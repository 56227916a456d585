/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/dirlist: all the names, each once, and errors are told.
 */
#include "base/dirlist.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned int count(const char *path, unsigned char *seen, unsigned int most)
{
	struct dirlist list;
	const char *name;
	unsigned int n = 0;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	dirlist_begin(&list, fd);
	while ((name = dirlist_next(&list)) != NULL) {
		unsigned long number = strtoul(name, NULL, 10);

		n++;
		CHECK(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
		if (number < most)
			seen[number]++;
	}
	CHECK_EQ(list.error, 0);
	CHECK(dirlist_next(&list) == NULL);
	close(fd);
	return n;
}

TEST("an empty directory has no names")
{
	REQUIRE(mkdir("d", 0755) == 0);
	CHECK_EQ(count("d", NULL, 0), 0);
}

TEST("all names come, each once, long ones too, over many reads")
{
	static unsigned char seen[500];
	char name[300];

	REQUIRE(mkdir("d", 0755) == 0);
	for (unsigned int i = 0; i < 500; i++) {
		snprintf(
			name, sizeof(name), "d/%u-%.*s", i, (int)(i % 240),
			"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
			"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
			"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
		scratch_write_file(name, "", 0);
	}
	CHECK_EQ(count("d", seen, 500), 500);
	for (unsigned int i = 0; i < 500; i++)
		CHECK_EQ(seen[i], 1);
}

TEST("what is no directory is an error, not an empty list")
{
	struct dirlist list;
	int fd;

	scratch_write_file("f", "", 0);
	fd = open("f", O_RDONLY | O_CLOEXEC);
	dirlist_begin(&list, fd);
	CHECK(dirlist_next(&list) == NULL);
	CHECK_EQ(list.error, -ENOTDIR);
	close(fd);
}
