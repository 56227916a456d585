/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The targets, for kdump-init check: by the same code that finds them in the capture kernel, and by
 * what this system has that the capture kernel will not have.
 */
#include "cli/cli_check.h"

#include "base/io.h"
#include "cli/findings.h"
#include "config/config_source.h"
#include "disk/device.h"
#include "disk/device_name.h"
#include "disk/flash.h"
#include "store/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Devices that programs make, or the memory of this kernel, by their names in sysfs. */
static const struct {
	const char *name, *unless, *why;
} passing[] = {
	{"dm-", "dm-mod.create=",
	 "device-mapper (LVM, encryption) has it from a program that the capture kernel does not "
	 "run; give a partition as target"},
	{"md", "md=",
	 "a RAID is put together by a program that the capture kernel does not run; give a "
	 "partition as target, or md= to the kernel"},
	{"loop", NULL, "a file is no disk of the capture kernel; give a partition as target"},
	{"ram", NULL, "it is memory, which the crash ends; give a partition as target"},
	{"zram", NULL, "it is memory, which the crash ends; give a partition as target"},
	{"nbd", NULL, "nobody connects it in the capture kernel; give a partition as target"},
	{"bcache", NULL, "nobody attaches it in the capture kernel; give a partition as target"},
};

static const char *why_passing(const char *name, const char *cmdline)
{
	for (unsigned int i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (strncmp(name, passing[i].name, strlen(passing[i].name)) == 0 &&
		    (passing[i].unless == NULL || strstr(cmdline, passing[i].unless) == NULL))
			return passing[i].why;
	}
	return NULL;
}

void check_target_name(const struct config_target *t)
{
	struct device_name n;

	device_name_read(t->name, t->fstype, &n);
	if (n.kind == DEVICE_NEVER)
		finding(LOSES, "target %s: %s", t->name, n.remedy);
	else if (n.kind == DEVICE_NODE && strchr(t->name, '/') == NULL)
		finding(NOTE,
			"target %s: taken for the device /dev/%s; a shared folder needs an "
			"fstype, 9p or virtiofs",
			t->name, t->name);
	if (strstr(t->options, "errors=panic") != NULL)
		finding(LOSES,
			"target %s: options = %s: the first fault of the disk would end the "
			"capture; leave errors=panic out",
			t->name, t->options);
}

/* Does the list LIST of filesystems name TYPE, or a driver of another version of it? */
static bool names(const char *list, const char *type)
{
	bool ext = strncmp(type, "ext", 3) == 0;
	size_t size = ext ? 3 : strlen(type);

	for (const char *name = list; name != NULL; name = strchr(name, ',')) {
		name += *name == ',';
		if (strncmp(name, type, size) == 0 ||
		    (strcmp(type, "vfat") == 0 && strncmp(name, "msdos", 5) == 0))
			return true;
	}
	return false;
}

/* A capture wrote around them. Where one place fails, the next one will. */
static void tell_given_up(const struct ring *r)
{
	unsigned int bad = 0;

	for (unsigned int i = 0; i < RING_SLOTS; i++)
		bad += (r->given_up | r->unreadable) >> i & 1;
	if (bad > 0)
		finding(MAY_LOSE,
			"%s: %u of the %d places for headers of dumps cannot be written, or read: "
			"it is failing; replace it",
			r->path, bad, (int)RING_SLOTS);
}

/* Nobody may have the device, as when it is mounted: asked without anything being written. */
static int look_at_ring(const char *path)
{
	static struct ring ring;
	int fd = io_result(open(path, O_RDONLY | O_EXCL | O_CLOEXEC));
	int error;

	if (fd < 0)
		return fd;
	error = ring_open(&ring, path, false);
	if (error == 0) {
		tell_given_up(&ring);
		ring_close(&ring);
	}
	close(fd); /* read only */
	return error;
}

