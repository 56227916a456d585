/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/kdumpfile_open: which headers and bitmaps are believed, and what each that is not
 * gives. Every size is tried where it just fits, where it does not, and where sums would wrap.
 */
#include "vmcore/kdumpfile.h"

#include "tests/images/kdumpview.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMORY "note OSRELEASE=6.1.0\nram %u 40 text zlib\nram %u 30 zero raw\nout %u 7\n"

/* An image whose bitmaps stand at 0x2000 and 0x3000, and its descriptors at 0x4000. */
static struct kdumpview *changed(const char *machine, unsigned int base, const char *change)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s\n" MEMORY "%s\n", machine, base, base + 50, base + 60,
		 change);
	return kdumpview_open(text);
}

struct change {
	const char *text;
	int result;
};

/* Of every machine. */
static const struct change changes[] = {
	{"", 0},
	{"byte 0 0x4c", -ENOEXEC},
	{"byte 7 0", -ENOEXEC},
	{"poke header_version 3", -ENOTSUP},
	{"poke header_version 7", -ENOTSUP},
	{"poke header_version 0", -ENOTSUP},
	{"poke header_version 0x06000000", -ENOTSUP},
	{"poke header_version 0x80000006", -ENOTSUP},
	{"poke machine 0x363836690000", -ENOTSUP},
	{"poke machine 0x36383669", -ENOTSUP}, /* i686 */
	{"poke machine 0x34366870", -ENOTSUP},
	{"poke machine 0", -ENOTSUP},
	{"poke block_size 0", -EBADMSG},
	{"poke block_size 1", -EBADMSG},
	{"poke block_size 2048", -EBADMSG},
	{"poke block_size 4095", -EBADMSG},
	{"poke block_size 4097", -EBADMSG},
	{"poke block_size 12288", -EBADMSG},
	{"poke block_size 65535", -EBADMSG},
	{"poke block_size 131072", -EBADMSG},
	{"poke block_size 0x80000000", -EBADMSG},
	{"poke block_size 0xffffffff", -EBADMSG},
	{"poke block_size 0xfffff000", -EBADMSG},
	{"poke sub_hdr_size 0", -EBADMSG},
	{"poke sub_hdr_size -2", -EBADMSG},
	{"poke sub_hdr_size 0x7fffffff", -EBADMSG},
	{"poke sub_hdr_size 0x80000001", -EBADMSG},
	{"poke sub_hdr_size 1000", -EBADMSG},
	{"poke bitmap_blocks 0", -EBADMSG},
	{"poke bitmap_blocks 1", -EBADMSG},
	{"poke bitmap_blocks 3", -EBADMSG},
	{"poke bitmap_blocks 0xfffffffe", -EBADMSG},
	{"poke bitmap_blocks 0x80000000", -EBADMSG},
	{"poke bitmap_blocks 2000", -EBADMSG},
	{"poke max_mapnr 0", 0}, /* of 32 bits; version 6 has another */
	{"poke max_mapnr 0xffffffff", 0},
	{"poke max_mapnr_64 0", -EBADMSG},
	{"poke max_mapnr_64 32769", -EBADMSG},
	{"poke max_mapnr_64 0x100000000", -EBADMSG},
	{"poke max_mapnr_64 0x8000000000000000", -EBADMSG},
	{"poke max_mapnr_64 0xffffffffffffffff", -EBADMSG},
	{"poke max_mapnr_64 0xfffffffffffffff8", -EBADMSG},
	{"poke split 1", -ENOTSUP},
	{"poke split -1", -ENOTSUP},
	{"poke dump_level 0xffffffff", 0},
	{"poke total_ram_blocks -1\npoke device_blocks -1\npoke written_blocks -1", 0},
	{"poke current_cpu -1\npoke nr_cpus -1\npoke status -1", 0},
	{"poke start_pfn -1\npoke end_pfn -1\npoke start_pfn_64 -1\npoke end_pfn_64 -1", 0},
	{"poke offset_vmcoreinfo -1\npoke size_vmcoreinfo -1", 0},
	{"poke offset_eraseinfo -1\npoke size_eraseinfo -1", 0},
	{"poke offset_note 0", -EBADMSG},
	{"poke offset_note 0xfff", -EBADMSG},
	{"poke offset_note 0x1000", 0},
	{"poke offset_note 0x2000", -EBADMSG},
	{"poke offset_note 0x2001", -EBADMSG},
	{"poke offset_note 0x7fffffffffffffff", -EBADMSG},
	{"poke offset_note 0xffffffffffffffff", -EBADMSG},
	{"poke offset_note 0xffffffffffffff00", -EBADMSG},
	{"poke offset_note -1\npoke size_note 0", 0},
	{"poke size_note 0x1000", -EBADMSG},
	{"poke size_note 0x1001\npoke offset_note 0x1000", -EBADMSG},
	{"poke size_note 0x1000\npoke offset_note 0x1000", 0},
	{"poke size_note 0x80000000", -EBADMSG},
	{"poke size_note -0x1000", -EBADMSG},
	{"byte 0x3005 0xff", -EBADMSG}, /* pages saved of frames that never were */
	{"byte 0x3005 1", -EBADMSG},
	{"byte 0x2005 0xff", 0},
	{"byte 0x2000 0xfe", -EBADMSG},
	{"byte 0x2fff 0x80\nbyte 0x3fff 0x80", 0},
};

