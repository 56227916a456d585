/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check: is the configuration good, and is this system ready to dump? Every finding is
 * one line on standard error. Nothing of the system is changed.
 */
#include "cli/cli_check.h"
#include "board/pseudofs.h"
#include "cli/archive_check.h"
#include "cli/cli_check_armed.h"
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "cli/cli_watchdog.h"
#include "codec/codec.h"
#include "config/config_source.h"
#include "disk/device.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Findings that would lose a dump, and those that may. */
static unsigned int losses, doubts;

static void report(const char *finding)
{
	cli_say("%s", finding);
	losses++;
}

/* What is wrong with a line that was mended loses nothing: only those that are refused count. */
static void tell(const char *finding)
{
	cli_say("%s", finding);
}

static void lose(int lines)
{
	losses += lines > 0 ? (unsigned int)lines : 0;
}

/* Reads FILE into C as PID 1 would. Returns false when it is there and cannot be read. */
static bool read_config(struct config *c, const char *file)
{
	int bad;

	config_read_init(c);
	bad = config_read_file(c, file, tell);
	lose(bad);
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
	char note[CLI_WATCHDOG_NOTE];

	cli_watchdog_note("/sys/class/watchdog", note);
	cli_say("note: %s", note);
	if (c->watchdog[0] == '/' && access(c->watchdog, F_OK) != 0)
		cli_say("%s: note: watchdog %s: %s", file, c->watchdog, strerror(errno));
}

static void check_codec(const struct config *c)
{
	const struct codec *codec = codec_of(c->compress);
	char finding[160];

	if (c->format != FORMAT_KDUMP || codec->pack != NULL)
		return;
	snprintf(finding, sizeof(finding),
		 "compress = %s: not built into this kdump-init; use %s, or build with %s",
		 codec->name, codec_of(CODEC_ZLIB)->name, codec->build);
	report(finding);
}

/* Since Linux 6.19 the files are in a folder of their own; the old ones are to go. */
static int read_kexec(const char *newer, const char *older, char *text, size_t size)
{
	int length = pseudofs_read(newer, text, size);

	return length > 0 ? length : pseudofs_read(older, text, size);
}

/* Returns whether a crash kernel is loaded; what is missing for one is reported. */
static bool check_kexec(void)
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
	else
		return true;
	return false;
}

static void doubt(const char *finding)
{
	cli_say("may lose a dump: %s", finding);
	doubts++;
}

static void remark(const char *finding)
{
	cli_say("note: %s", finding);
}

static void check_system(const struct config *c, const char *file, const char *cmdline)
{
	const struct findings findings = {.loss = report, .may = doubt, .note = remark};

	if (check_kexec())
		check_loaded(c, file, &findings);
	check_surroundings(c, &findings);
	check_watchdog(c, file);
	for (unsigned int i = 0; i < c->targets; i++)
		check_target(&c->target[i], cmdline, report);
	for (unsigned int i = 0; i < c->modules; i++) {
		if (access(c->module[i].path, R_OK) != 0)
			cli_say("%s: note: module %s is not here; it must be in the archive", file,
				c->module[i].path);
	}
}

/* The target that will be used is known only once the command line is: root= may be it. */
static void read_cmdline(struct config *c, char *cmdline, size_t size)
{
	if (pseudofs_read("/proc/cmdline", cmdline, size) < 0)
		cmdline[0] = '\0';
	lose(config_read_cmdline(c, cmdline, tell));
	device_prefer(c->root);
	if (c->targets == 0)
		report("no target, and no root= on the kernel's command line");
}

/* FILE [RELEASE]: could the capture kernel save a dump with this archive? */
static int check_archive(int argc, char **argv)
{
	static struct config c;
	static char cmdline[4096];
	struct archive_check a = {
		.config_file = CONFIG_PATH,
		.config = &c,
		.loss = report,
		.stale = doubt,
		.unsure = tell,
	};

	if (argc < 1 || argc > 2)
		return cli_usage();
	a.file = argv[0];
	a.release = argc > 1 ? argv[1] : "";
	if (!read_config(&c, CONFIG_PATH))
		return CLI_FAILED;
	read_cmdline(&c, cmdline, sizeof(cmdline));
	losses = 0; /* what is wrong with a line is no fault of the archive, and costs no dump */
	archive_check(&a);
	if (losses == 0)
		cli_tell("%s: %s", a.file, doubts > 0 ? "usable" : "good");
	return losses == 0 ? CLI_DONE : CLI_NO;
}

int cli_check(int argc, char **argv)
{
	static struct config c;
	static char cmdline[4096];
	bool syntax = argc > 0 && strcmp(argv[0], "--syntax") == 0;
	bool describe = argc > 0 && strcmp(argv[0], "--describe") == 0;
	int options = syntax || describe;
	const char *file = argc > options ? argv[options] : CONFIG_PATH;

	if (argc > 0 && strcmp(argv[0], "--archive") == 0)
		return check_archive(argc - 1, argv + 1);
	if (argc > options + 1 || file[0] == '-')
		return cli_usage();
	if (!read_config(&c, file))
		return CLI_FAILED;
	if (!syntax)
		read_cmdline(&c, cmdline, sizeof(cmdline));
	if (describe)
		return cli_describe(&c);
	for (unsigned int i = 0; i < c.targets; i++)
		check_target_name(&c.target[i], report);
	check_codec(&c);
	if (!syntax)
		check_system(&c, file, cmdline);
	if (losses == 0)
		cli_tell("%s: %s%s", file,
			 syntax ? "good" : "good, and this system is ready to dump",
			 doubts > 0 ? "; what may lose one is above" : "");
	return losses == 0 ? CLI_DONE : CLI_NO;
}
