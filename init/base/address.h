/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of the network, and the targets whose names have one: tcp:HOST:PORT and HOST:/EXPORT.
 * Here they are only read; nobody looks a name up.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	ADDRESS_TEXT = 46,  /* bytes of a literal, with the NUL */
	ADDRESS_HOST = 128, /* bytes of a name or a literal, with the NUL */
	ADDRESS_PORT = 5367 /* of kdump-init receive, where a target names none */
};

enum address_family { ADDRESS_NONE, ADDRESS_IPV4, ADDRESS_IPV6 };

struct address {
	uint8_t family;	   /* an enum address_family */
	uint8_t bytes[16]; /* in the order of the network; 4 of IPv4 */
};

union address_socket {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

/* Fills S for PORT at A. Returns how long it is. */
socklen_t address_socket(const struct address *a, uint16_t port, union address_socket *s);

/* Reads the whole TEXT, a literal without brackets. False where it is none. */
bool address_read(const char *text, struct address *a);

/* The host of a target, without brackets, and the port of tcp: */
struct address_host {
	char host[ADDRESS_HOST];
	uint16_t port;
	bool tcp;
};

/* Takes NAME, of a target, apart. False where it is none of the network, or not as it should be. */
bool address_of_target(const char *name, struct address_host *h);

/* Does NAME say that it is to be a stream to kdump-init receive? */
bool address_is_tcp(const char *name);

#endif
