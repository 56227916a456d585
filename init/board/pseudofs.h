/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own filesystems on /dev, /proc and /sys, and how to read and write their files. None
 * of this touches a device.
 */
#ifndef BOARD_PSEUDOFS_H
#define BOARD_PSEUDOFS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Mounts those of the three that are not mounted yet. Returns 0, or the -errno of the first that
 * failed; the others are mounted all the same.
 */
int pseudofs_mount(void);

/* Unmounts what pseudofs_mount mounted, for a handover to the real init. Failures do no harm. */
void pseudofs_unmount(void);

/* Writes TEXT to the file PATH. Returns 0 or -errno. */
int pseudofs_write(const char *path, const char *text);

/*
 * Reads the file PATH as text into TEXT: up to SIZE bytes with the NUL that it gets. Returns its
 * length or -errno; TEXT is "" then, or what could be read.
 */
int pseudofs_read(const char *path, char *text, size_t size);

#endif
