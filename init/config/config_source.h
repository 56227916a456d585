/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills a configuration from its two sources, the file and the kernel command line.
 */
#ifndef CONFIG_CONFIG_SOURCE_H
#define CONFIG_CONFIG_SOURCE_H

#include "config/config.h"

/* The file that is read unless kdump.config= on the command line names another. */
#define CONFIG_PATH "/etc/kdump-init.conf"

/*
 * Reports a FINDING: one line of text without newline, "PLACE: what is wrong, and what was
 * expected", or what was taken. It belongs to the caller and is gone afterwards.
 */
typedef void (*config_report)(const char *finding);

/*
 * Takes the lines of the file PATH, up to 32 KiB. Each bad line is reported as FILE:LINE: and
 * skipped; one that was mended is reported, too. Sets c->unread where it cannot be all that
 * somebody wrote. Returns the number of bad lines, or -errno when the file cannot be read, not even
 * at a second try (-ENOENT: there is none).
 */
int config_read_file(struct config *c, const char *path, config_report report);

/*
 * Takes the kdump.KEY=VALUE words and root= of a kernel command line, and finishes the
 * configuration. Each bad word is reported and skipped, one that was mended is reported, too.
 * Returns how many bad ones there were.
 */
int config_read_cmdline(struct config *c, const char *cmdline, config_report report);

/*
 * To be called last: finishes the configuration with root= of a kernel command line, which is the
 * target when there is no other, or else, with log_to_root, target[CONFIG_ROOT] unless it is one of
 * them by its name; mounted as rootfstype= and rootflags= say. Returns how many of these words are
 * too long; each was reported.
 */
int config_read_root(struct config *c, const char *cmdline, config_report report);

/* Has any line or word set KEY? */
bool config_is_given(const struct config *c, const char *key);

enum { CONFIG_WORD = 512 /* bytes of a word of the command line, with the NUL; it is cut there */ };

/*
 * Copies the value of the last KEY=VALUE word of a kernel command line to VALUE (SIZE bytes, with
 * the NUL), without its quotes. Returns false when there is no such word, or it does not fit.
 */
bool config_cmdline_value(const char *cmdline, const char *key, char *value, size_t size);

/* Reports what FORMAT says. For the files of this room alone. */
void config_tell(config_report report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
