/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of the crashed kernel, streamed out of its printk buffer as vmcore-dmesg(8) prints
 * it: one line a record, "[seconds.microseconds] text".
 */
#ifndef VMCORE_DMESG_H
#define VMCORE_DMESG_H

#include "vmcore/dmesg_line.h"

struct translate;
struct vmcoreinfo;

/*
 * Writes the log; with a room, the newest part that fits, and in place of what was left out a line
 * that says how much. Returns 0, also when some of it was torn; -ENOKEY when VMCOREINFO names no
 * log buffer known here; -EBADMSG when the buffer cannot be one; -ENXIO or the -errno of a read
 * when it is out of reach; or what emit returned. Every loop is bounded by the buffer's size, and
 * with a room by that: of a ring, hardly more records are looked at than could have a line in it.
 */
int dmesg_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info);

#endif
