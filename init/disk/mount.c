/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounting. The mount point is made on devtmpfs, the one directory that is writable both in an
 * initramfs and on a root partition that is still read-only.
 */
#include "disk/mount.h"

#include "disk/device.h"
#include "disk/device_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#define MOUNT_DIR "/dev/kdump-target"

enum { DATA = 512 /* bytes for the options that the filesystem itself gets */ };

#ifndef EXFAT_SUPER_MAGIC
#define EXFAT_SUPER_MAGIC 0x2011BAB0UL
#endif

/* An option of mount(8) and the flags of mount(2) that it stands for. */
struct option {
	const char *name;
	unsigned long set, clear;
};

static const struct option options_known[] = {
	{"defaults", 0, 0},
	{"rw", 0, MS_RDONLY},
	{"ro", MS_RDONLY, 0},
	{"sync", MS_SYNCHRONOUS, 0},
	{"async", 0, MS_SYNCHRONOUS},
	{"dirsync", MS_DIRSYNC, 0},
	{"noatime", MS_NOATIME, 0},
	{"nodiratime", MS_NODIRATIME, 0},
	{"relatime", MS_RELATIME, 0},
	{"strictatime", MS_STRICTATIME, 0},
	{"lazytime", MS_LAZYTIME, 0},
	{"nosuid", MS_NOSUID, 0},
	{"nodev", MS_NODEV, 0},
	{"noexec", MS_NOEXEC, 0},
	{"silent", MS_SILENT, 0},
	/* What mount(8) keeps to itself, and what never holds for a target. */
	{"suid", 0, 0},
	{"dev", 0, 0},
	{"exec", 0, 0},
	{"atime", 0, 0},
	{"auto", 0, 0},
	{"noauto", 0, 0},
	{"nofail", 0, 0},
	{"user", 0, 0},
	{"users", 0, 0},
	{"nouser", 0, 0},
	{"_netdev", 0, 0},
};

static const struct option *option_named(const char *name, size_t len)
{
	const size_t count = sizeof(options_known) / sizeof(options_known[0]);

	for (const struct option *o = options_known; o < options_known + count; o++) {
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	}
	return NULL;
}

int mount_options(const char *options, unsigned long *flags, char *data, unsigned int size)
{
	size_t used = strlen(data);

	while (*options != '\0') {
		size_t len = strcspn(options, ",");
		const struct option *o = option_named(options, len);

		if (o != NULL) {
			*flags = (*flags & ~o->clear) | o->set;
		} else if (len > 0 && strncmp(options, "x-", 2) != 0) {
			if (used + len + 2 > size)
				return -E2BIG;
			if (used > 0)
				data[used++] = ',';
			memcpy(data + used, options, len);
			used += len;
			data[used] = '\0';
		}
		options += len + (options[len] == ',');
	}
	return 0;
}

/*
 * A superblock of ext2, ext3 or ext4 may say that the kernel is to panic at the first fault of the
 * filesystem (tune2fs -e panic), which would end the capture, and the targets that are left with
 * it. To go on costs no truth: what cannot be written is an error of write or fsync as before, and
 * the filesystem is marked for fsck. The drivers of the others have it in no superblock.
 */
static const char *go_on(const char *fstype, const char *data, char more[DATA])
{
	if (strncmp(fstype, "ext", 3) != 0 || strncmp(data, "errors=", 7) == 0 ||
	    strstr(data, ",errors=") != NULL)
		return data;
	snprintf(more, DATA, "%s%serrors=continue", data, data[0] == '\0' ? "" : ",");
	return more;
}

/* A driver that does not know an option of ours says -EINVAL, as it does for a wrong superblock. */
static int try_mount(struct mount *m, const char *source, const char *fstype, unsigned long flags,
		     const char *data)
{
	char more[DATA];
	const char *with = go_on(fstype, data, more);
	int r = mount(source, MOUNT_DIR, fstype, flags, with) == 0 ? 0 : -errno;

	if (r == -EINVAL && with != data)
		r = mount(source, MOUNT_DIR, fstype, flags, data) == 0 ? 0 : -errno;
	if (r == 0)
		snprintf(m->fstype, sizeof(m->fstype), "%s", fstype);
	return r;
}

/* Tries every filesystem of /proc/filesystems that wants a device. */
static int try_all(struct mount *m, const char *source, unsigned long flags, const char *data)
{
	char text[2048];
	char *rest = text;
	char *line;
	ssize_t n;
	int r = -ENODEV;
	int fd = open("/proc/filesystems", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd); /* read only */
	text[n > 0 ? n : 0] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '\t' || line[1] == '\0')
			continue;
		r = try_mount(m, source, line + 1, flags, data);
		if (r != -EINVAL && r != -ENODEV)
			return r;
	}
	return r;
}

