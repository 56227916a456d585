/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init. As PID 1 it captures; run by hand it checks.
 */
#include "cli/cli.h"
#include "pid1/supervisor.h"

#include <unistd.h>

int main(int argc, char **argv)
{
	if (getpid() == 1)
		supervise(argv);
	return cli_main(argc, argv);
}
