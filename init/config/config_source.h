/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills a configuration from its two sources, the file and the kernel command line.
 */
#ifndef CONFIG_CONFIG_SOURCE_H
#define CONFIG_CONFIG_SOURCE_H

#include "config/config.h"

#define CONFIG_PATH "/etc/kdump-init.conf"

/* Takes a whole finding, "PLACE: what is wrong, and what was expected". */
typedef void (*config_report)(const char *finding);

/*
 * Reads a file. Each bad line is reported as FILE:LINE: and skipped. Returns the number of bad
 * lines, or -errno when the file cannot be read (-ENOENT: there is none).
 */
int config_read_file(struct config *c, const char *path, config_report report);

/*
 * Takes the kdump.KEY=VALUE words and root= of a kernel command line and finishes the
 * configuration. Returns the number of bad words.
 */
int config_read_cmdline(struct config *c, const char *cmdline, config_report report);

/*
 * Copies the value of the last KEY=VALUE word of a kernel command line, without its quotes.
 * Returns false when there is none, or it does not fit.
 */
bool config_cmdline_value(const char *cmdline, const char *key, char *value, size_t size);

#endif
