/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pseudo filesystems. /dev comes first, so that there is a console to complain on. Where the
 * kernel has no devtmpfs a tmpfs takes its place, and disk/device.c makes the nodes.
 */
#include "board/pseudofs.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct pseudofs {
	const char *fstype;
	const char *dir;
	const char *options;
	unsigned long flags;
	bool mounted; /* by pseudofs_mount, and not by whoever was here before */
};

static struct pseudofs all[] = {
	{"devtmpfs", "/dev", "mode=0755", MS_NOSUID, false},
	{"proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false},
	{"sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false},
};

enum { COUNT = sizeof(all) / sizeof(all[0]) };

/* By device, not by content: root filesystems bring static nodes in /dev. */
static bool is_mounted(const char *dir)
{
	struct stat root;
	struct stat st;

	return stat("/", &root) == 0 && stat(dir, &st) == 0 && st.st_dev != root.st_dev;
}

static int mount_as(const char *fstype, const struct pseudofs *p)
{
	return io_result(mount(fstype, p->dir, fstype, p->flags, p->options));
}

static int mount_one(struct pseudofs *p)
{
	int r;

	if (is_mounted(p->dir))
		return 0;
	r = io_result(mkdir(p->dir, 0755));
	if (r != 0 && r != -EEXIST && r != -EROFS)
		return r;
	r = mount_as(p->fstype, p);
	if (r == -ENODEV && p == &all[0])
		r = mount_as("tmpfs", p);
	p->mounted = r == 0;
	return r;
}

int pseudofs_mount(void)
{
	int first = 0;

	for (unsigned int i = 0; i < COUNT; i++) {
		int r = mount_one(&all[i]);

		if (first == 0)
			first = r;
	}
	return first;
}

void pseudofs_unmount(void)
{
	for (unsigned int i = COUNT; i-- > 0;) {
		if (all[i].mounted)
			umount2(all[i].dir, MNT_DETACH); /* what stays mounted does no harm */
		all[i].mounted = false;
	}
}

int pseudofs_write(const char *path, const char *text)
{
	int fd = io_result(open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY));
	int r;

	if (fd < 0)
		return fd;
	r = io_write(fd, text, strlen(text));
	close(fd); /* such files act at write, not at close */
	return r;
}

int pseudofs_read(const char *path, char *text, size_t size)
{
	int fd = io_result(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
	size_t used;
	int error;

	text[0] = '\0';
	if (fd < 0)
		return fd;
	used = io_read(fd, text, size - 1);
	error = errno;
	close(fd); /* read only */
	text[used] = '\0';
	return error != 0 ? -error : (int)used;
}
