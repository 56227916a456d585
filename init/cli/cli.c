/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init by hand: is the configuration good, and is this system ready to dump? Every
 * finding is one line on standard error.
 */
#include "cli/cli.h"

#include "base/io.h"
#include "base/version.h"
#include "board/pseudofs.h"
#include "cli/cli_print.h"
#include "config/config_source.h"
#include "disk/device.h"
#include "vmcore/dmesg.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"
#include "worker/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef WITH_ZSTD
#define ZSTD_HELP ", zstd"
#else
#define ZSTD_HELP ""
#endif

static const char usage[] =
	"Usage: kdump-init check [--syntax] [CONFIG]\n"
	"       kdump-init dmesg VMCORE\n"
	"       kdump-init dump [-d LEVEL] [-c CODEC] [-f elf|kdump] VMCORE OUT\n"
	"       kdump-init verify DIR\n"
	"       kdump-init --help | --version\n"
	"\n"
	"kdump-init is PID 1 of the kernel that kexec starts after a crash: it saves\n"
	"/proc/vmcore to the target of its configuration and reboots. Put it on the crash\n"
	"kernel's command line as init=/sbin/kdump-init, or into an archive made by\n"
	"kdump-mkinitramfs(8). Run by hand it does nothing to the system:\n"
	"\n"
	"  check            reads CONFIG (default " CONFIG_PATH ") and looks at this\n"
	"                   system: is the crash kernel reserved and loaded, are the\n"
	"                   targets there? One line for each finding; exit code 1 if one\n"
	"                   of them would lose a dump.\n"
	"  check --syntax   reads CONFIG only. For building archives elsewhere.\n"
	"  dmesg            prints the kernel log out of a dump, of any kernel since 3.5.\n"
	"  dump             makes a smaller dump, or one of another format, of one that is\n"
	"                   there. LEVEL is a sum of what to leave out: 1 zero pages, 2 cache,\n"
	"                   4 cache with buffers, 8 processes, 16 free pages (31: all of it).\n"
	"                   CODEC is none, zlib or lzo" ZSTD_HELP ". -f elf makes a\n"
	"                   compressed dump an ELF file again. OUT must not be there yet.\n"
	"  verify           compares a dump's status with its files: size, structure, CRC-32.\n"
	"                   DIR is the directory of the dump; exit code 1 if it is not whole.\n"
	"\n"
	"VMCORE is an ELF core such as /proc/vmcore, or a kdump-compressed file (of makedumpfile\n"
	"too; one it wrote with -F must go through makedumpfile -R first), of ARM, arm64 or x86_64,\n"
	"whatever this machine is.\n"
	"\n"
	"Exit codes: 0 done, 1 the answer is no, 2 usage, 3 the operation failed.\n";

/* Findings that would lose a dump. */
static unsigned int losses;

static void report(const char *finding)
{
	cli_say("%s", finding);
	losses++;
}

/* Reads FILE into C as PID 1 would. Returns false when it is there and cannot be read. */
static bool read_config(struct config *c, const char *file)
{
	int bad;

	config_read_init(c);
	bad = config_read_file(c, file, report);
	if (bad == -ENOENT && strcmp(file, CONFIG_PATH) == 0) {
		cli_say("no %s: defaults", file);
		return true;
	}
	if (bad < 0)
		cli_say("%s: %s", file, strerror(-bad));
	return bad >= 0;
}

/* The capture kernel may have other drivers than this one: no more than a note. */
static void check_watchdog(const struct config *c, const char *file)
{
	if (c->watchdog[0] == '/' && access(c->watchdog, F_OK) != 0)
		cli_say("%s: note: watchdog %s: %s", file, c->watchdog, strerror(errno));
}

/* A name that is no device is a network share or the tag of a shared folder. */
static void check_names(const struct config *c)
{
	char finding[400];

	for (unsigned int i = 0; i < c->targets; i++) {
		const struct config_target *t = &c->target[i];

		if (device_is_block(t->name) || strstr(t->name, ":/") != NULL ||
		    strcmp(t->fstype, "auto") != 0)
			continue;
		snprintf(finding, sizeof(finding),
			 "target %s: no device, and no fstype to mount a tag with; expected "
			 "/dev/%s?",
			 t->name, t->name);
		report(finding);
	}
}

static void check_codec(const struct config *c)
{
	if (c->format == FORMAT_KDUMP && !capture_has_codec(c->compress))
		report("compress = zstd: not built into this kdump-init; use zlib, or build with "
		       "WITH_ZSTD=yes");
}

