/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which format the log has: VMCOREINFO names the buffer of one or the other. A log that has a bound
 * is gone through twice, first to count it: nothing of it is ever held in memory.
 */
#include "vmcore/dmesg.h"

#include "vmcore/dmesg_formats.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

static bool is_ring(const struct vmcoreinfo *info)
{
	uint64_t unused;

	return vmcoreinfo_number(info, "SYMBOL(prb)", 16, &unused);
}

static int walk(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	d->records = d->torn = 0;
	d->left_out = d->left_out_bytes = d->gap = d->gap_bytes = 0;
	d->seen = d->last_ns = 0;
	return is_ring(info) ? dmesg_ring_write(d, memory, info)
			     : dmesg_records_write(d, memory, info);
}

/*
 * Counts all lines, or as many as there is time for. The newest ones of a ring can be found without
 * those before them, and are always counted. Returns 0 or -errno.
 */
static int count(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	int e = walk(d, memory, info);

	if (d->stopped && is_ring(info)) {
		dmesg_hurry(d);
		d->stopped = false;
		e = walk(d, memory, info);
	}
	d->total = d->seen;
	d->last = d->records + d->left_out;
	return d->stopped ? 0 : e;
}

int dmesg_write(struct dmesg *d, struct translate *memory, const struct vmcoreinfo *info)
{
	int e;

	d->counting = d->room > 0;
	d->hurried = d->stopped = d->muted = false;
	if (d->room == 0)
		return walk(d, memory, info);
	e = count(d, memory, info);
	if (e != 0)
		return e;
	d->counting = false;
	e = walk(d, memory, info);
	if (d->stopped && (e == 0 || e == -ETIME)) {
		dmesg_pass_over(d, 1); /* or more: nobody knows */
		e = 0;
	}
	return e != 0 ? e : dmesg_gap(d);
}
