/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file is read anew for each question: they are few, and it is in the page cache then.
 */
#include "cli/kernel_config.h"

#include "board/pseudofs.h"
#include "cli/gunzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 512, BLOCK = 4096 };

void kernel_release(char release[KERNEL_RELEASE])
{
	(void)pseudofs_read("/proc/sys/kernel/osrelease", release, KERNEL_RELEASE); /* else "" */
	release[strcspn(release, "\n")] = '\0';
}

/* The lines of G, as kernel_file_lines. */
static int read_lines(struct gunzip *g, bool (*take)(const char *, void *), void *arg)
{
	uint8_t block[BLOCK];
	char line[LINE];
	size_t used = 0;
	int64_t n;

	while ((n = gunzip_read(g, block, sizeof(block))) > 0) {
		for (int64_t i = 0; i < n; i++) {
			if (block[i] != '\n') {
				if (used < sizeof(line) - 1)
					line[used++] = (char)block[i];
				continue;
			}
			line[used] = '\0';
			used = 0;
			if (take(line, arg))
				return 1;
		}
	}
	return (int)n;
}

int kernel_file_lines(const char *path, bool (*take)(const char *line, void *arg), void *arg)
{
	static struct gunzip g;
	const char *packing;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = fd < 0 ? -errno : gunzip_begin(&g, fd, &packing);

	if (r == 0)
		r = read_lines(&g, take, arg);
	if (fd >= 0)
		close(fd); /* read only */
	return r;
}

struct question {
	const char *name;
	char *value;
};

/* CONFIG_NAME=VALUE, where texts have quotes (Documentation/kbuild/kconfig.rst). */
static bool take_value(const char *line, void *arg)
{
	struct question *q = arg;
	size_t length = strlen(q->name);

	if (strncmp(line, "CONFIG_", 7) != 0 || strncmp(line + 7, q->name, length) != 0 ||
	    line[7 + length] != '=')
		return false;
	line += 7 + length + 1;
	line += *line == '"';
	snprintf(q->value, KERNEL_CONFIG_VALUE, "%.*s", (int)strcspn(line, "\""), line);
	return true;
}

bool kernel_config(const char *name, char value[KERNEL_CONFIG_VALUE])
{
	struct question q = {name, value};
	char release[KERNEL_RELEASE];
	char path[KERNEL_RELEASE + 16];
	int r;

	kernel_release(release);
	snprintf(path, sizeof(path), "/boot/config-%s", release);
	value[0] = '\0';
	r = kernel_file_lines(path, take_value, &q);
	if (r < 0)
		r = kernel_file_lines("/proc/config.gz", take_value, &q);
	if (r == 0)
		strcpy(value, "n");
	return r >= 0;
}
