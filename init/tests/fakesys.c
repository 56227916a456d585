/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices are regular files, for which mknod(2) says EEXIST as it does for nodes: what finds and
 * reads them cannot tell.
 */
#include "tests/fakesys.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fakesys_begin(void)
{
	REQUIRE(scratch_shell("mkdir -p tree/sys/class/block tree/sys/devices tree/dev tree/proc "
			      "tree/etc tree/tmp"));
}

void fakesys_file(const char *path, const char *text)
{
	scratch_write_file("text", text, strlen(text));
	REQUIRE(scratch_shell("f='tree/%s'; mkdir -p \"${f%%/*}\" && mv text \"$f\"", path));
}

void fakesys_add(const char *name, const char *disk, unsigned int index, unsigned int minor,
		 const char *uevent, const char *commands)
{
	char dir[128], path[200], text[128];

	snprintf(dir, sizeof(dir), "sys/devices/%s%s%s", disk == NULL ? "" : disk,
		 disk == NULL ? "" : "/", name);
	snprintf(path, sizeof(path), "%s/dev", dir);
	snprintf(text, sizeof(text), "177:%u\n", minor);
	fakesys_file(path, text);
	snprintf(path, sizeof(path), "%s/uevent", dir);
	snprintf(text, sizeof(text), "MAJOR=177\n%s\n", uevent);
	fakesys_file(path, text);
	if (disk != NULL) {
		snprintf(path, sizeof(path), "%s/partition", dir);
		snprintf(text, sizeof(text), "%u\n", index);
		fakesys_file(path, text);
	}
	scratch_write_file("commands", commands, strlen(commands));
	REQUIRE(scratch_shell("ln -s '../../../%s' 'tree/sys/class/block/%s'", dir, name));
	REQUIRE(scratch_shell("set -e; rm -f i; truncate -s 4M i; . ./commands; "
			      "mv i tree/dev/kdump-177-%u",
			      minor));
}

static int outside = -1;

/* The leak check at the end of the process wants the real /proc. */
static void leave(void)
{
	REQUIRE(fchdir(outside) == 0 && chroot(".") == 0);
}

void fakesys_enter(void)
{
	outside = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(outside >= 0 && atexit(leave) == 0);
	if (geteuid() != 0 && unshare(CLONE_NEWUSER) != 0)
		test_needs("namespaces");
	REQUIRE(chroot("tree") == 0 && chdir("/") == 0);
}
