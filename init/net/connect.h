/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection to a server.
 */
#ifndef NET_CONNECT_H
#define NET_CONNECT_H

#include "net/link.h"

/*
 * Connects to PORT of SERVER, again and again until that is taken. Returns a socket whose calls
 * fail when the server is gone (silent for half a minute), or the -errno of the last try.
 */
int connect_to(const struct address *server, uint16_t port, const struct net_wait *w);

#endif
