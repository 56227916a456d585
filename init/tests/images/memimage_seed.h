/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image (memimage.h) for the fuzzer.
 */
#ifndef TESTS_IMAGES_MEMIMAGE_SEED_H
#define TESTS_IMAGES_MEMIMAGE_SEED_H

#include "tests/images/memimage.h"

#include <stddef.h>
#include <stdint.h>

/* The image as an input of fuzz_pages.c, at most ROOM bytes; returns how many. */
size_t memimage_seed(const struct memimage *m, unsigned int level, unsigned int how, uint8_t *seed,
		     size_t room);

#endif
