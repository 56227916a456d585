/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the seeds of the fuzz targets: corpus DIR fills DIR/config and DIR/elfcore.
 */
#include "tests/corefile.h"

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
	for (unsigned int i = 0; i < sizeof(configs) / sizeof(configs[0]); i++)
		write_seed(argv[1], "config", i, "", configs[i].text, configs[i].size);
	for (unsigned int i = 0; i < sizeof(cores) / sizeof(cores[0]); i++) {
		struct corefile c;

		corefile_build(&c, cores[i]);
		for (unsigned int m = 0; m < 3; m++)
			write_seed(argv[1], "elfcore", number++, modes[m], c.bytes, c.size);
		corefile_free(&c);
	}
	return 0;
}
