/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel takes as root=: block/early-lookup.c and init/do_mounts.c (until Linux 6.4
 * name_to_dev_t there). What the programs of an initramfs take besides: LABEL=, UUID= and the
 * links of udev, as far as they say what they lead to.
 */
#include "disk/device_name.h"

#include <stdbool.h>
#include <string.h>
#include <sys/sysmacros.h>

/* By what a name begins with; the first row that fits counts. */
struct form {
	const char *prefix;
	enum device_kind kind;
	enum device_tag tag;
	unsigned int skip; /* so many characters are none of VALUE or of the source */
	const char *fstype, *remedy;
};

#define NEVER(text, why)                                                                           \
	{                                                                                          \
		.prefix = (text), .kind = DEVICE_NEVER, .remedy = (why)                            \
	}
#define TAGGED(text, t)                                                                            \
	{                                                                                          \
		(text), DEVICE_TAGGED, (t), sizeof(text) - 1, NULL, NULL                           \
	}
#define FLASH(text, n, t)                                                                          \
	{                                                                                          \
		(text), DEVICE_SHARED, TAG_NONE, (n), (t), NULL                                    \
	}

#define LOST "it ends with the capture kernel; give a target that stays"
#define UDEV                                                                                       \
	"udev makes this name, and does not run in the capture kernel; PARTUUID= or UUID= of "     \
	"it stays the same, too (blkid tells them)"
#define USERLAND "only the programs of an initramfs know this name; give target ="

