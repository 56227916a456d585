/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/address: literals are what inet_pton(3) takes them for, and the names of targets are taken
 * apart where they should be. libc_socket: its calls are those of libc.
 */
#include "base/address.h"
#include "base/libc_socket.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

/* Both take it for the same, or neither takes it. */
static void check_literal(const char *text)
{
	uint8_t want[16] = {0};
	struct address a;
	bool six = strchr(text, ':') != NULL;
	bool good = inet_pton(six ? AF_INET6 : AF_INET, text, want) == 1;

	test_note("\"%s\"", text);
	if (CHECK_EQ(address_read(text, &a), good) && good) {
		CHECK_EQ(a.family, six ? ADDRESS_IPV6 : ADDRESS_IPV4);
		CHECK_MEM(a.bytes, want, sizeof(want));
	}
}

TEST("address: a literal is what inet_pton takes it for, and nothing else is one")
{
	static const char *const texts[] = {
		"10.0.2.2",
		"0.0.0.0",
		"255.255.255.255",
		"256.0.0.1",
		"1.2.3",
		"1.2.3.4.5",
		"01.2.3.4",
		"1.2.3.04",
		"1..2.3",
		"",
		".",
		"1.2.3.4 ",
		"-1.2.3.4",
		"1.2.3.x",
		"desk",
		"::",
		"::1",
		"1::",
		"1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8",
		"1:2:3:4::5:6:7:8",
		"1::2::3",
		":1",
		"1:",
		":",
		":::",
		"1:::2",
		"fe80::5054:ff:fe12:3456",
		"FE80::ABCD",
		"12345::",
		"g::",
		"fe80::1%eth0",
		"2001:db8::1 ",
		"::00001",
		"0:0:0:0:0:0:0:0",
	};

	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_literal(texts[i]);
}

TEST("address: whatever is put together of the letters of literals")
{
	static const char letters[] = "0123456789abcdef::::::....1122";

	for (unsigned int i = 0; i < 200000; i++) {
		char text[24];
		size_t len = test_below(sizeof(text) - 1);
		const char *dot;

		for (size_t j = 0; j < len; j++)
			text[j] = letters[test_below(sizeof(letters) - 1)];
		text[len] = '\0';
		dot = strchr(text, '.');
		if (dot == NULL || strchr(text, ':') == NULL) /* with both, inet_pton knows more */
			check_literal(text);
	}
}

static void check_target(const char *name, const char *host, int port)
{
	struct address_host h;

	test_note("%s", name);
	if (CHECK(address_of_target(name, &h))) {
		CHECK_STR(h.host, host);
		CHECK_EQ(h.tcp, port != 0);
		if (port != 0)
			CHECK_EQ(h.port, port);
	}
}

TEST("address: the host and the port of a target")
{
	check_target("tcp:10.0.2.2:7000", "10.0.2.2", 7000);
	check_target("tcp:10.0.2.2", "10.0.2.2", ADDRESS_PORT);
	check_target("tcp:[2001:db8::1]:65535", "2001:db8::1", 65535);
	check_target("tcp:[::1]", "::1", ADDRESS_PORT);
	check_target("tcp:desk.example:1", "desk.example", 1);
	check_target("nas:/srv/crash", "nas", 0);
	check_target("[fd00::2]:/srv", "fd00::2", 0);
	check_target("192.168.1.1:/x", "192.168.1.1", 0);
}

TEST("address: what is no target of the network")
{
	static const char *const names[] = {
		"",	      "tcp:",	      "tcp::7000",     "tcp:a:0",	"tcp:a:65536",
		"tcp:a:",     "tcp:a:7x",     "tcp:[a]:7",     "tcp:[::1",	"tcp:[::1]7",
		"tcp:::1:70", "tcp:a b:7",    "tcp:a;b",       "/dev/vda1",	"tag",
		"ubi0:dump",  "PARTUUID=1-2", "[::1]",	       "[::1]:srv",	"a:7000",
		":/srv",      "tcp:a:7:8",    "tcp:[1.2.3]:7", "tcp:$(x):7000",
	};
	struct address_host h;

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		test_note("%s", names[i]);
		CHECK(!address_of_target(names[i], &h));
	}
	CHECK(!address_of_target(
		"tcp:"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1",
		&h));
}

TEST("libc: sockets that connect, send and receive")
{
	static const struct address host = {.family = ADDRESS_IPV4, .bytes = {127, 0, 0, 1}};
	static const int yes = 1;
	union address_socket at;
	socklen_t size = address_socket(&host, 0, &at);
	int listener = libc_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = libc_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[8] = "";
	int other;

	REQUIRE(listener >= 0 && fd >= 0 && bind(listener, &at.any, size) == 0);
	REQUIRE(listen(listener, 1) == 0 && getsockname(listener, &at.any, &size) == 0);
	CHECK_EQ(libc_setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes)), 0);
	CHECK_EQ(libc_setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, 0), -1);
	REQUIRE(libc_connect(fd, &at.any, size) == 0);
	other = accept(listener, NULL, NULL);
	REQUIRE(other >= 0);
	CHECK_EQ(libc_send(fd, "hello", 5, MSG_NOSIGNAL), 5);
	CHECK_EQ(libc_recv(other, text, 7, MSG_PEEK), 5);
	CHECK_EQ(libc_recv(other, text, 7, 0), 5);
	CHECK_STR(text, "hello");
	CHECK_EQ(libc_recv(other, text, 7, MSG_DONTWAIT), -1);
	close(other);
	CHECK_EQ(libc_recv(fd, text, 7, 0), 0);
	close(fd);
	close(listener);
}
