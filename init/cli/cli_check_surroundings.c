/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What turns a fault into a crash, what else might load a capture kernel, whether it is loaded
 * after the next boot, and whether a dump has room where it will go. The sysctls are described in
 * linux/Documentation/admin-guide/sysctl/kernel.rst.
 */
#include "cli/cli_check.h"
#include "cli/findings.h"

#include "board/pseudofs.h"
#include "disk/device.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { PATH_BYTES = 512 };

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

/* Ends the word at *TEXT, and goes on to the one behind it. */
static char *take_word(char **text)
{
	char *word = *text;
	char *end = word + strcspn(word, " ");

	*text = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

/* Where the device NUMBER is mounted from its own root on; the last one is on top. */
static bool mounted_at(dev_t number, char at[PATH_BYTES])
{
	static char mounts[32 * 1024];
	char wanted[32];
	char *line = mounts;
	bool found = false;

	if (pseudofs_read("/proc/self/mountinfo", mounts, sizeof(mounts)) <= 0)
		return false;
	snprintf(wanted, sizeof(wanted), "%u:%u", major(number), minor(number));
	while (line != NULL) {
		char *next = strchr(line, '\n');
		char *device, *root;

		if (next != NULL)
			*next++ = '\0';
		(void)take_word(
			&line); /* the mount's number and its parent's: proc_pid_mountinfo(5) */
		(void)take_word(&line);
		device = take_word(&line);
		root = take_word(&line);
		if (strcmp(device, wanted) == 0 && strcmp(root, "/") == 0) {
			snprintf(at, PATH_BYTES, "%s", take_word(&line));
			found = true;
		}
		line = next;
	}
	return found;
}

/* The decimal number behind KEY in TEXT, 0 when there is none. */
static uint64_t number_of(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	uint64_t number = 0;

	if (at == NULL)
		return 0;
	for (at += strlen(key); *at == ' '; at++)
		;
	for (; *at >= '0' && *at <= '9'; at++)
		number = number * 10 + (unsigned int)(*at - '0');
	return number;
}

/* The bytes that a dump of level 31 may take: what is the kernel's own, hardly packed. */
static uint64_t estimate(void)
{
	static const char *const keys[] = {"Slab:", "KernelStack:", "PageTables:", "Percpu:"};
	char text[4096];
	uint64_t kib = 16 * 1024; /* the kernel itself */

	if (pseudofs_read("/proc/meminfo", text, sizeof(text)) <= 0)
		return 0;
	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		kib += number_of(text, keys[i]);
	return kib * 1024 / 2;
}

/* The directory of dumps has to be on this filesystem, and not below another that is mounted. */
static void check_path(const struct config_target *t, const char *mounted)
{
	char path[PATH_BYTES];
	struct stat top, st;
	size_t used = strlen(strcmp(mounted, "/") == 0 ? "" : mounted);

	if (stat(mounted, &top) != 0)
		return;
	for (size_t i = 1; i <= strlen(t->path); i++) {
		if (t->path[i] != '/' && t->path[i] != '\0')
			continue;
		snprintf(path, sizeof(path), "%.*s%.*s", (int)used, mounted, (int)i, t->path);
		if (stat(path, &st) != 0)
			return; /* it will be made */
		if (!S_ISDIR(st.st_mode)) {
			finding(LOSES, "target %s: %s is no directory; give another path", t->name,
				path);
			return;
		}
		if (st.st_dev != top.st_dev) {
			finding(MAY_LOSE,
				"target %s: another filesystem is mounted on %s; the dump goes below it, "
				"where nobody sees it: name that one as target",
				t->name, path);
			return;
		}
	}
}

static void check_room(const struct config *c, const struct config_target *t, const char *mounted)
{
	struct statvfs vfs;
	uint64_t room, needed = estimate();

	if (statvfs(mounted, &vfs) != 0) {
		finding(NOTE, "target %s: %s: %s; its room was not checked", t->name, mounted,
			strerror(errno));
		return;
	}
	room = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	if ((uint64_t)vfs.f_blocks * vfs.f_frsize < c->free + needed)
		finding(LOSES,
			"target %s: with free = %" PRIu64 " MiB no dump fits on its %" PRIu64
			" MiB; take a smaller one",
			t->name, c->free >> 20, (uint64_t)vfs.f_blocks * vfs.f_frsize >> 20);
	else if (room < c->free + needed)
		finding(MAY_LOSE,
			"target %s: %" PRIu64
			" MiB are free; a dump of level 31 takes some %" PRIu64 " MiB, and %" PRIu64
			" MiB are to stay free: only old dumps can make room",
			t->name, room >> 20, needed >> 20, c->free >> 20);
}

static void check_place(const struct config *c, const struct config_target *t)
{
	char mounted[PATH_BYTES];
	struct device d;

	if (!device_is_block(t->name, t->fstype) || device_find(t->name, &d) != 0)
		return; /* told elsewhere */
	if (!mounted_at(d.number, mounted)) {
		finding(NOTE, "target %s: not mounted here; its room was not checked", t->name);
		return;
	}
	check_path(t, mounted);
	check_room(c, t, mounted);
}

void check_surroundings(const struct config *c)
{
	check_faults();
	check_services();
	for (unsigned int i = 0; i < c->targets; i++)
		check_place(c, &c->target[i]);
}
