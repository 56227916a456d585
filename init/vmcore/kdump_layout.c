/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two layouts. That of 32 bits aligns 64-bit fields to 8, as ARM does and i386 does not.
 */
#include "vmcore/kdump_layout.h"

const struct kdump_layout kdump_layout_32 = {
	.status = {424, 412},
	.seconds = 404,
	.level = 4,
	.split = 8,
	.vmcoreinfo = 24,
	.vmcoreinfo_size = 32,
	.note = 40,
	.note_size = 48,
	.max_mapnr_64 = 88,
	.size = 96,
};

const struct kdump_layout kdump_layout_64 = {
	.status = {424},
	.seconds = 408,
	.level = 8,
	.split = 12,
	.vmcoreinfo = 32,
	.vmcoreinfo_size = 40,
	.note = 48,
	.note_size = 56,
	.max_mapnr_64 = 96,
	.size = KDUMP_SUB_HEADER_MAX,
};
