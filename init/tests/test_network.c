/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * net/ and worker/network: connections on this machine, and interfaces of a network of the test's
 * own, where it may have one.
 */
#include "base/clock.h"
#include "net/connect.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/network.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANG_MS = 100000 };

static volatile uint32_t progress;

static struct net_wait within(unsigned int ms)
{
	return (struct net_wait){.until_ms = clock_ms() + ms, .progress = &progress};
}

static const struct address host4 = {.family = ADDRESS_IPV4, .bytes = {127, 0, 0, 1}};
static const struct address host6 = {.family = ADDRESS_IPV6, .bytes = {[15] = 1}};

/* A socket that is bound to a free port, which it sets; it does not listen yet. */
static int bound(const struct address *a, uint16_t *port)
{
	union address_socket at;
	socklen_t size = address_socket(a, 0, &at);
	int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, &at.any, size) != 0 || getsockname(fd, &at.any, &size) != 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*port = ntohs(a->family == ADDRESS_IPV4 ? at.four.sin_port : at.six.sin6_port);
	return fd;
}

static void check_connection(const struct address *a)
{
	struct net_wait w = within(HANG_MS);
	uint16_t port;
	int listener = bound(a, &port);
	int fd;

	if (listener < 0)
		return; /* a machine without IPv6 */
	REQUIRE(listen(listener, 1) == 0);
	fd = connect_to(a, port, &w);
	CHECK(fd >= 0);
	CHECK_EQ(write(fd, "x", 1), 1);
	close(fd);
	close(listener);
}

TEST("network: a connection by IPv4, and by IPv6")
{
	check_connection(&host4);
	check_connection(&host6);
}

static void check_child(pid_t child)
{
	int status;

	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK_EQ(status, 0);
}

TEST("network: a server that is late is waited for")
{
	struct net_wait w = within(HANG_MS);
	uint16_t port;
	int listener = bound(&host4, &port);
	pid_t child = fork();
	int fd;

	REQUIRE(listener >= 0 && child >= 0);
	if (child == 0) {
		clock_pause(700);
		if (listen(listener, 1) != 0)
			_exit(1);
		fd = accept(listener, NULL, NULL);
		_exit(fd >= 0 ? 0 : 1);
	}
	fd = connect_to(&host4, port, &w);
	CHECK(fd >= 0);
	check_child(child);
}

TEST("network: a server that is not there is waited for no longer than it may take")
{
	struct net_wait w = within(300);
	uint64_t begun = clock_ms();
	uint16_t port;
	int fd = bound(&host4, &port);

	REQUIRE(fd >= 0);
	CHECK_EQ(connect_to(&host4, port, &w), -ECONNREFUSED);
	CHECK(clock_ms() - begun < HANG_MS);
}

/* A wait whose end another process sees, and sets. */
struct wait {
	struct net_wait w;
	volatile uint32_t progress;
};

static struct wait *shared_wait(void)
{
	void *map = mmap(NULL, sizeof(struct wait), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct wait *s = map;

	REQUIRE(map != MAP_FAILED);
	s->w = (struct net_wait){.until_ms = clock_ms() + HANG_MS, .progress = &s->progress};
	return s;
}

/* Until STEPS more have been counted in S, however long each takes. */
static bool has_moved(const struct wait *s, uint32_t steps)
{
	uint64_t until = clock_ms() + HANG_MS;
	uint32_t wanted = s->progress + steps;

	while (s->progress < wanted && clock_ms() < until)
		clock_pause(10);
	return s->progress >= wanted;
}

TEST("network: while there is no way to a server, each try counts as progress")
{
	static const struct address everybody = {.family = ADDRESS_IPV4,
						 .bytes = {255, 255, 255, 255}};
	struct wait *s = shared_wait();
	pid_t child = fork();

	REQUIRE(child >= 0);
	if (child == 0)
		_exit(connect_to(&everybody, 7, &s->w) == -ENETUNREACH ? 0 : 1);
	CHECK(has_moved(s, 3));
	s->w.until_ms = 0;
	check_child(child);
}

static struct config config;
static struct worker_shared shared;

static void tell_nothing(void)
{
}

static enum worker_end open_target(const char *name, struct network *n)
{
	struct config_target target = {.fstype = "auto", .wait = 0};
	const struct attempt attempt = {.target = &target, .number = 1};
	const struct worker w = {
		.config = &config, .attempt = &attempt, .shared = &shared, .tell = tell_nothing};

