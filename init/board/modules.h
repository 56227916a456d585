/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads kernel modules from files, one by one: nothing here knows what a module depends on.
 */
#ifndef BOARD_MODULES_H
#define BOARD_MODULES_H

/*
 * Loads the module in the file PATH with PARAMETERS, separated by spaces ("" for none). Returns 0,
 * also when it is loaded or built in already (EEXIST), or -errno. It runs the module's probe, which
 * may block for ever on its device, or crash. The file of one that is loaded is removed where it
 * lies in memory, in a ramfs or tmpfs such as the initramfs.
 */
int modules_load(const char *path, const char *parameters);

#endif