/* Where the 64-bit machines differ from ARM. */
static const struct change changes64[] = {
	{"poke phys_base -1", 0},
	{"poke phys_base 0x8000000000000000", 0},
	/* a sub header that is its own bitmap */
	{"poke sub_hdr_size 0\npoke phys_base 0xff\npoke max_mapnr_64 8\npoke size_note 0",
	 -EBADMSG},
	{"poke size_note 0xffffffffffffffff", -EBADMSG},
	{"poke size_note 0xfffffffffffff000", -EBADMSG},
	{"poke size_note 0x100000010", -EBADMSG},
	{"byte 279 0x5f", 0},		       /* behind the NUL of x86_64: not looked at */
	{"byte 278 0x5f", -ENOTSUP},	       /* x86_64_ */
	{"poke machine 0x5f34366d7261", 0x7f}, /* arm64_: read by the layout of ARM */
};

static const struct change changes32[] = {
	{"poke phys_base 0", 0},
	{"poke phys_base 0xffffffff", 0},
	{"poke machine 0x6d7261", 0},	       /* arm */
	{"poke machine 0x72613462", -ENOTSUP}, /* b4ar */
};

static void try_all(const char *machine, unsigned int base, const struct change *c, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct kdumpview *v = changed(machine, base, c[i].text);

		if (c[i].result == 0x7f)
			CHECK(v->opened == -EBADMSG || v->opened == -ENOTSUP);
		else if (!CHECK_EQ(v->opened, c[i].result))
			test_note("%s: %s", machine, c[i].text);
		kdumpview_close(v);
	}
}

TEST("each field of the headers that cannot be true has its error, and the others do no harm")
{
	const size_t count = sizeof(changes) / sizeof(changes[0]);

	try_all("x86_64", 0, changes, count);
	try_all("aarch64", 0, changes, count);
	try_all("armv7l phys_base=0x40000000", 0x40000, changes, count);
	try_all("x86_64", 0, changes64, sizeof(changes64) / sizeof(changes64[0]));
	try_all("armv7l phys_base=0x40000000", 0x40000, changes32,
		sizeof(changes32) / sizeof(changes32[0]));
}

TEST("files of ARM written where time_t has 64 bits are read, whatever time they hold")
{
	/* of the microseconds, whose lower half is where block_size would be, and so on */
	static const char *const times[] = {"", "byte 417 0x10\n",
					    "byte 417 0x10\nbyte 420 1\nbyte 424 2\n"};
	char text[256];

	for (unsigned int i = 0; i < 3; i++) {
		struct kdumpview *v;

		snprintf(text, sizeof(text),
			 "armv7l time64=1 phys_base=0x40000000\nnote OSRELEASE=6.1.0\n"
			 "ram 0x40000 300 text zlib\nram 0x45000 5 zero raw\n%s",
			 times[i]);
		v = kdumpview_good(text);
		kdumpview_check_all(v);
		kdumpview_close(v);
	}
	try_all("armv7l time64=1 phys_base=0x40000000", 0x40000, changes,
		sizeof(changes) / sizeof(changes[0]));
}

TEST("a machine is known by its name alone")
{
	static const struct change names[] = {
		{"arm", 0},
		{"armv5tel", 0},
		{"armv7l", 0},
		{"armv8l", 0},
		{"aarch64", 0},
		{"x86_64", 0},
		{"aarch64_be", -ENOTSUP},
		{"i686", -ENOTSUP},
		{"i386", -ENOTSUP},
		{"ppc64le", -ENOTSUP},
		{"riscv64", -ENOTSUP},
		{"ar", -ENOTSUP},
		{"aarch6", -ENOTSUP},
		{"x86_6", -ENOTSUP},
		{"s390x", -ENOTSUP},
		{"xarm", -ENOTSUP},
		{"aarch64x", -ENOTSUP},
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct kdumpview *v = changed(names[i].text, 0, "");

		if (!CHECK_EQ(v->opened, names[i].result))
			test_note("%s", names[i].text);
		if (v->opened == 0) {
			CHECK_EQ(v->core.is64, names[i].text[2] != 'm');
			CHECK_EQ(v->core.machine, v->kdump.machine);
			CHECK_EQ(v->core.machine, names[i].text[0] == 'x' ? 62
						  : v->core.is64	  ? 183
									  : 40);
		}
		kdumpview_close(v);
	}
}

