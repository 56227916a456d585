/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options are asked of the driver itself, as fsopen(2) and fsconfig(2) hand them to it one by one
 * (linux/fs/fsopen.c): nothing is mounted, no device is opened. Drivers that read their options
 * only when they mount take anything there (legacy_parse_param), a word without any sense as well.
 */
#include "cli/cli_check.h"
#include "cli/findings.h"

#include "board/pseudofs.h"
#include "disk/device.h"
#include "disk/device_name.h"
#include "disk/mount.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mount.h>

enum { DATA = 512, NAME = 64, MESSAGE = 200 };

/* The filesystem that T will be mounted as, "" when that is not known. */
static void fstype_of(const struct config_target *t, char name[NAME])
{
	struct device d = {.superblock.fstype = NULL};
	const char *fstype = t->fstype;

	if (device_is_block(t->name, t->fstype) && device_find(t->name, &d) == 0 &&
	    d.superblock.fstype != NULL)
		fstype = d.superblock.fstype;
	else if (strcmp(fstype, "auto") == 0)
		fstype = device_name_fstype(t->name);
	snprintf(name, NAME, "%s", fstype == NULL || strchr(fstype, ',') != NULL ? "" : fstype);
}

/* To ask for one that is not there would load its module. */
static bool is_there(const char *fstype)
{
	char text[4096], line[NAME + 4];

	snprintf(line, sizeof(line), "\t%s\n", fstype);
	return pseudofs_read("/proc/filesystems", text, sizeof(text)) > 0 &&
	       strstr(text, line) != NULL;
}

/* KEY or KEY=VALUE, which is changed. Returns 0 or -errno. */
static int offer(int fd, char *option)
{
	char *value = strchr(option, '=');
	long r;

	if (value != NULL)
		*value++ = '\0';
	r = syscall(SYS_fsconfig, fd, value == NULL ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING,
		    option, value, 0);
	return r == 0 ? 0 : -errno;
}

/* What the driver says of the last call: a letter for the level, a space, a line. */
static void read_message(int fd, char message[MESSAGE])
{
	ssize_t n = read(fd, message, MESSAGE - 1);

	message[n > 0 ? n : 0] = '\0';
	message[strcspn(message, "\n")] = '\0';
	if (n > 2)
		memmove(message, message + 2, strlen(message + 2) + 1);
}

static void ask(int fd, const struct config_target *t, const char *fstype, char *data)
{
	char senseless[] = "kdump-init-asks";
	char message[MESSAGE];
	char option[DATA];
	char *word;

	if (offer(fd, senseless) == 0) {
		finding(NOTE,
			"target %s: options = %s: not tried, as %s looks at them only when it is "
			"mounted",
			t->name, t->options, fstype);
		return;
	}
	read_message(fd, message); /* of the senseless one, which is known */
	while ((word = strsep(&data, ",")) != NULL) {
		snprintf(option, sizeof(option), "%s", word);
		if (offer(fd, option) == 0)
			continue;
		read_message(fd, message);
		finding(LOSES,
			"target %s: options = %s: %s does not take %s, and would not be mounted (%s)",
			t->name, t->options, fstype, word, message);
	}
}

void check_options(const struct config_target *t)
{
	char data[DATA] = "", fstype[NAME];
	unsigned long flags = 0;
	int fd;

	if (mount_options(t->options, &flags, data, sizeof(data)) != 0 || data[0] == '\0')
		return;
	fstype_of(t, fstype);
	fd = fstype[0] != '\0' && is_there(fstype)
		     ? (int)syscall(SYS_fsopen, fstype, FSOPEN_CLOEXEC)
		     : -1;
	if (fd < 0) {
		finding(NOTE,
			"target %s: options = %s: not tried; that takes root, Linux 5.2 and its "
			"filesystem in this kernel",
			t->name, t->options);
		return;
	}
	ask(fd, t, fstype, data);
	close(fd); /* nothing was made of it */
}
