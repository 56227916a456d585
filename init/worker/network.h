/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an attempt needs of the network before its target can be opened: the interface, and for a
 * stream the connection.
 */
#ifndef WORKER_NETWORK_H
#define WORKER_NETWORK_H

#include "base/address.h"
#include "base/desk.h"
#include "worker/attempt.h"

struct network {
	struct address_host host; /* of the target */
	struct address server;
	const char *server_text; /* its address, as a literal */
	int fd;			 /* of the connection of a stream, else -1 */
};

/*
 * Makes the network ready for the target of W, which is one of the network. Returns WORKER_DONE,
 * with N filled, or WORKER_TARGET; what failed was logged. A connection is the caller's to close.
 */
NET_ONLY enum worker_end network_open(const struct worker *w, struct network *n);

#endif
