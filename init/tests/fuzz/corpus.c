/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the seeds of the fuzz targets: corpus DIR fills DIR/config, DIR/elfcore, DIR/dmesg,
 * DIR/kdump, DIR/translate, DIR/pages, DIR/deflate, DIR/lzo, DIR/ring,
 * DIR/receive and DIR/superblock.
 */
#include "tests/images/corefile.h"
#include "tests/images/crashlog.h"
#include "tests/images/kdumpimage.h"
#include "tests/images/memimage_seed.h"
#include "tests/images/pagetables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MODULE	  "module=/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko"
#define TWO_LOADS "load 0x40000000 8K mixed\nload 0x50000000 0x801 data\n"

struct seed {
	const char *text;
	size_t size;
};

#define SEED(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

/* Lines of a file, a NUL, and the words of a command line. */
static const struct seed configs[] = {
	SEED("target = /dev/mmcblk0p2\nfstype=ext4\noptions=data=journal\npath=/var/crash\nwait=5\n"),
	SEED("target=UUID=1-2\ntarget=LABEL=x\n# comment\n\nformat=kdump\nlevel=31\ncompress=zstd\n"),
	SEED("dmesg=yes\nkeep=5\nfree=16M\nstall=60\ntimeout=1800\nwatchdog=auto\n" MODULE
	     " a=1\n"),
	SEED("on_success=reboot\non_failure=shell\n\0kdump.target=LABEL=a kdump.path=/x root=/dev/b"),
	SEED("\0root=/dev/vda kdump.keep=2 \"kdump.options=a b\" kdump.config=/x kdump.module=/a b"),
	SEED("wait=4\n\0kdump.target=PARTUUID=1 kdump.target=PARTLABEL=2 kdump.wait=7 keep=1 path=/z"),
	SEED("\xEF\xBB\xBFTarget: uuid=\"1234abcd\" # card\r\ntaget=LABEL=b\npath = x\n[a]\nkeep 3\n"),
	SEED("free=0x10 MiB\ntimeout = 5 min\ndmesg=On\n;x\nPARTUUID=1\ntarget='LABEL=card #2'\n"),
	SEED("target = RAW: partlabel=x\ntaget = raw:LABEL=x\nraw = LABEL=y\n\0kdump.target=raw=/dev/a "
	     "kdump.target=Raw:PARTUUID=6b64756d-2 kdump.fstype=ext4"),
	SEED("target = tcp:[fd00::2]:7000\ninsecure = yes\n\0kdump.net=eth0,52:54:00:12:34:56,fd00::1/64,"
	     "fe80::1,desk=fd00::2 kdump.net=e,52:54:00:12:34:56,1.2.3.4/24,,1.2.3.5"),
	SEED("on_success=poweroff\non_failure=halt\nformat=none\ncompress=lzo\ndmesg=no\nbad\n=\n"),
};

/* VMCOREINFO with what a page_layout is made of: of 6.1, of 6.3, of 6.12. */
#define LAYOUT                                                                                      \
	"SIZE(page)=64\nOFFSET(page.flags)=0\nOFFSET(page._mapcount)=48\nOFFSET(page.mapping)=24\n" \
	"OFFSET(page.private)=40\nOFFSET(page.compound_head)=8\nNUMBER(PG_lru)=4\n"                 \
	"NUMBER(PG_head_mask)=65536\nLENGTH(zone.free_area)=11\n"

static const struct seed infos[] = {
	SEED(LAYOUT "OFFSET(page.compound_order)=17\nOFFSET(page.compound_dtor)=16\n"
		    "NUMBER(HUGETLB_PAGE_DTOR)=2\nNUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"),
	SEED(LAYOUT "OFFSET(folio._folio_order)=81\nOFFSET(folio._folio_dtor)=80\n"
		    "NUMBER(HUGETLB_PAGE_DTOR)=2\nNUMBER(PG_slab)=9\n"),
	SEED(LAYOUT "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-184549376\nOSRELEASE=6.12\n"
		    "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456\nPAGESIZE=4096\nCRASHTIME=1"),
};

