/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two requests to UBI's own device: to take a partition of flash, and to leave it alone again.
 */
#ifndef DISK_UBI_H
#define DISK_UBI_H

#include <stdint.h>

/*
 * Attaches the partition number MTD as UBI's device NUMBER, which is -1 for any; VID_OFFSET is
 * where its volume headers stand in each eraseblock. Reads all of the partition that has no
 * fastmap. Returns the number of the device, or -errno: -EEXIST when it is attached already.
 */
int ubi_attach(unsigned int mtd, int number, uint32_t vid_offset);

/* Detaches the device NUMBER, none of whose volumes is in use. */
void ubi_detach(int number);

#endif
