/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/translate and vmcore/vmcore: the base of a kernel is believed only when its release
 * stands where it should; a core that says nothing of itself opens all the same.
 */
#include "tests/images/crashlog_memory.h"
#include "tests/images/crashlog_read.h"
#include "tests/test.h"
#include "vmcore/dmesg.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const machines[] = {"arm", "lpae", "arm64", "arm64-old", "x86_64"};

/* A kernel of those options, with one line in its log. */
static struct crashlog_answer answer(const char *options, const char *more)
{
	char description[512];
	struct crashlog *c;
	struct crashlog_answer a;

	snprintf(description, sizeof(description), "ring %s\nrecord 1.0 a line\n%s\n", options,
		 more);
	c = crashlog_build(description);
	a = crashlog_read(c);
	crashlog_free(c);
	CHECK_EQ(a.opened, 0);
	return a;
}

static void proves(const char *options)
{
	struct crashlog_answer a = answer(options, "");

	if (!CHECK_EQ(a.translated, 0) || !CHECK_STR(a.text, "[    1.000000] a line\n"))
		test_note("for %s", options);
	free(a.text);
}

static void fails(const char *options, const char *more, int want)
{
	struct crashlog_answer a = answer(options, more);

	if (!CHECK_EQ(a.translated, want))
		test_note("for %s with %s", options, more);
	CHECK_EQ(a.size, 0);
	free(a.text);
}

TEST("arm: RAM may begin anywhere, under any split")
{
	static const char *const bases[] = {"0",	  "0x10000000", "0x40000000",
					    "0x60000000", "0x80000000", "0xc0000000"};
	static const char *const splits[] = {"0xc0000000", "0xb0000000", "0x80000000",
					     "0x40000000"};

	for (unsigned int i = 0; i < 6; i++) {
		for (unsigned int k = 0; k < 4; k++) {
			char options[128];

			snprintf(options, sizeof(options), "arm base=%s split=%s", bases[i],
				 splits[k]);
			proves(options);
		}
	}
	proves("lpae base=0x880000000");
	proves("lpae base=0x80000000 split=0x80000000");
}

TEST("arm: the first part of RAM may be hidden")
{
	static const char *const hidden[] = {"4K", "64K", "1M",	 "2M",	"3M",
					     "4M", "9M",  "16M", "48M", "100M"};

	for (unsigned int i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		char options[128];

		snprintf(options, sizeof(options), "arm hide=%s", hidden[i]);
		proves(options);
		snprintf(options, sizeof(options), "arm hide=%s split=0x80000000 base=0x88000000",
			 hidden[i]);
		proves(options);
		snprintf(options, sizeof(options), "lpae hide=%s", hidden[i]);
		proves(options);
	}
	proves("arm base=0x41000000 hide=9M");
	proves("arm base=0x40400000 hide=2M");
	proves("arm hide=200M");
	proves("arm hide=510M");
	fails("arm hide=600M", "", -ENXIO);
}

/* The bases that are found must be START and PHYSICAL: struct pages are counted from the latter. */
static void finds(const char *options, const char *stext, uint64_t start, uint64_t physical)
{
	char more[128];
	struct crashlog_answer a;

	snprintf(more, sizeof(more), "note SYMBOL(_stext)=%s", stext);
	a = answer(options, more);
	if (!CHECK_EQ(a.translated, 0) || !CHECK_EQ(a.start, start) ||
	    !CHECK_EQ(a.physical, physical))
		test_note("for %s with %s", options, more);
	free(a.text);
}

TEST("arm: the split is found wherever _stext is")
{
	static const char *const texts[] = {"c0008000", "c0300000", "c0400000", /* LPAE 7.2 */
					    "c0808000", "c1000000", "c2000000",
					    "bf0a0000" /* XIP: in flash */};

	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		finds("arm", texts[i], 0xc0000000, 0x40000000);
		finds("lpae base=0x40000000", texts[i], 0xc0000000, 0x40000000);
		finds("arm base=0x80000000 hide=4M", texts[i], 0xc0000000, 0x80000000);
		finds("lpae base=0x80000000 hide=4M", texts[i], 0xc0000000, 0x80000000);
		finds("arm base=0x88200000", texts[i], 0xc0000000, 0x88200000);
	}
	finds("arm split=0x80000000", "80100000", 0x80000000, 0x40000000);
	finds("arm split=0x80000000", "80400000", 0x80000000, 0x40000000);
	finds("lpae base=0x40000000 split=0xb0000000", "b0400000", 0xb0000000, 0x40000000);
}

