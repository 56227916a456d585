/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init verify: a dump's status against its files. Each file that the status speaks of is read
 * once; what could not be checked is said. Opens nothing but regular files, changes nothing.
 */
#include "cli/cli_verify.h"

#include "base/io.h"
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "output/crc.h"
#include "output/zero.h"
#include "store/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 64 * VERIFY_BLOCK };

static _Alignas(8) uint8_t block[BLOCK];

enum cli_exit verify_tell(struct verify *v, enum cli_exit answer, const char *file,
			  const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (answer == CLI_DONE)
		cli_tell("%s/%s: %s", v->dir, file, text);
	else
		cli_say("%s/%s: %s", v->dir, file, text);
	if (v->answer != CLI_NO && answer != CLI_DONE)
		v->answer = answer;
	return answer;
}

int verify_open(struct verify *v, const char *file)
{
	int fd = io_open_regular(v->dir_fd, file);

	if (fd >= 0)
		return fd;
	if (fd == -EINVAL)
		verify_tell(v, CLI_NO, file, "no regular file");
	else
		verify_tell(v, fd == -ENOENT ? CLI_NO : CLI_FAILED, file, "%s", strerror(-fd));
	return -1;
}

int verify_read(int fd, uint64_t size, struct verify_sum *sum)
{
	size_t n = BLOCK;

	*sum = (struct verify_sum){0};
	while (n == BLOCK && sum->bytes <= size) {
		n = io_read(fd, block, BLOCK);
		if (n < BLOCK && errno != 0)
			return -errno;
		for (size_t at = 0; at + VERIFY_BLOCK <= n; at += VERIFY_BLOCK)
			sum->zero_blocks += zero_is(block + at, VERIFY_BLOCK);
		sum->crc = crc_update(sum->crc, block, n);
		sum->bytes += n;
	}
	return 0;
}

void verify_tell_sealed(struct verify *v, const char *file)
{
	verify_tell(v, CLI_DONE, file, "sealed; age -d -i KEY %s >%.*s opens it", file,
		    (int)(strlen(file) - strlen(LAYOUT_SEALED)), file);
}

/* A text of the dump: its name, and the keys of status that tell what it is. */
struct text {
	const char *file, *bytes, *crc;
};

static const struct text capture_log_of = {LAYOUT_CAPTURE_LOG, "capture_log_bytes",
					   "capture_log_crc32"};

