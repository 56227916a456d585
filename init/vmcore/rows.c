/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows by mmap. MAP_NORESERVE: the kernel is not asked to have all of it at hand.
 */
#include "vmcore/rows.h"

#include <string.h>
#include <sys/mman.h>

void *rows_more(void **kept, size_t size, const void *few, size_t used)
{
	if (*kept == NULL) {
		void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (map == MAP_FAILED)
			return NULL;
		*kept = map;
	}
	return memcpy(*kept, few, used);
}
