/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loops around read(2), pread(2) and write(2), once for everybody. They end at an error, at
 * the end of a file, or when all is done; EINTR is none of the three. And how a file is opened that
 * anybody may have put there.
 */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* AT is an offset, or NULL: where FD stands. */
static size_t read_all(int fd, uint8_t *into, size_t size, const uint64_t *at)
{
	size_t used = 0;
	ssize_t n = 0;

	while (used < size) {
		n = at == NULL ? read(fd, into + used, size - used)
			       : pread(fd, into + used, size - used, (off_t)(*at + used));
		if (n > 0)
			used += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	if (n >= 0)
		errno = 0; /* of whatever was before, and of a read that was repeated */
	return used;
}

size_t io_read(int fd, void *into, size_t size)
{
	return read_all(fd, into, size, NULL);
}

size_t io_read_at(int fd, void *into, size_t size, uint64_t at)
{
	return read_all(fd, into, size, &at);
}

int io_write(int fd, const void *data, size_t size)
{
	const uint8_t *from = data;

	while (size > 0) {
		ssize_t n = write(fd, from, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		from += n;
		size -= (size_t)n;
	}
	return 0;
}

int io_result(long returned)
{
	return returned < 0 ? -errno : (int)returned;
}

/* What it is may change between the first look and the open; the second look is at what was opened.
 */
int io_open_regular(int at, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP ? -EINVAL : -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd); /* nothing was read */
	return -EINVAL;
}
