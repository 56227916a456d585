/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What filesystem stands on a block device, with its UUID and label: one table of superblocks.
 */
#ifndef DISK_SUPERBLOCK_H
#define DISK_SUPERBLOCK_H

enum { SUPERBLOCK_UUID = 40, SUPERBLOCK_LABEL = 257 };

struct superblock {
	const char *fstype;	      /* as mount(2) calls it, or NULL: none known */
	char uuid[SUPERBLOCK_UUID];   /* lower case hex with dashes, "" when there is none */
	char label[SUPERBLOCK_LABEL]; /* UTF-8, "" when there is none */
};

/*
 * Reads the superblock on the device FD. Returns 0 with *SB filled, its fstype NULL when none was
 * recognised; or the -errno of a read that failed.
 */
int superblock_probe(int fd, struct superblock *sb);

/* Writes the 16 bytes at RAW to TEXT as 8-4-4-4-12 lower case hexadecimal digits, and a NUL. */
void superblock_format_uuid(const unsigned char *raw, char text[SUPERBLOCK_UUID]);

/*
 * Converts COUNT little-endian UTF-16 units at RAW, or as many as there are before a zero, to
 * UTF-8 in OUT (SIZE bytes, always terminated). Surrogates become '?'.
 */
void superblock_utf16(const unsigned char *raw, unsigned int count, char *out, unsigned int size);

#endif