static const struct form forms[] = {
	TAGGED("UUID=", TAG_UUID),
	TAGGED("LABEL=", TAG_LABEL),
	TAGGED("PARTUUID=", TAG_PARTUUID),
	TAGGED("PARTLABEL=", TAG_PARTLABEL),
	TAGGED("/dev/disk/by-uuid/", TAG_UUID),
	TAGGED("/dev/disk/by-label/", TAG_LABEL),
	TAGGED("/dev/disk/by-partuuid/", TAG_PARTUUID),
	TAGGED("/dev/disk/by-partlabel/", TAG_PARTLABEL),
	NEVER("/dev/disk/", UDEV),
	NEVER("/dev/nfs",
	      "nfsroot=SERVER:/DIRECTORY is missing; or give target = SERVER:/DIRECTORY"),
	NEVER("/dev/cifs", "CIFS is not supported; give another target"),
	NEVER("//", "CIFS is not supported; give another target"),
	NEVER("/dev/ram", LOST),
	NEVER("/dev/zram", LOST),
	NEVER("/dev/loop", LOST),
	NEVER("/dev/gpt-auto-root", USERLAND),
	NEVER("gpt-auto", USERLAND),
	NEVER("ZFS=", "ZFS is not supported; give another target"),
	NEVER("zfs", "ZFS is not supported; give another target"),
	{.prefix = "/dev/root", .kind = DEVICE_ROOT},
	/* The names that ubi_open_volume_path and get_tree_mtd take are no paths of /dev. */
	FLASH("/dev/ubi", 0, "ubifs"),
	FLASH("ubi", 0, "ubifs"),
	{"/dev/mtdblock", DEVICE_NODE, TAG_NONE, 5, NULL, NULL},
	{"mtdblock", DEVICE_NODE, TAG_NONE, 0, NULL, NULL},
	FLASH("/dev/mtd", 5, "jffs2"),
	FLASH("mtd", 0, "jffs2"),
	{"/dev/", DEVICE_NODE, TAG_NONE, 5, NULL, NULL},
};

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* udev writes what it thinks unsafe as \xNN (util-linux, libblkid/src/encode.c). */
static void decode(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (text[0] == '\\' && text[1] == 'x' && digit(text[2]) >= 0 &&
		    digit(text[3]) >= 0) {
			*to++ = (char)(digit(text[2]) << 4 | digit(text[3]));
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* Takes a decimal number up to MOST off the front of *TEXT. */
static bool take_decimal(const char **text, unsigned int most, unsigned int *number)
{
	const char *p = *text;

	for (*number = 0; *p >= '0' && *p <= '9' && *number <= most; p++)
		*number = *number * 10 + (unsigned int)(*p - '0');
	if (p == *text || *number > most)
		return false;
	*text = p;
	return true;
}

/* UUID/PARTNROFF=N: the partition N numbers behind the one with that UUID, or before it. */
static bool take_offset(struct device_name *n)
{
	char *slash = strchr(n->value, '/');
	const char *text = slash;
	unsigned int offset;
	bool back;

	if (slash == NULL)
		return true;
	*slash = '\0';
	if (!begins_with(slash + 1, "PARTNROFF="))
		return false;
	text += 11;
	back = *text == '-';
	text += back || *text == '+';
	if (!take_decimal(&text, 1024, &offset) || *text != '\0')
		return false;
	n->offset = back ? -(int)offset : (int)offset;
	return true;
}

/* MAJOR:MINOR, also with the third number, of pages, that a resume from a disk has. */
static bool take_numbers(const char *text, dev_t *number)
{
	unsigned int major_number;
	unsigned int minor_number;
	unsigned int pages;

	if (!take_decimal(&text, 0xfff, &major_number) || *text++ != ':' ||
	    !take_decimal(&text, 0xfffff, &minor_number))
		return false;
	if (*text == ':') {
		text++;
		if (!take_decimal(&text, 1U << 30, &pages) || *text++ != ':')
			return false;
	}
	*number = makedev(major_number, minor_number);
	return *text == '\0';
}

/*
 * Hexadecimal, as new_decode_dev of linux/kdev_t.h has it: b302 is 179:2, 10305 is 259:5; the
 * upper bits of a large minor number stand above the major one.
 */
static bool take_hexadecimal(const char *text, dev_t *number)
{
	unsigned int value = 0;
	unsigned int digits = 0;

	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		text += 2;
	for (; digit(*text) >= 0 && digits < 8; text++, digits++)
		value = value << 4 | (unsigned int)digit(*text);
	if (*text != '\0' || digits < 2)
		return false;
	*number = makedev(value >> 8 & 0xfff, (value & 0xff) | (value >> 12 & 0xfff00));
	return true;
}

/* Filesystems of a block device: anything else may have a word of its own as its source. */
static bool wants_device(const char *fstype)
{
	static const char *const known[] = {"auto",	"ext",	    "vfat",   "msdos", "exfat",
					    "f2fs",	"xfs",	    "btrfs",  "ntfs",  "jfs",
					    "bcachefs", "reiserfs", "nilfs2", "ocfs2", "udf"};

	for (unsigned int i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (begins_with(fstype, known[i]))
			return true;
	}
	return false;
}

static void read_word(const char *name, const char *fstype, struct device_name *n)
{
	n->source = name;
	if (strstr(name, ":/") != NULL || !wants_device(fstype))
		n->kind = DEVICE_SHARED;
	else if (take_numbers(name, &n->number) || take_hexadecimal(name, &n->number))
		n->kind = DEVICE_NUMBER;
	else if (strpbrk(name, "=:") != NULL) {
		n->kind = DEVICE_NEVER;
		n->remedy = USERLAND;
	} else {
		n->kind = DEVICE_NODE;
		strcpy(n->value, name);
	}
}

void device_name_read(const char *name, const char *fstype, struct device_name *n)
{
	memset(n, 0, sizeof(*n));
	n->tag = TAG_NONE;
	if (strlen(name) >= sizeof(n->value)) {
		n->kind = DEVICE_NEVER;
		n->remedy = "the name is too long";
		return;
	}
	for (unsigned int i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *f = &forms[i];

		if (!begins_with(name, f->prefix) ||
		    (f->kind == DEVICE_ROOT && name[strlen(f->prefix)] != '\0') ||
		    (f->kind == DEVICE_NEVER && !begins_with(name, "/dev/") &&
		     !wants_device(fstype)))
			continue;
		n->kind = f->kind;
		n->tag = f->kind == DEVICE_TAGGED ? f->tag : TAG_NONE;
		n->source = name + f->skip;
		n->fstype = f->fstype;
		n->remedy = f->remedy;
		strcpy(n->value, name + f->skip);
		if (f->kind == DEVICE_TAGGED && name[0] == '/')
			decode(n->value);
		if (n->tag == TAG_PARTUUID && !take_offset(n)) {
			n->kind = DEVICE_NEVER;
			n->remedy = "expected PARTUUID=UUID or PARTUUID=UUID/PARTNROFF=NUMBER";
		}
		if (f->kind == DEVICE_ROOT && !wants_device(fstype))
			n->kind = DEVICE_SHARED; /* the tag that QEMU's examples give a folder */
		return;
	}
	read_word(name, fstype, n);
}

const char *device_name_fstype(const char *name)
{
	struct device_name n;

	device_name_read(name, "auto", &n);
	return n.kind == DEVICE_SHARED && n.fstype == NULL && strstr(name, ":/") != NULL ? "nfs"
											 : n.fstype;
}
