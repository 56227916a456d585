/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flash as UBI and MTD have it, by the names under which ubifs and jffs2 are mounted.
 */
#ifndef DISK_FLASH_H
#define DISK_FLASH_H

#include <stdbool.h>

/* Is NAME a name of flash: ubi0:dump, ubi0_1, ubi:dump, mtd3, mtd:data? */
bool flash_is_name(const char *name);

/* Does the kernel list that volume or partition? Nothing is read from it. */
bool flash_is_there(const char *name);

#endif
