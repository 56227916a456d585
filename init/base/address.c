/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Literals are read by inet_pton(3): IPv4 as four numbers, IPv6 as in RFC 4291, without a zone.
 */
#include "base/address.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

bool address_read(const char *text, struct address *a)
{
	bool six = strchr(text, ':') != NULL;

	memset(a, 0, sizeof(*a));
	if (inet_pton(six ? AF_INET6 : AF_INET, text, a->bytes) != 1)
		return false;
	a->family = six ? ADDRESS_IPV6 : ADDRESS_IPV4;
	return true;
}

bool address_is_tcp(const char *name)
{
	return text_begins(name, "tcp:") != 0;
}

/* What no name and no literal has would be taken for something else where it is printed. */
static bool is_host(const char *host)
{
	return host[0] != '\0' &&
	       host[strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789.:-_")] == '\0';
}

static bool take_port(const char *text, uint16_t *port)
{
	uint64_t number;

	*port = ADDRESS_PORT;
	if (*text == '\0')
		return true;
	text++;
	if (!text_number(&text, 10, &number) || *text != '\0' || number == 0 || number > UINT16_MAX)
		return false;
	*port = (uint16_t)number;
	return true;
}

/* IPv6 stands in brackets, or its colons could not be told from the one behind the host. */
bool address_of_target(const char *name, struct address_host *h)
{
	const char *from = name + text_begins(name, "tcp:");
	bool six = *from == '[';
	struct address a;
	size_t len;

	h->tcp = from != name;
	from += six;
	len = strcspn(from, six ? "]" : ":");
	if (len >= sizeof(h->host))
		return false;
	memcpy(h->host, from, len);
	h->host[len] = '\0';
	from += len;
	if (six && *from++ != ']')
		return false;
	if (!is_host(h->host) || (six && !address_read(h->host, &a)) ||
	    (*from != ':' && (*from != '\0' || !h->tcp)))
		return false;
	return h->tcp ? take_port(from, &h->port) : from[1] == '/';
}
