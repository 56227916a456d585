/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands on a block device, with its UUID and label, as blkid -p of util-linux tells it: the
 * tags by which everybody else calls the device. Nothing is mounted or written to find out.
 */
#ifndef DISK_SUPERBLOCK_H
#define DISK_SUPERBLOCK_H

enum { SUPERBLOCK_UUID = 40, SUPERBLOCK_LABEL = 257 };

/* What it is good for. */
enum superblock_use {
	SUPERBLOCK_NONE,       /* nothing that is known */
	SUPERBLOCK_FILESYSTEM, /* to be mounted, though perhaps not by a driver of this table */
	SUPERBLOCK_OTHER,      /* swap, a cache, a journal: no place for files */
	/* From here on it hides what is inside, or beside it. */
	SUPERBLOCK_MEMBER,    /* of RAID or LVM: what is inside has another device */
	SUPERBLOCK_ENCRYPTED, /* the same */
	SUPERBLOCK_AMBIGUOUS, /* two that do not go together: one of them is a leftover */
};

struct superblock {
	enum superblock_use use;
	const char *type;	      /* as blkid calls it; NULL for none */
	const char *other;	      /* the second type of what is ambiguous, otherwise NULL */
	const char *fstype;	      /* as mount(2) calls it; NULL for what it cannot mount */
	char uuid[SUPERBLOCK_UUID];   /* hexadecimal with dashes, "" when there is none */
	char label[SUPERBLOCK_LABEL]; /* UTF-8, "" when there is none */
};

/*
 * Reads what the device FD holds. Returns 0 with *SB filled; or the -errno of a read that failed,
 * unless something was recognised in spite of it. What is ambiguous has neither UUID nor label.
 */
int superblock_probe(int fd, struct superblock *sb);

/* Writes the 16 bytes at RAW to TEXT as 8-4-4-4-12 lower case hexadecimal digits, and a NUL. */
void superblock_format_uuid(const unsigned char *raw, char text[SUPERBLOCK_UUID]);

/*
 * Converts COUNT little-endian UTF-16 units at RAW, or as many as there are before a zero, to
 * UTF-8 in OUT (SIZE bytes, always terminated). Half a surrogate pair becomes '?'.
 */
void superblock_utf16(const unsigned char *raw, unsigned int count, char *out, unsigned int size);

#endif
