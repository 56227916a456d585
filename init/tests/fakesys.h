/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A root directory with disks in it: /sys/class/block as the kernel lays it out, and images in
 * place of the devices in /dev.
 */
#ifndef TESTS_FAKESYS_H
#define TESTS_FAKESYS_H

/* Begins the tree in the directory of the test. */
void fakesys_begin(void);

/*
 * Adds the disk NAME, or with DISK not NULL the partition INDEX of it, of number 177:MINOR.
 * COMMANDS of the shell make what it holds, in the file "i"; UEVENT is a line of its uevent, or "".
 */
void fakesys_add(const char *name, const char *disk, unsigned int index, unsigned int minor,
		 const char *uevent, const char *commands);

/* Writes TEXT to the file PATH of the tree, whose directories are made. */
void fakesys_file(const char *path, const char *text);

/*
 * From here on the tree is the root directory of this process. The test counts as skipped where it
 * may not do that.
 */
void fakesys_enter(void);

#endif
