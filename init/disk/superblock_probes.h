/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files superblock*.c share: one row for each thing that may stand on a device, and the
 * device as it is being read.
 */
#ifndef DISK_SUPERBLOCK_PROBES_H
#define DISK_SUPERBLOCK_PROBES_H

#include "disk/superblock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROBE_BLOCK = 1024 };

struct probing {
	int fd;
	uint64_t size; /* of the device, in bytes */
	bool tiny;     /* like a floppy: no RAID there, and what is found first counts */
	int error;     /* -errno of a read that failed, or 0 */
	unsigned char block[PROBE_BLOCK];
};

enum uuid_form { UUID_NONE, UUID_128, UUID_FAT, UUID_TEXT };
enum label_form { LABEL_BYTES, LABEL_UTF16 };

/* How something is recognised, and where in it its tags are. Offsets and sizes are in bytes. */
struct probe {
	const char *type, *fstype; /* as in struct superblock */
	enum superblock_use use;
	bool tolerant;	   /* may stand beside another: a CD that can be booted */
	const char *magic; /* NULL: check decides alone */
	uint8_t magic_size;
	uint16_t magic_at; /* from BASE on, as what follows */
	uint32_t base;
	enum uuid_form uuid_form;
	enum label_form label_form;
	uint16_t uuid_at, label_at, label_size; /* a LABEL_UTF16 has its size in units of 2 bytes */
	/*
	 * What its magic alone does not say, or NULL. BLOCK holds PROBE_BLOCK bytes from BASE on,
	 * until the next probing_read; the tags that the row names are in SB already. Returns
	 * false when it is something else.
	 */
	bool (*check)(struct probing *p, const unsigned char *block, struct superblock *sb);
};

/* In the order in which blkid looks: members of something come first. */
extern const struct probe superblock_probes[];
extern const unsigned int superblock_probes_count;

/*
 * The SIZE bytes at AT, PROBE_BLOCK at most, valid until the next call. NULL when the device ends
 * before, or they cannot be read, which is then in p->error.
 */
const unsigned char *probing_read(struct probing *p, uint64_t at, size_t size);

/* Copies SIZE bytes to the label of SB, which ends before the first NUL and has no blanks there. */
void superblock_label(struct superblock *sb, const unsigned char *raw, unsigned int size);

/* Takes blanks off the end of the label. */
void superblock_trim(struct superblock *sb);

/* The 32 bits of the serial number of FAT and exFAT, which are written as XXXX-XXXX. */
void superblock_serial(struct superblock *sb, const unsigned char *raw);

/* The checks that have files of their own. */
bool superblock_is_fat(struct probing *p, const unsigned char *boot, struct superblock *sb);
bool superblock_is_exfat(struct probing *p, const unsigned char *boot, struct superblock *sb);
bool superblock_is_md(struct probing *p, const unsigned char *block, struct superblock *sb);
bool superblock_is_lvm(struct probing *p, const unsigned char *block, struct superblock *sb);

#endif
