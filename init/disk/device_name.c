/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel takes as root=: block/early-lookup.c and init/do_mounts.c (until Linux 6.4
 * name_to_dev_t there). What the programs of an initramfs take besides: LABEL=, UUID= and the
 * links of udev, as far as they say what they lead to.
 */
#include "disk/device_name.h"

#include "base/fstype.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <sys/sysmacros.h>

/* By what a name begins with; the first row that fits counts. */
struct form {
	const char *words;
	const char *text; /* the fstype of DEVICE_SHARED, the remedy of DEVICE_NEVER */
	uint8_t kind, tag;
};

static const char userland[] = "only the programs of an initramfs know this name; give target =";

static const struct form forms[] = {
	{"UUID=|/dev/disk/by-uuid/", NULL, DEVICE_TAGGED, TAG_UUID},
	{"LABEL=|/dev/disk/by-label/", NULL, DEVICE_TAGGED, TAG_LABEL},
	{"PARTUUID=|/dev/disk/by-partuuid/", NULL, DEVICE_TAGGED, TAG_PARTUUID},
	{"PARTLABEL=|/dev/disk/by-partlabel/", NULL, DEVICE_TAGGED, TAG_PARTLABEL},
	{"/dev/disk/", "only udev makes this name; give PARTUUID= or UUID= as blkid tells it",
	 DEVICE_NEVER, TAG_NONE},
	{"/dev/nfs", "nfsroot= is missing; or give target = SERVER:/DIRECTORY", DEVICE_NEVER,
	 TAG_NONE},
	{"/dev/cifs|//|ZFS=|zfs", "CIFS or ZFS is not supported; give another target", DEVICE_NEVER,
	 TAG_NONE},
	{"/dev/ram|/dev/zram|/dev/loop",
	 "it ends with the capture kernel; give a target that stays", DEVICE_NEVER, TAG_NONE},
	{"/dev/gpt-auto-root|gpt-auto", userland, DEVICE_NEVER, TAG_NONE},
	{"/dev/root", NULL, DEVICE_ROOT, TAG_NONE},
	{"tcp:", "tcp", DEVICE_SHARED, TAG_NONE},
	{"/dev/mtdblock|mtdblock", NULL, DEVICE_NODE, TAG_NONE},
	/* The names that open_ubi and get_tree_mtd take are no paths of /dev. */
	{"/dev/ubi|ubi", "ubifs", DEVICE_SHARED, TAG_NONE},
	{"/dev/mtd|mtd", "jffs2", DEVICE_SHARED, TAG_NONE},
	{"/dev/", NULL, DEVICE_NODE, TAG_NONE},
};

/* udev writes what it thinks unsafe as \xNN (util-linux, libblkid/src/encode.c). */
static void decode(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		*to++ = *text;
		if (text[0] == '\\' && text[1] == 'x' && text_digit(text[2]) < 16 &&
		    text_digit(text[3]) < 16) {
			to[-1] = (char)(text_digit(text[2]) << 4 | text_digit(text[3]));
			text += 3;
		}
	}
	*to = '\0';
}

/* UUID/PARTNROFF=N: the partition N numbers behind the one with that UUID, or before it. */
static bool take_offset(struct device_name *n)
{
	char *slash = strchr(n->value, '/');
	const char *text = slash;
	size_t skip;
	uint64_t offset;

	if (slash == NULL)
		return true;
	skip = text_begins(text, "/PARTNROFF=-|/PARTNROFF=+|/PARTNROFF=");
	text += skip;
	if (skip == 0 || !text_number(&text, 10, &offset) || offset > 1024 || *text != '\0')
		return false;
	n->offset = slash[skip - 1] == '-' ? -(int)offset : (int)offset;
	*slash = '\0';
	return true;
}

/* A third number, of pages, is that of a resume from a disk. */
bool device_name_number(const char *text, dev_t *number)
{
	uint64_t major_number, minor_number, pages;

	if (!text_number(&text, 10, &major_number) || major_number > 0xfff || *text++ != ':' ||
	    !text_number(&text, 10, &minor_number) || minor_number > 0xfffff)
		return false;
	if (*text == ':') {
		text++;
		if (!text_number(&text, 10, &pages) || *text++ != ':')
			return false;
	}
	*number = makedev((unsigned int)major_number, (unsigned int)minor_number);
	return *text == '\0';
}

/*
 * Hexadecimal, as new_decode_dev of linux/kdev_t.h has it: b302 is 179:2, 10305 is 259:5; the
 * upper bits of a large minor number stand above the major one. libc's makedev does the same.
 */
static bool take_hexadecimal(const char *text, dev_t *number)
{
	const char *end = text + text_begins(text, "0x|0X");
	const char *digits = end;
	uint64_t value;

	if (!text_number(&end, 16, &value) || *end != '\0' || end - digits < 2 || end - digits > 8)
		return false;
	*number = (dev_t)value;
	return true;
}

/* Filesystems of a block device: anything else may have a word of its own as its source. */
static bool wants_device(const char *fstype)
{
	return text_begins(fstype, "auto") != 0 || fstype_is_of_disk(fstype);
}

static void refuse(struct device_name *n, const char *remedy)
{
	n->kind = DEVICE_NEVER;
	n->remedy = remedy;
}

/* A word of no form; DEVICE: one alone is a block device, and no tag of a folder. */
static void read_word(const char *name, bool device, struct device_name *n)
{
	if (strstr(name, ":/") != NULL || !device)
		n->kind = DEVICE_SHARED;
	else if (device_name_number(name, &n->number) || take_hexadecimal(name, &n->number))
		n->kind = DEVICE_NUMBER;
	else if (strpbrk(name, "=:") != NULL)
		refuse(n, userland);
	else
		n->kind = DEVICE_NODE;
}

void device_name_read(const char *name, const char *fstype, struct device_name *n)
{
	const struct form *const end = forms + sizeof(forms) / sizeof(forms[0]);
	bool device = wants_device(fstype);
	size_t dev = text_begins(name, "/dev/");
	size_t length = 0;
	const struct form *f;

	*n = (struct device_name){.tag = TAG_NONE, .source = name};
	if (strlen(name) >= sizeof(n->value)) {
		refuse(n, "the name is too long");
		return;
	}
	for (f = forms; f < end; f++) {
		length = text_begins(name, f->words);
		if (length != 0 && (f->kind != DEVICE_ROOT || name[length] == '\0') &&
		    (f->kind != DEVICE_NEVER || dev != 0 || device))
			break;
	}
	if (f == end) {
		read_word(name, device, n);
	} else {
		n->kind = f->kind;
		n->tag = f->tag;
		n->fstype = n->remedy = f->text;
		if (f->kind == DEVICE_ROOT && !device)
			n->kind = DEVICE_SHARED; /* the tag that QEMU's examples give a folder */
		else
			n->source += f->kind == DEVICE_TAGGED ? length : dev;
	}
	strcpy(n->value, n->source);
	if (n->kind == DEVICE_TAGGED && dev != 0)
		decode(n->value);
	if (n->tag == TAG_PARTUUID && !take_offset(n))
		refuse(n, "expected PARTUUID=UUID/PARTNROFF=NUMBER");
}

const char *device_name_fstype(const char *name)
{
	struct device_name n;

	device_name_read(name, "auto", &n);
	if (n.kind != DEVICE_SHARED)
		return NULL;
	return n.fstype == NULL && strstr(name, ":/") != NULL ? "nfs" : n.fstype;
}
