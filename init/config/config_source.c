/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the lines of a configuration come from: a file, and the kernel command line. Bad lines
 * are reported and skipped, never fatal: a typo must not cost the dump.
 */
#include "config/config_source.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 32 * 1024, WORD_MAX = 512 };

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

int config_read_file(struct config *c, const char *path, config_report report)
{
	static char text[FILE_MAX + 1];
	char why[CONFIG_WHY];
	char finding[CONFIG_WHY + 300];
	ssize_t size = read_whole(path, text, sizeof(text));
	const char *line = text;
	const char *end = text + (size > 0 ? size : 0);
	unsigned int number = 0;
	int bad = 0;

	if (size < 0)
		return (int)size;
	if (size > FILE_MAX) {
		while (end > text && end[-1] != '\n')
			end--; /* a line that was cut is not taken in part */
		snprintf(finding, sizeof(finding),
			 "%.200s: longer than 32 KiB; the rest is not read", path);
		report(finding);
		bad++;
	}
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline == NULL ? end : newline) - line);

		number++;
		if (config_read_line(c, line, len, why) != 0) {
			snprintf(finding, sizeof(finding), "%.200s:%u: %s", path, number, why);
			report(finding);
			bad++;
		}
		line += len + 1;
	}
	return bad;
}

/*
 * Takes the next word of a kernel command line, with the quotes of the kernel's own parser
 * (lib/cmdline.c, next_arg) removed. Returns NULL at the end.
 */
static const char *next_word(const char *cmdline, char word[WORD_MAX])
{
	size_t n = 0;
	bool quoted = false;

	cmdline += strspn(cmdline, " \t\n");
	if (*cmdline == '\0')
		return NULL;
	for (; *cmdline != '\0' && (quoted || strchr(" \t\n", *cmdline) == NULL); cmdline++) {
		if (*cmdline == '"')
			quoted = !quoted;
		else if (n < WORD_MAX - 1)
			word[n++] = *cmdline;
	}
	word[n] = '\0';
	return cmdline;
}

bool config_cmdline_value(const char *cmdline, const char *key, char *value, size_t size)
{
	char word[WORD_MAX];
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

int config_read_cmdline(struct config *c, const char *cmdline, config_report report)
{
	static const char prefix[] = "kdump.";
	char word[WORD_MAX];
	char why[CONFIG_WHY];
	char finding[CONFIG_WHY + WORD_MAX];
	char root[sizeof(c->target_defaults.name)];
	bool has_root = config_cmdline_value(cmdline, "root", root, sizeof(root));
	int bad = 0;

	while ((cmdline = next_word(cmdline, word)) != NULL) {
		char *key = word + strlen(prefix);
		char *equals = strchr(word, '=');

		if (strncmp(word, prefix, strlen(prefix)) != 0)
			continue;
		if (equals != NULL)
			*equals = '\0';
		if (strcmp(key, "config") == 0)
			continue; /* the path of the file, taken before it was read */
		if (config_override(c, key, equals == NULL ? "" : equals + 1, why) != 0) {
			snprintf(finding, sizeof(finding), "command line: kdump.%s", why);
			report(finding);
			bad++;
		}
	}
	config_read_finish(c, has_root ? root : NULL);
	return bad;
}
