/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchdog and its guard, against a driver made of a file: what is written to the device is
 * the file's content, so each pet is a byte, and a 'V' would be seen. open and ioctl are wrapped:
 * they reach that driver once a test has bought its dog, and are libc's until then.
 */
#include "base/clock.h"
#include "base/log.h"
#include "board/watchdog.h"
#include "pid1/child.h"
#include "pid1/guard.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/watchdog.h>

int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __real_ioctl(int fd, unsigned long request, ...);

enum { SOON_MS = 900, HANG_MS = 100000 };

/* The driver. Shared with the guard. */
struct dog {
	volatile int exists;   /* the N of /dev/watchdogN; -1: none */
	volatile int busy;     /* one that somebody else holds; -1: none */
	volatile int timeout;  /* what it counts to */
	volatile int longest;  /* what it accepts */
	volatile int clamps;   /* it takes more for the longest, rather than refusing */
	volatile int mute;     /* it knows no GETTIMEOUT */
	volatile int tries;    /* of SETTIMEOUT */
	volatile int opens;    /* that were granted; who is counted is the holder by then */
	volatile pid_t holder; /* who opened it last */
	volatile uint32_t progress;
};

static struct dog *dog;

int __wrap_open(const char *path, int flags, ...)
{
	static const char prefix[] = "/dev/watchdog";
	const char *number = path + sizeof(prefix) - 1;
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (dog == NULL || strncmp(path, prefix, sizeof(prefix) - 1) != 0)
		return __real_open(path, flags, mode);
	errno = ENOENT;
	if (number[0] == '\0')
		return -1;
	if (atoi(number) == dog->busy)
		errno = EBUSY;
	if (atoi(number) != dog->exists)
		return -1;
	dog->holder = getpid();
	__sync_synchronize(); /* a test that sees the count kills the holder */
	dog->opens = dog->opens + 1;
	return __real_open("dog", flags | O_CREAT | O_APPEND, 0600);
}

static int set_timeout(int *seconds)
{
	dog->tries = dog->tries + 1;
	errno = EINVAL;
	if (*seconds > dog->longest && dog->clamps == 0)
		return -1;
	dog->timeout = *seconds < dog->longest ? *seconds : dog->longest;
	*seconds = dog->timeout;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	int *arg;

	va_start(args, request);
	arg = va_arg(args, int *);
	va_end(args);
	if (dog == NULL || (request != WDIOC_SETTIMEOUT && request != WDIOC_GETTIMEOUT))
		return __real_ioctl(fd, request, arg);
	if (request == WDIOC_SETTIMEOUT)
		return set_timeout(arg);
	errno = ENOTTY;
	if (dog->mute != 0)
		return -1;
	*arg = dog->timeout;
	return 0;
}

