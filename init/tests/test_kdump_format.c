/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output/kdump_header and the layout of output/kdump_writer: each field is where readers look
 * for it, and says what is true. Judged by kdump_judge.h.
 */
#include "tests/images/crashlog_memory.h"
#include "tests/kdump_judge.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UTS_FIELD = 65 };

static struct vmcore again;
static struct kdumpfile kdump;

/* Writes what TEXT describes, with contents of all kinds, and judges it. */
static void check_core(const char *text, const struct judge_want *want)
{
	struct corefile c;

	test_note("of:\n%.120s", text);
	corefile_build(&c, text);
	corefile_soften(&c, 12);
	REQUIRE(CHECK_EQ(judge_write(corefile_open(&c, "core"), -1, &judge_plain), 0));
	judge_dump(&c, &judge_plain, want);
	corefile_free(&c);
}

TEST("of ARM, frames are counted from the first page of RAM, which is phys_base")
{
	static const uint64_t bases[] = {0,	     0x10000000, 0x40000000,
					 0x80000000, 0xc0000000, 0x40001000};

	for (unsigned int i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "elf32 arm\nnote OSRELEASE=6.1.0-armmp\nload 0x%llx 48K data\n"
			 "load 0x%llx 20K data\n",
			 (unsigned long long)bases[i] + 0x100000, (unsigned long long)bases[i]);
		check_core(text, &(struct judge_want){.level = 1,
						      .phys_base = bases[i],
						      .machine = "armv7l",
						      .release = "6.1.0-armmp"});
	}
}

TEST("of ARM with all RAM above 4 GiB, where phys_base has no room, frames are counted from 0")
{
	check_core("elf64 arm\nnote CONFIG_ARM_LPAE=y\nload 0x100001000 48K data\n",
		   &(struct judge_want){.level = 1, .machine = "armv7l"});
	check_core("elf64 arm\nnote CONFIG_ARM_LPAE=y\nload 0xfffff000 4K data\n"
		   "load 0x100000000 48K data\n",
		   &(struct judge_want){.level = 1, .phys_base = 0xfffff000, .machine = "armv7l"});
}

TEST("of arm64 and x86_64, frames are counted from 0, and phys_base is what VMCOREINFO says")
{
	check_core("elf64 arm64\nnote OSRELEASE=6.1.0 NUMBER(PHYS_OFFSET)=0x40000000\n"
		   "load 0x40000000 40K data\n",
		   &(struct judge_want){.level = 1,
					.phys_base = 0x40000000,
					.machine = "aarch64",
					.release = "6.1.0"});
	check_core("elf64 x86_64\nnote OSRELEASE=6.1.0 NUMBER(phys_base)=58720256\n"
		   "load 0x1000 40K data\nload 0x100000 100K data\n",
		   &(struct judge_want){.level = 1,
					.phys_base = 0x3800000,
					.machine = "x86_64",
					.release = "6.1.0"});
	check_core("elf64 x86_64\nnote A=1 NUMBER(phys_base)=-4096\nload 0x1000 40K data\n",
		   &(struct judge_want){.level = 1, .phys_base = UINT64_MAX - 4095});
}

TEST("pages of 4, 16 and 64 KiB are blocks of the file, by PAGESIZE of VMCOREINFO")
{
	for (unsigned int size = 4096; size <= 65536; size *= 2) {
		char text[256];

		snprintf(text, sizeof(text),
			 "elf64 arm64\nnote OSRELEASE=6.12.0 PAGESIZE=%u\n"
			 "load 0x80000000 1M mixed\nload 0x80208000 0x11000 data\n",
			 size);
		check_core(text, &(struct judge_want){
					 .level = 1, .machine = "aarch64", .release = "6.12.0"});
		CHECK_EQ(judge.writer.block, size);
	}
	check_core("elf64 arm64\nnote PAGESIZE=12345\nload 0 20K data\n",
		   &(struct judge_want){.level = 1, .machine = "aarch64"});
	CHECK_EQ(judge.writer.block, 4096);
}

TEST("the time of the crash and the number of CPUs are in the header, and one CPU at least")
{
	struct judge_want want = {.level = 1, .seconds = 1700000000, .machine = "x86_64"};

	check_core("elf64 x86_64\nnote CRASHTIME=1700000000\nload 0 20K data\n", &want);
	want.cpus = 3;
	check_core("elf64 x86_64\nprstatus\nprstatus\nprstatus\nnote CRASHTIME=1700000000\n"
		   "load 0 20K data\n",
		   &want);
	want.machine = "armv7l";
	want.cpus = 2;
	want.seconds = 0x89abcdef;
	check_core("elf32 arm\nprstatus\nprstatus\nnote CRASHTIME=2309737967\nload 0 20K data\n",
		   &want);
}

