/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounting. The mount point is made on devtmpfs, the one directory that is writable both in an
 * initramfs and on a root partition that is still read-only.
 */
#include "disk/mount.h"

#include "base/io.h"
#include "base/text.h"
#include "board/pseudofs.h"
#include "disk/device.h"
#include "disk/device_name.h"
#include "disk/flash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#define MOUNT_DIR "/dev/kdump-target"

enum { DATA = 512 /* bytes for the options that the filesystem itself gets */ };

#ifndef EXFAT_SUPER_MAGIC
#define EXFAT_SUPER_MAGIC 0x2011BAB0UL
#endif

/* An option of mount(8), and the flag of mount(2) that it stands for. */
struct option {
	char name[12];
	uint32_t flag;
};

enum { CLEARING = 2 }; /* so many rows take their flag away */

static const struct option options_known[] = {
	{"rw", MS_RDONLY},
	{"async", MS_SYNCHRONOUS},
	{"ro", MS_RDONLY},
	{"sync", MS_SYNCHRONOUS},
	{"dirsync", MS_DIRSYNC},
	{"noatime", MS_NOATIME},
	{"nodiratime", MS_NODIRATIME},
	{"relatime", MS_RELATIME},
	{"strictatime", MS_STRICTATIME},
	{"lazytime", MS_LAZYTIME},
	{"nosuid", MS_NOSUID},
	{"nodev", MS_NODEV},
	{"noexec", MS_NOEXEC},
	{"silent", MS_SILENT},
};

/* What mount(8) keeps to itself, and what never holds for a target; a longer word comes first. */
static bool is_ignored(const char *option, size_t length)
{
	return length == 0 || text_begins(option, "x-") != 0 ||
	       text_begins(option, "defaults|suid|dev|exec|atime|auto|noauto|nofail|users|user|"
				   "nouser|_netdev") == length;
}

static const struct option *option_named(const char *name, size_t length)
{
	const size_t count = sizeof(options_known) / sizeof(options_known[0]);

	for (const struct option *o = options_known; o < options_known + count; o++) {
		if (strlen(o->name) == length && strncmp(o->name, name, length) == 0)
			return o;
	}
	return NULL;
}

int mount_options(const char *options, unsigned long *flags, char *data, unsigned int size)
{
	while (*options != '\0') {
		size_t length = strcspn(options, ",");
		const struct option *o = option_named(options, length);
		size_t used = strlen(data);

		if (o != NULL && o < options_known + CLEARING) {
			*flags &= ~(unsigned long)o->flag;
		} else if (o != NULL) {
			*flags |= o->flag;
		} else if (!is_ignored(options, length)) {
			if (used + length + 2 > size)
				return -E2BIG;
			snprintf(data + used, size - used, "%s%.*s", used == 0 ? "" : ",",
				 (int)length, options);
		}
		options += length + (options[length] == ',');
	}
	return 0;
}

/* What is the same in all tries to mount one target. */
struct tries {
	struct mount *mount;
	const char *source; /* NULL: "/" is mounted anew */
	unsigned long flags;
	char data[DATA];
};

static unsigned long magic_of(const char *dir)
{
	struct statfs fs;

	return statfs(dir, &fs) == 0 ? (unsigned long)fs.f_type : 0;
}

/*
 * A superblock of ext2, ext3 or ext4 may say that the kernel is to panic at the first fault of the
 * filesystem (tune2fs -e panic), which would end the capture, and the targets that are left with
 * it. To go on costs no truth: what cannot be written is an error of write or fsync as before, and
 * the filesystem is marked for fsck. The drivers of the others have it in no superblock.
 */
static bool must_be_told(const struct tries *t, const char *fstype)
{
	bool ext = fstype != NULL ? text_begins(fstype, "ext") != 0
				  : magic_of("/") == EXT4_SUPER_MAGIC;

	return ext && text_begins(t->data, "errors=") == 0 && strstr(t->data, ",errors=") == NULL;
}

static int mount_with(const struct tries *t, const char *fstype, const char *data)
{
	return io_result(mount(t->source, t->mount->dir, fstype, t->flags, data));
}

/*
 * A driver that does not know an option says -EINVAL, as it does for a wrong superblock. Options of
 * the first mount of "/", as of rootflags=, may be none that a remount takes.
 */