/* Since Linux 6.19 the files are in a folder of their own; the old ones are to go. */
static int read_kexec(const char *newer, const char *older, char *text, size_t size)
{
	int length = pseudofs_read(newer, text, size);

	return length > 0 ? length : pseudofs_read(older, text, size);
}

static void check_kexec(void)
{
	char text[32];

	if (read_kexec("/sys/kernel/kexec/crash_size", "/sys/kernel/kexec_crash_size", text,
		       sizeof(text)) <= 0)
		report("kernel: no kexec (CONFIG_KEXEC, CONFIG_CRASH_DUMP): it cannot start "
		       "another kernel when it crashes");
	else if (text[0] == '0')
		report("kernel: no memory is reserved; add crashkernel=64M to its command line and "
		       "reboot");
	else if (read_kexec("/sys/kernel/kexec/crash_loaded", "/sys/kernel/kexec_crash_loaded",
			    text, sizeof(text)) <= 0 ||
		 text[0] != '1')
		report("kernel: no crash kernel is loaded; run kdump-load");
}

static void check_target(const struct config_target *t)
{
	struct device device;
	char finding[400];
	int error;

	if (!device_is_block(t->name))
		return;
	error = device_find(t->name, &device);
	if (error != 0)
		snprintf(finding, sizeof(finding), "target %s: %s", t->name,
			 error == -ENODEV ? "there is no such device" : strerror(-error));
	else if (device.superblock.fstype == NULL && strcmp(t->fstype, "auto") == 0)
		snprintf(finding, sizeof(finding),
			 "target %s: no known filesystem on %s; format it, or name its fstype",
			 t->name, device.path);
	else
		return;
	report(finding);
}

static void check_system(struct config *c, const char *file)
{
	char cmdline[4096];

	if (pseudofs_read("/proc/cmdline", cmdline, sizeof(cmdline)) < 0)
		cmdline[0] = '\0';
	(void)config_read_cmdline(c, cmdline, report); /* reported one by one */
	check_kexec();
	check_watchdog(c, file);
	if (c->targets == 0)
		report("no target, and no root= on the kernel's command line");
	for (unsigned int i = 0; i < c->targets; i++)
		check_target(&c->target[i]);
	for (unsigned int i = 0; i < c->modules; i++) {
		if (access(c->module[i].path, R_OK) != 0)
			cli_say("%s: note: module %s is not here; it must be in the archive", file,
				c->module[i].path);
	}
}

static int check(int argc, char **argv)
{
	static struct config c;
	bool syntax = argc > 0 && strcmp(argv[0], "--syntax") == 0;
	const char *file = argc > syntax ? argv[syntax] : CONFIG_PATH;

	if (argc > syntax + 1 || file[0] == '-') {
		(void)io_write(STDERR_FILENO, usage,
			       sizeof(usage) - 1); /* said as well as can be */
		return CLI_USAGE;
	}
	if (!read_config(&c, file))
		return CLI_FAILED;
	check_names(&c);
	check_codec(&c);
	if (!syntax)
		check_system(&c, file);
	if (losses == 0)
		cli_tell("%s: %s", file,
			 syntax ? "good" : "good, and this system is ready to dump");
	return losses == 0 ? CLI_DONE : CLI_NO;
}

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

static int dmesg(const char *file)
{
	static struct vmcore core;
	static struct kdumpfile kdump;
	struct dmesg log = {.emit = print};
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return failed(file, strerror(errno));
	error = vmcore_open(&core, fd, &kdump);
	if (error != 0)
		return failed(file, vmcore_open_problem(fd, error));
	if (core.core.faults > 0)
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

int cli_main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (strcmp(command, "check") == 0)
		return check(argc - 2, argv + 2);
	if (strcmp(command, "dmesg") == 0 && argc == 3)
		return dmesg(argv[2]);
	if (strcmp(command, "dump") == 0)
		return cli_dump(argc - 2, argv + 2);
	if (strcmp(command, "verify") == 0 && argc == 3)
		return cli_verify(argv[2]);
	if (strcmp(command, "--version") == 0 && argc == 2) {
		cli_tell("kdump-init " KDUMP_VERSION);
		return CLI_DONE;
	}
	if (strcmp(command, "--help") == 0 && argc == 2) {
		return io_write(STDOUT_FILENO, usage, sizeof(usage) - 1) == 0 ? CLI_DONE
									      : CLI_FAILED;
	}
	cli_say("kdump-init: %s%s; see kdump-init --help",
		argc > 1 ? "wrong use of, or unknown: " : "no command", command);
	return CLI_USAGE;
}