TEST("a core without VMCOREINFO, or without any note, is written all the same, and says so")
{
	static const struct judge_want arm = {
		.level = 1, .phys_base = 0x80000000, .machine = "armv7l"};
	static const struct judge_want x86 = {.level = 1, .cpus = 2, .machine = "x86_64"};

	check_core("elf32 arm\nload 0x80000000 48K data\n", &arm);
	check_core("elf64 x86_64\nprstatus\nprstatus\nload 0x1000 48K data\n", &x86);
}

TEST("notes larger than all memory for them, and of very many CPUs, are copied whole")
{
	const struct judge_want want = {
		.level = 1, .cpus = 3001, .machine = "armv7l", .release = "6.1.0"};

	check_core("elf32 arm\nprstatus 3000\ndevice 9M\nnote OSRELEASE=6.1.0\napart\nprstatus\n"
		   "load 0 20K data\n",
		   &want);
}

TEST("notes of every size are copied whole, also where they just fill their blocks or just not")
{
	for (unsigned int i = 0; i < 60; i++) {
		bool arm = i % 2 == 0;
		unsigned int blocks = i / 20;
		unsigned int room = blocks * 4096 - (arm ? 96 : 104);
		unsigned int size = blocks == 0 ? 40 + i : room + i / 2 % 10 - 5;
		struct judge_want want = {.level = 1,
					  .machine = arm ? "armv7l" : "x86_64",
					  .release = size < 53 ? "" : "6.1.0"};
		/* of the first note, which is 53 bytes and padded to 56, there is a part, or all */
		unsigned int whole = blocks == 0 ? (size < 53 ? 0 : 56) : (size + 3) / 4 * 4;
		char text[256];

		sprintf(text,
			"elf%s\nnote OSRELEASE=6.1.0 A=0123456789\ndevice %u\n"
			"notes size=%u\nload 0x0 9K data\n",
			arm ? "32 arm" : "64 x86_64", blocks == 0 ? 0 : size - 76, size);
		check_core(text, &want);
		CHECK_EQ(judge.core.elf.notes.size, whole);
		CHECK_EQ(judge.writer.sub_blocks, blocks == 0 ? 1 : blocks + (whole > room));
	}
}

/* Writes a core whose kernel has MACHINE in its utsname; gives what the dump has, and opens it. */
static uint8_t *write_utsname(const char *kernel, const char *machine, uint8_t uts[6 * UTS_FIELD])
{
	struct crashlog *c = crashlog_build(kernel);
	uint64_t at = crashlog_field(c, "release")->pa - (uint64_t)2 * UTS_FIELD;
	int fd;
	size_t size;

	memset(uts, 0, (size_t)6 * UTS_FIELD);
	sprintf((char *)uts, "Linux");
	sprintf((char *)uts + UTS_FIELD, "board-17");
	sprintf((char *)uts + 2 * UTS_FIELD, "6.1.0-crash");
	sprintf((char *)uts + 3 * UTS_FIELD, "#1 SMP Debian");
	memcpy(uts + 4 * UTS_FIELD, machine, strlen(machine));
	memset(uts + 5 * UTS_FIELD, 'x', UTS_FIELD); /* not terminated */
	for (unsigned int i = 0; i < 6 * UTS_FIELD; i++)
		crashlog_put(c, at + i, uts[i], 1);
	CHECK_EQ(judge_write(corefile_open(&c->core, "core"), -1, &judge_plain), 0);
	CHECK_EQ(judge.core.translate_error, 0);
	fd = open("dump", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	CHECK_EQ(vmcore_open(&again, fd, &kdump), 0);
	CHECK_EQ(again.elf.machine, judge.core.elf.machine);
	CHECK_EQ(again.translate_error, 0);
	close(fd);
	crashlog_free(c);
	return scratch_read_file("dump", &size);
}

static const struct kernel {
	const char *text, *machine, *ours;
} kernels[] = {
	{"ring arm\nrecord 1.0 hello\n", "armv6l", "armv7l"},
	{"ring arm64\nrecord 1.0 hello\n", "aarch64", "aarch64"},
	{"ring x86_64\nrecord 1.0 hello\n", "x86_64", "x86_64"},
};

TEST("the utsname is the crashed kernel's own, where its memory can be read")
{
	for (unsigned int i = 0; i < 3; i++) {
		uint8_t uts[6 * UTS_FIELD];
		uint8_t *dump = write_utsname(kernels[i].text, kernels[i].machine, uts);

		CHECK_MEM(dump + 12, uts, sizeof(uts));
		free(dump);
	}
}

TEST("a machine in memory that is not that of the core does not make the dump unreadable")
{
	static const char *const machines[] = {"",	 "sparc", "\xff\xfe\xfd", "ar",
					       "x86-64", "AARCH", "aarch64_be"};

	for (unsigned int i = 0; i < 3 * 7; i++) {
		uint8_t uts[6 * UTS_FIELD];
		uint8_t *dump = write_utsname(kernels[i % 3].text, machines[i / 3], uts);

		CHECK_STR((const char *)dump + 12 + 4 * UTS_FIELD, kernels[i % 3].ours);
		CHECK_MEM(dump + 12, uts, (size_t)4 * UTS_FIELD);
		free(dump);
	}
}
