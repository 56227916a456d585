/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock by which everything here is timed. The time of day plays no part: a capture kernel
 * often has none, and where it has one it may be set on the way.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
uint64_t clock_ms(void);

#endif
