/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tags of one partition as its table has them: PARTUUID and PARTLABEL, for kernels whose
 * sysfs does not tell.
 */
#ifndef DISK_PARTITION_H
#define DISK_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/superblock.h"

enum { PARTITION_LABEL = 112 };

struct partition {
	char uuid[SUPERBLOCK_UUID];  /* GPT: a GUID; MBR: SSSSSSSS-NN; "" when there is none */
	char label[PARTITION_LABEL]; /* GPT only */
};

/*
 * Reads the tags of partition NUMBER (from 1, as the kernel numbers them) from the partition table
 * of the whole disk FD, whose logical sectors have SECTOR bytes. Returns 0 with *P filled; -ENOENT
 * when there is no such partition, or no table; or the -errno of a read.
 */
int partition_read(int fd, unsigned int sector, unsigned int number, struct partition *p);

/*
 * Does a table on the disk FD, of sectors of 512 bytes, have a partition in which the sectors from
 * FROM to before TO lie? What cannot be read has none.
 */
bool partition_covers(int fd, uint64_t from, uint64_t to);

#endif