	snprintf(target.name, sizeof(target.name), "%s", name);
	return network_open(&w, n);
}

TEST("network: a stream in the clear is refused unless it is allowed")
{
	struct network n;
	char name[64];
	uint16_t port;
	int fd = bound(&host4, &port);

	REQUIRE(fd >= 0 && listen(fd, 1) == 0);
	snprintf(name, sizeof(name), "tcp:127.0.0.1:%u", (unsigned int)port);
	config_read_init(&config);
	CHECK_EQ(open_target(name, &n), WORKER_TARGET);
	CHECK_EQ(n.fd, -1);
	config.insecure = 1;
	CHECK_EQ(open_target(name, &n), WORKER_DONE);
	CHECK(n.fd >= 0);
	CHECK_STR(n.server_text, "127.0.0.1");
	close(n.fd);
}

TEST("network: a name is no address, and nobody looks it up")
{
	struct network n;

	config_read_init(&config);
	config.insecure = 1;
	CHECK_EQ(open_target("tcp:localhost:7", &n), WORKER_TARGET);
	CHECK_EQ(open_target("localhost:/srv", &n), WORKER_TARGET);
	CHECK_EQ(open_target("127.0.0.1:/srv", &n), WORKER_DONE);
	CHECK_STR(n.server_text, "127.0.0.1");
	CHECK_EQ(open_target("[::1]:/srv", &n), WORKER_DONE);
	CHECK_STR(n.server_text, "::1");
}

TEST("network: an interface that is not there is no way")
{
	static const char line[] = "net = kdump-none,02:00:00:00:00:99,10.9.8.7/24,,10.9.8.1";
	struct network n;
	char why[CONFIG_WHY];

	config_read_init(&config);
	REQUIRE(config_read_line(&config, line, strlen(line), why) == 0);
	CHECK_EQ(open_target("10.9.8.1:/srv", &n), WORKER_TARGET);
}

/* In a network of its own, which has nothing but a loopback interface that is down. */
static bool enter_network(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

static void check_link(const char *line, const struct address *own)
{
	struct config_net n;
	struct net_wait w = within(8000);
	char name[CONFIG_INTERFACE];

	REQUIRE(config_net_read(line, &n));
	CHECK_EQ(link_up(&n, &w, name), 0);
	CHECK_STR(name, "lo");
	check_connection(own);
	w = within(0);
	CHECK_EQ(link_up(&n, &w, name), 0); /* as another attempt does */
}

TEST("network: an interface gets the address and the route it had, and again")
{
	static const struct address own4 = {.family = ADDRESS_IPV4, .bytes = {10, 9, 8, 7}};
	static const struct address own6 = {.family = ADDRESS_IPV6,
					    .bytes = {0xfd, [1] = 0, [15] = 7}};

	if (!enter_network())
		return; /* not everybody may have one */
	check_link("lo,00:00:00:00:00:00,10.9.8.7/24,,10.9.8.1", &own4);
	check_link("lo,00:00:00:00:00:00,fd00::7/64,,fd00::1", &own6);
}

TEST("network: where no interface has the MAC, the name decides")
{
	static const struct address own = {.family = ADDRESS_IPV4, .bytes = {10, 9, 8, 7}};

	if (!enter_network())
		return;
	check_link("lo,02:00:00:00:00:99,10.9.8.7/24,10.9.8.1,10.1.1.1", &own);
}

static bool write_once(const char *path, const char *before, unsigned int number)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%s%u 1", before, number);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, (size_t)n) == n;

	if (fd >= 0)
		close(fd);
	return done;
}

/* What /sys tells of interfaces is a folder of files here. */
static bool enter_sysfs(void)
{
	unsigned int uid = geteuid(), gid = getegid();
	int deny;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
		return false;
	deny = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
	if (deny >= 0) {
		CHECK_EQ(write(deny, "deny", 4), 4); /* or no group can be mapped */
		close(deny);
	}
	return write_once("/proc/self/uid_map", "0 ", uid) &&
	       write_once("/proc/self/gid_map", "0 ", gid) &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/sys/class/net", "tmpfs", 0, NULL) == 0;
}

#define NET_CLASS "/sys/class/net/"
#define OUR_MAC	  "02:00:00:00:00:99"

static void add_card(const char *name, const char *mac)
{
	CHECK(scratch_shell("mkdir -p " NET_CLASS "%s && echo %s >" NET_CLASS "%s/address", name,
			    mac, name));
}

/* What is done while the card is looked for. */
static bool comes_and_the_time_is_over(struct wait *s)
{
	bool good = has_moved(s, 3) && rename(NET_CLASS ".new/card", NET_CLASS "eth0") == 0 &&
		    has_moved(s, 3);

	s->w.until_ms = 0;
	return good;
}

static bool comes_and_is_renamed(struct wait *s)
{
	return has_moved(s, 3) && rename(NET_CLASS ".new/card", NET_CLASS "eth0") == 0 &&
	       has_moved(s, 3) && rename(NET_CLASS "eth0", NET_CLASS "lo") == 0;
}

/* As for a machine that stands still for so long. */
static bool the_time_is_over(struct wait *s)
{
	bool good = has_moved(s, 1);

	s->w.until_ms = 0;
	return good;
}

/* The card of our way, whose name was KNOWN, is looked for, and ends up as FOUND. */
static void check_way(const char *known, bool (*meanwhile)(struct wait *s), int end,
		      const char *found)
{
	char line[100], name[CONFIG_INTERFACE];
	struct wait *s = shared_wait();
	struct config_net n;
	pid_t child;

	snprintf(line, sizeof(line), "%s," OUR_MAC ",10.9.8.7/24,,10.9.8.1", known);
	REQUIRE(config_net_read(line, &n));
	child = fork();
	REQUIRE(child >= 0);
	if (child == 0)
		_exit(meanwhile(s) ? 0 : 1);
	CHECK_EQ(link_up(&n, &s->w, name), end);
	CHECK_STR(name, found);
	check_child(child);
}

/* The kernel has no card called eth0, but lo, which can be set up. */
TEST("network: a card that has the name of another one is not taken for it while that is on its way")
{
	if (!enter_sysfs())
		return;
	add_card("lo", "02:00:00:00:00:01");
	add_card(".new/card", OUR_MAC);
	check_way("lo", comes_and_the_time_is_over, -ENODEV, "eth0");
}

TEST("network: a card that is late, and renamed once it was found, is looked for again")
{
	if (!enter_sysfs())
		return;
	add_card(".new/card", OUR_MAC);
	check_way("kdump0", comes_and_is_renamed, 0, "lo");
}

TEST("network: where the time is over before the name had its turn, it has that then")
{
	if (!enter_sysfs())
		return;
	add_card("lo", "02:00:00:00:00:01");
	check_way("lo", the_time_is_over, 0, "lo");
}
