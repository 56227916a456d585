/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finit_module(2), and init_module(2) where the kernel is older than 3.8 or refuses the file
 * descriptor. Order and dependencies were settled when the archive was made.
 */
#include "board/modules.h"

#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>
#include <linux/module.h>

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4 /* include/uapi/linux/module.h, since 5.17 */
#endif

/* The old call wants the module in memory; the kernel copies it from the mapping. */
static int load_from_memory(int fd, const char *parameters)
{
	struct stat st;
	void *image;
	int r;

	r = io_result(fstat(fd, &st));
	if (r != 0)
		return r;
	if (st.st_size <= 0)
		return -ENOEXEC;
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return -errno;
	r = io_result(syscall(SYS_init_module, image, (unsigned long)st.st_size, parameters));
	munmap(image, (size_t)st.st_size); /* of our own mapping: cannot fail */
	return r;
}

/*
 * Takes a loaded module's file out of the initramfs, whose memory it occupies: ext4's is a
 * megabyte. On any other filesystem it is somebody's, and stays.
 */
static void drop(int fd, const char *path)
{
	struct statfs st;
	uint32_t type; /* a signed word in some libraries, with RAMFS_MAGIC below 0 */

	if (fstatfs(fd, &st) != 0)
		return;
	type = (uint32_t)st.f_type;
	if (type == RAMFS_MAGIC || type == TMPFS_MAGIC)
		(void)unlink(path); /* one that stays costs memory only */
}

int modules_load(const char *path, const char *parameters)
{
	const char *ending = strrchr(path, '.');
	bool packed = ending != NULL && text_begins(ending, ".gz|.xz|.zst") != 0;
	int flags = packed ? MODULE_INIT_COMPRESSED_FILE : 0;
	int fd = io_result(open(path, O_RDONLY | O_CLOEXEC));
	int r;

	if (fd < 0)
		return fd;
	r = io_result(syscall(SYS_finit_module, fd, parameters, flags));
	if ((r == -ENOSYS || r == -EOPNOTSUPP) && !packed)
		r = load_from_memory(fd, parameters);
	r = r == -EEXIST ? 0 : r;
	if (r == 0)
		drop(fd, path);
	close(fd); /* read only */
	return r;
}
