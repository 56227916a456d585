/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * getrandom(2) never waits here: a kernel without entropy may not get any, ever.
 */
#include "board/random.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* Takes all of the seed, or nothing. */
static bool read_seed(const char *path, uint8_t seed[RANDOM_SEED])
{
	uint8_t more[RANDOM_SEED + 1];
	int fd = io_open_regular(AT_FDCWD, path);
	size_t size;

	if (fd < 0)
		return false;
	size = io_read(fd, more, sizeof(more));
	close(fd); /* read only */
	if (size != RANDOM_SEED)
		return false;
	memcpy(seed, more, RANDOM_SEED);
	return true;
}

static bool ask_kernel(uint8_t *bytes)
{
	ssize_t n;

	do
		n = getrandom(bytes, RANDOM_SEED, GRND_NONBLOCK);
	while (n < 0 && errno == EINTR);
	return n == RANDOM_SEED;
}

bool random_gather(const char *seed, uint8_t bytes[RANDOM_BYTES])
{
	struct timespec now[2] = {0};
	pid_t pid = getpid();
	bool left, kernel;

	memset(bytes, 0, RANDOM_BYTES);
	left = read_seed(seed, bytes);
	kernel = ask_kernel(bytes + RANDOM_SEED);
	(void)clock_gettime(CLOCK_REALTIME, &now[0]); /* these two always work */
	(void)clock_gettime(CLOCK_MONOTONIC, &now[1]);
	_Static_assert(2 * RANDOM_SEED + sizeof(now) + sizeof(pid) <= RANDOM_BYTES, "all fit");
	memcpy(bytes + 2 * (size_t)RANDOM_SEED, now, sizeof(now));
	memcpy(bytes + 2 * (size_t)RANDOM_SEED + sizeof(now), &pid, sizeof(pid));
	return left || kernel;
}
