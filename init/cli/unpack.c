/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program is a child that reads the file and writes into a pipe. What it says is not shown:
 * the caller tells that the file is torn.
 */
#include "cli/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_PROGRAM = 127 }; /* as the shell has it; none of the programs uses it */

/* Others have the name of their packing. */
static const struct {
	const char *packing, *program;
} programs[] = {{"lzo", "lzop"}, {"lzma", "xz"}};

const char *unpack_program(const char *packing)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strcmp(packing, programs[i].packing) == 0)
			return programs[i].program;
	}
	return packing;
}

static void run(const char *const words[])
{
	(void)execvp(words[0], (char *const *)(uintptr_t)words); /* returns where it is not there */
}

/* The child: reads FROM, writes INTO. */
static void unpack(int from, int into, const char *program)
{
	int nowhere = open("/dev/null", O_WRONLY);

	if (nowhere >= 0)
		(void)dup2(nowhere, STDERR_FILENO); /* else it speaks */
	if (dup2(from, STDIN_FILENO) < 0 || dup2(into, STDOUT_FILENO) < 0)
		_exit(1);
	run((const char *const[]){program, "-dc", NULL});
	run((const char *const[]){"bsdtar", "--format=newc", "-cf", "-", "@-", NULL});
	_exit(NO_PROGRAM);
}

int unpack_begin(struct unpack *u, int fd, const char *packing)
{
	int ends[2];

	if (lseek(fd, 0, SEEK_SET) != 0 || pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	u->fd = ends[0];
	u->pid = fork();
	if (u->pid == 0)
		unpack(fd, ends[1], unpack_program(packing));
	close(ends[1]); /* the child's */
	if (u->pid > 0)
		return 0;
	close(ends[0]); /* never written to */
	return -errno;
}

/* A pipe that nobody writes into has an end: the program has done, or is not there. */
static int is_at_end(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 0;
}

int unpack_end(struct unpack *u)
{
	int status = 0;

	if (!is_at_end(u->fd))
		(void)kill(u->pid, SIGKILL); /* it is a child that was not waited for */
	close(u->fd);			     /* read only */
	while (waitpid(u->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status))
		return -EBADMSG;
	return WEXITSTATUS(status) == 0		   ? 0
	       : WEXITSTATUS(status) == NO_PROGRAM ? -ENOENT
						   : -EBADMSG;
}
