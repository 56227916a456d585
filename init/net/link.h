/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interface of the network, made ready for one server: with the address that the running system
 * had, and the way that it went.
 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "config/config_net.h"

#include <stdint.h>

/* How long something may take, and what is counted up while it does. */
struct net_wait {
	uint64_t until_ms; /* on clock_ms */
	volatile uint32_t *progress;
};

/*
 * Looks for the interface of N by its MAC, or where none has got that after a part of the time by
 * its name, until it is there, brings it up, waits until it has a carrier, and sets address and
 * route. NAME gets what it is called here. Returns 0; -ENODEV: it did not appear; -ENETDOWN: it has
 * no carrier, but address and route are set; or another -errno.
 */
int link_up(const struct config_net *n, const struct net_wait *w, char name[CONFIG_INTERFACE]);

#endif
