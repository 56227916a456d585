/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GPT and MBR tables, as far as names go. Layouts: UEFI specification 5.3 (GPT header and
 * entries); block/partitions/msdos.c for the PARTUUID the kernel makes of an MBR signature.
 */
#include "disk/partition.h"

#include "base/bytes.h"
#include "base/io.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	MBR_SIGNATURE = 440,
	MBR_TABLE = 446,
	MBR_ENTRY = 16,
	MBR_ENTRIES = 4, /* logical partitions are not among them */
	MBR_TYPE = 4,
	MBR_START = 8,
	MBR_SECTORS = 12,
	MBR_TYPE_GPT = 0xee,
	MBR_MAGIC = 510,
	GPT_ENTRIES_LBA = 72,
	GPT_ENTRIES = 80,
	GPT_ENTRY_SIZE = 84,
	GPT_ENTRY_GUID = 16,
	GPT_ENTRY_FIRST = 32,
	GPT_ENTRY_LAST = 40,
	GPT_ENTRIES_MAX = 128,
	GPT_ENTRY_NAME = 56,
	GPT_NAME_UNITS = 36,
	GPT_ENTRY_BYTES = 128,
};

struct table {
	int fd;
	bool gpt;
	uint32_t signature;   /* of MBR */
	uint32_t count, size; /* of the entries, in bytes */
	uint64_t at;
};

static int read_exactly(int fd, unsigned char *into, size_t size, uint64_t at)
{
	if (io_read_at(fd, into, size, at) == size)
		return 0;
	return errno != 0 ? -errno : -ENOENT;
}

/* A GUID's first three fields are little endian, its text form is not. */
static void format_guid(const unsigned char *raw, char text[SUPERBLOCK_UUID])
{
	static const unsigned char order[16] = {3, 2, 1,  0,  5,  4,  7,  6,
						8, 9, 10, 11, 12, 13, 14, 15};
	unsigned char straight[16];

	for (unsigned int i = 0; i < sizeof(order); i++)
		straight[i] = raw[order[i]];
	superblock_format_uuid(straight, text);
}

/* Opens the GPT or MBR of the disk. -ENOENT: there is none. */
static int open_table(struct table *t, int fd, unsigned int sector)
{
	unsigned char b[512];
	int r = read_exactly(fd, b, sizeof(b), 0);

	if (r != 0)
		return r;
	if (bytes_get16(b + MBR_MAGIC) != 0xaa55)
		return -ENOENT;
	*t = (struct table){.fd = fd,
			    .signature = bytes_get32(b + MBR_SIGNATURE),
			    .count = MBR_ENTRIES,
			    .size = MBR_ENTRY,
			    .at = MBR_TABLE};
	for (const unsigned char *e = b + MBR_TABLE; e < b + MBR_MAGIC; e += MBR_ENTRY)
		t->gpt = t->gpt || e[MBR_TYPE] == MBR_TYPE_GPT;
	if (!t->gpt)
		return 0;
	r = read_exactly(fd, b, sizeof(b), sector);
	if (r != 0)
		return r;
	t->count = bytes_get32(b + GPT_ENTRIES);
	t->size = bytes_get32(b + GPT_ENTRY_SIZE);
	t->at = (uint64_t)bytes_get32(b + GPT_ENTRIES_LBA) * sector;
	return memcmp(b, "EFI PART", 8) == 0 && t->size >= GPT_ENTRY_BYTES ? 0 : -ENOENT;
}

static int read_entry(const struct table *t, unsigned int index, unsigned char e[GPT_ENTRY_BYTES])
{
	if (index >= t->count)
		return -ENOENT;
	return read_exactly(t->fd, e, t->gpt ? GPT_ENTRY_BYTES : MBR_ENTRY,
			    t->at + (uint64_t)index * t->size);
}

int partition_read(int fd, unsigned int sector, unsigned int number, struct partition *p)
{
	static const unsigned char unused[16];
	unsigned char e[GPT_ENTRY_BYTES] = {0};
	struct table t;
	int r = open_table(&t, fd, sector);

	memset(p, 0, sizeof(*p));
	if (r == 0 && (t.gpt || number <= MBR_ENTRIES))
		r = read_entry(&t, number - 1, e);
	if (r != 0)
		return r;
	if (t.gpt ? memcmp(e, unused, sizeof(unused)) == 0
		  : number <= MBR_ENTRIES && e[MBR_TYPE] == 0)
		return -ENOENT;
	if (t.gpt) {
		format_guid(e + GPT_ENTRY_GUID, p->uuid);
		superblock_utf16(e + GPT_ENTRY_NAME, GPT_NAME_UNITS, p->label, sizeof(p->label));
	} else {
		snprintf(p->uuid, sizeof(p->uuid), "%08x-%02x", t.signature, number % 256);
	}
	return 0;
}

bool partition_covers(int fd, uint64_t from, uint64_t to)
{
	unsigned char e[GPT_ENTRY_BYTES];
	struct table t;

	if (open_table(&t, fd, 512) != 0)
		return false;
	for (unsigned int i = 0; i < GPT_ENTRIES_MAX && read_entry(&t, i, e) == 0; i++) {
		uint64_t first =
			t.gpt ? bytes_get(e + GPT_ENTRY_FIRST, 8) : bytes_get32(e + MBR_START);
		uint64_t end = t.gpt ? bytes_get(e + GPT_ENTRY_LAST, 8) + 1
				     : first + bytes_get32(e + MBR_SECTORS);

		if (first <= from && end >= to)
			return true;
	}
	return false;
}