TEST("files of version 4 and 5 believe the 32-bit max_mapnr")
{
	static const struct change of[] = {
		{"poke max_mapnr 0", -EBADMSG},	    {"poke max_mapnr 32768", 0},
		{"poke max_mapnr 32769", -EBADMSG}, {"poke max_mapnr 0xffffffff", -EBADMSG},
		{"poke max_mapnr_64 0", 0},
	};

	try_all("x86_64 version=4", 0, of, 5);
	try_all("x86_64 version=5", 0, of, 5);
	try_all("armv7l version=4", 0, of, 5);
	try_all("armv7l version=5", 0, of, 5);
}

TEST("a file that ends before its pages begin is refused, wherever it ends")
{
	static const char *const machines[] = {"x86_64", "armv7l"};

	for (unsigned int m = 0; m < 2; m++) {
		struct kdumpview *v = changed(machines[m], 0, "");
		off_t data = (off_t)v->image->data;

		CHECK_EQ(v->opened, 0);
		for (off_t cut = data; cut >= 0; cut -= cut % 4096 < 40 ? 1 : 1 + cut % 13) {
			int want = cut < 8 ? -ENOEXEC : cut < data ? -EBADMSG : 0;

			REQUIRE(truncate("kdump", cut) == 0);
			if (!CHECK_EQ(kdumpfile_open(&v->kdump, v->fd, &v->core), want))
				test_note("cut at %lld", (long long)cut);
		}
		kdumpview_close(v);
	}
}

TEST("more frames or blocks of bitmaps than the file has bytes are refused, and fit to the byte")
{
	struct kdumpview *v = changed("x86_64 frames=32768", 0, "");
	off_t end = (off_t)v->image->data;

	CHECK_EQ(v->opened, 0);
	REQUIRE(truncate("kdump", end) == 0);
	CHECK_EQ(kdumpfile_open(&v->kdump, v->fd, &v->core), 0);
	REQUIRE(truncate("kdump", end - 1) == 0);
	CHECK_EQ(kdumpfile_open(&v->kdump, v->fd, &v->core), -EBADMSG);
	kdumpview_close(v);
	v = kdumpview_good("x86_64 frames=32768\nram 0 1 zero raw\nout 0 1\n");
	CHECK_EQ(v->kdump.saved, 0);
	CHECK_EQ(kdumpfile_check(&v->kdump), 0);
	CHECK_EQ(v->kdump.descs, v->image->size);
	kdumpview_close(v);
}

/* An image with COUNT frames that each are a run of their own. */
static struct kdumpview *runs(unsigned int count, const char *machine)
{
	char *text = malloc((size_t)count * 32 + 100);
	char *at;
	struct kdumpview *v;

	REQUIRE(text != NULL);
	at = text + sprintf(text, "%s\n", machine);
	for (unsigned int i = 0; i < count; i++)
		at += sprintf(at, "ram %u 1 zero raw\n", 3 + 2 * i);
	v = kdumpview_open(text);
	free(text);
	return v;
}

TEST("as many runs of frames as there are")
{
	static const unsigned int counts[] = {ELFCORE_FEW, ELFCORE_FEW + 1, 2900};

	for (unsigned int i = 0; i < 3; i++) {
		struct kdumpview *v = runs(counts[i], i < 2 ? "x86_64" : "x86_64 frames=30000");

		CHECK_EQ(v->opened, 0);
		CHECK_EQ(v->core.segments, counts[i]);
		kdumpview_check_all(v);
		kdumpview_close(v);
	}
}

TEST("a dump with no memory at all has no segments")
{
	struct kdumpview *v = kdumpview_good("aarch64 frames=100\nnote A=1\n");

	kdumpview_check_all(v);
	CHECK_EQ(v->core.segments, 0);
	CHECK_EQ(v->kdump.saved, 0);
	kdumpview_close(v);
}

TEST("a page has 4 to 64 KiB")
{
	for (unsigned int shift = 11; shift <= 17; shift++) {
		char text[64];
		struct kdumpview *v;

		snprintf(text, sizeof(text), "aarch64 shift=%u frames=100\n", shift);
		v = kdumpview_open(text);
		CHECK_EQ(v->opened, shift < 12 || shift > 16 ? -EBADMSG : 0);
		kdumpview_close(v);
	}
}

