/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Literals are those of inet_pton(3), which is larger: IPv4 as four numbers, IPv6 as in RFC 4291,
 * without a zone, and without an IPv4 at its end.
 */
#include "base/address.h"

#include "base/text.h"

#include <string.h>

/* One number of a literal, up to MOST; of so many digits, no leading zero where they are ten. */
static bool take_part(const char **text, unsigned int base, uint64_t most, uint64_t *number)
{
	const char *from = *text;

	return text_number(text, base, number) && *number <= most && *text - from <= 4 &&
	       (base == 16 || *from != '0' || *text - from == 1);
}

static bool read4(const char *text, uint8_t bytes[4])
{
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t number;

		if ((i > 0 && *text++ != '.') || !take_part(&text, 10, UINT8_MAX, &number))
			return false;
		bytes[i] = (uint8_t)number;
	}
	return *text == '\0';
}

/* Where :: stands, what follows is moved to the end, and zeros fill the gap. */
static bool read6(const char *text, uint8_t bytes[16])
{
	unsigned int used = 0, gap = 16;

	while (*text != '\0' && used < 16) {
		uint64_t number;

		if (text_begins(text, "::") != 0 && gap == 16) {
			gap = used;
			text += 2;
			if (*text == '\0')
				break;
		} else if (used > 0 && *text++ != ':') {
			return false;
		}
		if (!take_part(&text, 16, UINT16_MAX, &number))
			return false;
		bytes[used++] = (uint8_t)(number >> 8);
		bytes[used++] = (uint8_t)number;
	}
	if (gap < 16) {
		if (used == 16)
			return false;
		memmove(bytes + 16 - (used - gap), bytes + gap, used - gap);
		memset(bytes + gap, 0, 16 - used);
		used = 16;
	}
	return used == 16 && *text == '\0';
}

bool address_read(const char *text, struct address *a)
{
	bool six = strchr(text, ':') != NULL;

	memset(a, 0, sizeof(*a));
	a->family = six ? ADDRESS_IPV6 : ADDRESS_IPV4;
	return six ? read6(text, a->bytes) : read4(text, a->bytes);
}

socklen_t address_socket(const struct address *a, uint16_t port, union address_socket *s)
{
	memset(s, 0, sizeof(*s));
	if (a->family == ADDRESS_IPV4) {
		s->four.sin_family = AF_INET;
		s->four.sin_port = htons(port);
		memcpy(&s->four.sin_addr, a->bytes, sizeof(s->four.sin_addr));
		return sizeof(s->four);
	}
	s->six.sin6_family = AF_INET6;
	s->six.sin6_port = htons(port);
	memcpy(&s->six.sin6_addr, a->bytes, sizeof(s->six.sin6_addr));
	return sizeof(s->six);
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
