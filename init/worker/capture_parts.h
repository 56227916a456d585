/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of capture.h share with each other, and with nobody else.
 */
#ifndef WORKER_CAPTURE_PARTS_H
#define WORKER_CAPTURE_PARTS_H

#include "base/desk.h"

#include <stdbool.h>

/*
 * The reason, for the log, why something of the crashed kernel could not be found. ERROR is the
 * -errno of a function of vmcore/. Returns static text, or that of strerror(3).
 */
const char *capture_reason(int error);

struct capture;
struct capture_memory;

/* Notes in *c->reading whether the crashed kernel's memory is being read from here on. */
void capture_reads(const struct capture *c, bool reads);

/*
 * As capture_elf, of a kdump-compressed core, whose pages the file M is put together of. It returns
 * what the writer does.
 */
DESK_ONLY int capture_elf_made(struct capture_memory *m);

#endif
