/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a core's segments are listed: for the files of this room that read them, from whatever
 * kind of file.
 */
#ifndef VMCORE_ELFCORE_ROWS_H
#define VMCORE_ELFCORE_ROWS_H

#include "vmcore/elfcore.h"

/* Makes CORE one of no segments and notes, of the file FD. */
void elfcore_clear(struct elfcore *core, int fd);

/* A new row at the end; NULL when there are too many. */
struct elfcore_segment *elfcore_add(struct elfcore *core);

/* Judges the rows that elfcore_add gave against each other, and puts them in order. */
void elfcore_settle(struct elfcore *core);

#endif
