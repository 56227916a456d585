/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of targets on other machines: tcp: as a target, net, insecure.
 */
#include "config/config_source.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct config config;
static char why[CONFIG_WHY];

static int take(const char *line)
{
	return config_read_line(&config, line, strlen(line), why);
}

#define WAY "eth0,52:54:00:12:34:56,10.0.2.15/24,10.0.2.2,"

TEST("config: a stream to another machine is a target, as an address or a name")
{
	static const char *const good[] = {"tcp:10.0.2.2:7000", "tcp:[fd00::2]:7000", "tcp:desk",
					   "tcp:desk.example:7000"};
	static const char *const bad[] = {"tcp:",	    "tcp::7",		"tcp:desk:0",
					  "tcp:desk:70000", "tcp:fd00::2:7000", "tcp:[fd00::2",
					  "tcp:a b:7"};
	char line[80];

	for (unsigned int i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		config_read_init(&config);
		snprintf(line, sizeof(line), "target = %s", good[i]);
		CHECK_EQ(take(line), 0);
		CHECK_STR(config.target[0].name, good[i]);
	}
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		config_read_init(&config);
		snprintf(line, sizeof(line), "target = %s", bad[i]);
		CHECK_EQ(take(line), -EINVAL);
		CHECK_HAS(why, "not tcp:HOST:PORT");
		CHECK_EQ(config.targets, 0);
	}
}

TEST("config: nothing is sent unless it is allowed")
{
	config_read_init(&config);
	CHECK(!config_may_send(&config));
	CHECK_EQ(take("insecure = yes"), 0);
	CHECK(config_may_send(&config));
	CHECK_EQ(config_override(&config, "insecure", "no", why), 0);
	CHECK(!config_may_send(&config));
	CHECK_EQ(take("seal = age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"), 0);
	CHECK(config_may_send(&config));
}

TEST("config: the way to a server, of IPv4")
{
	const struct config_net *n;

	config_read_init(&config);
	CHECK_EQ(take("net = eth0,52:54:00:AB:cd:56,10.0.2.15/24,10.0.2.2,192.0.2.7"), 0);
	n = config_net_of(&config, "192.0.2.7");
	REQUIRE(n != NULL && config.nets == 1);
	CHECK_STR(n->interface, "eth0");
	CHECK_STR(n->mac, "52:54:00:ab:cd:56");
	CHECK_EQ(n->prefix, 24);
	CHECK_MEM(n->address.bytes, "\x0a\x00\x02\x0f", 4);
	CHECK_MEM(n->gateway.bytes, "\x0a\x00\x02\x02", 4);
	CHECK_MEM(n->server.bytes, "\xc0\x00\x02\x07", 4);
	CHECK(config_net_of(&config, "192.0.2.8") == NULL);
}

TEST("config: the way to a server, of IPv6 and by a name, given on the command line")
{
	const struct config_net *n;

	config_read_init(&config);
	CHECK_EQ(config_override(&config, "net",
				 "end0,52:54:00:12:34:56,fd00::15/64,fe80::1,desk.example=fd01::7",
				 why),
		 0);
	n = config_net_of(&config, "desk.example");
	REQUIRE(n != NULL);
	CHECK_EQ(n->address.family, ADDRESS_IPV6);
	CHECK_EQ(n->prefix, 64);
	CHECK_STR(n->server_text, "fd01::7");
	CHECK_EQ(n->server.bytes[15], 7);
	CHECK_EQ(config_override(&config, "net",
				 "e,52:54:00:12:34:56,1.2.3.4/32,,desk.example=1.2.3.5", why),
		 0);
	n = config_net_of(&config, "desk.example"); /* the last one counts */
	REQUIRE(n != NULL);
	CHECK_EQ(n->gateway.family, ADDRESS_NONE);
	CHECK_STR(n->server_text, "1.2.3.5");
}

TEST("config: what is no way to a server is refused whole")
{
	static const char *const bad[] = {
		"net = eth0",
		"net = " WAY,
		"net = " WAY "desk",
		"net = " WAY "desk=",
		"net = " WAY "=10.0.2.2",
		"net = " WAY "10.0.2.3,more",
		"net = " WAY "fd00::1",
		"net = ,52:54:00:12:34:56,10.0.2.15/24,10.0.2.2,10.0.2.3",
		"net = interface-too-long,52:54:00:12:34:56,10.0.2.15/24,10.0.2.2,10.0.2.3",
		"net = ../eth0,52:54:00:12:34:56,10.0.2.15/24,10.0.2.2,10.0.2.3",
		"net = eth0,52:54:00:12:34,10.0.2.15/24,10.0.2.2,10.0.2.3",
		"net = eth0,52-54-00-12-34-56,10.0.2.15/24,10.0.2.2,10.0.2.3",
		"net = eth0,52:54:00:12:34:56:78,10.0.2.15/24,10.0.2.2,10.0.2.3",
		"net = eth0,52:54:00:12:34:56,10.0.2.15,10.0.2.2,10.0.2.3",
		"net = eth0,52:54:00:12:34:56,10.0.2.15/33,10.0.2.2,10.0.2.3",
		"net = eth0,52:54:00:12:34:56,10.0.2.15/1000,10.0.2.2,10.0.2.3",
		"net = eth0,52:54:00:12:34:56,10.0.2.15/,10.0.2.2,10.0.2.3",
		"net = eth0,52:54:00:12:34:56,10.0.2.15/24,fe80::1,10.0.2.3",
		"net = eth0,52:54:00:12:34:56,fd00::1/129,,fd00::2",
	};
	static struct config before;

	config_read_init(&config);
	before = config;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		test_note("%s", bad[i]);
		CHECK_EQ(take(bad[i]), -EINVAL);
		CHECK_HAS(why, "HOST[=SERVER]");
		CHECK_MEM(&config, &before, sizeof(config));
	}
}

TEST("config: four ways to servers, and no fifth")
{
	config_read_init(&config);
	for (unsigned int i = 0; i < CONFIG_NETS; i++)
		CHECK_EQ(take("net = " WAY "10.0.2.3"), 0);
	CHECK_EQ(take("net = " WAY "10.0.2.3"), -EINVAL);
	CHECK_HAS(why, "too many");
	CHECK_EQ(config.nets, CONFIG_NETS);
}
