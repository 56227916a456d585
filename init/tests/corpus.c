/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the seeds of the fuzz targets: corpus DIR fills DIR/config, DIR/elfcore and DIR/dmesg.
 */
#include "tests/corefile.h"
#include "tests/crashlog.h"

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
	SEED("on_success=poweroff\non_failure=halt\nformat=none\ncompress=lzo\ndmesg=no\nbad\n=\n"),
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
	for (unsigned int i = 0; i < sizeof(configs) / sizeof(configs[0]); i++)
		write_seed(argv[1], "config", i, "", configs[i].text, configs[i].size);
	for (unsigned int i = 0; i < sizeof(cores) / sizeof(cores[0]); i++) {
		struct corefile c;

		corefile_build(&c, cores[i]);
		for (unsigned int m = 0; m < 3; m++)
			write_seed(argv[1], "elfcore", number++, modes[m], c.bytes, c.size);
		corefile_free(&c);
	}
	for (unsigned int i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct crashlog *c = crashlog_build(logs[i]);

		write_log(argv[1], i, &c->core);
		crashlog_free(c);
	}
	return 0;
}
