/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flash in which mtdoops keeps the last words of kernels (drivers/mtd/mtdoops.c).
 */
#ifndef WORKER_MTDOOPS_H
#define WORKER_MTDOOPS_H

#include <stdint.h>

/*
 * Opens the partition that mtdoops.mtddev= of the kernel's command line names, read only; *RECORD
 * is the bytes of each record in it. Returns a descriptor or -errno, -ENOENT when none is named.
 */
int mtdoops_open(uint32_t *record);

#endif
