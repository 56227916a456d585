/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the name of a filesystem tells of where it lies, as mount(2) calls it; of a list with commas
 * the first one tells.
 */
#ifndef BASE_FSTYPE_H
#define BASE_FSTYPE_H

#include <stdbool.h>

/* On a block device; raw, which is none, as well. */
bool fstype_is_of_disk(const char *fstype);

/* On anything else: a server, the machine outside of a virtual one, or flash. */
bool fstype_is_of_share(const char *fstype);

#endif
