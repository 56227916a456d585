/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli/cli_watchdog: what is said of the watchdogs that a made-up /sys/class/watchdog shows.
 */
#include "cli/cli_watchdog.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void put(unsigned int n, const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "class/watchdog%u/%s", n, name);
	scratch_write_file(path, value, strlen(value));
}

static void add(unsigned int n, const char *identity, const char *state, const char *timeout)
{
	char path[64];

	(void)mkdir("class", 0700);
	snprintf(path, sizeof(path), "class/watchdog%u", n);
	REQUIRE(mkdir(path, 0700) == 0);
	put(n, "identity", identity);
	put(n, "state", state);
	put(n, "timeout", timeout);
}

static void says(const char *part)
{
	char note[CLI_WATCHDOG_NOTE];

	cli_watchdog_note("class", note);
	if (!CHECK(strstr(note, part) != NULL))
		test_note("%s", note);
}

TEST("no watchdog, and none that is armed: what to do")
{
	says("no watchdog shows in /sys: nothing ends");
	add(0, "Some Watchdog\n", "inactive\n", "60\n");
	says("no watchdog is armed: nothing ends");
	says("RuntimeWatchdogSec=60");
}

TEST("the armed one is told, with its time and whether that is enough")
{
	add(0, "First\n", "inactive\n", "60\n");
	add(1, "Broadcom BCM2835 Watchdog timer\n", "active\n", "15\n");
	says("watchdog1 (Broadcom BCM2835 Watchdog timer) is armed with 15 s");
	says("reset before it saves anything");
	put(1, "timeout", "30\n");
	says("is armed with 30 s");
	says("the archive must have its driver");
}

TEST("softdog is no help")
{
	add(0, "Software Watchdog\n", "active\n", "60\n");
	says("dies with this kernel");
}
