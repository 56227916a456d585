/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the running system reaches the server of a target, as kdump-load hands it over (kdump.net=):
 *
 *   INTERFACE,MAC,ADDRESS/PREFIX,GATEWAY,HOST[=SERVER]
 *
 * GATEWAY is empty where there is none on the way. HOST is that of the target; where that is a
 * name, SERVER is its address.
 */
#ifndef CONFIG_CONFIG_NET_H
#define CONFIG_CONFIG_NET_H

#include "base/address.h"

enum { CONFIG_NETS = 4, CONFIG_INTERFACE = 16 /* IFNAMSIZ */, CONFIG_MAC = 18 };

struct config;

struct config_net {
	char interface[CONFIG_INTERFACE]; /* its name in the running system */
	char mac[CONFIG_MAC];		  /* 52:54:00:12:34:56, as /sys/class/net has it */
	char host[ADDRESS_HOST];	  /* of the targets that it is for */
	char server_text[ADDRESS_TEXT];
	struct address address, gateway, server; /* all of one family; a gateway may be none */
	uint8_t prefix;				 /* bits of ADDRESS that its network has */
};

/* Reads the whole TEXT. False where it is not as it should be, and then *N is nothing of use. */
bool config_net_read(const char *text, struct config_net *n);

/* The way to HOST, the last that was given; or NULL. */
const struct config_net *config_net_of(const struct config *c, const char *host);

/*
 * May a dump be sent over the network? It holds what passwords and customers have left in memory,
 * and everybody on the way can read it, unless it is sealed.
 */
bool config_may_send(const struct config *c);

#endif
