/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flash as UBI and MTD have it, by the names under which ubifs and jffs2 are mounted.
 */
#ifndef DISK_FLASH_H
#define DISK_FLASH_H

#include <stdbool.h>

struct device;

enum { FLASH_ENTRY = 32, FLASH_FOLDER = 64, FLASH_PARTITIONS = 64 };

/*
 * Is NAME, that of a target with FSTYPE, a name of flash: ubi0:dump, ubi0_1, ubi:dump, mtd3,
 * mtd:data?
 */
bool flash_is_target(const char *name, const char *fstype);

/*
 * The volume or partition called NAME, as the kernel lists it: its own name there, as ubi0_1 or
 * mtd3, in ENTRY; false when there is none. Nothing is read from it.
 */
bool flash_listed(const char *name, char entry[FLASH_ENTRY]);

/*
 * The same, in d->name, with a number in d->number by which it is known again. A partition that UBI
 * has formatted and that nothing has attached yet is attached to find a volume, those first that
 * ubi.mtd= of the command line names, and detached again when it has none of that name; once each,
 * however often this is called. One that is blank is never attached, since that would format it.
 * Returns 0 or -ENODEV; d->note says what was attached, or why nothing could be, or is "".
 */
int flash_find(const char *name, struct device *d);

/* Is the volume that the kernel lists as ENTRY mounted on /? */
bool flash_is_root(const char *entry);

/* A partition that flash_find would attach for NAME, in ENTRY; false when there is none. */
bool flash_attachable(const char *name, char entry[FLASH_ENTRY]);

/*
 * The FOLDER in /sys of the partition that the volume NAME lies on, or may lie on, or that has that
 * name itself; false when there is none.
 */
bool flash_folder(const char *name, char folder[FLASH_FOLDER]);

#endif
