/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats of the log, each in a file of its own. For dmesg.c only.
 */
#ifndef VMCORE_DMESG_FORMATS_H
#define VMCORE_DMESG_FORMATS_H

struct dmesg;
struct translate;
struct vmcoreinfo;

/* Kernels from 5.10 on; see dmesg_write. */
int dmesg_ring_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info);

/* Kernels from 3.5 to 5.9; see dmesg_write. */
int dmesg_records_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info);

#endif