static const char *const cores[] = {
	"elf32 arm\nnote OSRELEASE=6.1.0 CRASHTIME=1700000000\n" TWO_LOADS,
	"elf64 arm64\nprstatus\nnote OSRELEASE=6.1.0 SYMBOL(prb)=ffff800008210000\n" TWO_LOADS,
	"elf64 x86_64\nnote CRASHTIME=-1\n" TWO_LOADS "cut 0x4000\n",
	"elf64 arm64\nnote A=1\nload 0 4K zero paddr=0x40210000 size=0xffff8000ca0f0000\n" TWO_LOADS,
	"elf32 arm\nnote A=1\n" TWO_LOADS "load 0x60000000 4K data offset=0x2800\nswap 1 2\n",
	"elf32 arm\nload 0 4K data\nload 0x9000 4K data offset=0\nload 0xa000 4K zero size=0\n",
	"elf32 arm\nnote A=1\nload 0 4K data\nheader phnum=0x7000\n",
	"elf32 arm\nprstatus\nnote A=1\nload 0 4K data size=0xf0000000\n",
	"elf64 arm64\nnote A=1\nload 0 4K data\nnotes size=0xffffffff\n",
};

#define RECORDS                                                                                    \
	"record 1.5 Booting\nempty 2.0\nrecord 3.0 two\\nlines\nrecord 4.0 \\x1b[m\n"              \
	"record 5.0 a line that is longer than others\nrecord 6.0 \nrecord 7.0 Kernel panic\n"

static const char *const logs[] = {
	"ring arm small=1 count_bits=3 text_bits=7\n" RECORDS,
	"ring arm64 small=1 count_bits=3 text_bits=7 dynamic=1 keep=1\n" RECORDS "failed 8.0\n",
	"ring x86_64 small=1 count_bits=2 text_bits=8 dynamic=1\n" RECORDS "committed 8.0 c\n",
	"ring lpae small=1 count_bits=2 text_bits=6 hide=2M pad=4\nrecord 1.0 a\nreserved 2.0 b\n",
	"ring arm64-old small=1 count_bits=1 text_bits=6\nrecord 1.0 text\npoke text_len 99\n",
	"records arm small=1 size=256 start=100\n" RECORDS RECORDS,
	"records arm64 small=1 size=256 old=1 dynamic=1\n" RECORDS,
	"records x86_64 small=1 size=200 caller=1 start=176\n" RECORDS,
};

/* Bitmaps begin PIECE times 1016 bytes into theirs; see fuzz_kdump.c. */
static const struct {
	const char *text;
	uint8_t piece;
} kdumps[] = {
	{"x86_64\nnote A=1\nram 0 3 text zlib\nram 5 2 zero raw\nout 1 1\n", 0},
	{"aarch64 own=1\nram 0 3 text lzo\nram 5 2 zero lzo\n", 0},
	{"x86_64 version=4\nram 1 4 text zstd\nram 7 1 text snappy\n", 0},
	{"armv7l phys_base=0x40000000\nnote A=1\nram 0x40000 2 zero zlib\nram 0x40004 2 text zlib\n",
	 0},
	{"armv7l version=5 phys_base=0x1000\nram 1 1 data raw\nram 60 70 zero raw\n", 0},
	{"aarch64 shift=16 own=1\nnote A=1\nram 32763 7 zero zlib\nram 33000 9 zero zstd\n", 4},
	{"aarch64 shift=14\nram 32767 2 text lzo\nout 32767 1\n", 4},
	{"x86_64 more=1\nnote OSRELEASE=6.1\nram 0 1 zero raw\n", 0},
};

static void write_seed(const char *dir, const char *room, unsigned int number, const char *mode,
		       const void *data, size_t size)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%02u", dir, room, number);
	f = fopen(path, "w");
	if (f == NULL || fwrite(mode, 1, strlen(mode), f) != strlen(mode) ||
	    fwrite(data, 1, size, f) != size || fclose(f) != 0) {
		fprintf(stderr, "corpus: cannot write %s\n", path);
		exit(1);
	}
}

/* A room that is there already is as good as a new one; the files tell whether it is. */
static void make_room(const char *dir, const char *room)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, room);
	(void)mkdir(path, 0777);
}

/* A core without its holes, for fuzz_dmesg.c. */
static void write_log(const char *dir, unsigned int number, const struct corefile *c)
{
	const struct corefile_load *l = &c->load[0];
	size_t size = 4 + c->headers_size + c->notes_size + (size_t)l->size;
	uint8_t *seed = malloc(size);

	if (seed == NULL)
		exit(1);
	seed[0] = (uint8_t)c->headers_size;
	seed[1] = (uint8_t)(c->headers_size >> 8);
	seed[2] = (uint8_t)c->notes_size;
	seed[3] = (uint8_t)(c->notes_size >> 8);
	memcpy(seed + 4, c->bytes, c->headers_size);
	memcpy(seed + 4 + c->headers_size, c->bytes + c->notes_offset, c->notes_size);
	memcpy(seed + 4 + c->headers_size + c->notes_size, c->bytes + l->offset, (size_t)l->size);
	write_seed(dir, "dmesg", number, "", seed, size);
	free(seed);
}

