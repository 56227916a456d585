/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own filesystems: /dev, /proc, /sys, and a way to write one of their files.
 */
#ifndef BOARD_PSEUDOFS_H
#define BOARD_PSEUDOFS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Mounts what is not mounted yet. Returns 0, or the first -errno; the others are tried all the
 * same. None of these mounts touches a device.
 */
int pseudofs_mount(void);

/* Unmounts what pseudofs_mount mounted, for a handover to the real init. */
void pseudofs_unmount(void);

/* Writes TEXT to the file PATH in one write. Returns 0 or -errno. */
int pseudofs_write(const char *path, const char *text);

/* Reads PATH as text into TEXT, terminated. Returns its length or -errno. */
int pseudofs_read(const char *path, char *text, size_t size);

#endif
