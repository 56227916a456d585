/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crashes of the last minutes, so that a machine that does nothing but crash can be stopped.
 */
#ifndef STORE_LOOP_H
#define STORE_LOOP_H

#include "store/retention.h"

/*
 * The crash of the dump being made, at CLOCK (of retention_of_day), and those before it that were
 * no more than WITHIN seconds earlier: the newest MOST (up to STATUS_LOOP) are counted, and their
 * clocks written to TEXT, for the status. A test is not counted, and carries the others on.
 */
unsigned int loop_count(const struct retention *r, int64_t clock, unsigned int most,
			uint32_t within, char text[STATUS_LOOP_BYTES]);

#endif
