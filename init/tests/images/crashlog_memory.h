/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Such a core (crashlog.h) from inside: what a test alters in it, and looks up.
 */
#ifndef TESTS_IMAGES_CRASHLOG_MEMORY_H
#define TESTS_IMAGES_CRASHLOG_MEMORY_H

#include "tests/images/crashlog.h"

#include <stdint.h>

/* Numbers in its memory, by physical address. */
void crashlog_put(struct crashlog *c, uint64_t pa, uint64_t value, unsigned int size);
uint64_t crashlog_get(const struct crashlog *c, uint64_t pa, unsigned int size);

/* The field of that name, for pokes of a test's own. */
const struct crashlog_field *crashlog_field(const struct crashlog *c, const char *name);

#endif
