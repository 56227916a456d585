/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small harness. Each test runs in a process of its own, in an empty directory of its own, so
 * that one that fails, crashes, hangs or leaks says nothing about the others. Output is TAP;
 * what a test prints is shown only when it fails.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *file, *name;
	void (*run)(void);
	struct test *next;
};

/* TEST("what must hold") { ... } */
#define TEST(name)	      TEST_LINE(name, __LINE__)
#define TEST_LINE(name, line) TEST_UNIQUE(name, line)
#define TEST_UNIQUE(sentence, line)                                                                \
	static void test_##line(void);                                                             \
	static struct test entry_##line = {__FILE__, sentence, test_##line, NULL};                 \
	__attribute__((constructor)) static void add_##line(void)                                  \
	{                                                                                          \
		test_add(&entry_##line);                                                           \
	}                                                                                          \
	static void test_##line(void)

#define AT __FILE__, __LINE__

/* A failed CHECK is told and the test goes on; a failed REQUIRE ends it. */
#define CHECK(what)		test_check(AT, what, #what)
#define CHECK_EQ(got, want)	test_check_number(AT, #got, (long long)(got), (long long)(want))
#define CHECK_STR(got, want)	test_check_text(AT, #got, got, want)
#define CHECK_HAS(got, part)	test_check_part(AT, #got, got, part)
#define CHECK_MEM(got, want, n) test_check_bytes(AT, #got, got, want, n)
#define REQUIRE(what)                                                                              \
	do {                                                                                       \
		if (!test_check(AT, what, #what))                                                  \
			test_stop();                                                               \
	} while (0)

/* Each returns whether it held. */
bool test_check(const char *file, int line, bool holds, const char *what);
bool test_check_number(const char *file, int line, const char *what, long long got, long long want);
bool test_check_text(const char *file, int line, const char *what, const char *got,
		     const char *want);
bool test_check_part(const char *file, int line, const char *what, const char *got,
		     const char *part);
bool test_check_bytes(const char *file, int line, const char *what, const void *got,
		      const void *want, size_t size);

/* Tells more about the check that follows or precedes; shown only on failure. */
void test_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

_Noreturn void test_stop(void);

/*
 * Ends the test, which then counts as skipped, where $TEST_WITHOUT has that word. It names what
 * there is not on a machine that is only emulated: init/tests/binaries says which words.
 */
void test_needs(const char *word);

/* The same numbers in each run of the same test. */
uint64_t test_random(void);

/* A number from 0 to BELOW - 1. */
size_t test_below(size_t below);

/* For the TEST macro. */
void test_add(struct test *t);

#endif
