/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What errors are called: those that a disk, a filesystem, a network, a module, memory or this
 * program can tell of, in the words of musl's strerror(3). Any other one is told by its number,
 * which errno(3) has.
 */
#include "base/libc_text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

static const struct {
	int error;
	const char *text;
} errors[] = {
	{EPERM, "Operation not permitted"},
	{ENOENT, "No such file or directory"},
	{EINTR, "Interrupted system call"},
	{EIO, "I/O error"},
	{ENXIO, "No such device or address"},
	{E2BIG, "Argument list too long"}, /* a target's options */
	{ENOEXEC, "Exec format error"},
	{EAGAIN, "Resource temporarily unavailable"},
	{ENOMEM, "Out of memory"},
	{EACCES, "Permission denied"},
	{EFAULT, "Bad address"},
	{ENOTBLK, "Block device required"},
	{EBUSY, "Resource busy"},
	{EEXIST, "File exists"},
	{ENODEV, "No such device"},
	{ENOTDIR, "Not a directory"},
	{EISDIR, "Is a directory"},
	{EINVAL, "Invalid argument"},
	{EFBIG, "File too large"},
	{ENOSPC, "No space left on device"},
	{EROFS, "Read-only file system"},
	{ENAMETOOLONG, "Filename too long"},
	{ENOSYS, "Function not implemented"},
	{ENOTEMPTY, "Directory not empty"},
	{ELOOP, "Symbolic link loop"},
	{ENODATA, "No data available"},
	{EBADMSG, "Bad message"},
	{ENOLINK, "Link has been severed"}, /* of a disk that was pulled (block/blk-core.c) */
	{EPROTO, "Protocol error"},	    /* of kdump-init receive */
	{EOVERFLOW, "Value too large for data type"},
	{EILSEQ, "Illegal byte sequence"},
	{ENOTSUP, "Not supported"},
	{EPROTONOSUPPORT, "Protocol not supported"}, /* a version of NFS */
	{ENETDOWN, "Network is down"},
	{ENETUNREACH, "Network unreachable"},
	{ECONNRESET, "Connection reset by peer"},
	{ETIMEDOUT, "Operation timed out"},
	{ECONNREFUSED, "Connection refused"},
	{EHOSTUNREACH, "Host is unreachable"},
	{ESTALE, "Stale file handle"},
	{EREMOTEIO, "Remote I/O error"},
	{EDQUOT, "Quota exceeded"},
	{ENOMEDIUM, "No medium found"},
	{ENOKEY, "Required key not available"},
	{EKEYREJECTED, "Key was rejected by service"}, /* a module without a signature */
	{EUCLEAN,
	 "Structure needs cleaning"}, /* a damaged filesystem, which musl has no word for */
};

char *libc_strerror(int error)
{
	static char text[16];

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].error == error)
			return (char *)(uintptr_t)errors[i].text; /* nobody writes into it */
	}
	snprintf(text, sizeof(text), "error %d", error);
	return text;
}