TEST("arm: a split that only a vendor has follows from _stext, to 32 MiB")
{
	finds("arm split=0xa0000000", "a0008000", 0xa0000000, 0x40000000);
	finds("arm split=0xd0000000", "d0300000", 0xd0000000, 0x40000000);
	finds("lpae base=0x40000000 split=0xd0000000", "d0400000", 0xd0000000, 0x40000000);
	finds("lpae base=0x40000000 split=0xd0000000", "d0c00000", 0xd0000000, 0x40000000);
	finds("lpae base=0x40000000 split=0xd0000000", "d1400000", 0xd0000000, 0x40000000);
	finds("arm base=0x80000000 split=0x90000000 hide=16M", "90808000", 0x90000000, 0x80000000);
	fails("arm split=0xd0000000", "note SYMBOL(_stext)=d2000000", -ENXIO);
	fails("arm split=0xd0000000", "note SYMBOL(_stext)=80008000", -ENXIO);
}

TEST("up to 5.10 no key says where in init_uts_ns the names stand: behind a kref")
{
	for (unsigned int i = 0; i < 5; i++) {
		struct crashlog_answer a =
			answer(machines[i], "without OFFSET(uts_namespace.name)");

		CHECK_EQ(a.translated, 0);
		CHECK_STR(a.text, "[    1.000000] a line\n");
		free(a.text);
	}
}

TEST("arm64: both layouts, any VA_BITS, a linear map that KASLR moved")
{
	static const unsigned int bits[] = {36, 39, 42, 47, 48};
	static const char *const phys[] = {"0", "0x40000000", "0x80000000", "0xffff8000c0000000",
					   "0xfffffff880000000"};
	char options[128];

	for (unsigned int i = 0; i < 5; i++) {
		for (unsigned int k = 0; k < 4; k++) {
			for (unsigned int way = 0; way < 4; way++) {
				if (k == 3 && bits[i] < 48)
					continue;
				snprintf(options, sizeof(options), "arm64%s bits=%u phys=%s %s",
					 way & 1 ? "-old" : "", bits[i],
					 k == 3 && way & 1 ? "0" : phys[k],
					 way & 2 ? "dynamic=1" : "");
				proves(options);
			}
		}
	}
	proves("arm64 bits=52");
	proves("arm64 bits=52 dynamic=1");
	proves("arm64 bits=52 dynamic=1 phys=0xfff8000080000000");
	proves("arm64 bits=52 dynamic=1 phys=0xfff1000080000000"); /* on a machine of 48 bits */
	proves("arm64 bits=39 base=0xc0000000 phys=0xfffffff880000000 dynamic=1");
}

TEST("x86_64: phys_base may be negative or positive, and the direct map comes from the headers")
{
	proves("x86_64");
	proves("x86_64 dynamic=1");
	proves("x86_64 base=0x40000000");
	proves("x86_64 base=0x140000000 dynamic=1");
	proves("x86_64 base=0 dynamic=1");
}

TEST("a base that leads to another release, or nowhere, is refused")
{
	for (unsigned int i = 0; i < 5; i++) {
		fails(machines[i], "poke release 0", -ENXIO);
		fails(machines[i], "poke release +1", -ENXIO);
		fails(machines[i], "note OSRELEASE=6.1.0-cras", -ENXIO);
		fails(machines[i], "note OSRELEASE=6.1.0-crash2", -ENXIO);
		fails(machines[i], "note SYMBOL(init_uts_ns)=0", -ENXIO);
		fails(machines[i], "note SYMBOL(init_uts_ns)=ffffffffffffffff", -ENXIO);
		fails(machines[i], "note OFFSET(uts_namespace.name)=3", -ENXIO);
		fails(machines[i], "note OFFSET(uts_namespace.name)=18446744073709551615", -ENXIO);
	}
	fails("x86_64", "note NUMBER(phys_base)=-14680065", -ENXIO);
	fails("x86_64", "note NUMBER(phys_base)=9223372036854775807", -ENXIO);
	fails("arm64", "note NUMBER(kimage_voffset)=0", -ENXIO);
	fails("arm64-old", "note NUMBER(kimage_voffset)=0xffffffffffffffff", -ENXIO);
}

TEST("an empty release proves nothing")
{
	for (unsigned int i = 0; i < 5; i++) {
		struct crashlog_answer a = answer(machines[i], "note OSRELEASE=\npoke release 0");

		CHECK(a.translated != 0);
		free(a.text);
	}
}

TEST("without a key it needs, the translation says that it lacks one")
{
	static const char *const needed[][2] = {
		{"arm", "SYMBOL(_stext)"},
		{"arm", "SYMBOL(init_uts_ns)"},
		{"arm", "OSRELEASE"},
		{"arm64", "SYMBOL(_stext)"},
		{"arm64", "NUMBER(VA_BITS)"},
		{"arm64", "NUMBER(kimage_voffset)"},
		{"arm64", "NUMBER(PHYS_OFFSET)"},
		{"arm64", "SYMBOL(init_uts_ns)"},
		{"arm64", "OSRELEASE"},
		{"x86_64", "NUMBER(phys_base)"},
		{"x86_64", "SYMBOL(init_uts_ns)"},
		{"x86_64", "OSRELEASE"},
	};

	for (unsigned int i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		char without[128];

		snprintf(without, sizeof(without), "without %s", needed[i][1]);
		fails(needed[i][0], without, -ENOKEY);
	}
	fails("arm64", "note NUMBER(VA_BITS)=35", -ENOKEY);
	fails("arm64", "note NUMBER(VA_BITS)=53", -ENOKEY);
	fails("arm64", "note NUMBER(VA_BITS)=99999999999999999999", -ENOKEY);
}

