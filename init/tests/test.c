/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main of the tests: [PATTERN] runs only the tests whose file or name contains PATTERN,
 * $TEST_JOBS (1) of them at once.
 */
#include "tests/test.h"

#include "tests/scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Of the sanitizers, whose header for it gcc does not bring. Programs for the target have none. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

/* A test of a minute takes more than a quarter of an hour on a host with much else to do. */
enum { PATIENCE_S = 1800, TOLD_MAX = 20, NAME_BYTES = 64, JOBS_MAX = 16, SKIPPED = 77 };

struct running {
	const struct test *test;
	pid_t pid; /* 0: none */
	char dir[16], output[32];
};

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

void test_needs(const char *word)
{
	const char *without = getenv("TEST_WITHOUT");

	if (without == NULL || strstr(without, word) == NULL)
		return;
	_exit(SKIPPED);
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

static size_t allocated(void)
{
	return __sanitizer_get_current_allocated_bytes == NULL
		       ? 0
		       : __sanitizer_get_current_allocated_bytes();
}

/* In the child: output goes to the file OUT; failures are the exit code. */
static _Noreturn void run_here(const struct test *t, const char *out)
{
	size_t held;

	random_state = UINT64_C(0x9e3779b97f4a7c15);
	for (const char *p = t->name; *p != '\0'; p++)
		random_state = random_state * 31 + (unsigned char)*p + 1;
	if (freopen(out, "we", stdout) == NULL || dup2(fileno(stdout), STDERR_FILENO) < 0)
		_exit(99);
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(PATIENCE_S);
	held = allocated();
	t->run();
	fflush(stdout);
	if (allocated() <= held)
		_exit(failures > 0); /* no leak; to look for one takes longer than most tests */
	exit(failures > 0);
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

static void begin(struct running *r, const struct test *t, const char *top)
{
	r->test = t;
	snprintf(r->dir, sizeof(r->dir), "work.XXXXXX");
	fflush(stdout);
	if (chdir(top) != 0 || mkdtemp(r->dir) == NULL) {
		printf("Bail out! no directory in %s: %s\n", top, strerror(errno));
		exit(2);
	}
	snprintf(r->output, sizeof(r->output), "../%s.out", r->dir);
	r->pid = fork();
	if (r->pid == 0) {
		if (chdir(r->dir) != 0)
			_exit(99);
		run_here(t, r->output);
	}
	if (r->pid < 0) {
		printf("Bail out! no process: %s\n", strerror(errno));
		exit(2);
	}
}

/* Tells how a test ended, and forgets it. */
static bool end(struct running *r, int status)
{
	bool skipped = WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED;
	bool good = status == 0 || skipped;
	char room[NAME_BYTES];

	printf("%sok - %s: %s%s\n", good ? "" : "not ", room_of(r->test, room), r->test->name,
	       skipped ? " # SKIP this machine has not what it needs" : "");
	if (!good) {
		show(r->output + 3);
		if (WIFSIGNALED(status))
			printf("#   killed by signal %d\n", WTERMSIG(status));
	}
	scratch_remove(r->dir);
	unlink(r->output + 3);
	r->pid = 0;
	return good;
}

/* Waits until the test of one of SLOTS has ended, which is then free. */
static struct running *await(struct running *slots, unsigned int *bad)
{
	int status;
	pid_t pid = wait(&status);

	for (struct running *r = slots; pid > 0 && r < slots + JOBS_MAX; r++) {
		if (r->pid != pid)
			continue;
		*bad += !end(r, status);
		return r;
	}
	printf("Bail out! a test was lost: %s\n", strerror(errno));
	exit(2);
}

static unsigned int jobs_wanted(void)
{
	const char *text = getenv("TEST_JOBS");
	unsigned long n = text == NULL ? 1 : strtoul(text, NULL, 10);

	return n < 1 ? 1 : n > JOBS_MAX ? JOBS_MAX : (unsigned int)n;
}

int main(int argc, char **argv)
{
	const char *top = getenv("TEST_DIR") == NULL ? "/tmp" : getenv("TEST_DIR");
	struct running slots[JOBS_MAX] = {{0}};
	const unsigned int jobs = jobs_wanted();
	unsigned int ran = 0;
	unsigned int bad = 0;

	umask(022);
	for (const struct test *t = first; t != NULL; t = t->next) {
		if (argc > 1 && strstr(t->file, argv[1]) == NULL &&
		    strstr(t->name, argv[1]) == NULL)
			continue;
		begin(ran < jobs ? &slots[ran] : await(slots, &bad), t, top);
		ran++;
	}
	for (unsigned int left = ran < jobs ? ran : jobs; left > 0; left--)
		await(slots, &bad);
	printf("1..%u\n", ran);
	return bad > 0 || ran == 0;
}
