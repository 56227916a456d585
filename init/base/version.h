/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which kdump-init this is: in the log, in the status of a dump, and for --version.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define KDUMP_VERSION "0.1.0"

#endif