/* An image without its holes, for fuzz_kdump.c. */
static void write_kdump(const char *dir, unsigned int number)
{
	enum { HEADER = 464, PIECE = 64 };
	struct kdumpimage *k = kdumpimage_build(kdumps[number].text, NULL);
	size_t block = (size_t)1 << k->shift;
	size_t sub = (size_t)(k->note_offset + k->note_size) - block;
	size_t from = kdumps[number].piece * (size_t)1016;
	uint8_t *seed = malloc(4 + HEADER + sub + 2 * PIECE + k->size);
	uint8_t *at = seed;

	if (seed == NULL)
		exit(1);
	*at++ = (uint8_t)(k->shift - 12);
	*at++ = kdumps[number].piece;
	*at++ = (uint8_t)sub;
	*at++ = (uint8_t)(sub >> 8);
	at = (uint8_t *)mempcpy(at, k->bytes, HEADER);
	at = (uint8_t *)mempcpy(at, k->bytes + block, sub);
	at = (uint8_t *)mempcpy(at, k->bytes + k->bitmap1 + from, PIECE);
	at = (uint8_t *)mempcpy(at, k->bytes + k->bitmap2 + from, PIECE);
	at = (uint8_t *)mempcpy(at, k->bytes + k->descs, k->size - (size_t)k->descs);
	write_seed(dir, "kdump", number, "", seed, (size_t)(at - seed));
	free(seed);
	kdumpimage_free(k);
}

/* A kernel with its image mapped, a page and a block, for fuzz_translate.c. */
static void write_tables(const char *dir, unsigned int number)
{
	enum { WRITE = 11, WRITES = 700 };
	const struct pagetables_machine *m = &pagetables_machines[number];
	struct pagetables *p = pagetables_build(m->name, "", "");
	uint8_t seed[12 + WRITES * WRITE] = {(uint8_t)number, 4, 0, 1};
	const uint8_t *ram = p->core.bytes + p->core.load[0].offset;
	size_t size = 12;

	for (unsigned int i = 0; i < 8; i++)
		seed[4 + i] = (uint8_t)(m->other >> 8 * i);
	pagetables_map_image(p);
	pagetables_map(p, m->other, m->levels - 1, m->base + PAGETABLES_DATA);
	pagetables_map(p, m->other + m->page * 2048, m->levels - 2, m->base);
	for (size_t at = PAGETABLES_ROOT; at < PAGETABLES_BYTES; at += 8) {
		if (memcmp(ram + at, "\0\0\0\0\0\0\0", 8) == 0 || size + WRITE > sizeof(seed))
			continue;
		for (unsigned int i = 0; i < 3; i++)
			seed[size + i] = (uint8_t)(at / 8 >> 8 * i);
		memcpy(seed + size + 3, ram + at, 8);
		size += WRITE;
	}
	write_seed(dir, "translate", number, "", seed, size);
	pagetables_free(p);
}

#define STATES                                                                                     \
	"free +0x400 3\nfree +0x480 7\nfree +0x500 0\nanon +0x410\nanon +0x414 2\n"                \
	"ksm +0x411\ncache +0x420\nbuffers +0x421\ncache +0x424 2\nswapcache +0x422\n"             \
	"slab +0x430 2\nhuge +0x440 4\ncompound +0x450 2\npoisoned +0x460\noffline +0x461\n"       \
	"reserved +0x462\ntable +0x463\nowner +0x464\nstack +0x7ff\n"

