/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would the capture kernel save a dump with this archive? What kdump-mkinitramfs packed is held
 * against this system: its machine, its kernel, its configuration and its targets' drivers.
 */
#ifndef CLI_ARCHIVE_CHECK_H
#define CLI_ARCHIVE_CHECK_H

#include "cli/findings.h"
#include "config/config_source.h"

/* What to judge. Strings are the caller's. */
struct archive_check {
	const char *file;	     /* the archive */
	const char *release;	     /* of the running kernel, "" when it is for another one */
	const char *config_file;     /* which it should have as /etc/kdump-init.conf */
	const struct config *config; /* the same, read, with the command line */
	enum finding_level stale;    /* that it saves one, but as another configuration says */
};

/* Tells each finding. */
void archive_check(const struct archive_check *a);

#endif
