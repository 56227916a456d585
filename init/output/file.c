/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pwrite, until all is written. O_DIRECT is silently given up on EINVAL: not every filesystem
 * has it.
 */
#include "output/file.h"

#include "output/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void file_begin(struct file *f, int fd, bool direct, volatile uint32_t *progress)
{
	*f = (struct file){.fd = fd, .progress = progress};
	if (direct && fcntl(fd, F_SETFL, O_DIRECT) == 0)
		f->direct = true;
}

static bool give_up_direct(struct file *f)
{
	if (fcntl(f->fd, F_SETFL, 0) != 0)
		return false;
	f->direct = false;
	return true;
}

void file_moved(const struct file *f)
{
	if (f->progress != NULL)
		*f->progress = *f->progress + 1;
}

void file_waits(const struct file *f, bool waits)
{
	if (f->reading != NULL)
		*f->reading = !waits;
}

static ssize_t write_some(const struct file *f, const uint8_t *data, size_t size, uint64_t offset)
{
	ssize_t n;

	file_waits(f, true);
	n = pwrite(f->fd, data, size, (off_t)offset);
	file_waits(f, false);
	return n;
}

static int put_remote(const struct file *f, const uint8_t *data, size_t size, uint64_t offset)
{
	int r;

	file_waits(f, true);
	r = f->remote->put(f->remote, data, size, offset);
	file_waits(f, false);
	file_moved(f);
	return r;
}

int file_write(struct file *f, const uint8_t *data, size_t size, uint64_t offset)
{
	if (f->remote != NULL)
		return put_remote(f, data, size, offset);
	while (size > 0) {
		ssize_t n = write_some(f, data, size, offset);

		if (n < 0 &&
		    (errno == EINTR || (errno == EINVAL && f->direct && give_up_direct(f))))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		data += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
		/* A direct write that ends off the block grid has met the end of the space. */
		if (size > 0 && n % FILE_BLOCK != 0 && f->direct)
			return -ENOSPC;
		file_moved(f);
	}
	return 0;
}

/* sync_file_range where there is one to call; what it finds must not get lost. */
static int sync_run(const struct file *f, uint64_t offset, size_t size, unsigned int flags)
{
	int r;

	file_waits(f, true);
	r = sync_file_range(f->fd, (off_t)offset, (off_t)size, flags);
	file_waits(f, false);
	if (r == 0)
		return 0;
	return errno == ENOSYS || errno == EINVAL || errno == ESPIPE ? 0 : -errno;
}

/*
 * The kernel tells an error of writeback once, to whoever asks first (errseq_t): here, and not
 * again at fsync.
 */
int file_sync_range(struct file *f, uint64_t offset, size_t size)
{
	int r = 0;

	if (f->direct || f->remote != NULL)
		return 0;
	r = sync_run(f, offset, size, SYNC_FILE_RANGE_WRITE);
	if (r == 0 && f->settling_size > 0)
		r = sync_run(f, f->settling, f->settling_size,
			     SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				     SYNC_FILE_RANGE_WAIT_AFTER);
	if (f->settling_size > 0) /* what stays in memory only costs memory */
		(void)posix_fadvise(f->fd, (off_t)f->settling, (off_t)f->settling_size,
				    POSIX_FADV_DONTNEED);
	f->settling = offset;
	f->settling_size = size;
	return r;
}
