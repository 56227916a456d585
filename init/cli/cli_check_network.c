/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Targets on other machines, for kdump-init check: may the dump go there, and does the capture
 * kernel know the way? The server is not asked: it would take that for a dump.
 */
#include "cli/cli_check.h"

#include "base/address.h"
#include "cli/findings.h"
#include "config/config_source.h"
#include "disk/device_name.h"

#include <stdio.h>
#include <string.h>

/* The configuration that the capture kernel will have: the words of its command line win. */
static bool may_send(const struct config *c, const char *cmdline)
{
	static struct config there;
	char value[CONFIG_WORD], why[CONFIG_WHY];

	there = *c;
	if (config_cmdline_value(cmdline, "kdump.insecure", value, sizeof(value)))
		(void)config_override(&there, "insecure", value, why); /* told where it is read */
	return config_may_send(&there);
}

/* Has CMDLINE the word of the way to HOST? */
static bool knows_way(const char *cmdline, const char *host)
{
	static const char word[] = "kdump.net=";
	const char *at = cmdline;

	while ((at = strstr(at, word)) != NULL) {
		char value[CONFIG_WORD];
		struct config_net net;

		at += sizeof(word) - 1;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, " \n"), at);
		if (config_net_read(value, &net) && strcmp(net.host, host) == 0)
			return true;
	}
	return false;
}

/* A network is set up by kdump-init, or by the kernel itself (admin-guide/nfs/nfsroot.rst). */
static void check_way(const struct config *c, const struct config_target *t,
		      const struct address_host *host, const char *cmdline)
{
	char ip[256];
	struct address literal;
	bool by_kernel = config_cmdline_value(cmdline, "ip", ip, sizeof(ip));

	if (config_net_of(c, host->host) != NULL || knows_way(cmdline, host->host))
		return;
	if (!by_kernel)
		finding(MAY_LOSE,
			"target %s: no way to %s: load the capture kernel again while the network is "
			"up, and kdump-load hands it over (kdump.net=)",
			t->name, host->host);
	else if (!address_read(host->host, &literal))
		finding(MAY_LOSE,
			"target %s: nobody looks up %s in the capture kernel; give its address, or "
			"load again while the network is up",
			t->name, host->host);
}

void check_network(const struct config *c, const struct config_target *t, const char *cmdline)
{
	struct address_host host;

	if (address_of_target(t->name, &host)) {
		if (host.tcp && !may_send(c, cmdline))
			finding(LOSES,
				"target %s: everybody on the way could read the dump, so that none is "
				"sent; seal = age1... keeps it secret, insecure = yes allows it",
				t->name);
		check_way(c, t, &host, cmdline);
	}
	finding(NOTE, "target %s: not tried from here", t->name);
}

void check_sending(const struct config *c)
{
	for (unsigned int i = 0; i < c->targets && !config_may_send(c); i++) {
		if (address_is_tcp(c->target[i].name))
			finding(MAY_LOSE,
				"target %s: nothing is sent there unless insecure = yes, or "
				"kdump.insecure=yes for the capture kernel",
				c->target[i].name);
	}
}
