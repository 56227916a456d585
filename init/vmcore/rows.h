/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * More rows of a table than it has of its own: mapped at once when the first of them is needed,
 * which nearly no core does, and kept for the next core. Not touched, they cost nothing.
 */
#ifndef VMCORE_ROWS_H
#define VMCORE_ROWS_H

#include <stddef.h>

/*
 * Room of SIZE bytes with the USED bytes at FEW at its beginning. *KEPT is NULL, or what the same
 * call mapped before. Returns NULL when the kernel refuses it.
 */
void *rows_more(void **kept, size_t size, const void *few, size_t used);

#endif
