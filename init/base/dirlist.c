/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * getdents64(2), whose records begin with a 64-bit inode, a 64-bit position, a 16-bit record
 * length and an 8-bit type; the name follows.
 */
#include "base/dirlist.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RECORD_LENGTH = 16, RECORD_TYPE = 18, RECORD_NAME = 19 };

void dirlist_begin(struct dirlist *d, int fd)
{
	d->fd = fd;
	d->error = 0;
	d->used = 0;
	d->at = 0;
}

void dirlist_open(struct dirlist *d, const char *path)
{
	dirlist_begin(d, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

void dirlist_close(struct dirlist *d)
{
	close(d->fd); /* read only, or -1 */
}

static const char *next_record(struct dirlist *d)
{
	const char *record;
	uint16_t length;

	if (d->at >= d->used) {
		long n = syscall(SYS_getdents64, d->fd, d->block, sizeof(d->block));

		d->error = n < 0 ? -errno : 0;
		d->used = n > 0 ? (size_t)n : 0;
		d->at = 0;
		if (n <= 0)
			return NULL;
	}
	record = d->block + d->at;
	memcpy(&length, record + RECORD_LENGTH, sizeof(length));
	d->at += length;
	d->type = (unsigned char)record[RECORD_TYPE];
	return record + RECORD_NAME;
}

const char *dirlist_next(struct dirlist *d)
{
	const char *name;

	do
		name = next_record(d);
	while (name != NULL && (strcmp(name, ".") == 0 || strcmp(name, "..") == 0));
	return name;
}
