/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields of the structures that the log is made of, for its formats: where they stand is said by
 * VMCOREINFO, and an error is asked for once, behind all reads that belong together.
 */
#ifndef VMCORE_DMESG_FIELDS_H
#define VMCORE_DMESG_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

struct translate;
struct vmcoreinfo;

enum { DMESG_FIELDS = 20 };

struct dmesg_fields {
	struct translate *memory; /* the caller's */
	const uint8_t *sizes;	  /* the caller's: bytes of each field; 0: as an unsigned long */
	int error;		  /* -errno of the first read that failed; then none is tried */
	uint32_t at[DMESG_FIELDS];
};

/*
 * Takes the first COUNT fields' places from the lines of VMCOREINFO that KEYS name. Returns false
 * when one is missing or cannot be true, which leaves those before it.
 */
bool dmesg_fields_take(struct dmesg_fields *f, const struct vmcoreinfo *info,
		       const char *const *keys, unsigned int count);

/* Field WHICH of the structure at the virtual address BASE; 0 from the first error on. */
uint64_t dmesg_field(struct dmesg_fields *f, unsigned int which, uint64_t base);

#endif
