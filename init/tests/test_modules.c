/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * board/modules: what the kernel is shown of a module, and what it is shown next when it refuses.
 */
#include "board/modules.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALLS = 4, INFO = 12 };

static const char mark[] = "~Module signature appended~\n";

/* What was called, with how many bytes (0: the file), and what the kernel answers to each. */
static struct call {
	long number;
	unsigned long size;
	char begin[8];
} calls[CALLS];
static int answers[CALLS]; /* 0, or an errno */
static unsigned int called;

long __wrap_syscall(long number, ...);
long __real_syscall(long number, ...);

static long answer(long number, const char *image, unsigned long size)
{
	unsigned int n = called++;

	if (n >= CALLS)
		return -1;
	calls[n] = (struct call){.number = number, .size = size};
	if (image != NULL)
		memcpy(calls[n].begin, image, size < 7 ? size : 7);
	errno = answers[n];
	return answers[n] == 0 ? 0 : -1;
}

long __wrap_syscall(long number, ...)
{
	va_list args;
	long arg[6];

	va_start(args, number);
	for (unsigned int i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_init_module)
		return answer(number, (const char *)arg[0], (unsigned long)arg[1]);
	if (number == SYS_finit_module)
		return answer(number, NULL, 0);
	return __real_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

/* A file of 1000 bytes of module, and a signature that says it has LENGTH bytes, of 300. */
static void make_signed(const char *path, unsigned int length)
{
	uint8_t file[1000 + 300 + INFO + sizeof(mark) - 1] = "module";
	uint8_t *info = file + 1300;

	info[10] = (uint8_t)(length >> 8);
	info[11] = (uint8_t)length;
	info[9] = (uint8_t)(length >> 16);
	info[8] = (uint8_t)(length >> 24);
	memcpy(info + INFO, mark, sizeof(mark) - 1);
	scratch_write_file(path, file, sizeof(file));
}

static void check_call(unsigned int n, long number, unsigned long size)
{
	REQUIRE(n < called);
	CHECK_EQ(calls[n].number, number);
	CHECK_EQ(calls[n].size, size);
	if (size > 0)
		CHECK(strcmp(calls[n].begin, "module") == 0);
}

TEST("a kernel that wants no signature is shown none to check")
{
	make_signed("m.ko", 300);
	CHECK_EQ(modules_load("m.ko", ""), 0);
	CHECK_EQ(called, 1);
	check_call(0, SYS_init_module, 1000);
}

TEST("a kernel that wants a signature is shown the whole file next")
{
	static const int refusals[] = {EKEYREJECTED, ENOKEY, ENODATA, EPERM, EACCES, ENOSYS};

	for (unsigned int i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		make_signed("m.ko", 300);
		called = 0;
		answers[0] = refusals[i];
		CHECK_EQ(modules_load("m.ko", ""), 0);
		CHECK_EQ(called, 2);
		check_call(1, SYS_finit_module, 0);
	}
}

TEST("a signature that is refused is the error")
{
	make_signed("m.ko", 300);
	answers[0] = answers[1] = EKEYREJECTED;
	CHECK_EQ(modules_load("m.ko", ""), -EKEYREJECTED);
	CHECK_EQ(called, 2);
	CHECK(access("m.ko", F_OK) == 0);
}

TEST("what a module itself answers is not asked twice")
{
	make_signed("m.ko", 300);
	answers[0] = ENODEV;
	CHECK_EQ(modules_load("m.ko", ""), -ENODEV);
	answers[1] = EEXIST;
	CHECK_EQ(modules_load("m.ko", ""), 0);
	CHECK_EQ(called, 2);
}

TEST("a kernel before 3.8 is shown the whole file in memory")
{
	make_signed("m.ko", 300);
	answers[0] = ENOKEY;
	answers[1] = ENOSYS;
	CHECK_EQ(modules_load("m.ko", ""), 0);
	CHECK_EQ(called, 3);
	check_call(2, SYS_init_module, 1300 + INFO + sizeof(mark) - 1);
}

TEST("a file without a signature, or with one that cannot be, is shown as it is")
{
	scratch_write_file("m.ko", "module", 7);
	CHECK_EQ(modules_load("m.ko", ""), 0);
	check_call(0, SYS_finit_module, 0);
	scratch_write_file("m.ko", mark, sizeof(mark) - 1);
	CHECK_EQ(modules_load("m.ko", ""), 0);
	check_call(1, SYS_finit_module, 0);
	make_signed("m.ko", 1300);
	CHECK_EQ(modules_load("m.ko", ""), 0);
	check_call(2, SYS_finit_module, 0);
	make_signed("m.ko", UINT32_MAX);
	CHECK_EQ(modules_load("m.ko", ""), 0);
	check_call(3, SYS_finit_module, 0);
}

TEST("a packed file is left to the kernel, which checks what is in it")
{
	make_signed("m.ko.xz", 300);
	CHECK_EQ(modules_load("m.ko.xz", ""), 0);
	check_call(0, SYS_finit_module, 0);
}
