/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A crash calls no reboot notifier and no driver's shutdown (kernel/kexec_core.c, crash_kexec), so
 * hardware that counts goes on counting. Whether the capture kernel's driver lets it is in
 * README.md.
 *
 * Attributes: Documentation/ABI/testing/sysfs-class-watchdog. The identity of softdog is that of
 * drivers/watchdog/softdog.c: it dies with its kernel.
 */
#include "cli/cli_watchdog.h"

#include "board/pseudofs.h"

#include <stdio.h>
#include <string.h>

enum { WATCHDOGS = 8, VALUE = 64, SHORT_S = 30 /* from the panic to the driver's probe */ };

#define ARM_IT "arm one, with systemd by RuntimeWatchdogSec=60"

static void read_value(const char *class, unsigned int n, const char *name, char value[VALUE])
{
	char path[256];

	snprintf(path, sizeof(path), "%s/watchdog%u/%s", class, n, name);
	if (pseudofs_read(path, value, VALUE) < 0)
		value[0] = '\0';
	value[strcspn(value, "\n")] = '\0';
}

static unsigned int number(const char *digits)
{
	unsigned int n = 0;

	for (; *digits >= '0' && *digits <= '9' && n < 1000000; digits++)
		n = n * 10 + (unsigned int)(*digits - '0');
	return n;
}

static void tell_armed(unsigned int n, const char *identity, unsigned int seconds, char *note)
{
	if (strcmp(identity, "Software Watchdog") == 0)
		snprintf(note, CLI_WATCHDOG_NOTE,
			 "watchdog%u is softdog, which dies with this kernel: only a watchdog in "
			 "hardware ends a capture kernel that hangs early",
			 n);
	else if (seconds < SHORT_S)
		snprintf(
			note, CLI_WATCHDOG_NOTE,
			"watchdog%u (%s) is armed with %u s, and goes on after a crash: a capture "
			"kernel that takes longer to start is reset before it saves anything; %u s "
			"or more are safe (RuntimeWatchdogSec=60)",
			n, identity, seconds, (unsigned int)SHORT_S);
	else
		snprintf(note, CLI_WATCHDOG_NOTE,
			 "watchdog%u (%s) is armed with %u s, and goes on after a crash: the "
			 "archive must have its driver, where that is a module",
			 n, identity, seconds);
}

void cli_watchdog_note(const char *class, char note[CLI_WATCHDOG_NOTE])
{
	char state[VALUE];
	char identity[VALUE];
	char seconds[VALUE];
	unsigned int there = 0;

	for (unsigned int n = 0; n < WATCHDOGS; n++) {
		read_value(class, n, "identity", identity);
		read_value(class, n, "state", state);
		read_value(class, n, "timeout", seconds);
		there += identity[0] != '\0';
		if (strcmp(state, "active") != 0)
			continue;
		tell_armed(n, identity, number(seconds), note);
		return;
	}
	snprintf(note, CLI_WATCHDOG_NOTE, "%s: nothing ends a capture kernel that hangs early; %s",
		 there > 0 ? "no watchdog is armed" : "no watchdog shows in /sys",
		 there > 0 ? ARM_IT : "load its driver and " ARM_IT);
}
