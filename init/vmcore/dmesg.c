/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which format the log has: VMCOREINFO names the buffer of one or the other.
 */
#include "vmcore/dmesg.h"

#include "vmcore/dmesg_formats.h"
#include "vmcore/vmcoreinfo.h"

#include <stdint.h>

int dmesg_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	uint64_t unused;

	d->records = 0;
	d->torn = 0;
	if (vmcoreinfo_number(info, "SYMBOL(prb)", 16, &unused))
		return dmesg_ring_write(d, memory, info);
	return dmesg_records_write(d, memory, info);
}
