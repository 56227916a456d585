/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What many runs come to: how many dumps were lost, lies were told, and runs hung.
 */
#ifndef TESTS_PID1_PID1_TALLY_H
#define TESTS_PID1_PID1_TALLY_H

#include <stdbool.h>
#include <stdint.h>

/* Counts a run by the promise that was broken, "" for none. */
void pid1_tally_add(const char *why);

/*
 * Writes all of it as one line of CSV into the file that PID1_TALLY names, if it names one. False
 * when that cannot be written.
 */
bool pid1_tally_write(uint64_t seed, unsigned int runs, uint64_t longest_us);

#endif
