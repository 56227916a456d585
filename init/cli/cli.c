/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init by hand: which command it is, and what --help says of all of them.
 */
#include "cli/cli.h"

#include "base/io.h"
#include "base/version.h"
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "codec/codec.h"
#include "config/config_source.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* %s: the codecs that are built in. */
static const char usage[] =
	"Usage: kdump-init check [--json | --syntax | --describe] [CONFIG]\n"
	"       kdump-init check --archive FILE [KVER]\n"
	"       kdump-init check --settings CONFIG [CMDLINE]\n"
	"       kdump-init dmesg VMCORE\n"
	"       kdump-init dump [-d LEVEL] [-c CODEC] [-f elf|kdump] VMCORE OUT\n"
	"       kdump-init verify DIR\n"
	"       kdump-init extract [--texts] DEVICE [DIR]\n"
	"       kdump-init extract --check DEVICE NAME\n"
	"       kdump-init receive [--port N] [--bind ADDRESS] [--once] DIR\n"
	"       kdump-init report [--test] [--json]\n"
	"       kdump-init list [--json]\n"
	"       kdump-init open [OPTION]... DIR|VMCORE\n"
	"       kdump-init seed >FILE\n"
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
	"  check --json     the same for machines: an object with \"findings\" and \"ready\".\n"
	"  check --syntax   reads CONFIG only. For building archives elsewhere.\n"
	"  check --describe prints what an archive for this machine has to hold: drivers and\n"
	"                   filesystems of the targets, as KEY = VALUE, for kdump-mkinitramfs.\n"
	"  check --archive  looks into the archive FILE: a kdump-init for this machine, modules\n"
	"                   for kernel KVER, this system's configuration, its targets' drivers?\n"
	"  check --settings prints what kdump-load asks of CONFIG and of a kernel's command line,\n"
	"                   as KEY = VALUE: targets, modules, keys that are given.\n"
	"  dmesg            prints the kernel log out of a dump, of any kernel since 3.5.\n"
	"  dump             makes a smaller dump, or one of another format, of one that is\n"
	"                   there. LEVEL is a sum of what to leave out: 1 zero pages, 2 cache,\n"
	"                   4 cache with buffers, 8 processes, 16 free pages (31: all of it).\n"
	"                   CODEC is %s. -f elf makes a\n"
	"                   compressed dump an ELF file again. OUT must not be there yet.\n"
	"  verify           compares a dump's status with each of its files: size, structure,\n"
	"                   CRC-32. DIR is the directory of the dump; exit code 1 if it is not\n"
	"                   what was written, or not whole, 3 if something could not be read or\n"
	"                   tried (its codec is not built in).\n"
	"  extract          lists the dumps on DEVICE, a device without a filesystem (target =\n"
	"                   raw:...) or an image of one, and makes of each a directory in DIR;\n"
	"                   with --texts without the memory. --check compares one with its status.\n"
	"  receive          waits for boards whose target is tcp:HOST:PORT, and keeps what they\n"
	"                   send in DIR. Nobody is asked who he is: on a network you trust.\n"
	"  report, list     the dumps that are new since it was asked last, or all: kdump-report(8).\n"
	"  report --test    what came of the last kdump-load --test.\n"
	"  open             panic, backtrace and tasks of a dump, on the desk: kdump-open(8).\n"
	"  seed             32 random bytes as an archive, which kdump-load hands to the capture\n"
	"                   kernel for sealed dumps.\n"
	"\n"
	"VMCORE is an ELF core such as /proc/vmcore, or a kdump-compressed file (of makedumpfile\n"
	"too; one it wrote with -F must go through makedumpfile -R first), of ARM, arm64 or x86_64,\n"
	"whatever this machine is.\n"
	"\n"
	"Exit codes: 0 done, 1 the answer is no, 2 usage, 3 the operation failed.\n";

static int print_usage(int fd)
{
	static char text[sizeof(usage) + 64];

	snprintf(text, sizeof(text), usage, codec_names(true));
	return io_write(fd, text, strlen(text));
}

static const char *running = ""; /* the command that was found */

/* The lines of the usage that begin with it, behind the program's name. */
int cli_usage(void)
{
	static const char before[] = "Usage: kdump-init ";
	size_t length = strlen(running);
	bool told = false;

	for (const char *line = usage; *line != '\n'; line = strchr(line, '\n') + 1) {
		const char *words = line + sizeof(before) - 1;

		if (strncmp(words, running, length) != 0 || strchr(" \n", words[length]) == NULL)
			continue;
		cli_say("%s kdump-init %.*s", told ? "      " : "Usage:", (int)strcspn(words, "\n"),
			words);
		told = true;
	}
	if (!told)
		cli_say("kdump-init %s takes nothing behind it", running);
	return CLI_USAGE;
}

static int help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return print_usage(STDOUT_FILENO) == 0 ? CLI_DONE : CLI_FAILED;
}

static int version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	cli_tell("kdump-init " KDUMP_VERSION);
	return CLI_DONE;
}

/*
 * Commands that are scripts, because what they do is to call other programs: kdump-NAME beside
 * kdump-load, with WORDS behind its name. Returns only when there is none.
 */
static int run_script(const char *name, const char *option, int argc, char **argv)
{
	static const char *const folders[] = {"/usr/sbin", "/usr/local/sbin", "/sbin"};
	char path[64];
	char *words[12] = {path, (char *)(uintptr_t)option};
	int count = option != NULL ? 2 : 1;

	if (argc > 8)
		return cli_usage();
	memcpy(words + count, argv, (size_t)argc * sizeof(words[0]));
	for (unsigned int i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/kdump-%s", folders[i], name);
		execv(path, words);
	}
	cli_say("kdump-%s is not in /usr/sbin: it belongs there (make install); in the source tree "
		"it is initramfs/kdump-%s",
		name, name);
	return CLI_FAILED;
}

static int report(int argc, char **argv)
{
	return run_script("report", NULL, argc, argv);
}

static int list(int argc, char **argv)
{
	return run_script("report", "--list", argc, argv);
}

static int open_dump(int argc, char **argv)
{
	return run_script("open", NULL, argc, argv);
}

enum { ANY = -1 };

static const struct {
	const char *name;
	int arguments; /* behind the name, or ANY: it counts them itself */
	int (*run)(int argc, char **argv);
} commands[] = {
	{"report", ANY, report},       {"list", ANY, list},	  {"open", ANY, open_dump},
	{"check", ANY, cli_check},     {"dmesg", 1, cli_dmesg},	  {"dump", ANY, cli_dump},
	{"extract", ANY, cli_extract}, {"verify", 1, cli_verify}, {"receive", ANY, cli_receive},
	{"seed", 0, cli_seed},	       {"--version", 0, version}, {"--help", 0, help},
};

int cli_main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (unsigned int i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		running = name;
		if (commands[i].arguments == ANY || commands[i].arguments == argc - 2)
			return commands[i].run(argc - 2, argv + 2);
		return cli_usage();
	}
	cli_say("kdump-init: %s%s; see kdump-init --help",
		argc > 1 ? "there is no command " : "no command", name);
	return CLI_USAGE;
}