TEST("notes are where the sub header says, if there are any")
{
	struct kdumpview *v = kdumpview_good("armv7l\nnote A=1 B=2\nram 0 1 zero raw\n");

	CHECK_EQ(v->kdump.note_offset, v->image->note_offset);
	CHECK_EQ(v->kdump.note_size, v->image->note_size);
	CHECK_EQ(v->kdump.note_offset, 4096 + 96);
	kdumpview_close(v);
	v = kdumpview_good("armv7l\nram 0 1 zero raw\npoke offset_note 77\n");
	CHECK_EQ(v->kdump.note_size, 0);
	CHECK_EQ(v->kdump.note_offset, 0);
	kdumpview_close(v);
}

TEST("physical addresses end where those of the machine do")
{
	/* 2^24 frames of 64 KiB are the 40 bits of ARM with LPAE */
	struct kdumpview *v =
		kdumpview_open("armv7l shift=16 frames=0x1000000\nram 0xffffff 1 zero raw\n");

	CHECK_EQ(v->opened, 0);
	CHECK_EQ(v->core.segment[0].paddr + v->core.segment[0].size, INT64_C(1) << 40);
	kdumpview_close(v);
	v = kdumpview_open(
		"armv7l shift=16 frames=0x1000000 phys_base=0x10000\nram 1 1 zero raw\n");
	CHECK_EQ(v->opened, -EBADMSG);
	kdumpview_close(v);
}

/* Opens the image with bitmaps of that many frames, most of them a hole of the file. */
static int open_sparse(struct kdumpview *v, uint64_t frames)
{
	uint64_t blocks = (frames + 32767) / 32768 * 2;
	unsigned int size = 0;
	int fd = open("kdump", O_RDWR | O_CLOEXEC);
	size_t at = kdumpimage_field(v->image, "max_mapnr_64", &size);

	REQUIRE(fd >= 0 && ftruncate(fd, (off_t)((2 + blocks) * 4096)) == 0);
	REQUIRE(pwrite(fd, &frames, 8, (off_t)at) == 8);
	at = kdumpimage_field(v->image, "bitmap_blocks", &size);
	REQUIRE(pwrite(fd, &blocks, 4, (off_t)at) == 4);
	close(fd);
	return kdumpfile_open(&v->kdump, v->fd, &v->core);
}

TEST("as many frames as there is room for counts, and not one more, in a file of holes")
{
	const uint64_t most = (uint64_t)KDUMPFILE_BLOCKS * KDUMPFILE_BLOCK * 8;
	struct kdumpview *v = kdumpview_good("x86_64\nram 0 1 zero raw\nout 0 1\n");

	CHECK_EQ(open_sparse(v, most + 1), -ENOTSUP);
	CHECK_EQ(open_sparse(v, UINT64_C(1) << 34), -ENOTSUP);
	CHECK_EQ(open_sparse(v, most), 0);
	CHECK_EQ(v->core.segments, 1);
	CHECK_EQ(v->kdump.saved, 0);
	kdumpview_close(v);
}

TEST("what is no file of this kind is told from one that is damaged")
{
	static const char elf[64] = "\177ELF\2\1\1";
	static struct kdumpfile k;
	static struct elfcore core;
	int fd;

	CHECK(kdumpfile_is((const uint8_t *)"KDUMP   \6\0\0\0\0\0\0\0", 16));
	CHECK(!kdumpfile_is((const uint8_t *)"KDUMP  \0\6\0\0\0\0\0\0\0", 16));
	CHECK(!kdumpfile_is((const uint8_t *)"DISKDUMP\6\0\0\0\0\0\0\0", 16));
	CHECK(!kdumpfile_is((const uint8_t *)"makedumpfile\0\0\0\0", 16));
	CHECK(!kdumpfile_is((const uint8_t *)"KDUMP  ", 7));
	CHECK(!kdumpfile_is((const uint8_t *)"", 0));
	scratch_write_file("elf", elf, sizeof(elf));
	fd = open("elf", O_RDONLY | O_CLOEXEC);
	CHECK_EQ(kdumpfile_open(&k, fd, &core), -ENOEXEC);
	close(fd);
	scratch_write_file("empty", "", 0);
	fd = open("empty", O_RDONLY | O_CLOEXEC);
	CHECK_EQ(kdumpfile_open(&k, fd, &core), -ENOEXEC);
	close(fd);
	fd = open(".", O_RDONLY | O_CLOEXEC);
	CHECK_EQ(kdumpfile_open(&k, fd, &core), -EISDIR);
	close(fd);
	CHECK_EQ(kdumpfile_open(&k, -1, &core), -EBADF);
}
