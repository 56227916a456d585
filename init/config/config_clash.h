/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the name of a target and its filesystem contradict each other. For the files of this room
 * alone.
 */
#ifndef CONFIG_CONFIG_CLASH_H
#define CONFIG_CONFIG_CLASH_H

#include "config/config.h"

/*
 * Why FSTYPE cannot be that of T, by the name that T has. Static; NULL: nothing is known against
 * it.
 */
const char *config_clash(const struct config_target *t, const char *fstype);

#endif