/* Kernels with a map of memory, and how they are looked at; see fuzz_pages.c. */
static const struct {
	const char *text;
	unsigned int level, how;
} images[] = {
	{"arm kernel=6.1 sparse=1\nram 0x40000000 8M\n" STATES, 31, 0},
	{"arm kernel=6.12 page=36 sparse=1\nram 0x40000000 8M\n" STATES, 16, 1},
	{"arm kernel=6.6 model=static sparse=1\nram 0x40000000 8M\n" STATES, 8, 2},
	{"lpae kernel=5.10 sparse=1\nram 0x880000000 8M\nram 0x881000400 5K\n" STATES, 31, 1},
	{"arm64 kernel=6.16 sparse=1\nram 0x40000000 8M\n" STATES "unaccepted +0x600\n", 31, 4},
	{"arm64 kernel=6.3 model=extreme sparse=1\nram 0x40000000 8M\n" STATES, 24, 8},
	{"arm64 kernel=7.1 shift=16 sparse=1\nram 0x40000000 8M\nfree +0x70 3\n", 31, 1},
	{"arm64 kernel=4.9 model=array sparse=1\nram 0x40000000 8M\n" STATES, 6, 0},
	{"x86_64 kernel=6.10 sparse=1\nram 0x40000000 8M\n" STATES "gone +0x400 1\n", 31, 2},
	{"x86_64 kernel=6.9 block=1 sparse=1\nram 0x40000000 8M\nram 0x41000000 1M\n", 2, 1},
	{"x86_64 kernel=6.11 model=pointer sparse=1\nram 0x40000000 8M\n" STATES, 17, 12},
	{"x86_64 kernel=flag-buddy sparse=1\nram 0x40000000 8M\n" STATES, 30, 0},
	{"x86_64 kernel=4.5 sparse=1\nram 0x40000000 8M\n" STATES, 31, 1},
	{"x86_64 kernel=6.6 sparse=1\nram 0x40000000 8M\nanon +0x7fe\nstack +0x7fe\n", 8, 1},
};

static void write_image(const char *dir, unsigned int number)
{
	static uint8_t seed[64 * 1024];
	struct memimage *m = memimage_build(images[number].text);
	size_t size =
		memimage_seed(m, images[number].level, images[number].how, seed, sizeof(seed));

	write_seed(dir, "pages", number, "", seed, size);
	memimage_free(m);
}

/* Where the header of each dump in a ring of 512 blocks stands, its place there, and its size. */
static const struct {
	unsigned int at, number, start, size;
} dumps[] = {
	{0, 7, 0, 100},	  {3, 8, 100, 100}, {4, 9, 200, 250},
	{5, 9, 200, 300}, {9, 5, 500, 40},  {11, 6, 40, 8},
};

enum { DUMPS = sizeof(dumps) / sizeof(dumps[0]), ALL_SLOTS = 32, WORDS = 5 + 4 };

/* As many of them as COUNT says, and then small ones in each slot, for fuzz_ring.c. */
static void write_ring(const char *dir, unsigned int count)
{
	static uint8_t seed[8192];
	uint8_t *at = mempcpy(seed, "\0\1\0", 3);

	for (unsigned int i = 0; i < count; i++) {
		unsigned int where = i < DUMPS ? dumps[i].at : 2 * i + 1;
		unsigned int start = i < DUMPS ? dumps[i].start : i * 15;
		unsigned int size = (i < DUMPS ? dumps[i].size : 24) - 16 - i % 4;
		const uint32_t word[WORDS] = {i < DUMPS ? dumps[i].number : i,
					      where % 2,
					      start,
					      512,
					      i % 3 == 2 ? 12 : 15,
					      0,
					      16 + i % 4,
					      16,
					      0};
		const uint64_t wide[] = {16, size * 4096, i % 4 * 4096, 70, 1700000000};

		*at++ = (uint8_t)where;
		*at++ = 0;
		for (unsigned int n = 0; n < sizeof(word); n++)
			*at++ = (uint8_t)(word[n / 4] >> n % 4 * 8);
		for (unsigned int n = 0; n < sizeof(wide); n++)
			*at++ = (uint8_t)(wide[n / 8] >> n % 8 * 8);
		at = mempcpy(at, "result=complete\n", 16);
	}
	write_seed(dir, "ring", count, "", seed, (size_t)(at - seed));
}

/* Frames of fuzz_receive, eight bytes each: a dump; one that gives a file up; one of a log. */
static const struct seed streams[] = {
	SEED("\1\0\0\0\0\0\0\0\2\2\0\0\0\x40L\0\3\2\0\0\x40\0\0\0\2\1\0\0\x80\x80M\0"
	     "\2\1\0\0\0\x80m\0\3\1\0\3\0\0\0\0\2\3\0\0\0\040C\0\3\3\0\0\x20\0\0\0"
	     "\2\0\0\0\0\x10S\0\3\0\0\0\x10\0\0\0"),
	SEED("\1\0\0\0\0\0\0\0\2\1\0\0\0\x80M\0\4\1\0\0\0\0\0\0\2\2\0\0\0\x10L\0"
	     "\3\2\0\0\x10\0\0\0\4\2\0\0\0\0\0\0\2\1\0\4\0\x80M\0"),
	SEED("\1\0\0\0\0\0\0\0\2\2\0\0\0\x40L\0\3\2\0\0\x40\0\0\0\3\0\0\0\0\0\0\0"),
};

/*
 * Of fuzz_superblock.c: FAT with its label; exFAT whose root goes on in itself; a GPT of one
 * partition; a table of an MBR.
 */
