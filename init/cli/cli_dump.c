/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init dump: makes another dump of one that is there: smaller, of another format or with
 * another codec. OUT is there when it is whole, and not before.
 */
#include "base/log.h"
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "codec/compress.h"
#include "config/config_key.h"
#include "store/layout.h"
#include "store/status.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"
#include "worker/capture.h"
#include "worker/capture_output.h"
#include "worker/save_error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/fs.h>

enum { PATH = 4096 };

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
		if (config_override(&w->config, options[i].key, value, why) >= 0)
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

/* Makes the name in the directory of PATH durable. Returns 0 or -errno. */
static int sync_directory(const char *path)
{
	char dir[PATH];
	const char *slash = strrchr(path, '/');
	int length = slash == NULL ? 0 : (int)(slash - path) + 1;
	int fd;
	int r;

	snprintf(dir, sizeof(dir), "%.*s.", length, path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = fd < 0 || (fsync(fd) != 0 && errno != EINVAL) ? -errno : 0;
	if (fd >= 0)
		close(fd); /* read only */
	return r;
}

/* Gives the file its name, which must be free. Not every filesystem can do that in one step. */
static int give_name(const char *temporary, const char *name)
{
	if (syscall(SYS_renameat2, AT_FDCWD, temporary, AT_FDCWD, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (access(name, F_OK) == 0)
		return -EEXIST;
	return rename(temporary, name) == 0 ? 0 : -errno;
}

/* Makes the file durable under its name. Returns 0 or -errno. */
static int commit(int fd, const char *temporary, const char *name)
{
	int r = fsync(fd) == 0 ? 0 : -errno;

	if (close(fd) != 0 && r == 0)
		r = -errno;
	if (r == 0)
		r = give_name(temporary, name);
	return r == 0 ? sync_directory(name) : r;
}

static int write_dump(const struct wish *w, struct capture *c, int fd)
{
	struct capture_output out = {
		.fd = fd,
		.sparse = true,
		.room = UINT64_MAX,
		.limit = UINT64_MAX,
	};

	if (w->config.format == FORMAT_ELF)
		return capture_elf(c, &out);
	return capture_kdump(c, &out, w->config.level, w->config.compress);
}

/* Was everything that the source claims to have to be had? */
static bool is_all(const struct capture *c)
{
	const struct status *s = c->status;

	if (s->pages_unreadable > 0)
		cli_say("%llu pages are damaged, and zeros in the dump",
			(unsigned long long)s->pages_unreadable);
	if (s->segments_left_out > 0)
		cli_say("the source claims memory that is not in it");
	if (c->kdump->incomplete && c->image->kdump != NULL)
		cli_say("the source says of itself that it is incomplete");
	return s->pages_unreadable == 0 && s->segments_left_out == 0 &&
	       (c->image->kdump == NULL || !c->kdump->incomplete);
}

static enum cli_exit finish(const struct wish *w, struct capture *c, int fd, const char *temporary)
{
	int r = write_dump(w, c, fd);

	if (r == 0 && !is_all(c)) {
		close(fd); /* it has no name to lose */
		cli_say("%s: what there is of it", temporary);
		return CLI_FAILED;
	}
	if (r == 0)
		r = commit(fd, temporary, w->to);
	else if (close(fd) == 0) /* and nothing of it is worth keeping */
		(void)unlink(temporary);
	if (r == 0) {
		capture_account(c);
		return CLI_DONE;
	}
	cli_say("%s: %s", w->to,
		r == -ENOTSUP ? "the source is compressed in a way that is not built in"
			      : save_error_text(r));
	return CLI_FAILED;
}

static enum cli_exit make(const struct wish *w, struct capture *c)
{
	char temporary[PATH];
	int fd;

	if (w->to[0] == '\0' || access(w->to, F_OK) == 0) {
		cli_say("%s: %s", w->to, strerror(w->to[0] == '\0' ? ENOENT : EEXIST));
		return CLI_FAILED;
	}
	if (snprintf(temporary, sizeof(temporary), "%s" LAYOUT_INCOMPLETE, w->to) >= PATH) {
		cli_say("%s: %s", w->to, strerror(ENAMETOOLONG));
		return CLI_FAILED;
	}
	fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		cli_say("%s: %s%s", temporary, strerror(errno),
			errno == EEXIST ? "; remove it, or choose another name" : "");
		return CLI_FAILED;
	}
	return finish(w, c, fd, temporary);
}

/* What cannot be opened is told by capture_open. */
static bool from_is_no_core(const struct wish *w)
{
	int fd = open(w->from, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool told = fd >= 0 && cli_is_no_core(w->from, fd);

	if (fd >= 0)
		close(fd); /* read only */
	return told;
}

int cli_dump(int argc, char **argv)
{
	static struct wish w;
	static struct kdumpfile kdump;
	struct status status;
	uint32_t progress = 0;
	struct capture c = {.status = &status, .progress = &progress, .kdump = &kdump};
	enum cli_exit r;

	if (!read_wish(&w, argc, argv))
		return CLI_USAGE;
	if (!compress_has(w.config.compress)) {
		cli_say("kdump-init dump: that codec is not built in");
		return CLI_FAILED;
	}
	if (from_is_no_core(&w))
		return CLI_FAILED;
	status_init(&status);
	log_open();
	if (capture_open(&c, w.from) != 0)
		return CLI_FAILED;
	r = make(&w, &c);
	capture_close(&c);
	return r;
}
