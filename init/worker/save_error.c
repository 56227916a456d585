/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Space, time, this program (or its image), or the target. Whatever is not listed is the target's:
 * block devices have many errors (blk_errors in block/blk-core.c), and most of them speak of one
 * place of the disk only.
 */
#include "worker/save_error.h"

#include <errno.h>
#include <string.h>

struct row {
	int error;
	enum worker_end end;
};

static const struct row rows[] = {
	{ENOSPC, WORKER_NO_SPACE}, {EFBIG, WORKER_NO_SPACE}, {EDQUOT, WORKER_NO_SPACE},
	{ETIME, WORKER_SLOW},	   {ENODATA, WORKER_FAILED}, {ENOMEM, WORKER_FAILED},
	{ENOTSUP, WORKER_FAILED},  {E2BIG, WORKER_FAILED},
};

/* What will be the same at the next try, however little is to be written. */
static const struct row closed[] = {
	{EROFS, WORKER_TARGET},	 {ENOTDIR, WORKER_TARGET},	{ELOOP, WORKER_TARGET},
	{EACCES, WORKER_TARGET}, {ENAMETOOLONG, WORKER_TARGET}, {EINVAL, WORKER_TARGET},
};

static enum worker_end look_up(const struct row *row, unsigned int count, int error,
			       enum worker_end otherwise)
{
	for (unsigned int i = 0; i < count; i++) {
		if (row[i].error == -error)
			return row[i].end;
	}
	return otherwise;
}

enum worker_end save_error_end(int error)
{
	return look_up(rows, sizeof(rows) / sizeof(rows[0]), error, WORKER_IO);
}

enum worker_end save_error_of_directory(int error)
{
	return look_up(closed, sizeof(closed) / sizeof(closed[0]), error, save_error_end(error));
}

const char *save_error_text(int error)
{
	switch (error) {
	case -EROFS:
		return "the filesystem has become read-only, nothing more can be written until it "
		       "is mounted anew";
	case -E2BIG: /* filter_open */
		return "its addresses are further apart than the 8 TiB that can be filtered; an "
		       "ELF dump (format = elf) has no such limit";
	default:
		return strerror(-error);
	}
}
