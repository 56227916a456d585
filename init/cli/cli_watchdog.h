/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `check` says of the running system's watchdogs: does one end a capture kernel that hangs
 * before PID 1 opens its own?
 */
#ifndef CLI_CLI_WATCHDOG_H
#define CLI_CLI_WATCHDOG_H

enum { CLI_WATCHDOG_NOTE = 400 };

/* The note about the watchdogs that CLASS, /sys/class/watchdog, shows. */
void cli_watchdog_note(const char *class, char note[CLI_WATCHDOG_NOTE]);

#endif
