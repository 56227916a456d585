/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For a kernel that did not come up after a crash: the real init takes over, so that a mistaken
 * init=/sbin/kdump-init never locks a device out.
 */
#ifndef PID1_HANDOVER_H
#define PID1_HANDOVER_H

#include <stdbool.h>

/*
 * Was this kernel started by kexec after a crash? CMDLINE is its command line. It has elfcorehdr=
 * then, or the device tree says so, even where there is no /proc/vmcore. Needs /sys.
 */
bool handover_is_crash_kernel(const char *cmdline);

/*
 * Becomes the first of /sbin/init, /etc/init, /bin/init and /bin/sh that exists and is not this
 * program, with the arguments in ARGV. /dev, /proc and /sys are left as they were found. Returns
 * only when there is none, with all three mounted again.
 */
void handover(char **argv);

#endif
