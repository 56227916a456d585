/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main of the unit tests: [PATTERN] runs only the tests whose file or name contains PATTERN.
 */
#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 300, TOLD_MAX = 20, NAME_BYTES = 64 };

static struct test *first, **last = &first;
static unsigned int failures; /* of the test that runs */
static uint64_t random_state;

void test_add(struct test *t)
{
	*last = t;
	last = &t->next;
}

_Noreturn void test_stop(void)
{
	fflush(stdout);
	_exit(1);
}

static bool tell(const char *file, int line)
{
	failures++;
	if (failures <= TOLD_MAX)
		printf("%s:%d: ", file, line);
	return failures <= TOLD_MAX;
}

bool test_check(const char *file, int line, bool holds, const char *what)
{
	if (!holds && tell(file, line))
		printf("does not hold: %s\n", what);
	return holds;
}

bool test_check_number(const char *file, int line, const char *what, long long got, long long want)
{
	if (got != want && tell(file, line))
		printf("%s is %lld (0x%llx), not %lld (0x%llx)\n", what, got,
		       (unsigned long long)got, want, (unsigned long long)want);
	return got == want;
}

bool test_check_text(const char *file, int line, const char *what, const char *got,
		     const char *want)
{
	bool holds = got != NULL && strcmp(got, want) == 0;

	if (!holds && tell(file, line))
		printf("%s is \"%s\", not \"%s\"\n", what, got == NULL ? "(null)" : got, want);
	return holds;
}

bool test_check_part(const char *file, int line, const char *what, const char *got,
		     const char *part)
{
	bool holds = got != NULL && strstr(got, part) != NULL;

	if (!holds && tell(file, line))
		printf("%s is \"%s\", without \"%s\"\n", what, got == NULL ? "(null)" : got, part);
	return holds;
}

bool test_check_bytes(const char *file, int line, const char *what, const void *got,
		      const void *want, size_t size)
{
	const uint8_t *a = got;
	const uint8_t *b = want;
	size_t i = 0;

	if (size == 0 || memcmp(a, b, size) == 0)
		return true;
	while (a[i] == b[i])
		i++;
	if (tell(file, line))
		printf("%s: byte 0x%zx of 0x%zx is 0x%02x, not 0x%02x\n", what, i, size, a[i],
		       b[i]);
	return false;
}

void test_note(const char *format, ...)
{
	va_list args;

	if (failures > TOLD_MAX)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

uint64_t test_random(void)
{
	random_state ^= random_state << 13; /* xorshift64, Marsaglia 2003 */
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

size_t test_below(size_t below)
{
	return (size_t)(test_random() % below);
}

bool test_shell(const char *format, ...)
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

uint8_t *test_read_file(const char *path, size_t *size)
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

void test_write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
		printf("%s: cannot write: %s\n", path, strerror(errno));
		test_stop();
	}
}

unsigned int test_count_entries(const char *path)
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

void test_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT); /* not there: as wanted */
}

unsigned int test_count_aio(void)
{
	size_t size;
	uint8_t *maps = test_read_file("/proc/self/maps", &size);
	static const char mark[] = "[aio]";
	unsigned int n = 0;

	for (size_t i = 0; i + sizeof(mark) - 1 <= size; i++)
		n += memcmp(maps + i, mark, sizeof(mark) - 1) == 0;
	free(maps);
	return n;
}

/* In the child: output goes to the file OUT; failures are the exit code. */
static _Noreturn void run_here(const struct test *t, const char *out)
{
	random_state = UINT64_C(0x9e3779b97f4a7c15);
	for (const char *p = t->name; *p != '\0'; p++)
		random_state = random_state * 31 + (unsigned char)*p + 1;
	if (freopen(out, "we", stdout) == NULL || dup2(fileno(stdout), STDERR_FILENO) < 0)
		_exit(99);
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(PATIENCE_S);
	t->run();
	fflush(stdout);
	exit(failures > 0); /* and not _exit: the leak check runs at exit */
}

static void show(const char *path)
{
	char line[1024];
	FILE *f = fopen(path, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		printf("#   %s%s", line, strchr(line, '\n') == NULL ? "\n" : "");
	if (f != NULL)
		fclose(f);
}

/* The room of a test is its file, without directory, test_ and .c. */
static const char *room_of(const struct test *t, char room[NAME_BYTES])
{
	const char *base = strrchr(t->file, '/');

	base = base == NULL ? t->file : base + 1;
	base += strncmp(base, "test_", 5) == 0 ? 5 : 0;
	snprintf(room, NAME_BYTES, "%.*s", (int)strcspn(base, "."), base);
	return room;
}

static bool run_one(const struct test *t, const char *top)
{
	char room[NAME_BYTES];
	char dir[] = "work.XXXXXX";
	char output[32];
	int status = -1;
	pid_t pid;
	bool good;

	fflush(stdout);
	if (chdir(top) != 0 || mkdtemp(dir) == NULL) {
		printf("Bail out! no directory in %s: %s\n", top, strerror(errno));
		exit(2);
	}
	snprintf(output, sizeof(output), "../%s.out", dir);
	pid = fork();
	if (pid == 0) {
		if (chdir(dir) != 0)
			_exit(99);
		run_here(t, output);
	}
	good = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
	printf("%sok - %s: %s\n", good ? "" : "not ", room_of(t, room), t->name);
	if (!good) {
		show(output + 3);
		if (WIFSIGNALED(status))
			printf("#   killed by signal %d\n", WTERMSIG(status));
	}
	test_remove(dir);
	unlink(output + 3);
	return good;
}

int main(int argc, char **argv)
{
	const char *top = getenv("TEST_DIR") == NULL ? "/tmp" : getenv("TEST_DIR");
	unsigned int ran = 0;
	unsigned int bad = 0;

	umask(022);
	for (const struct test *t = first; t != NULL; t = t->next) {
		if (argc > 1 && strstr(t->file, argv[1]) == NULL &&
		    strstr(t->name, argv[1]) == NULL)
			continue;
		ran++;
		bad += !run_one(t, top);
	}
	printf("1..%u\n", ran);
	return bad > 0 || ran == 0;
}
