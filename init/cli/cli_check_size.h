/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large a dump of this system would be now, and how fast a disk writes: estimates, for check.
 */
#ifndef CLI_CLI_CHECK_SIZE_H
#define CLI_CLI_CHECK_SIZE_H

#include "config/config.h"

#include <sys/types.h>

/* The bytes of a dump of level 31, the smallest one; 0 when /proc does not tell. */
uint64_t check_least_bytes(void);

/* The bytes of a dump as C has it; 0 when it has no memory, or /proc does not tell. */
uint64_t check_dump_bytes(const struct config *c);

/*
 * The bytes a second that the block device NUMBER writes at least. *MEASURED is whether the kernel
 * has seen it write so much; else it is what is assumed of a slow card.
 */
uint64_t check_speed(dev_t number, bool *measured);

#endif