/* The filesystems of a list with commas, as rootfstype= may have it, in its order. */
static int try_list(struct mount *m, const char *source, const char *list, unsigned long flags,
		    const char *data)
{
	char names[64];
	char *rest = names;
	char *name;
	int r = -ENODEV;

	snprintf(names, sizeof(names), "%s", list);
	while ((name = strsep(&rest, ",")) != NULL) {
		if (name[0] == '\0')
			continue;
		r = try_mount(m, source, name, flags, data);
		if (r != -EINVAL && r != -ENODEV && r != -EACCES)
			return r;
	}
	return r;
}

/* ext2 and ext3 share ext4's magic; a kernel may have only the older drivers. */
static int mount_auto(struct mount *m, const struct device *d, unsigned long flags,
		      const char *data)
{
	const char *fstype = d->superblock.fstype;
	int r;

	if (fstype == NULL)
		return try_all(m, d->path, flags, data);
	r = try_list(m, d->path, strcmp(fstype, "ext4") == 0 ? "ext4,ext3,ext2" : fstype, flags,
		     data);
	if (r == -EINVAL) /* an old superblock may lie beside the one that counts */
		r = try_all(m, d->path, flags, data);
	return r;
}

/*
 * HOST:/EXPORT is NFS. The kernel's mount takes the server's address as an option and wants no
 * lock daemon (Documentation/admin-guide/nfs/nfsroot.rst).
 */
static int mount_shared(struct mount *m, const struct mount_request *q, unsigned long flags,
			char *data)
{
	const char *colon = strstr(q->name, ":/");
	const char *fstype = q->fstype;
	struct device_name n;
	char more[128];
	int r;

	device_name_read(q->name, fstype, &n);
	if (n.fstype != NULL && strcmp(fstype, "auto") == 0)
		fstype = n.fstype;
	if (colon == NULL || (strcmp(fstype, "auto") != 0 && strncmp(fstype, "nfs", 3) != 0))
		return try_list(m, n.source, fstype, flags, data);
	snprintf(more, sizeof(more), "nolock,addr=%.*s", (int)(colon - q->name), q->name);
	r = mount_options(more, &flags, data, DATA);
	if (r != 0)
		return r;
	return try_mount(m, q->name, q->fstype[0] == 'n' ? q->fstype : "nfs", flags, data);
}

/* What the filesystem can do, by its magic (statfs(2)). */
static void detect_features(struct mount *m)
{
	struct statfs fs;
	unsigned long magic = statfs(m->dir, &fs) == 0 ? (unsigned long)fs.f_type : 0;
	bool fat = magic == MSDOS_SUPER_MAGIC || magic == EXFAT_SUPER_MAGIC;

	m->sparse = !fat;
	m->direct = !fat; /* FAT takes O_DIRECT for extending writes, and then buffers them */
}

/* Options of the first mount, as of rootflags=, may be none that a remount takes. */
static int remount_root(struct mount *m, unsigned long flags, const char *data)
{
	char more[DATA];
	struct statfs fs;
	bool ext = statfs("/", &fs) == 0 && (unsigned long)fs.f_type == EXT4_SUPER_MAGIC;
	const char *tries[] = {ext ? go_on("ext4", data, more) : data, data, NULL};
	int r = -EINVAL;

	m->is_root = true;
	m->dir = "/";
	for (unsigned int i = 0; i < 3 && r == -EINVAL; i++)
		r = mount(NULL, "/", NULL, flags | MS_REMOUNT, tries[i]) == 0 ? 0 : -errno;
	return r;
}

int mount_target(struct mount *m, const struct mount_request *q)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME;
	char data[DATA] = "";
	int r;

	*m = (struct mount){.dir = MOUNT_DIR};
	r = mount_options(q->options, &flags, data, sizeof(data));
	if (r != 0)
		return r;
	flags &= ~(unsigned long)MS_RDONLY; /* as rootflags= may have it for a start */
	if (device_is_root(q->device)) {
		r = remount_root(m, flags & ~(unsigned long)(MS_NOSUID | MS_NODEV | MS_NOEXEC),
				 data);
	} else {
		if (mkdir(MOUNT_DIR, 0700) != 0 && errno != EEXIST)
			return -errno;
		if (q->device == NULL)
			r = mount_shared(m, q, flags, data);
		else if (strcmp(q->fstype, "auto") != 0)
			r = try_list(m, q->device->path, q->fstype, flags, data);
		else
			r = mount_auto(m, q->device, flags, data);
	}
	if (r == 0)
		detect_features(m);
	return r;
}

/* "/" may have been writable before; nobody but us is left to write to it. */
int mount_release(struct mount *m)
{
	if (!m->is_root)
		return umount2(m->dir, UMOUNT_NOFOLLOW) == 0 ? 0 : -errno;
	return mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0 ? 0 : -errno;
}

void mount_abandon(void)
{
	while (umount2(MOUNT_DIR, UMOUNT_NOFOLLOW) == 0)
		; /* mounts stack when more than one worker died */
}
