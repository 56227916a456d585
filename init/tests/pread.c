/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pread, wrapped.
 */
#include "tests/pread.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

ssize_t __wrap_pread(int fd, void *into, size_t size, off_t offset);
ssize_t __real_pread(int fd, void *into, size_t size, off_t offset);

unsigned int pread_interrupts;
unsigned long pread_calls;
size_t pread_most = SIZE_MAX;
static off_t bad_from, bad_to;

void pread_fails(off_t from, off_t to)
{
	bad_from = from;
	bad_to = to;
}

ssize_t __wrap_pread(int fd, void *into, size_t size, off_t offset)
{
	pread_calls++;
	if (pread_interrupts > 0) {
		pread_interrupts--;
		errno = EINTR;
		return -1;
	}
	if (offset < bad_to && offset + (off_t)size > bad_from) {
		errno = EFAULT;
		return -1;
	}
	return __real_pread(fd, into, size < pread_most ? size : pread_most, offset);
}
