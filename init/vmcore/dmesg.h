/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of the crashed kernel, streamed out of its printk buffer as vmcore-dmesg(8) prints
 * it: one line a record, "[seconds.microseconds] text".
 */
#ifndef VMCORE_DMESG_H
#define VMCORE_DMESG_H

#include <stddef.h>

struct translate;
struct vmcoreinfo;

struct dmesg {
	/* Takes SIZE bytes of text; what it returns but 0 ends the log. */
	int (*emit)(void *arg, const char *text, size_t size);
	void *arg;
	unsigned int records; /* that were written */
	unsigned int torn;    /* that could not be read whole */
};

/*
 * Writes the log. Returns 0, also when some of it was torn; -ENOKEY when VMCOREINFO names no
 * log buffer known here; -EBADMSG when the buffer cannot be one; -ENXIO or the -errno of a read
 * when it is out of reach; or what emit returned. Every loop is bounded by the buffer's size.
 */
int dmesg_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info);

/* For the two formats, dmesg_ring.c and dmesg_records.c: one line with its time. */
int dmesg_line(struct dmesg *d, struct translate *memory, unsigned long long ns,
	       unsigned long long text, size_t size);

/* Kernels from 5.10 on; see dmesg_write. */
int dmesg_ring_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info);

/* Kernels from 3.5 to 5.9; see dmesg_write. */
int dmesg_records_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info);

#endif
