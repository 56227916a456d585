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
	int error;     /* -errno of a read that failed, or 0 */
	uint64_t size; /* of the device, in bytes */
	unsigned char block[PROBE_BLOCK];
	struct superblock found;
};

/* How something is recognised, and where in it its tags are. Offsets and sizes are in bytes. */
struct probe {
	const char *type; /* as in struct superblock */
	/*
	 * What its magic alone does not say, or NULL. P->block holds what stands from BASE on,
	 * until the next probing_read; the tags that the row names are in P->found already.
	 * Returns false when it is something else.
	 */
	bool (*check)(struct probing *p);
	char magic[8];
	unsigned int magic_size : 4; /* 0: check decides alone */
	unsigned int magic_at : 7;   /* from BASE on, as what follows */
	unsigned int base : 7;	     /* in KiB */
	enum superblock_use use : 3;
	bool target : 1;   /* mount(2) calls it as its type says, and dumps can go there */
	bool tolerant : 1; /* may stand beside another: a CD that can be booted */
	unsigned int uuid_at : 8;
	unsigned int label_at : 9;
	unsigned int label_size : 9;
};

/* In the order in which blkid looks: members of something come first. */
extern const struct probe superblock_probes[];
extern const unsigned int superblock_probes_count;

/*
 * The SIZE bytes at AT, PROBE_BLOCK at most, valid until the next call. NULL when the device ends
 * before, or they cannot be read, which is then in p->error.
 */
const unsigned char *probing_read(struct probing *p, size_t size, uint64_t at);

/* The big-endian number of SIZE bytes, 4 at most. */
uint32_t probing_big(const unsigned char *b, unsigned int size);

/* Copies SIZE bytes to the label of SB, which ends before the first NUL and has no blanks there. */
void superblock_label(struct superblock *sb, const unsigned char *raw, unsigned int size);

/* The same of COUNT units of UTF-16. */
void superblock_label16(struct superblock *sb, const unsigned char *raw, unsigned int count);

/* The checks that have files of their own. */
bool superblock_is_fat(struct probing *p);
bool superblock_is_exfat(struct probing *p);
bool superblock_is_md(struct probing *p);
bool superblock_is_lvm(struct probing *p);

#endif
