/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check --settings: what the scripts are told of a configuration.
 */
#include "cli/cli.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is said of a file of that TEXT and of CMDLINE; the caller's to free. */
static char *settings_of(const char *text, const char *cmdline)
{
	char program[] = "kdump-init", command[] = "check", option[] = "--settings",
	     file[] = "conf";
	char line[256];
	char *words[] = {program, command, option, file, line, NULL};
	int out = dup(STDOUT_FILENO);
	size_t size;

	snprintf(line, sizeof(line), "%s", cmdline);
	if (text != NULL)
		scratch_write_file("conf", text, strlen(text));
	REQUIRE(out >= 0 && freopen("said", "w", stdout) != NULL);
	CHECK_EQ(cli_main(5, words), CLI_DONE);
	REQUIRE(dup2(out, STDOUT_FILENO) >= 0);
	return (char *)scratch_read_file("said", &size);
}

TEST("settings: what is given is told as it is taken, whatever its spelling")
{
	static const struct {
		const char *text, *cmdline, *said;
	} rows[] = {
		{"", "", ""},
		{NULL, "root=/dev/vda2", ""},
		{"keep = 3 # target = LABEL=x, watchdog = none, age1abc\n", "root=/dev/vda2", ""},
		{"target = TCP:desk\nTarget: raw /dev/sdb1\n", "root=/dev/vda2",
		 "target = tcp:desk\ntarget = raw:/dev/sdb1\n"},
		{"target = LABEL=storage1\n", "KDUMP.Target=LABEL=b", "target = LABEL=b\n"},
		{"target = LABEL=a\n", "kdump.target=LABL=b", "target = LABEL=a\n"},
		{"taget = tcp:desk\n", "", "target = tcp:desk\n"},
		{"module = /a.ko x=1\r\n", "", "module = /a.ko\n"},
		{"Watchdog: None\nlog-to-root = off\n", "", "watchdog = none\nlog_to_root = no\n"},
		{"watchdog = none\n", "kdump.watchdog=auto", "watchdog = auto\n"},
		{"", "kdump.log_to_root=yes", "log_to_root = yes\n"},
		{"watchdog = nonsense\nlog_to_root = perhaps\n", "", ""},
		{"seal = age1nonsense\n", "", "seal = yes\n"},
		{"", "kdump.seal=nonsense", "seal = yes\n"},
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *said;

		unlink("conf");
		said = settings_of(rows[i].text, rows[i].cmdline);
		if (!CHECK_STR(said, rows[i].said))
			test_note("row %u", i);
		free(said);
	}
}
