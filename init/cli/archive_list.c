/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packer writes each line of the list into the configuration of the archive, behind a mark
 * (initramfs/kdump-mkinitramfs). Blanks, comments and ends of lines are compared by no one.
 */
#include "cli/archive_list.h"

#include "base/io.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LISTED_MARK "# listed: "

enum { LISTED = 256, LIST_MOST = 32 * 1024 };

size_t archive_list_text(const char *path, char *text, size_t size, bool *there)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t n = fd < 0 ? 0 : io_read(fd, text, size - 1);

	*there = fd >= 0;
	text[n] = '\0';
	if (fd >= 0)
		close(fd); /* read only */
	return n;
}

/*
 * Takes the next line off *TEXT that begins with MARK, and has a word behind that and before any #:
 * LISTED gets its words. False where there is none.
 */
static bool next_listed(const char **text, const char *mark, char line[LISTED])
{
	size_t used = 0;

	while (used == 0 && **text != '\0') {
		const char *p = *text;
		const char *end = p + strcspn(p, "\n");

		*text = end + (*end == '\n');
		if (strncmp(p, mark, strlen(mark)) != 0)
			continue;
		for (p += strlen(mark); p < end && *p != '#' && used < LISTED - 2; p++) {
			if (*p != ' ' && *p != '\t' && *p != '\r')
				line[used++] = *p;
			else if (used > 0 && line[used - 1] != ' ')
				line[used++] = ' ';
		}
		used -= used > 0 && line[used - 1] == ' ';
	}
	line[used] = '\0';
	return used > 0;
}

/* The path of the list beside the configuration, as kdump-mkinitramfs finds it. */
static void list_path(const char *config_file, char path[LISTED])
{
	const char *name = strrchr(config_file, '/');
	int folder = name == NULL ? 0 : (int)(name - config_file) + 1;

	snprintf(path, LISTED, "%.*skdump-init/modules", folder, config_file);
}

bool archive_list_same(const char *config_file, const char *packed)
{
	char path[LISTED], here[LISTED], there[LISTED];
	char text[LIST_MOST];
	const char *list = text;
	bool more = false;
	bool same = true;

	list_path(config_file, path);
	(void)archive_list_text(path, text, sizeof(text),
				&more); /* of what is not there nothing is compared */
	while (same && more) {
		more = next_listed(&list, "", here);
		same = next_listed(&packed, LISTED_MARK, there) == more && strcmp(here, there) == 0;
	}
	return same;
}