/* A device without a filesystem, which is blank or has a ring of dumps? Fills WHY when not. */
static bool check_ring(const char *path, char *why, size_t size)
{
	int error = look_at_ring(path);

	if (error != 0)
		snprintf(why, size, "%s: %s", path,
			 error == -EBUSY ? "it is mounted, or a part of something else"
					 : ring_reason(error));
	return error == 0;
}

/* A filesystem that can be mounted, as FSTYPE asks for it? Fills WHY when not. */
static bool is_mountable(const struct device *d, const char *fstype, char *why, size_t size)
{
	const struct superblock *sb = &d->superblock;
	bool named = strcmp(fstype, "auto") != 0;

	if (device_refusal(d, fstype, why, size) != NULL)
		return false;
	if (device_is_raw(fstype))
		return check_ring(d->path, why, size);
	if (sb->fstype == NULL && !named)
		snprintf(why, size,
			 "no filesystem on %s that is known to take a dump%s%s; format "
			 "it, or name its fstype",
			 d->path, sb->type != NULL ? " but " : "",
			 sb->type != NULL ? sb->type : "");
	else if (named && sb->use == SUPERBLOCK_FILESYSTEM && !names(fstype, sb->type))
		snprintf(why, size, "%s holds %s, and its fstype is to be %s", d->path, sb->type,
			 fstype);
	else
		return true;
	return false;
}

static void check_device(const struct config_target *t, const char *cmdline)
{
	struct device d;
	char why[DEVICE_NOTE];
	int error = device_find(t->name, &d);
	const char *passing_why = error == 0 ? why_passing(d.name, cmdline) : NULL;

	if (error == -EINVAL)
		finding(LOSES, "target %s: %s", t->name, d.note);
	else if (error != 0)
		finding(LOSES, "target %s: %s%s%s", t->name,
			error == -ENODEV ? "there is no such device" : strerror(-error),
			d.note[0] == '\0' ? "" : ": ", d.note);
	else if (passing_why != NULL)
		finding(LOSES, "target %s: %s: %s", t->name, d.name, passing_why);
	else if (!is_mountable(&d, t->fstype, why, sizeof(why)))
		finding(LOSES, "target %s: %s", t->name, why);
	else if (d.doubt == DEVICE_FIRST_WON)
		finding(LOSES,
			"target %s: that is the name of %s; %s would be taken, the first of them: "
			"name the right one by PARTUUID=",
			t->name, d.note, d.path);
	else if (d.doubt == DEVICE_ROOT_WON)
		finding(NOTE,
			"target %s: that is the name of %s; %s is taken, on the disk of root=",
			t->name, d.note, d.path);
}

/* The capture kernel attaches what nothing has attached here, and can see only then what is in it.
 */
static void check_flash(const struct config_target *t, bool ubi)
{
	char entry[FLASH_ENTRY];

	if (flash_listed(t->name, entry))
		return;
	if (flash_attachable(t->name, entry))
		finding(NOTE,
			"target %s: %s is not attached here, so nobody knows whether it has that "
			"volume; the capture kernel attaches it: try by kdump-load --test",
			t->name, entry);
	else
		finding(LOSES, "target %s: there is no such %s", t->name,
			ubi ? "volume of UBI" : "partition of flash");
}

void check_target(const struct config *c, const struct config_target *t, const char *cmdline)
{
	struct device_name n;

	device_name_read(t->name, t->fstype, &n);
	if (n.kind == DEVICE_NEVER)
		return; /* it was told by its name */
	if (n.kind != DEVICE_SHARED) {
		check_device(t, cmdline);
	} else if (device_is_raw(t->fstype)) {
		finding(LOSES,
			"target %s: it is no block device; raw: is for a partition of a disk, give one, "
			"or leave raw: out",
			t->name);
	} else if (!flash_is_target(t->name, t->fstype)) {
		check_network(c, t, cmdline);
	} else {
		check_flash(t, n.source[0] == 'u');
	}
}
