/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What check finds out about one target. Nothing is written to it.
 */
#ifndef CLI_CLI_CHECK_H
#define CLI_CLI_CHECK_H

struct config_target;

/* Takes a finding that would lose a dump, in TEXT that is gone afterwards. */
typedef void check_report(const char *text);

/* Whether the name of T can be one, wherever it is. */
void check_target_name(const struct config_target *t, check_report report);

/*
 * Whether T is there and can be written to, on this system and, as far as CMDLINE, the command line
 * of its kernel, tells, in the capture kernel.
 */
void check_target(const struct config_target *t, const char *cmdline, check_report report);

#endif
