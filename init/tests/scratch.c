/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/scratch.h"

#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool scratch_shell(const char *format, ...)
{
	char command[2048];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	printf("$ %s\n", command);
	fflush(stdout);
	status = system(command);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

uint8_t *scratch_read_file(const char *path, size_t *size)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *data = NULL;
	size_t used = 0;
	ssize_t n = 1;

	if (fd < 0 || fstat(fd, &st) != 0 || (data = malloc((size_t)st.st_size + 1)) == NULL) {
		printf("%s: cannot read: %s\n", path, strerror(errno));
		test_stop();
	}
	while (n > 0 && used < (size_t)st.st_size) {
		n = read(fd, data + used, (size_t)st.st_size - used);
		used += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	data[used] = '\0';
	*size = used;
	return data;
}

void scratch_write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
		printf("%s: cannot write: %s\n", path, strerror(errno));
		test_stop();
	}
}

unsigned int scratch_count_entries(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	unsigned int n = 0;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	if (dir != NULL)
		closedir(dir);
	return n;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void scratch_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT); /* not there: as wanted */
}

unsigned int scratch_count_aio(void)
{
	size_t size;
	uint8_t *maps = scratch_read_file("/proc/self/maps", &size);
	static const char mark[] = "[aio]";
	unsigned int n = 0;

	for (size_t i = 0; i + sizeof(mark) - 1 <= size; i++)
		n += memcmp(maps + i, mark, sizeof(mark) - 1) == 0;
	free(maps);
	return n;
}
