/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the lines of a configuration come from: a file, and the kernel command line. Bad lines
 * are reported and skipped, never fatal: a typo must not cost the dump.
 */
#include "config/config_source.h"

#include "base/io.h"
#include "config/config_key.h"
#include "config/config_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 32 * 1024, PIECES = 1024, PIECE_OVERLAP = 8 /* of what may lie across */ };

static ssize_t read_whole(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	size_t used;
	int error;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd); /* nothing was read */
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	}
	used = io_read(fd, text, size);
	error = errno;
	close(fd); /* read only: nothing to lose */
	return error != 0 ? -error : (ssize_t)used;
}

/* Every second byte of plain text in UTF-16 is zero, with a byte order mark and without. */
static bool is_utf16(const char *text, ssize_t size)
{
	return size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0 ||
			     (text[0] == '\0') != (text[1] == '\0'));
}

/* Is it not what somebody wrote, or not all of it? After a power cut a file may be empty, or zeros.
 */
static bool is_torn(const char *text, ssize_t size)
{
	return size <= 0 || size > FILE_MAX || memchr(text, '\0', (size_t)size) != NULL;
}

/* The file is cut where it is too long, but not within a line. Returns how many bytes are read. */
static size_t whole_lines(const char *text, size_t size)
{
	while (size > 0 && text[size - 1] != '\n')
		size--;
	return size;
}

void config_tell(config_report report, const char *format, ...)
{
	char finding[CONFIG_WHY + CONFIG_WORD];
	va_list args;

	va_start(args, format);
	vsnprintf(finding, sizeof(finding), format, args);
	va_end(args);
	report(finding);
}

/* Reads SIZE bytes of TEXT line by line. Returns the number of bad lines. */
static int read_lines(struct config *c, const char *path, const char *text, size_t size,
		      config_report report)
{
	const char *end = text + size;
	int separator = memchr(text, '\n', size) != NULL ? '\n' : '\r'; /* of an old Mac */
	char why[CONFIG_WHY];
	unsigned int number = 0;
	int bad = 0;

	while (text < end) {
		const char *newline = memchr(text, separator, (size_t)(end - text));
		size_t len = (size_t)((newline == NULL ? end : newline) - text);
		int r = config_read_line(c, text, len, why);

		number++;
		if (r != 0)
			config_tell(report, "%.200s:%u: %s", path, number, why);
		bad += r < 0;
		text += len + 1;
	}
	return bad;
}

/* Does the file name a recipient behind its first FROM bytes? TEXT has FILE_MAX bytes. */
static bool names_recipient(const char *path, uint64_t from, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool found = false;
	size_t size = FILE_MAX;

	for (unsigned int i = 0; i < PIECES && fd >= 0 && size == FILE_MAX && !found; i++) {
		size = io_read_at(fd, text, FILE_MAX, from);
		found = config_seal_within(text, size);
		from += FILE_MAX - PIECE_OVERLAP;
	}
	if (fd >= 0)
		close(fd); /* read only */
	return found;
}

int config_read_file(struct config *c, const char *path, config_report report)
{
	static char text[FILE_MAX + 1];
	ssize_t size = read_whole(path, text, sizeof(text));
	ssize_t whole;
	int bad = 0;

	if (size < 0 && size != -ENOENT) /* what a disk fails to give once it may give again */
		size = read_whole(path, text, sizeof(text));
	c->unread = is_torn(text, size);
	if (size < 0)
		return (int)size;
	if (is_utf16(text, size)) {
		c->seal_wanted |= config_seal_within(text, (size_t)size);
		config_tell(report,
			    "%.200s: UTF-16; expected UTF-8, as iconv -f UTF-16 -t UTF-8 makes it",
			    path);
		return 1;
	}
	whole = size;
	if (size > FILE_MAX) {
		size = (ssize_t)whole_lines(text, (size_t)size);
		config_tell(report, "%.200s: longer than 32 KiB; the rest is not read", path);
		bad = 1;
	}
	bad += read_lines(c, path, text, (size_t)size, report);
	if (whole > FILE_MAX) /* what is not read leaves no dump unsealed */
		c->seal_wanted |= names_recipient(path, (uint64_t)size, text);
	return bad;
}

/*
 * Takes the next word of a kernel command line, with the quotes of the kernel's own parser
 * (lib/cmdline.c, next_arg) removed. Returns NULL at the end.
 */
static const char *next_word(const char *cmdline, char word[CONFIG_WORD])
{
	size_t n = 0;
	bool quoted = false;

	cmdline += strspn(cmdline, " \t\n");
	if (*cmdline == '\0')
		return NULL;
	for (; *cmdline != '\0' && (quoted || strchr(" \t\n", *cmdline) == NULL); cmdline++) {
		if (*cmdline == '"')
			quoted = !quoted;
		else if (n < CONFIG_WORD - 1)
			word[n++] = *cmdline;
	}
	word[n] = '\0';
	return cmdline;
}

bool config_cmdline_value(const char *cmdline, const char *key, char *value, size_t size)
{
	char word[CONFIG_WORD];
	size_t key_len = strlen(key);
	bool found = false;

	while ((cmdline = next_word(cmdline, word)) != NULL) {
		const char *text = word + key_len + 1;

		if (strncmp(word, key, key_len) != 0 || word[key_len] != '=')
			continue;
		found = strlen(text) < size;
		if (found)
			memcpy(value, text, strlen(text) + 1);
	}
	return found;
}

bool config_is_given(const struct config *c, const char *key)
{
	return (c->given >> (config_key_named(key) - config_keys) & 1) != 0;
}

int config_read_cmdline(struct config *c, const char *cmdline, config_report report)
{
	static const char prefix[] = "kdump.";
	char word[CONFIG_WORD];
	char why[CONFIG_WHY];
	const char *rest = cmdline;
	int bad = 0;

	while ((rest = next_word(rest, word)) != NULL) {
		char *key = word + strlen(prefix);
		char *equals = strchr(word, '=');
		int r;

		if (strncasecmp(word, prefix, strlen(prefix)) != 0)
			continue;
		if (equals != NULL)
			*equals = '\0';
		if (strcmp(key, "config") == 0)
			continue; /* the path of the file, taken before it was read */
		r = config_override(c, key, equals == NULL ? NULL : equals + 1, why);
		if (r != 0)
			config_tell(report, "command line: kdump.%s", why);
		bad += r < 0;
	}
	bad += config_read_root(c, cmdline, report);
	if (c->targets == 0 && c->doubtful.name[0] != '\0') { /* it is all that can be meant */
		c->target[c->targets++] = c->doubtful;
		config_tell(report, "no other target, and no root=: %s is tried all the same",
			    c->target[0].name);
	}
	return bad;
}
