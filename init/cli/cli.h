/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of a healthy system.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Exit codes, for scripts. */
enum cli_exit { CLI_DONE = 0, CLI_NO = 1, CLI_USAGE = 2, CLI_FAILED = 3 };

/* Runs the command in ARGV. Returns the exit code. */
int cli_main(int argc, char **argv);

#endif
