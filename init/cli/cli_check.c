/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check: is the configuration good, and is this system ready to dump? Every finding is
 * one line on standard error, or one member of a JSON object. Nothing of the system is changed.
 */
#include "cli/cli_check.h"
#include "board/pseudofs.h"
#include "cli/archive_check.h"
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "cli/cli_watchdog.h"
#include "cli/findings.h"
#include "codec/codec.h"
#include "config/config_source.h"
#include "disk/device.h"
#include "output/age.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is wrong with a line that was mended loses nothing: only those that are refused count. */
static void tell(const char *text)
{
	finding(LINE, "%s", text);
}

static void refuse(const char *source, int lines)
{
	finding_refused(source, lines > 0 ? (unsigned int)lines : 0);
}

/* Reads FILE into C as PID 1 would. Returns false when it is there and cannot be read. */
static bool read_config(struct config *c, const char *file)
{
	int bad;

	config_read_init(c);
	bad = config_read_file(c, file, tell);
	refuse(file, bad);
	if (bad == -ENOENT && strcmp(file, CONFIG_PATH) == 0) {
		finding(NOTE, "no %s: defaults", file);
		return true;
	}
	if (bad < 0)
		finding(LOSES, "%s: %s", file, strerror(-bad));
	return bad >= 0;
}

/* The capture kernel may have other drivers than this one: no more than a note. */
static void check_watchdog(const struct config *c, const char *file)
{
	char note[CLI_WATCHDOG_NOTE];

	cli_watchdog_note("/sys/class/watchdog", note);
	finding(NOTE, "%s", note);
	if (c->watchdog[0] == '/' && access(c->watchdog, F_OK) != 0)
		finding(NOTE, "%s: watchdog %s: %s", file, c->watchdog, strerror(errno));
}

/*
 * Lines that were refused are told already. What no key agreement can be made with has a checksum
 * that is right, and is somebody's bad joke.
 */
static void check_seal(const struct config *c)
{
	static const struct age_secret any = {.scalar = {{1}}};
	uint8_t header[AGE_HEADER];
	struct age age;

	for (unsigned int i = 0; i < c->seals; i++) {
		if (age_begin(&age, c->seal[i], 1, &any, header) == 0)
			finding(LOSES, "seal: nothing can be sealed for the recipient number %u",
				i + 1);
	}
	if (c->seal_wanted && c->seals == 0)
		finding(LOSES, "seal: no recipient is left, so nothing will be saved");
	else if (c->seals > 0)
		finding(NOTE, "dumps are sealed for %u recipient%s; nothing here opens them",
			c->seals, c->seals > 1 ? "s" : "");
}

static void check_codec(const struct config *c)
{
	const struct codec *codec = codec_of(c->compress);

	if (c->format == FORMAT_KDUMP && codec->pack == NULL)
		finding(LOSES,
			"compress = %s: not built into this kdump-init; use %s, or build with %s",
			codec->name, codec_of(CODEC_ZLIB)->name, codec->build);
}

/* The brake changes how a machine comes back: that is told, and what would keep it from holding. */
static void check_loop(const struct config *c)
{
	static const char *const endings[] = {
		[ENDING_REBOOT] = "reboot", [ENDING_POWEROFF] = "poweroff", [ENDING_HALT] = "halt"};
	const struct config_loop *loop = &c->loop;
	bool reboots = loop->ending == ENDING_REBOOT;

	if (loop->crashes == 0) {
		if (!reboots)
			finding(NOTE, "on_loop = %s: never, since loop_crashes is 0",
				endings[loop->ending]);
		return;
	}
	if (reboots)
		finding(NOTE, "loop brake: %u crashes within %u s, then %u s until the reboot",
			loop->crashes, loop->within, loop->wait);
	else
		finding(NOTE,
			"loop brake: %u crashes within %u s, then %s, and nobody restarts it%s",
			loop->crashes, loop->within, endings[loop->ending],
			strcmp(c->watchdog, "none") == 0
				? ""
				: " but an armed watchdog: with one use on_loop = reboot SECONDS");
}

/* Since Linux 6.19 the files are in a folder of their own; the old ones are to go. */
static int read_kexec(const char *newer, const char *older, char *text, size_t size)
{
	int length = pseudofs_read(newer, text, size);

	return length > 0 ? length : pseudofs_read(older, text, size);
}

/* Returns whether a crash kernel is loaded; what is missing for one is told. */
static bool check_kexec(struct capture *capture)
{
	char text[32];

	if (read_kexec("/sys/kernel/kexec/crash_size", "/sys/kernel/kexec_crash_size", text,
		       sizeof(text)) <= 0) {
		finding(LOSES,
			"kernel: no kexec (CONFIG_KEXEC, CONFIG_CRASH_DUMP): it cannot start "
			"another kernel when it crashes");
		return false;
	}
	capture->reserved = strtoull(text, NULL, 10);
	if (capture->reserved == 0)
		finding(LOSES,
			"kernel: no memory is reserved; add crashkernel=%s to its command "
			"line and reboot",
			/* Kernels of 64 bits want 67M to 101M (config/boards/README.md). */
			sizeof(void *) == 8 ? "128M" : "64M");
	else if (read_kexec("/sys/kernel/kexec/crash_loaded", "/sys/kernel/kexec_crash_loaded",
			    text, sizeof(text)) <= 0 ||
		 text[0] != '1')
		finding(LOSES, "kernel: no crash kernel is loaded; run kdump-load");
	else
		return true;
	return false;
}

