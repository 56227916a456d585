/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk/mount: options are split into flags and what the filesystem gets.
 */
#include "disk/mount.h"
#include "tests/test.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

/* Splits OPTIONS behind DATA_BEFORE with FLAGS_BEFORE set. */
static void check(const char *options, unsigned long before, const char *data_before,
		  unsigned long flags_want, const char *data_want)
{
	unsigned long flags = before;
	char data[64];

	strcpy(data, data_before);
	CHECK_EQ(mount_options(options, &flags, data, sizeof(data)), 0);
	if (!CHECK_EQ(flags, flags_want) || !CHECK_STR(data, data_want))
		test_note("for \"%s\"", options);
}

TEST("flags are taken, the rest is the filesystem's, in order")
{
	check("", 0, "", 0, "");
	check("noatime,data=journal,sync,commit=5", 0, "", MS_NOATIME | MS_SYNCHRONOUS,
	      "data=journal,commit=5");
	check("defaults", MS_NOATIME, "", MS_NOATIME, "");
	check("x", 0, "a=b", 0, "a=b,x");
	check("nosuid,nodev,noexec,relatime,lazytime,dirsync,nodiratime,strictatime,silent", 0, "",
	      MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME | MS_LAZYTIME | MS_DIRSYNC |
		      MS_NODIRATIME | MS_STRICTATIME | MS_SILENT,
	      "");
}

TEST("the later of two options that contradict each other wins")
{
	check("ro,rw", 0, "", 0, "");
	check("rw,ro", 0, "", MS_RDONLY, "");
	check("sync,async", 0, "", 0, "");
	check("rw", MS_RDONLY, "", 0, "");
}

TEST("only whole names are flags")
{
	check("r,roo,ro=1,noatimes", 0, "", 0, "r,roo,ro=1,noatimes");
}

TEST("empty options between commas are nothing")
{
	check(",,noatime,,a,,b,", 0, "", MS_NOATIME, "a,b");
}

TEST("data that does not fit is refused, data that just fits is not")
{
	unsigned long flags = 0;
	char data[8] = "";

	CHECK_EQ(mount_options("abcdefgh", &flags, data, sizeof(data)), -E2BIG);
	data[0] = '\0';
	CHECK_EQ(mount_options("abc,defg", &flags, data, sizeof(data)), -E2BIG);
	data[0] = '\0';
	CHECK_EQ(mount_options("abc,def", &flags, data, sizeof(data)), 0);
	CHECK_STR(data, "abc,def");
}