/* Is anything there, be it a file or not? */
static bool is_there(const struct verify *v, const char *file)
{
	struct stat st;

	return fstatat(v->dir_fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* Returns CLI_DONE when the file holds what status tells. */
static enum cli_exit check_text(struct verify *v, const struct text *t, const char *what)
{
	struct verify_sum sum = {0};
	uint64_t size = 0;
	uint32_t crc;
	int fd;
	int r;

	if (!status_number(&v->status, t->bytes, &size) || !status_hex(&v->status, t->crc, &crc))
		return verify_tell(v, CLI_NO, LAYOUT_STATUS, "%s or %s is missing", t->bytes,
				   t->crc);
	fd = verify_open(v, t->file);
	if (fd < 0)
		return v->answer;
	r = verify_read(fd, size, &sum);
	close(fd); /* read only */
	if (r != 0)
		return verify_tell(v, CLI_FAILED, t->file, "cannot be read: %s", strerror(-r));
	if (sum.bytes != size)
		return verify_tell(v, CLI_NO, t->file, "%s than status says (%s)",
				   sum.bytes < size ? "shorter" : "longer", t->bytes);
	if (sum.crc != crc)
		return verify_tell(v, CLI_NO, t->file, "its content is not what was written (%s)",
				   t->crc);
	return verify_tell(v, CLI_DONE, t->file, "good, %llu bytes, crc32 %08x%s",
			   (unsigned long long)size, (unsigned int)crc, what);
}

/* All that can be said of a log whose status tells neither size nor sum: it ends with a line. */
static void check_old_log(struct verify *v)
{
	struct verify_sum sum = {0};
	char last = '\0';
	int fd = verify_open(v, v->log);
	int r;

	if (fd < 0)
		return;
	r = verify_read(fd, UINT64_MAX - 1, &sum);
	if (r == 0 && sum.bytes > 0 && io_read_at(fd, &last, 1, sum.bytes - 1) != 1)
		r = errno != 0 ? -errno : -EIO;
	close(fd); /* read only */
	if (r != 0)
		verify_tell(v, CLI_FAILED, v->log, "cannot be read: %s", strerror(-r));
	else if (sum.bytes == 0)
		verify_tell(v, CLI_NO, v->log, "empty");
	else if (last != '\n')
		verify_tell(v, CLI_NO, v->log, "torn: it ends within a line");
	else
		verify_tell(v, CLI_DONE, LAYOUT_LOG,
			    "not checked further: status does not tell its size (log_bytes)");
}

/* What the key "log" can say, and what people should know of it. */
static const struct {
	const char *word, *what;
} logs[] = {
	{"complete", ""},
	{"torn", "; records that could not be read are missing in it"},
	{"truncated", "; it is the newest part of the log, there was no room or time for all"},
};

static void check_log_text(struct verify *v, const char *what)
{
	const struct text log = {v->log, "log_bytes", "log_crc32"};

	if (check_text(v, &log, what) == CLI_DONE && v->sealed)
		verify_tell_sealed(v, v->log);
}

static void check_log(struct verify *v, bool alone)
{
	uint64_t size = 1;

	if (status_is(&v->status, "log", "none")) {
		if (alone)
			verify_tell(v, CLI_NO, LAYOUT_STATUS, "neither memory nor log (log=none)");
		if (is_there(v, v->log))
			verify_tell(v, CLI_NO, LAYOUT_LOG,
				    "there, though status says that there is none (log)");
		return;
	}
	(void)status_number(&v->status, "log_bytes", &size); /* check_text misses it */
	if (size == 0) {
		verify_tell(v, CLI_NO, v->log, "empty (log_bytes)");
		return;
	}
	for (unsigned int i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		if (status_is(&v->status, "log", logs[i].word)) {
			check_log_text(v, logs[i].what);
			return;
		}
	}
	if (status_has(&v->status, "log"))
		verify_tell(v, CLI_NO, LAYOUT_STATUS, "what it says of the log is unknown (log)");
	else if (alone || is_there(v, v->log))
		check_old_log(v);
	else
		verify_tell(v, CLI_DONE, LAYOUT_LOG,
			    "not there; status does not tell whether it should be (log)");
}

/* What kdump-init said is nothing of the crash: a dump without it is a dump. */
static void check_capture_log(struct verify *v)
{
	bool there = is_there(v, LAYOUT_CAPTURE_LOG);
	uint64_t size = 0;
	bool told = status_number(&v->status, capture_log_of.bytes, &size) && size > 0;

	if (told && !there)
		verify_tell(v, CLI_DONE, LAYOUT_CAPTURE_LOG,
			    "not there, though status speaks of it; the dump is none the worse");
	else if (told)
		check_text(v, &capture_log_of, "");
	else if (there)
		verify_tell(v, CLI_DONE, LAYOUT_CAPTURE_LOG,
			    "not checked: status does not tell its size (capture_log_bytes)");
}

/* What an interrupted attempt left beside the dump is no part of it. */
static void tell_remains(struct verify *v)
{
	char name[LAYOUT_FILE_NAME];

	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		layout_incomplete(name, layout_files[i]);
		if (is_there(v, name))
			verify_tell(v, CLI_DONE, name, "not looked at: it was never finished");
	}
}

/* A log-only dump has its log; all others have a vmcore. */
static void check_files(struct verify *v)
{
	enum status_result result = status_result(&v->status);
	bool log_only = result == STATUS_LOG_ONLY;

	if (result == STATUS_NONE)
		verify_tell(v, CLI_NO, LAYOUT_STATUS, "no result in it");
	else if (status_is(&v->status, "result", "failed"))
		verify_tell(v, CLI_NO, LAYOUT_STATUS,
			    "nothing of the crashed kernel was saved, " LAYOUT_CAPTURE_LOG
			    " says why (failed)");
	else if (result == STATUS_ODD)
		verify_tell(v, CLI_NO, LAYOUT_STATUS, "its result is unknown");
	if (v->answer != CLI_DONE)
		return;
	v->sealed = status_is(&v->status, "sealed", "age");
	if (v->sealed) {
		v->memory = LAYOUT_SEALED_MEMORY;
		v->log = LAYOUT_SEALED_LOG;
	}
	check_log(v, log_only);
	if (!log_only)
		verify_memory(v);
	else if (is_there(v, v->memory))
		verify_tell(v, CLI_NO, v->memory,
			    "there, though status says that there is none (result)");
	check_capture_log(v);
	tell_remains(v);
	if (v->answer == CLI_DONE)
		cli_tell("%s: good%s", v->dir, log_only ? ", the log only" : "");
}

static void tell_no_status(struct verify *v)
{
	bool any = false;

	for (unsigned int i = 0; i < LAYOUT_FILES; i++)
		any |= is_there(v, layout_files[i]);
	verify_tell(v, CLI_NO, LAYOUT_STATUS, "missing: this dump is not complete");
	if (!any)
		cli_say("%s: no dump: none of the files of one is in it", v->dir);
}

int cli_verify(int argc, char **argv)
{
	static struct verify v;
	int r;

	(void)argc;
	v = (struct verify){.dir = argv[0], .memory = LAYOUT_MEMORY, .log = LAYOUT_LOG};
	v.dir_fd = open(v.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (v.dir_fd < 0) {
		cli_say("%s: %s", v.dir,
			errno == ENOTDIR ? "no directory: name that of the dump" : strerror(errno));
		return CLI_FAILED;
	}
	r = status_load(v.dir_fd, &v.status);
	if (r < 0)
		verify_tell(&v, CLI_FAILED, LAYOUT_STATUS, "cannot be read: %s", strerror(-r));
	else if (r == 0)
		tell_no_status(&v);
	else
		check_files(&v);
	close(v.dir_fd); /* read only */
	return (int)v.answer;
}
