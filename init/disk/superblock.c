/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Superblocks. Offsets from the kernel's own headers: fs/ext4/ext4.h, uapi/linux/msdos_fs.h,
 * linux/f2fs_fs.h, fs/xfs/libxfs/xfs_format.h, uapi/linux/btrfs_tree.h. Nothing is believed
 * beyond the magic, the UUID and the label: mounting is the kernel's business.
 */
#include "disk/superblock.h"

#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

/* 16 bytes, or the 32 bits of FAT's serial number, which is written as XXXX-XXXX. */
enum uuid_form { UUID_128, UUID_FAT };
enum label_form { LABEL_BYTES, LABEL_UTF16 };

/* How a superblock is recognised, and where in it its tags are. Offsets and sizes are in bytes. */
struct probe {
	const char *fstype;
	const char *magic;
	off_t base; /* where the superblock begins on the device; the rest is relative to it */
	unsigned int magic_at, magic_size;
	unsigned int uuid_at;
	enum uuid_form uuid_form;
	unsigned int label_at, label_size; /* the size of a LABEL_UTF16 is in units of two bytes */
	enum label_form label_form;
};

#define MAGIC(text) .magic = (text), .magic_size = sizeof(text) - 1

/* In FAT, serial number, label and type stand together from AT on; FAT32 has more before them. */
#define FAT(at, text)                                                                              \
	{                                                                                          \
		.fstype = "vfat", MAGIC(text), .magic_at = (at) + 15, .uuid_at = (at),             \
		.uuid_form = UUID_FAT, .label_at = (at) + 4, .label_size = 11                      \
	}

static const struct probe probes[] = {
	{.fstype = "ext4",
	 MAGIC("\x53\xef"),
	 .base = 1024,
	 .magic_at = 56,
	 .uuid_at = 104,
	 .label_at = 120,
	 .label_size = 16},
	{.fstype = "f2fs",
	 MAGIC("\x10\x20\xf5\xf2"),
	 .base = 1024,
	 .uuid_at = 108,
	 .label_at = 124,
	 .label_size = 128,
	 .label_form = LABEL_UTF16},
	{.fstype = "xfs", MAGIC("XFSB"), .uuid_at = 32, .label_at = 108, .label_size = 12},
	{.fstype = "btrfs",
	 MAGIC("_BHRfS_M"),
	 .base = 65536,
	 .magic_at = 64,
	 .uuid_at = 32,
	 .label_at = 299,
	 .label_size = 256},
	FAT(67, "FAT32   "),
	FAT(39, "FAT16   "),
	FAT(39, "FAT12   "),
};

enum { PROBE_BYTES = 1024 };

void superblock_format_uuid(const unsigned char *raw, char text[SUPERBLOCK_UUID])
{
	char *p = text;

	for (unsigned int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		p += snprintf(p, 3, "%02x", raw[i]);
	}
}

void superblock_utf16(const unsigned char *raw, unsigned int count, char *out, unsigned int size)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < count && n + 4 <= size; i++) {
		unsigned int c = raw[2 * i] | (unsigned int)raw[2 * i + 1] << 8;

		if (c == 0)
			break;
		if (c >= 0xd800 && c < 0xe000)
			c = '?';
		if (c < 0x80) {
			out[n++] = (char)c;
		} else if (c < 0x800) {
			out[n++] = (char)(0xc0 | c >> 6);
			out[n++] = (char)(0x80 | (c & 0x3f));
		} else {
			out[n++] = (char)(0xe0 | c >> 12);
			out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
			out[n++] = (char)(0x80 | (c & 0x3f));
		}
	}
	out[n] = '\0';
}

static void take_label(const struct probe *p, const unsigned char *block, struct superblock *sb)
{
	unsigned int n = p->label_size;

	if (p->label_form == LABEL_UTF16) {
		superblock_utf16(block + p->label_at, n, sb->label, sizeof(sb->label));
		return;
	}
	memcpy(sb->label, block + p->label_at, n);
	sb->label[n] = '\0';
	n = (unsigned int)strlen(sb->label);
	while (n > 0 && sb->label[n - 1] == ' ') /* FAT pads with spaces */
		sb->label[--n] = '\0';
	if (p->uuid_form == UUID_FAT && strcmp(sb->label, "NO NAME") == 0)
		sb->label[0] = '\0';
}

static void take_uuid(const struct probe *p, const unsigned char *block, struct superblock *sb)
{
	const unsigned char *raw = block + p->uuid_at;

	if (p->uuid_form == UUID_128)
		superblock_format_uuid(raw, sb->uuid);
	else
		snprintf(sb->uuid, sizeof(sb->uuid), "%02x%02x-%02x%02x", raw[3], raw[2], raw[1],
			 raw[0]);
}

/* Reads SIZE bytes; a device that ends before them has no such superblock: returns 1. */
static int read_block(int fd, unsigned char *block, off_t at)
{
	if (io_read_at(fd, block, PROBE_BYTES, (uint64_t)at) == PROBE_BYTES)
		return 0;
	return errno != 0 ? -errno : 1;
}

int superblock_probe(int fd, struct superblock *sb)
{
	unsigned char block[PROBE_BYTES];
	off_t at = -1;
	int r = 0;

	memset(sb, 0, sizeof(*sb));
	for (const struct probe *p = probes; p < probes + sizeof(probes) / sizeof(*p); p++) {
		if (p->base != at)
			r = read_block(fd, block, p->base);
		at = p->base;
		if (r < 0)
			return r;
		if (r > 0 || memcmp(block + p->magic_at, p->magic, p->magic_size) != 0)
			continue;
		sb->fstype = p->fstype;
		take_uuid(p, block, sb);
		take_label(p, block, sb);
		return 0;
	}
	return 0;
}
