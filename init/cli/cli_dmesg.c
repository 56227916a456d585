/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init dmesg: the kernel log out of a dump, as text on standard output.
 */
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "vmcore/dmesg.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static int print(void *unused, const char *text, size_t size)
{
	(void)unused;
	return cli_collect(text, size);
}

/* Says what is wrong with FILE; returns the exit code. */
static int failed(const char *file, const char *problem)
{
	cli_say("%s: %s", file, problem);
	return CLI_FAILED;
}

int cli_dmesg(int argc, char **argv)
{
	const char *file = argv[0];
	static struct vmcore core;
	static struct kdumpfile kdump;
	struct dmesg log = {.emit = print};
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* no FIFO is waited for */
	int error;

	(void)argc;
	if (fd < 0)
		return failed(file, strerror(errno));
	if (cli_is_no_core(file, fd))
		return CLI_FAILED;
	error = vmcore_open(&core, fd, &kdump);
	if (error != 0)
		return failed(file, vmcore_open_problem(fd, error));
	if (core.elf.faults > 0)
		cli_say("%s: its headers claim memory that is not in the file", file);
	if (core.info.text == NULL)
		return failed(file, "no VMCOREINFO in it: nothing says where the log is");
	error = core.translate_error;
	if (error == 0)
		error = dmesg_write(&log, &core.translate, &core.info);
	if (cli_flush() != 0)
		return failed("standard output", strerror(-cli_flush()));
	if (log.torn > 0)
		cli_say("%s: %u records were torn and are left out", file, log.torn);
	if (error != 0)
		return failed(file, "its log cannot be reached or makes no sense");
	return CLI_DONE;
}
