/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By ioctl, which every kernel with INET has: netdevice(7), and for routes SIOCADDRT with the
 * structures of linux/route.h and linux/ipv6_route.h. Names change from one start to the next, the
 * MAC of a card does not; where a bond or a made-up MAC hid it, there is the name.
 */
#include "net/link.h"

#include "base/clock.h"
#include "base/dirlist.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ipv6_route.h>
#include <linux/route.h>

#ifndef NET_CLASS
#define NET_CLASS "/sys/class/net"
#endif

enum { STEP_MS = 100, NAME_MS = 10000, NAME_PART = 4 };

/* struct in6_ifreq of linux/ipv6.h, which does not go with the headers of libc. */
struct address_request {
	uint8_t address[16];
	/* cppcheck-suppress unusedStructMember ; the kernel reads it */
	uint32_t prefix;
	/* cppcheck-suppress unusedStructMember ; the kernel reads it */
	int index;
};

static bool in_time(const struct net_wait *w)
{
	if (clock_ms() >= w->until_ms)
		return false;
	*w->progress = *w->progress + 1;
	clock_pause(STEP_MS);
	return true;
}

static bool has_mac(const char *name, const char *mac)
{
	char path[300], text[CONFIG_MAC] = "";
	int fd;

	snprintf(path, sizeof(path), NET_CLASS "/%.255s/address", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	(void)io_read(fd, text, CONFIG_MAC - 1); /* what is missing does not match */
	close(fd);				 /* read only */
	return strcmp(text, mac) == 0;
}

/* Ports of a switch have the MAC of what they hang on: among equals the name decides. */
static bool find(const struct config_net *n, bool by_name, char name[CONFIG_INTERFACE])
{
	struct dirlist list;
	const char *entry;
	bool found = false;

	dirlist_open(&list, NET_CLASS);
	while ((entry = dirlist_next(&list)) != NULL) {
		bool same = strcmp(entry, n->interface) == 0;

		if ((by_name ? !same : !has_mac(entry, n->mac)) || (found && !same))
			continue;
		snprintf(name, CONFIG_INTERFACE, "%.15s", entry);
		found = true;
	}
	dirlist_close(&list);
	return found;
}

static int add_route4(int fd, const struct address *to, const struct address *via, char *name)
{
	union address_socket at;
	struct rtentry r = {.rt_flags = RTF_UP | RTF_HOST, .rt_dev = name};

	(void)address_socket(to, 0, &at);
	memcpy(&r.rt_dst, &at.any, sizeof(r.rt_dst));
	r.rt_genmask.sa_family = AF_INET;
	if (via->family != ADDRESS_NONE) {
		(void)address_socket(via, 0, &at);
		memcpy(&r.rt_gateway, &at.any, sizeof(r.rt_gateway));
		r.rt_flags |= RTF_GATEWAY;
	}
	return io_result(ioctl(fd, SIOCADDRT, &r));
}

static int add_route6(int fd, const struct address *to, const struct address *via, int index)
{
	struct in6_rtmsg r = {
		.rtmsg_flags = RTF_UP | RTF_HOST,
		.rtmsg_dst_len = 128,
		.rtmsg_metric = 1,
		.rtmsg_ifindex = index,
	};

	memcpy(&r.rtmsg_dst, to->bytes, sizeof(r.rtmsg_dst));
	if (via->family != ADDRESS_NONE) {
		memcpy(&r.rtmsg_gateway, via->bytes, sizeof(r.rtmsg_gateway));
		r.rtmsg_flags |= RTF_GATEWAY;
	}
	return io_result(ioctl(fd, SIOCADDRT, &r));
}

/* A route that is there already is as good. */
static int add_route(int fd, const struct address *to, const struct address *via, struct ifreq *q,
		     int index)
{
	int r = to->family == ADDRESS_IPV4 ? add_route4(fd, to, via, q->ifr_name)
					   : add_route6(fd, to, via, index);

	return r == -EEXIST ? 0 : r;
}

static int set_address4(int fd, const struct config_net *n, struct ifreq *q)
{
	struct address mask = {.family = ADDRESS_IPV4};
	union address_socket at;
	int r;

	(void)address_socket(&n->address, 0, &at);
	q->ifr_addr = at.any;
	r = io_result(ioctl(fd, SIOCSIFADDR, q));
	for (unsigned int i = 0; i < n->prefix; i++)
		mask.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	(void)address_socket(&mask, 0, &at);
	q->ifr_addr = at.any;
	return r != 0 ? r : io_result(ioctl(fd, SIOCSIFNETMASK, q));
}

static int set_address6(int fd, const struct config_net *n, int index)
{
	struct address_request q = {.prefix = n->prefix, .index = index};
	int r;

	memcpy(q.address, n->address.bytes, sizeof(q.address));
	r = io_result(ioctl(fd, SIOCSIFADDR, &q));
	return r == -EEXIST ? 0 : r;
}

/* Whoever is on the way is reached by the interface itself, whatever the prefix says. */
static int set_up(int fd, const struct config_net *n, struct ifreq *q)
{
	const struct address none = {.family = ADDRESS_NONE};
	bool six = n->address.family == ADDRESS_IPV6;
	bool far = n->gateway.family != ADDRESS_NONE;
	int index = 0;
	int r;

	r = io_result(ioctl(fd, SIOCGIFINDEX, q));
	if (r == 0) {
		index = q->ifr_ifindex;
		r = six ? set_address6(fd, n, index) : set_address4(fd, n, q);
	}
	if (r == 0)
		r = add_route(fd, far ? &n->gateway : &n->server, &none, q, index);
	if (r == 0 && far)
		r = add_route(fd, &n->server, &n->gateway, q, index);
	return r;
}

static int bring_up(int fd, struct ifreq *q)
{
	int r = io_result(ioctl(fd, SIOCGIFFLAGS, q));

	if (r != 0)
		return r;
	q->ifr_flags = (short)(q->ifr_flags | IFF_UP);
	return io_result(ioctl(fd, SIOCSIFFLAGS, q));
}

/* IFF_RUNNING: netif_oper_up() of net/core/dev.c, which takes what the link tells of itself. */
static int wait_for_carrier(int fd, struct ifreq *q, const struct net_wait *w)
{
	int r;

	do
		r = io_result(ioctl(fd, SIOCGIFFLAGS, q));
	while (r == 0 && (q->ifr_flags & IFF_RUNNING) == 0 && in_time(w));
	if (r == 0 && (q->ifr_flags & IFF_RUNNING) == 0)
		r = -ENETDOWN;
	return r;
}

/*
 * A card may get the name of another one whose driver is late. So a part of the time, NAME_MS at
 * most, is the MAC's alone.
 */
static bool wait_for(const struct config_net *n, const struct net_wait *w,
		     char name[CONFIG_INTERFACE])
{
	uint64_t now = clock_ms();
	uint64_t part = w->until_ms > now ? (w->until_ms - now) / NAME_PART : 0;
	uint64_t by_name_ms = now + (part < NAME_MS ? part : NAME_MS);
	bool found;

	do
		found = find(n, false, name) || (clock_ms() >= by_name_ms && find(n, true, name));
	while (!found && in_time(w));
	return found || find(n, true, name); /* a probe may have held up all until then */
}

static int set_up_as(const char *name, const struct config_net *n, const struct net_wait *w)
{
	struct ifreq q = {.ifr_flags = 0};
	int fd, r;

	fd = io_result(socket(n->address.family == ADDRESS_IPV6 ? AF_INET6 : AF_INET,
			      SOCK_DGRAM | SOCK_CLOEXEC, 0));
	if (fd < 0)
		return fd;
	memcpy(q.ifr_name, name, CONFIG_INTERFACE);
	r = bring_up(fd, &q);
	if (r == 0)
		r = set_up(fd, n, &q);
	if (r == 0)
		r = wait_for_carrier(fd, &q, w);
	close(fd); /* what was set stays */
	return r;
}

/* A card that was found may be renamed, or reset by its bus, the next moment: it is looked for
 * again then. */
int link_up(const struct config_net *n, const struct net_wait *w, char name[CONFIG_INTERFACE])
{
	int r;

	do {
		if (!wait_for(n, w, name))
			return -ENODEV;
		r = set_up_as(name, n, w);
	} while (r == -ENODEV && in_time(w));
	return r;
}
