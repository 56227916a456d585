/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock by which everything here is timed. The time of day plays no part in that: a capture
 * kernel often has none, and where it has one it may be set on the way. It only names dumps of
 * crashes that told no time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
uint64_t clock_ms(void);

/* Milliseconds for which this process has had a processor, the kernel's work for it included. */
uint64_t clock_cpu_ms(void);

/* Seconds since 1970, as far as this machine knows. */
int64_t clock_date(void);

/* Pauses for MS milliseconds. A signal cuts it short: who waits for something looks at clock_ms. */
void clock_pause(int ms);

#endif
