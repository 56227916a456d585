/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check --settings: what the scripts have to know of a configuration, as PID 1 would
 * take it, in lines of KEY = VALUE on standard output. What is wrong with it is for other commands
 * to tell. Nothing of the system is looked at.
 */
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "config/config_source.h"

#include <errno.h>
#include <string.h>

static void pass_over(const char *finding)
{
	(void)finding;
}

static void tell_settings(const struct config *c)
{
	/* Nobody named root= as a target; the kernel itself has what leads there. */
	bool named = config_is_given(c, "target") || c->root[0] == '\0';

	for (unsigned int i = 0; i < c->targets && named; i++)
		cli_tell("target = %s%s", c->target[i].raw != 0 ? "raw:" : "", c->target[i].name);
	for (unsigned int i = 0; i < c->modules; i++)
		cli_tell("module = %s", c->module[i].path);
	if (config_is_given(c, "watchdog"))
		cli_tell("watchdog = %s", c->watchdog);
	if (config_is_given(c, "log_to_root"))
		cli_tell("log_to_root = %s", c->log_to_root != 0 ? "yes" : "no");
	if (c->seal_wanted)
		cli_tell("seal = yes");
}

/* A file that is not there is one with nothing in it, as for PID 1. */
int cli_settings(int argc, char **argv)
{
	static struct config c;
	int bad;

	if (argc < 1 || argc > 2)
		return cli_usage();
	config_read_init(&c);
	bad = config_read_file(&c, argv[0], pass_over);
	if (bad < 0 && bad != -ENOENT) {
		cli_say("%s: %s", argv[0], strerror(-bad));
		return CLI_FAILED;
	}
	(void)config_read_cmdline(&c, argc > 1 ? argv[1] : "", pass_over);
	tell_settings(&c);
	return CLI_DONE;
}
