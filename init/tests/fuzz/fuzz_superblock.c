/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of disk/superblock* and disk/partition. The input makes a device: a byte for its
 * size, and then any number of pieces, each a byte for the place where it stands, two for the bytes
 * from there on, one for its length, and that many bytes; or, where the first has its upper bit,
 * nothing but the mark of a row of superblock_table.c, at its place. Contract: a look at it ends,
 * with no error where nothing fails; what is found has texts that end, is what the table has, and
 * is no target where it is ambiguous; a second look finds the same; and so for its partitions.
 */
#include "base/bytes.h"
#include "disk/partition.h"
#include "disk/superblock_probes.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INPUT_MAX = 8192, MARK = 0x80, KIB = 1024, MIB = 1024 * KIB };

static int device = -1;
static uint64_t device_size;

static void put(const void *data, size_t size, uint64_t at)
{
	if (at < device_size && size <= device_size - at)
		HOLDS(pwrite(device, data, size, (off_t)at) == (ssize_t)size);
}

/* Where the rows look, from the beginning or from the end. */
static uint64_t place(unsigned int i)
{
	static const uint32_t from_start[] = {0,	512,	  1024,	     4096,
					      32 * KIB, 64 * KIB, 128 * KIB, MIB};
	static const uint32_t from_end[] = {512, 4096, 8192, 12 * KIB, 64 * KIB, 128 * KIB};
	const unsigned int first = sizeof(from_start) / sizeof(from_start[0]);
	const unsigned int last = sizeof(from_end) / sizeof(from_end[0]);

	i %= first + last;
	return i < first ? from_start[i] : device_size - from_end[i - first];
}

static void put_mark(unsigned int row)
{
	const struct probe *r = &superblock_probes[row % superblock_probes_count];

	put(r->magic, r->magic_size, ((uint64_t)r->base << 10) + r->magic_at);
}

static void make_device(const uint8_t *data, size_t size)
{
	static const uint32_t sizes[] = {MIB, 2 * MIB, 4 * MIB, 17 * MIB};

	if (device < 0)
		device = memfd_create("disk", MFD_CLOEXEC);
	device_size = sizes[data[0] % 4] + (data[0] >> 2) * 512U;
	HOLDS(device >= 0 && ftruncate(device, 0) == 0);
	HOLDS(ftruncate(device, (off_t)device_size) == 0);
	for (size_t at = 1; at + 4 <= size;) {
		size_t n = data[at + 3] < size - at - 4 ? data[at + 3] : size - at - 4;

		if ((data[at] & MARK) != 0) {
			put_mark(data[at] & ~(unsigned int)MARK);
			at++;
			continue;
		}
		put(data + at + 4, n, place(data[at]) + bytes_get16(data + at + 1));
		at += 4 + n;
	}
}

static bool ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void check_found(const struct superblock *sb)
{
	HOLDS(ends(sb->uuid, sizeof(sb->uuid)) && ends(sb->label, sizeof(sb->label)));
	HOLDS((sb->type == NULL) == (sb->use == SUPERBLOCK_NONE));
	HOLDS(sb->fstype == NULL || sb->use == SUPERBLOCK_FILESYSTEM);
	HOLDS((sb->other != NULL) == (sb->use == SUPERBLOCK_AMBIGUOUS));
	HOLDS(sb->other == NULL || (sb->uuid[0] == '\0' && sb->label[0] == '\0'));
}

static bool same(const struct superblock *a, const struct superblock *b)
{
	return a->use == b->use && a->type == b->type && a->other == b->other &&
	       a->fstype == b->fstype && strcmp(a->uuid, b->uuid) == 0 &&
	       strcmp(a->label, b->label) == 0;
}

static void check_partitions(void)
{
	static const unsigned int numbers[] = {1, 2, 4, 5, 128, 129, 255};
	static const unsigned int sectors[] = {512, 4096};

	for (unsigned int i = 0; i < 14; i++) {
		struct partition p;
		int r = partition_read(device, sectors[i % 2], numbers[i / 2], &p);

		HOLDS(r == 0 || r == -ENOENT || r == -EINVAL);
		HOLDS(ends(p.uuid, sizeof(p.uuid)) && ends(p.label, sizeof(p.label)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct superblock found, again;

	if (size < 1 || size > INPUT_MAX)
		return 0;
	make_device(data, size);
	memset(&found, 0xa5, sizeof(found));
	memset(&again, 0x5a, sizeof(again));
	HOLDS(superblock_probe(device, &found) == 0);
	check_found(&found);
	HOLDS(superblock_probe(device, &again) == 0 && same(&found, &again));
	check_partitions();
	return 0;
}
