/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets by their system calls. libc's are points where a thread can be cancelled, and turn the
 * times of options into those of old kernels; here are neither threads nor such options that
 * matter.
 */
#include "base/libc_socket.h"

#include <sys/syscall.h>
#include <unistd.h>

int libc_socket(int family, int type, int protocol)
{
	return (int)syscall(SYS_socket, family, type, protocol);
}

int libc_connect(int fd, const struct sockaddr *to, socklen_t size)
{
	return (int)syscall(SYS_connect, fd, to, size);
}

int libc_setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
	return (int)syscall(SYS_setsockopt, fd, level, option, value, size);
}

ssize_t libc_send(int fd, const void *data, size_t size, int flags)
{
	return syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}

ssize_t libc_recv(int fd, void *data, size_t size, int flags)
{
	return syscall(SYS_recvfrom, fd, data, size, flags, NULL, NULL);
}