static void check_system(const struct config *c, const char *file, const char *cmdline)
{
	static struct capture capture;

	snprintf(capture.line, sizeof(capture.line), "%s", cmdline);
	if (check_kexec(&capture))
		check_loaded(c, file, &capture);
	check_kernel(capture.is_running);
	check_surroundings();
	check_watchdog(c, file);
	for (unsigned int i = 0; i < c->targets; i++) {
		check_target(c, &c->target[i], capture.line);
		check_place(c, &c->target[i]);
		check_options(&c->target[i]);
	}
	for (unsigned int i = 0; i < c->modules; i++) {
		if (access(c->module[i].path, R_OK) != 0)
			finding(NOTE, "%s: module %s is not here; it must be in the archive", file,
				c->module[i].path);
	}
}

/* The target that will be used is known only once the command line is: root= may be it. */
static void read_cmdline(struct config *c, char *cmdline, size_t size)
{
	if (pseudofs_read("/proc/cmdline", cmdline, size) < 0)
		cmdline[0] = '\0';
	refuse("the kernel's command line", config_read_cmdline(c, cmdline, tell));
	device_prefer(c->root);
	if (c->targets == 0)
		finding(LOSES,
			"no target, and no root= on the kernel's command line: name one (target =)");
}

/* FILE [RELEASE]: could the capture kernel save a dump with this archive? */
static int check_archive(int argc, char **argv)
{
	static struct config c;
	static char cmdline[4096];
	unsigned int before;
	struct archive_check a = {
		.config_file = CONFIG_PATH,
		.config = &c,
		.stale = MAY_LOSE,
	};

	if (argc < 1 || argc > 2)
		return cli_usage();
	a.file = argv[0];
	a.release = argc > 1 ? argv[1] : "";
	if (!read_config(&c, CONFIG_PATH))
		return CLI_FAILED;
	read_cmdline(&c, cmdline, sizeof(cmdline));
	before = findings_of(LOSES); /* in a line: no fault of the archive, and costs no dump */
	archive_check(&a);
	if (findings_of(LOSES) > before)
		return CLI_NO;
	cli_tell("%s: %s", a.file, findings_of(MAY_LOSE) > 0 ? "usable" : "good");
	return CLI_DONE;
}

enum what { SYSTEM, SYNTAX, DESCRIBE, JSON };

/* Checks FILE, and the system unless it is for another one. */
static int check_config(const char *file, enum what what)
{
	static struct config c;
	static char cmdline[4096];

	if (!read_config(&c, file))
		return CLI_FAILED;
	if (what != SYNTAX)
		read_cmdline(&c, cmdline, sizeof(cmdline));
	if (what == DESCRIBE)
		return cli_describe(&c);
	for (unsigned int i = 0; i < c.targets; i++)
		check_target_name(&c.target[i]);
	check_codec(&c);
	check_seal(&c);
	check_loop(&c);
	if (c.test != 0)
		finding(MAY_LOSE,
			"test = yes: every crash would be a test, and its dump removed by the "
			"next one; leave that key to kdump-load --test");
	if (what != SYNTAX)
		check_system(&c, file, cmdline);
	else
		check_sending(&c);
	return findings_of(LOSES) == 0 ? CLI_DONE : CLI_NO;
}

static enum what option(const char *word)
{
	static const char *const words[] = {
		[SYNTAX] = "--syntax", [DESCRIBE] = "--describe", [JSON] = "--json"};

	for (int i = SYNTAX; word != NULL && i <= JSON; i++) {
		if (strcmp(word, words[i]) == 0)
			return (enum what)i;
	}
	return SYSTEM;
}

int cli_check(int argc, char **argv)
{
	enum what what = option(argc > 0 ? argv[0] : NULL);
	int options = what == SYSTEM ? 0 : 1;
	const char *file = argc > options ? argv[options] : CONFIG_PATH;
	int code;

	if (argc > 0 && strcmp(argv[0], "--archive") == 0)
		return check_archive(argc - 1, argv + 1);
	if (argc > 0 && strcmp(argv[0], "--settings") == 0)
		return cli_settings(argc - 1, argv + 1);
	if (argc > options + 1 || file[0] == '-')
		return cli_usage();
	if (what == JSON)
		findings_as_json();
	code = check_config(file, what);
	if (what == JSON)
		return findings_end(code == CLI_DONE) == 0 ? code : CLI_FAILED;
	if (code == CLI_DONE && what != DESCRIBE)
		cli_tell("%s: %s%s", file,
			 what == SYNTAX ? "good" : "good, and this system is ready to dump",
			 findings_of(MAY_LOSE) > 0 ? "; what may lose one is above" : "");
	return code;
}