static void buy_dog(int exists, int longest)
{
	void *map =
		mmap(NULL, sizeof(*dog), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(map != MAP_FAILED);
	dog = map;
	dog->exists = exists;
	dog->busy = -1;
	dog->timeout = 30;
	dog->longest = longest;
}

static uint32_t given(uint32_t wanted)
{
	struct watchdog w;

	REQUIRE(watchdog_open(&w, "auto") == 0);
	watchdog_set(&w, wanted);
	close(w.fd);
	return w.timeout;
}

static void sleep_ms(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

static long pets(void)
{
	struct stat st;

	return stat("dog", &st) == 0 ? (long)st.st_size : 0;
}

/* Waits until there are at least COUNT pets. */
static bool petted(long count)
{
	uint64_t until = clock_ms() + HANG_MS;

	while (pets() < count && clock_ms() < until)
		sleep_ms(20);
	return pets() >= count;
}

static bool opened(int count)
{
	uint64_t until = clock_ms() + HANG_MS;

	while (dog->opens < count && clock_ms() < until)
		sleep_ms(20);
	return dog->opens >= count;
}

static bool capped(uint32_t ms)
{
	uint64_t until = clock_ms() + HANG_MS;

	while (*guard_cap_ms() != ms && clock_ms() < until)
		sleep_ms(20);
	return *guard_cap_ms() == ms;
}

static struct config config;

/* As in PID 1: every signal blocked. */
static void start(const char *name, uint32_t stall)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	config.stall = stall;
	snprintf(config.watchdog, sizeof(config.watchdog), "%s", name);
	log_open();
	guard_start(&config, &dog->progress);
}

static const char *told(void)
{
	const char *text;

	guard_tell();
	(void)log_text(&text);
	return text;
}

/* Waits until WHAT is told; returns all that is then. */
static const char *told_at_last(const char *what)
{
	uint64_t until = clock_ms() + HANG_MS;

	while (strstr(told(), what) == NULL && clock_ms() < until)
		sleep_ms(20);
	return told();
}

static int sleep_for(void *ms)
{
	sleep_ms(*(int *)ms);
	return 0;
}

/* What PID 1 does all the time. */
static void wait_for_child(int ms)
{
	struct child_limits limits = {.deadline_ms = clock_ms() + HANG_MS};

	CHECK_EQ(child_run(sleep_for, &ms, &limits).end, CHILD_EXITED);
}

TEST("watchdog: auto takes the first that can be had, and tells what stands in the way")
{
	struct watchdog w;

	buy_dog(-1, 100);
	CHECK_EQ(watchdog_open(&w, "auto"), -ENODEV);
	dog->busy = 1;
	CHECK_EQ(watchdog_open(&w, "auto"), -EBUSY);
	CHECK_STR(w.path, "/dev/watchdog1");
	dog->exists = 3;
	REQUIRE(watchdog_open(&w, "auto") == 0);
	CHECK_STR(w.path, "/dev/watchdog3");
	close(w.fd);
	CHECK_EQ(watchdog_open(&w, "/dev/watchdog1"), -EBUSY);
	CHECK_EQ(watchdog_open(&w, "/dev/watchdog2"), -ENODEV);
	REQUIRE(watchdog_open(&w, "/dev/watchdog3") == 0);
	close(w.fd);
}

TEST("watchdog: the timeout is what was asked for, or the next that the driver takes")
{
	buy_dog(0, 1000);
	CHECK_EQ(given(90), 90);
	CHECK_EQ(dog->tries, 1);
	dog->longest = 31;
	CHECK(given(90) <= 31 && given(90) > 31 * 3 / 4 - 1);
	dog->longest = 2;
	CHECK_EQ(given(3630), 2);
	dog->clamps = 1;
	dog->longest = 15;
	CHECK_EQ(given(90), 15);
}

TEST("watchdog: a timeout that cannot be set is read, one that cannot be read is not made up")
{
	buy_dog(0, 1);
	dog->tries = 0;
	CHECK_EQ(given(90), 30);
	CHECK(dog->tries > 1 && dog->tries < 30);
	dog->mute = 1;
	CHECK_EQ(given(90), 0);
	dog->longest = 1000;
	CHECK_EQ(given(90), 90);
}

TEST("guard: pets when the worker or PID 1 moves, and at no other time")
{
	char *text;
	size_t size;

	buy_dog(0, 1000);
	start("auto", 60);
	REQUIRE(opened(1));
	sleep_ms(SOON_MS);
	CHECK_EQ(pets(), 0);
	dog->progress = 7;
	CHECK(petted(1));
	sleep_ms(SOON_MS);
	CHECK_EQ(pets(), 1);
	guard_step();
	CHECK(petted(2));
	sleep_ms(SOON_MS);
	CHECK_EQ(pets(), 2);
	text = (char *)scratch_read_file("dog", &size);
	CHECK(memchr(text, 'V', size) == NULL);
	free(text);
	kill(dog->holder, SIGKILL);
}

TEST("guard: once the end has begun there is one more pet, and no other")
{
	buy_dog(0, 1000);
	start("auto", 60);
	REQUIRE(opened(1));
	guard_end();
	CHECK(petted(1));
	for (int i = 0; i < 4; i++) {
		guard_step();
		dog->progress = dog->progress + 1;
		sleep_ms(SOON_MS / 2);
	}
	CHECK_EQ(pets(), 1);
	CHECK(kill(dog->holder, 0) == 0); /* it holds the device open, which no close stops */
	kill(dog->holder, SIGKILL);
}

TEST("guard: a device that comes up later is taken then")
{
	buy_dog(-1, 1000);
	start("auto", 60);
	sleep_ms(SOON_MS);
	CHECK_STR(told(), "");
	dog->exists = 2;
	REQUIRE(opened(1));
	guard_step();
	CHECK(petted(1));
	CHECK_HAS(told_at_last("armed"), "watchdog /dev/watchdog2: armed, 90 s\n");
	kill(dog->holder, SIGKILL);
}

TEST("guard: one that somebody else holds is told, once, and not fought for")
{
	const char *first;
	char says[100]; /* libcs have different words for it */

	snprintf(says, sizeof(says), "watchdog /dev/watchdog0: %s; going on without it",
		 strerror(EBUSY));
	buy_dog(-1, 1000);
	dog->busy = 0;
	start("/dev/watchdog0", 60);
	CHECK_HAS(told_at_last(says), says);
	sleep_ms(SOON_MS);
	first = strchr(told(), '\n');
	CHECK(first != NULL && first[1] == '\0');
	guard_end();
}

TEST("guard: a watchdog too short for stall makes PID 1 give up sooner")
{
	buy_dog(0, 20);
	dog->clamps = 1;
	start("auto", 60);
	CHECK(capped(15000));
	CHECK_HAS(told_at_last("armed"), "armed, 20 s\n");
	CHECK_HAS(told(), "attempts end after 15 s without progress");
	kill(dog->holder, SIGKILL);
}

TEST("guard: one that is long enough does not")
{
	buy_dog(0, 1000);
	start("auto", 60);
	REQUIRE(opened(1));
	sleep_ms(SOON_MS);
	CHECK_EQ(*guard_cap_ms(), 0);
	kill(dog->holder, SIGKILL);
}

/* Kills the guard, and lets PID 1 look for its children as often as it takes to start another. */
static bool another_starts(void)
{
	siginfo_t info;

	kill(dog->holder, SIGKILL);
	REQUIRE(waitid(P_PID, (id_t)dog->holder, &info, WEXITED | WNOWAIT) == 0);
	for (int looks = 0; looks < 3; looks++) {
		wait_for_child(SOON_MS / 2);
		if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) == 0)
			return true;
	}
	return false; /* there is no child at all */
}

TEST("guard: one that dies is started again, some times")
{
	int killed = 0;

	buy_dog(0, 1000);
	start("auto", 60);
	do
		REQUIRE(opened(killed + 1));
	while (++killed < 50 && another_starts());
	CHECK(killed >= 3);
	CHECK(killed < 50);
	CHECK_EQ(dog->opens, killed);
}

TEST("guard: while PID 1 waits for a shell its life is progress")
{
	buy_dog(0, 1000);
	start("auto", 60);
	REQUIRE(opened(1));
	wait_for_child(SOON_MS);
	CHECK_EQ(pets(), 0);
	guard_pet_while_waiting(true);
	for (int waits = 0; pets() < 2 && waits < HANG_MS / SOON_MS; waits++)
		wait_for_child(SOON_MS);
	CHECK(pets() >= 2);
	kill(dog->holder, SIGKILL);
}

TEST("guard: none is started where no watchdog is wanted")
{
	buy_dog(0, 1000);
	start("none", 60);
	sleep_ms(SOON_MS);
	guard_step();
	guard_end();
	CHECK_EQ(dog->opens, 0);
	CHECK(guard_cap_ms() == NULL);
	CHECK_STR(told(), "");
}
