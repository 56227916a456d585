/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finit_module(2), and init_module(2) where the kernel is older than 3.8 or refuses the file
 * descriptor, or need not see all of the file. Order and dependencies were settled when the archive
 * was made.
 *
 * A kernel that has the key checks the signature behind a module, also where it would load one
 * without: of 187 million instructions from init to the reboot with a log of Debian's 6.1 on ARM
 * that took 130. So it is shown the module alone first, and the signature only where it asks for
 * one (module.sig_enforce, lockdown, a security module).
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

/*
 * How many of the SIZE bytes of the file are the module, where a signature stands behind it; else
 * 0. Of what follows that, eight bytes are of no interest here, four are its length, with the
 * highest one first, and the rest is a mark (linux/include/linux/module_signature.h).
 */
static size_t size_unsigned(int fd, size_t size)
{
	static const char mark[] = "~Module signature appended~\n";
	uint8_t end[8 + 4 + sizeof(mark) - 1];
	size_t more;

	if (size <= sizeof(end) ||
	    io_read_at(fd, end, sizeof(end), size - sizeof(end)) != sizeof(end) ||
	    memcmp(end + 12, mark, sizeof(mark) - 1) != 0)
		return 0;
	more = (size_t)end[8] << 24 | (size_t)end[9] << 16 | (size_t)end[10] << 8 | end[11];
	return more < size - sizeof(end) ? size - sizeof(end) - more : 0;
}

/* The old call wants the module in memory; the kernel copies it from the mapping. */
static int load_from_memory(int fd, size_t size, const char *parameters)
{
	void *image;
	int r;

	if (size == 0)
		return -ENOEXEC;
	image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return -errno;
	r = io_result(syscall(SYS_init_module, image, (unsigned long)size, parameters));
	munmap(image, size); /* of our own mapping: cannot fail */
	return r;
}

/* What a kernel says that wants the signature, or the file (linux/kernel/module/, security/). */
static bool wants_all(int error)
{
	return error == -EKEYREJECTED || error == -ENOKEY || error == -ENODATA || error == -EPERM ||
	       error == -EACCES || error == -ENOSYS;
}

static int load(int fd, bool packed, const char *parameters)
{
	int flags = packed ? MODULE_INIT_COMPRESSED_FILE : 0;
	struct stat st = {0};
	size_t size, alone;
	int r = io_result(fstat(fd, &st));

	size = r == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
	alone = packed ? 0 : size_unsigned(fd, size);
	if (alone > 0)
		r = load_from_memory(fd, alone, parameters);
	if (alone == 0 || wants_all(r))
		r = io_result(syscall(SYS_finit_module, fd, parameters, flags));
	if ((r == -ENOSYS || r == -EOPNOTSUPP) && !packed)
		r = load_from_memory(fd, size, parameters);
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
	int fd = io_result(open(path, O_RDONLY | O_CLOEXEC));
	int r;

	if (fd < 0)
		return fd;
	r = load(fd, packed, parameters);
	r = r == -EEXIST ? 0 : r;
	if (r == 0)
		drop(fd, path);
	close(fd); /* read only */
	return r;
}
