/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init dump: makes another dump of one that is there: smaller, of another format or with
 * another codec. OUT is there when it is whole, and not before.
 */
#include "capture.h"
#include "cli.h"
#include "cli_print.h"
#include "config_key.h"
#include "log.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct wish {
	struct config config; /* its format, level and compress */
	bool compressed;      /* -d or -c was given */
	const char *from, *to;
};

/* Options are keys of the configuration, and refused in its words. */
static const struct {
	const char *option, *key;
} options[] = {{"-d", "level"}, {"-c", "compress"}, {"-f", "format"}};

static bool take_option(struct wish *w, const char *option, const char *value)
{
	char why[CONFIG_WHY];

	for (unsigned int i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(options[i].option, option) != 0)
			continue;
		w->compressed |= i < 2;
		if (config_override(&w->config, options[i].key, value, why) == 0)
			return true;
		cli_say("kdump-init dump %s: %s", option, why);
		return false;
	}
	cli_say("kdump-init dump: unknown option %s", option);
	return false;
}

static bool read_wish(struct wish *w, int argc, char **argv)
{
	int i = 0;

	config_read_init(&w->config);
	w->config.format = FORMAT_KDUMP;
	for (; i + 1 < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i += 2) {
		if (!take_option(w, argv[i], argv[i + 1]))
			return false;
	}
	if (argc - i != 2) {
		cli_say("kdump-init dump: expected [-d LEVEL] [-c CODEC] [-f elf|kdump] VMCORE OUT");
		return false;
	}
	w->from = argv[i];
	w->to = argv[i + 1];
	if (w->config.format == FORMAT_ELF && w->compressed)
		cli_say("kdump-init dump: -d and -c are for -f kdump; ELF holds everything");
	else if (w->config.format == FORMAT_NONE)
		cli_say("kdump-init dump: -f none leaves nothing to do");
	else
		return true;
	return false;
}

/* Makes the file durable under its name. Returns 0 or -errno. */
static int commit(int fd, const char *temporary, const char *name)
{
	int r = fsync(fd) == 0 ? 0 : -errno;

	if (close(fd) != 0 && r == 0)
		r = -errno;
	if (r == 0 && link(temporary, name) != 0) /* rename would replace a file */
		r = errno == EPERM && access(name, F_OK) != 0 && rename(temporary, name) == 0
			    ? 0
			    : -errno;
	(void)unlink(temporary); /* gone already where it was renamed */
	return r;
}

static int write_dump(const struct wish *w, struct capture *c, int fd)
{
	const struct capture_output out = {
		.fd = fd,
		.sparse = true,
		.room = UINT64_MAX,
		.limit = UINT64_MAX,
	};

	if (w->config.format == FORMAT_ELF)
		return capture_elf(c, &out);
	return capture_kdump(c, &out, w->config.level, w->config.compress);
}

static int make(const struct wish *w, struct capture *c)
{
	char temporary[4096];
	int fd;
	int r;

	if (access(w->to, F_OK) == 0)
		return -EEXIST;
	if (snprintf(temporary, sizeof(temporary), "%s-incomplete", w->to) >=
	    (int)sizeof(temporary))
		return -ENAMETOOLONG;
	fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_dump(w, c, fd);
	if (r == 0)
		return commit(fd, temporary, w->to);
	close(fd); /* the first error is the one to tell */
	(void)unlink(temporary);
	return r;
}

int cli_dump(int argc, char **argv)
{
	static struct wish w;
	static struct kdumpfile kdump;
	struct status status;
	uint32_t progress = 0;
	struct capture c = {.status = &status, .progress = &progress, .kdump = &kdump};
	int r;

	if (!read_wish(&w, argc, argv))
		return CLI_USAGE;
	if (!capture_has_codec(w.config.compress)) {
		cli_say("kdump-init dump: that codec is not built in");
		return CLI_FAILED;
	}
	status_init(&status);
	log_open();
	if (capture_open(&c, w.from) != 0)
		return CLI_FAILED;
	r = make(&w, &c);
	if (r != 0)
		cli_say("%s: %s", w.to, strerror(-r));
	else
		capture_account(&c);
	capture_close(&c);
	return r == 0 ? CLI_DONE : CLI_FAILED;
}
