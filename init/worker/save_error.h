/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an errno says of who is at fault, and so of what may be tried next.
 */
#ifndef WORKER_SAVE_ERROR_H
#define WORKER_SAVE_ERROR_H

#include "worker/attempt.h"

/* How an attempt ends by ERROR, a -errno, of anything but making the directory. */
enum worker_end save_error_end(int error);

/* The same for the directory: one that cannot be made there takes no less, either. */
enum worker_end save_error_of_directory(int error);

/*
 * ERROR in words, for the log: of a filesystem that the kernel has made read-only, and of memory
 * that no filter covers, what that means.
 */
const char *save_error_text(int error);

#endif
