/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of the program that lies in a capture kernel's memory: PID 1 has no use for
 * commands, so they are in kdump-init-full, which has everything, and is started from here when
 * it lies beside. It stands in the place of cli.c and all that only cli.c needs
 * (init/programs.mk).
 */
#include "cli/cli.h"

#include "base/io.h"
#include "base/version.h"

#include <string.h>
#include <unistd.h>

#define FULL "-full"

static const char version[] = "kdump-init " KDUMP_VERSION "\n";
static const char alone[] =
	"kdump-init: the commands are in kdump-init-full, which cannot be run from beside this "
	"program: put it there\n";

/* Returns only when there is none, or it is none of this machine. */
static void run_full(char **argv)
{
	char path[512];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof(FULL));

	if (n < 0)
		return;
	memcpy(path + n, FULL, sizeof(FULL));
	execv(path, argv);
}

int cli_main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return io_write(STDOUT_FILENO, version, sizeof(version) - 1) == 0 ? CLI_DONE
										  : CLI_FAILED;
	run_full(argv);
	(void)io_write(STDERR_FILENO, alone, sizeof(alone) - 1); /* said as well as can be */
	return CLI_FAILED;
}
