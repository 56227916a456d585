/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing is asked of the network here, neither an address nor a name: what the running system knew
 * of it stands in kdump.net=. Without that word the kernel may have set it up itself (ip=).
 */
#include "worker/network.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/connect.h"

#include <errno.h>
#include <string.h>

/* Each step has the seconds of "wait", as far as the attempt has them. */
static struct net_wait wait_of(const struct worker *w)
{
	uint64_t until = clock_ms() + (uint64_t)w->attempt->target->wait * 1000;

	if (w->deadline_ms > 0 && until > w->deadline_ms)
		until = w->deadline_ms;
	return (struct net_wait){.until_ms = until, .progress = &w->shared->progress};
}

static enum worker_end set_up(const struct worker *w, const struct config_net *way)
{
	struct net_wait wait = wait_of(w);
	char name[CONFIG_INTERFACE];
	int error = link_up(way, &wait, name);

	if (error == 0) {
		log_line("network: %s is up", name);
		return WORKER_DONE;
	}
	if (error == -ENODEV)
		log_line("network: no interface %s, or with %s (is its module listed?)",
			 way->interface, way->mac);
	else
		log_line("network: %s: %s", name,
			 error == -ENETDOWN ? "no carrier (the cable?)" : strerror(-error));
	return WORKER_TARGET;
}

static enum worker_end connect_stream(const struct worker *w, struct network *n)
{
	struct net_wait wait = wait_of(w);

	n->fd = connect_to(&n->server, n->host.port, &wait);
	if (n->fd >= 0)
		return WORKER_DONE;
	log_line("cannot connect to %s port %u: %s", n->server_text, n->host.port,
		 strerror(-n->fd));
	return WORKER_TARGET;
}

enum worker_end network_open(const struct worker *w, struct network *n)
{
	const char *name = w->attempt->target->name;
	const struct config_net *way;
	enum worker_end end = WORKER_DONE;

	*n = (struct network){.fd = -1};
	(void)address_of_target(name, &n->host); /* it is one: the caller knows */
	if (n->host.tcp && !config_may_send(w->config)) {
		log_line(
			"%s: everybody on the way could read the dump; seal = age1... keeps it from them, insecure = yes allows it",
			name);
		return WORKER_TARGET;
	}
	way = config_net_of(w->config, n->host.host);
	n->server_text = way != NULL ? way->server_text : n->host.host;
	if (!address_read(n->server_text, &n->server)) {
		log_line("%s: nobody looks a name up here; kdump-load hands over its address",
			 name);
		return WORKER_TARGET;
	}
	if (way != NULL)
		end = set_up(w, way);
	else
		log_line("network: no kdump.net= for %s: as the kernel has set it up", name);
	return end == WORKER_DONE && n->host.tcp ? connect_stream(w, n) : end;
}