static const struct seed disks[] = {
	SEED("\3\0\13\0\15\0\2\4\1\0\2\0\2\0\x80\xf8\x20\0\0\46\0\5\x29\1\2\3\4"
	     "\0\66\0\10FAT16   \4\0\2\14DUMPS      \10"),
	SEED("\3\0\3\0\10EXFAT   \0\120\0\4\x18\0\0\0\0\130\0\4\0\1\0\0\0\140\0\4\2\0\0\0"
	     "\0\154\0\3\11\3\1\0\xfe\1\2\x55\xaa\3\10\x20\4\2\0\0\0\6\0\0\6\x83\2A\0B\0"),
	SEED("\3\0\xc2\1\1\xee\0\xfe\1\2\x55\xaa\1\0\0\10EFI PART\1\110\0\4\2\0\0\0"
	     "\1\120\0\10\x80\0\0\0\x80\0\0\0\2\0\0\40TTTTTTTTTTTTTTTTGGGGGGGGGGGGGGGG"
	     "\2\70\0\4d\0u\0"),
	SEED("\1\0\270\1\4\1\2\3\4\0\xc2\1\14\x83\0\0\0\0\10\0\0\0\10\0\0\0\xfe\1\2\x55\xaa"),
};

/* The mark of each row alone, and of each with that of ext4. */
static void write_marks(const char *dir)
{
	enum { ROWS = 40, EXT4 = 12 };

	for (uint8_t i = 0; i < ROWS; i++) {
		const uint8_t seed[] = {1, (uint8_t)(0x80 | i), 0x80 | EXT4, 0, 0, 0};

		write_seed(dir, "superblock", 100 + i, "", seed, sizeof(seed));
	}
}

int main(int argc, char **argv)
{
	/* copied through a mapping; copied by reading; a file of unknown size */
	static const char *const modes[] = {"\x84", "\x88", "\x03"};
	unsigned int number = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: corpus DIR\n");
		return 2;
	}
	make_room(argv[1], "config");
	make_room(argv[1], "elfcore");
	make_room(argv[1], "dmesg");
	make_room(argv[1], "vmcoreinfo");
	make_room(argv[1], "translate");
	make_room(argv[1], "kdump");
	make_room(argv[1], "pages");
	make_room(argv[1], "deflate");
	make_room(argv[1], "lzo");
	make_room(argv[1], "ring");
	make_room(argv[1], "receive");
	make_room(argv[1], "superblock");
	for (unsigned int i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
		write_seed(argv[1], "superblock", i, "", disks[i].text, disks[i].size);
	write_marks(argv[1]);
	for (unsigned int i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		write_seed(argv[1], "receive", i, "", streams[i].text, streams[i].size);
	for (unsigned int i = 0; i < sizeof(configs) / sizeof(configs[0]); i++)
		write_seed(argv[1], "config", i, "", configs[i].text, configs[i].size);
	for (unsigned int i = 0; i < sizeof(infos) / sizeof(infos[0]); i++)
		write_seed(argv[1], "vmcoreinfo", 100 + i, "\2", infos[i].text, infos[i].size);
	for (unsigned int i = 0; i < sizeof(cores) / sizeof(cores[0]); i++) {
		struct corefile c;

		corefile_build(&c, cores[i]);
		write_seed(argv[1], "deflate", i, "", c.bytes, c.size < 65536 ? c.size : 65536);
		write_seed(argv[1], "lzo", i, "", c.bytes, c.size < 65536 ? c.size : 65536);
		for (unsigned int m = 0; m < 3; m++)
			write_seed(argv[1], "elfcore", number++, modes[m], c.bytes, c.size);
		corefile_free(&c);
	}
	for (unsigned int i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct crashlog *c = crashlog_build(logs[i]);

		write_log(argv[1], i, &c->core);
		write_seed(argv[1], "vmcoreinfo", i, "", c->core.bytes + c->core.notes_offset,
			   c->core.notes_size);
		crashlog_free(c);
	}
	for (unsigned int i = 0; i < sizeof(kdumps) / sizeof(kdumps[0]); i++)
		write_kdump(argv[1], i);
	for (unsigned int i = 0; i < PAGETABLES_MACHINES; i++)
		write_tables(argv[1], i);
	for (unsigned int i = 0; i < sizeof(images) / sizeof(images[0]); i++)
		write_image(argv[1], i);
	for (unsigned int i = 0; i <= DUMPS; i++)
		write_ring(argv[1], i);
	write_ring(argv[1], ALL_SLOTS);
	return 0;
}