TEST("numbers of each size, least byte first; none is larger than eight bytes")
{
	struct crashlog *c = crashlog_build("ring arm\nrecord 1.0 a\n");
	const struct crashlog_field *ts = crashlog_field(c, "ts");
	struct vmcore *v = malloc(sizeof(*v));
	int fd = corefile_open(&c->core, "core");
	uint64_t va = ts->pa + c->linear;
	uint64_t want = crashlog_get(c, ts->pa, 8);
	uint64_t n = 0;

	REQUIRE(v != NULL && vmcore_open(v, fd, NULL) == 0 && v->translate_error == 0);
	for (unsigned int size = 1; size <= 8; size++) {
		CHECK_EQ(translate_number(&v->translate, va, size, &n), 0);
		CHECK_EQ(n, size == 8 ? want : want & ((UINT64_C(1) << size * 8) - 1));
	}
	CHECK_EQ(translate_number(&v->translate, va, 9, &n), -EINVAL);
	CHECK_EQ(translate_word(&v->translate, va, &n), 0);
	CHECK_EQ(n, want & UINT32_MAX);
	n = 5;
	CHECK_EQ(translate_word(&v->translate, 0, &n), -ENXIO);
	CHECK_EQ(n, 0);
	CHECK_EQ(translate_word(&v->translate, UINT64_C(1) << 32 | va, &n), -ENXIO);
	close(fd);
	free(v);
	crashlog_free(c);
}

/* Opens a core of corefile's, with a machine of that number. */
static struct vmcore *open_core(const char *description, unsigned int machine, int *result)
{
	struct corefile c;
	struct vmcore *v = malloc(sizeof(*v));
	int fd;

	REQUIRE(v != NULL);
	memset(v, 0xa5, sizeof(*v));
	corefile_build(&c, description);
	if (machine != 0)
		c.bytes[18] = (uint8_t)machine;
	fd = corefile_open(&c, "core");
	corefile_free(&c);
	*result = vmcore_open(v, fd, NULL);
	close(fd);
	return v;
}

static int ignore(void *arg, const char *text, size_t size)
{
	(void)arg;
	(void)text;
	(void)size;
	return 0;
}

TEST("a core without VMCOREINFO opens; its memory cannot be translated, and it has no log")
{
	static const char *const cores[] = {"elf32 arm\nprstatus\nload 0x40000000 8K data\n",
					    "elf64 arm64\nload 0x40000000 8K data\n",
					    "elf32 arm\nprstatus\n"};

	for (unsigned int i = 0; i < 3; i++) {
		struct dmesg d = {.emit = ignore};
		int r;
		struct vmcore *v = open_core(cores[i], 0, &r);

		CHECK_EQ(r, 0);
		CHECK_EQ(v->translate_error, -ENOKEY);
		CHECK(v->info.text == NULL);
		CHECK_EQ(v->elf.segments, i == 2 ? 0 : 1);
		CHECK_EQ(dmesg_write(&d, &v->translate, &v->info), -ENOKEY);
		free(v);
	}
}

TEST("a core with VMCOREINFO and without memory opens; its base cannot be proved")
{
	int r;
	struct vmcore *v = open_core("elf32 arm\nnote OSRELEASE=6.1 SYMBOL(_stext)=c0008000"
				     " SYMBOL(init_uts_ns)=c0010000 OFFSET(uts_namespace.name)=4\n",
				     0, &r);

	CHECK_EQ(r, 0);
	CHECK_EQ(v->translate_error, -ENXIO);
	free(v);
}

TEST("a machine that is not known is said not to be supported")
{
	static const unsigned int unknown[] = {3 /* EM_386 */, 8 /* EM_MIPS */, 243 /* RISC-V */};

	for (unsigned int i = 0; i < 3; i++) {
		int r;
		struct vmcore *v = open_core("elf32 arm\nnote OSRELEASE=6.1\n", unknown[i], &r);

		CHECK_EQ(r, 0);
		CHECK_EQ(v->translate_error, -ENOTSUP);
		free(v);
	}
}

TEST("what is no core is refused")
{
	int r;
	struct vmcore *v = open_core("elf32 arm\nnote A=1\nheader type=2\n", 0, &r);

	CHECK_EQ(r, -ENOEXEC);
	CHECK_EQ(vmcore_open(v, -1, NULL), -EBADF);
	free(v);
}
