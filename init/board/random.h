/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Randomness in a kernel that is seconds old, and may have none: from the running system, which
 * left some in the archive (kdump-load), and from this kernel.
 */
#ifndef BOARD_RANDOM_H
#define BOARD_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

enum { RANDOM_SEED = 32, RANDOM_BYTES = 2 * RANDOM_SEED + 40 };

/* What kdump-load puts into the archive's memory: RANDOM_SEED bytes, and nothing else. */
#define RANDOM_PATH "/kdump-init.seed"

/*
 * Fills BYTES with all that there is: what the file SEED has (RANDOM_PATH), what the kernel gives
 * at once, and the clocks. False where there is neither of the first two: the rest can be guessed,
 * and no secret may rest on it.
 */
bool random_gather(const char *seed, uint8_t bytes[RANDOM_BYTES]);

#endif
