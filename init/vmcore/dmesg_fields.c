/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys into offsets, offsets into numbers.
 */
#include "vmcore/dmesg_fields.h"

#include "vmcore/translate.h"
#include "vmcore/vmcoreinfo.h"

bool dmesg_fields_take(struct dmesg_fields *f, const struct vmcoreinfo *info,
		       const char *const *keys, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		uint64_t value;

		if (!vmcoreinfo_number(info, keys[i], 10, &value) || value > INT32_MAX)
			return false;
		f->at[i] = (uint32_t)value;
	}
	return true;
}

uint64_t dmesg_field(struct dmesg_fields *f, unsigned int which, uint64_t base)
{
	unsigned int size = f->sizes[which] != 0 ? f->sizes[which] : f->memory->word;
	uint64_t value = 0;

	if (f->error == 0)
		f->error = translate_number(f->memory, base + f->at[which], size, &value);
	return value;
}
