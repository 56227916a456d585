/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads kernel modules from files.
 */
#ifndef BOARD_MODULES_H
#define BOARD_MODULES_H

/*
 * Loads the module file PATH with PARAMETERS ("" for none). Returns 0, also when it is loaded
 * or built in already (EEXIST), or -errno.
 */
int modules_load(const char *path, const char *parameters);

#endif
