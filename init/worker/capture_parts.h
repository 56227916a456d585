/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of capture.h share with each other, and with nobody else.
 */
#ifndef WORKER_CAPTURE_PARTS_H
#define WORKER_CAPTURE_PARTS_H

#include <stdbool.h>

/*
 * The reason, for the log, why something of the crashed kernel could not be found. ERROR is the
 * -errno of a function of vmcore/. Returns static text, or that of strerror(3).
 */
const char *capture_reason(int error);

struct capture;

/* Notes in *c->reading whether the crashed kernel's memory is being read from here on. */
void capture_reads(const struct capture *c, bool reads);

#endif
