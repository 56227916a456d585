/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What turns a fault into a crash, what else might load a capture kernel, and whether it is loaded
 * after the next boot. The sysctls are described in
 * linux/Documentation/admin-guide/sysctl/kernel.rst.
 */
#include "cli/cli_check.h"
#include "cli/findings.h"

#include "board/pseudofs.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A sysctl that is 0: what happens then, and whether that loses the dump of the fault. */
static const struct {
	const char *name, *meaning;
	bool matters;
} faults[] = {
	{"kernel/panic_on_oops",
	 "an oops is no crash: the kernel goes on with a part of it dead, and no dump is taken; set it "
	 "to 1 (/usr/lib/sysctl.d/60-kdump-init.conf)",
	 true},
	{"kernel/panic",
	 "a panic while no capture kernel is loaded stops the machine for good; set it to 10",
	 false},
	{"kernel/softlockup_panic", "a processor that is stuck in the kernel is no crash", false},
	{"kernel/hardlockup_panic",
	 "a processor that is stuck with interrupts off is no crash, and only a watchdog ends it",
	 false},
	{"kernel/hung_task_panic", "a task that waits for ever is no crash", false},
	{"kernel/panic_on_warn", "a warning of the kernel is no crash", false},
	{"kernel/sysrq",
	 "a crash cannot be asked for at the keyboard or the serial console; set it to 1, or to 8 for "
	 "no more than that",
	 false},
	{"kernel/panic_on_rcu_stall", "a processor that all others wait for is no crash", false},
};

static void check_faults(void)
{
	for (unsigned int i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char path[64], value[16];

		snprintf(path, sizeof(path), "/proc/sys/%s", faults[i].name);
		if (pseudofs_read(path, value, sizeof(value)) > 0 && value[0] == '0')
			finding(faults[i].matters ? MAY_LOSE : NOTE, "%s is 0: %s", path + 10,
				faults[i].meaning);
	}
}

/* A deadlock with interrupts off is ended by a watchdog: by a crash, where it asks for one first.
 */
static void check_pretimeout(void)
{
	enum { WATCHDOGS = 4 };

	for (int i = 0; i < WATCHDOGS; i++) {
		char path[80], governor[32];

		snprintf(path, sizeof(path), "/sys/class/watchdog/watchdog%d/pretimeout_governor",
			 i);
		if (pseudofs_read(path, governor, sizeof(governor)) > 0 &&
		    strncmp(governor, "panic", 5) != 0)
			finding(NOTE,
				"watchdog%d can warn before it resets, and then does no more than that: "
				"with panic in %s a deadlock gives a dump",
				i, path);
	}
}

/* Who else loads a capture kernel: the link that enables the service, and whose it is. */
static const struct {
	const char *link, *name;
} others[] = {
	{"/etc/systemd/system/multi-user.target.wants/kdump-tools.service", "kdump-tools"},
	{"/etc/systemd/system/multi-user.target.wants/kdump.service", "kdump"},
	{"/etc/rc2.d/S01kdump-tools", "kdump-tools"},
};

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void check_services(void)
{
	bool systemd = is_there("/run/systemd/system");

	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (is_there(others[i].link))
			finding(MAY_LOSE,
				"%s loads a capture kernel, too: the last one wins; disable it (%s)",
				others[i].name, others[i].link);
	}
	if (systemd && !is_there("/etc/systemd/system/multi-user.target.wants/kdump-load.service"))
		finding(MAY_LOSE,
			"kdump-load.service is not enabled: after the next boot nothing is loaded; "
			"systemctl enable kdump-load");
	else if (!systemd)
		finding(NOTE,
			"whether kdump-load runs at each boot was not checked: there is no systemd");
}

void check_surroundings(void)
{
	check_faults();
	check_pretimeout();
	check_services();
}
