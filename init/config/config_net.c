/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key net: five fields, of which each is what it has to be, or none is taken.
 */
#include "config/config_net.h"

#include "config/config.h"

#include <ctype.h>
#include <string.h>

enum { FIELDS = 5 };

/* Six numbers of two digits, in small letters. */
static bool take_mac(const char *text, char mac[CONFIG_MAC])
{
	size_t i;

	for (i = 0; i < CONFIG_MAC - 1; i++) {
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
		mac[i] = (char)tolower((unsigned char)text[i]);
	}
	mac[i] = '\0';
	return text[i] == '\0';
}

/* ADDRESS/PREFIX. */
static bool take_address(char *text, struct config_net *n)
{
	char *slash = strchr(text, '/');
	unsigned int prefix = 0;

	if (slash == NULL || slash[1] == '\0' || strlen(slash) > 4)
		return false;
	*slash++ = '\0';
	for (; *slash != '\0'; slash++) {
		if (!isdigit((unsigned char)*slash))
			return false;
		prefix = prefix * 10 + (unsigned int)(*slash - '0');
	}
	n->prefix = (uint8_t)prefix;
	return address_read(text, &n->address) &&
	       prefix <= (n->address.family == ADDRESS_IPV4 ? 32 : 128);
}

static bool copy(char *to, const char *from, size_t size)
{
	size_t len = strlen(from);

	if (len == 0 || len >= size)
		return false;
	memcpy(to, from, len + 1);
	return true;
}

/* HOST, or NAME=SERVER. */
static bool take_host(char *text, struct config_net *n)
{
	char *equals = strchr(text, '=');

	if (equals != NULL)
		*equals++ = '\0';
	return copy(n->host, text, sizeof(n->host)) &&
	       copy(n->server_text, equals != NULL ? equals : text, sizeof(n->server_text)) &&
	       address_read(n->server_text, &n->server) && n->server.family == n->address.family;
}

bool config_net_read(const char *text, struct config_net *n)
{
	char line[512], *rest = line, *field[FIELDS];

	memset(n, 0, sizeof(*n));
	if (!copy(line, text, sizeof(line)))
		return false;
	for (unsigned int i = 0; i < FIELDS; i++) {
		field[i] = strsep(&rest, ",");
		if (field[i] == NULL)
			return false;
	}
	if (rest != NULL || strchr(field[0], '/') != NULL ||
	    !copy(n->interface, field[0], sizeof(n->interface)) || !take_mac(field[1], n->mac) ||
	    !take_address(field[2], n) || !take_host(field[4], n))
		return false;
	return field[3][0] == '\0' ||
	       (address_read(field[3], &n->gateway) && n->gateway.family == n->address.family);
}

const struct config_net *config_net_of(const struct config *c, const char *host)
{
	for (unsigned int i = c->nets; i-- > 0;) {
		if (strcmp(c->net[i].host, host) == 0)
			return &c->net[i];
	}
	return NULL;
}

bool config_may_send(const struct config *c)
{
	return c->insecure != 0 || c->seals > 0;
}
