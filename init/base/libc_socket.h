/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libc_socket.c offers in the place of libc's, as base/libc.h says of the others.
 */
#ifndef BASE_LIBC_SOCKET_H
#define BASE_LIBC_SOCKET_H

#include <sys/socket.h>
#include <sys/types.h>

#ifdef SMALL_LIBC
#define libc_socket	socket
#define libc_connect	connect
#define libc_setsockopt setsockopt
#define libc_send	send
#define libc_recv	recv
#endif

/* As the calls of these names. */
int libc_socket(int family, int type, int protocol);
int libc_connect(int fd, const struct sockaddr *to, socklen_t size);
int libc_setsockopt(int fd, int level, int option, const void *value, socklen_t size);
ssize_t libc_send(int fd, const void *data, size_t size, int flags);
ssize_t libc_recv(int fd, void *data, size_t size, int flags);

#endif