static int try_mount(const struct tries *t, const char *fstype)
{
	char more[DATA + sizeof(",errors=continue")];
	int r = -EINVAL;

	if (must_be_told(t, fstype)) {
		snprintf(more, sizeof(more), "%s%serrors=continue", t->data,
			 t->data[0] == '\0' ? "" : ",");
		r = mount_with(t, fstype, more);
	}
	if (r == -EINVAL)
		r = mount_with(t, fstype, t->data);
	if (r == -EINVAL && t->source == NULL)
		r = mount_with(t, fstype, NULL);
	if (r == 0 && fstype != NULL)
		snprintf(t->mount->fstype, sizeof(t->mount->fstype), "%s", fstype);
	return r;
}

/*
 * The filesystems of a list with commas, as rootfstype= may have it, or of /proc/filesystems, where
 * a line begins with a tab or, when the filesystem wants no device, with "nodev". NAMES is cut up.
 */
static int try_each(const struct tries *t, char *names)
{
	char *name;
	int error = -ENODEV;

	while ((name = strsep(&names, ",\n")) != NULL) {
		int r;

		name += name[0] == '\t';
		if (name[0] == '\0' || text_begins(name, "nodev\t") != 0)
			continue;
		r = try_mount(t, name);
		if (r != -EINVAL && r != -ENODEV && r != -EACCES)
			return r;
		if (error != -EACCES) /* the one that says most */
			error = r;
	}
	return error;
}

/* FSTYPE may be a list. */
static int try_named(const struct tries *t, const char *fstype)
{
	char names[64];

	snprintf(names, sizeof(names), "%s", fstype);
	return try_each(t, names);
}

static int mount_device(struct tries *t, const struct device *d, const char *fstype)
{
	const char *found = d->superblock.fstype;
	char text[2048];
	int r = -EINVAL;

	t->source = d->path;
	if (strcmp(fstype, "auto") != 0)
		return try_named(t, fstype);
	/* ext2 and ext3 share ext4's magic; a kernel may have only the older drivers. */
	if (found != NULL)
		r = try_named(t, strcmp(found, "ext4") == 0 ? "ext4,ext3,ext2" : found);
	if (r != -EINVAL) /* else an old superblock may lie beside the one that counts */
		return r;
	r = pseudofs_read("/proc/filesystems", text, sizeof(text));
	return r < 0 ? r : try_each(t, text);
}

/*
 * HOST:/EXPORT is NFS. The kernel's mount takes the server's address as an option and wants no
 * lock daemon (Documentation/admin-guide/nfs/nfsroot.rst).
 */
static int mount_shared(struct tries *t, const char *name, const char *fstype, const char *address)
{
	struct device_name n;
	char more[128];
	int r = 0;

	device_name_read(name, fstype, &n);
	t->source = n.source;
	if (strcmp(fstype, "auto") == 0)
		fstype = n.fstype != NULL ? n.fstype : "nfs";
	if (address != NULL && text_begins(fstype, "nfs") != 0) {
		snprintf(more, sizeof(more), "nolock,addr=%s", address);
		r = mount_options(more, &t->flags, t->data, DATA);
	}
	return r != 0 ? r : try_named(t, fstype);
}

int mount_target(struct mount *m, const struct mount_request *q)
{
	struct tries t = {.mount = m, .flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME};
	unsigned long magic;
	int r;

	*m = (struct mount){.dir = MOUNT_DIR,
			    .is_root = q->device == NULL ? flash_is_root(q->name)
							 : device_is_root(q->device)};
	r = mount_options(q->options, &t.flags, t.data, DATA);
	if (r != 0)
		return r;
	t.flags &= ~(unsigned long)MS_RDONLY; /* as rootflags= may have it for a start */
	if (m->is_root) {
		m->dir = "/";
		t.flags &= ~(unsigned long)(MS_NOSUID | MS_NODEV | MS_NOEXEC);
		t.flags |= MS_REMOUNT;
		r = try_mount(&t, NULL);
	} else {
		r = io_result(mkdir(MOUNT_DIR, 0700));
		if (r == 0 || r == -EEXIST)
			r = q->device == NULL ? mount_shared(&t, q->name, q->fstype, q->address)
					      : mount_device(&t, q->device, q->fstype);
	}
	/* FAT keeps no holes, takes O_DIRECT for extending writes, and then buffers them. */
	magic = magic_of(m->dir);
	m->sparse = m->direct = magic != MSDOS_SUPER_MAGIC && magic != EXFAT_SUPER_MAGIC;
	return r;
}

/* "/" may have been writable before; nobody but us is left to write to it. */
int mount_release(struct mount *m)
{
	if (!m->is_root)
		return io_result(umount2(m->dir, UMOUNT_NOFOLLOW));
	return io_result(mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL));
}

void mount_abandon(void)
{
	while (umount2(MOUNT_DIR, UMOUNT_NOFOLLOW) == 0)
		; /* mounts stack when more than one worker died */
}
