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

static int read_gpt(int fd, unsigned int sector, unsigned int number, struct partition *p)
{
	unsigned char header[512];
	unsigned char entry[GPT_ENTRY_BYTES];
	static const unsigned char unused[16];
	uint64_t at, entries, entry_size;
	int r = read_exactly(fd, header, sizeof(header), sector);

	if (r != 0)
		return r;
	entries = bytes_get(header + GPT_ENTRIES, 4);
	entry_size = bytes_get(header + GPT_ENTRY_SIZE, 4);
	if (memcmp(header, "EFI PART", 8) != 0 || number > entries || entry_size < GPT_ENTRY_BYTES)
		return -ENOENT;
	at = bytes_get(header + GPT_ENTRIES_LBA, 4) * sector + (number - 1) * entry_size;
	r = read_exactly(fd, entry, sizeof(entry), at);
	if (r != 0)
		return r;
	if (memcmp(entry, unused, sizeof(unused)) == 0)
		return -ENOENT;
	format_guid(entry + GPT_ENTRY_GUID, p->uuid);
	superblock_utf16(entry + GPT_ENTRY_NAME, GPT_NAME_UNITS, p->label, sizeof(p->label));
	return 0;
}

int partition_read(int fd, unsigned int sector, unsigned int number, struct partition *p)
{
	unsigned char mbr[512];
	int r = read_exactly(fd, mbr, sizeof(mbr), 0);

	memset(p, 0, sizeof(*p));
	if (r != 0)
		return r;
	if (number == 0 || mbr[MBR_MAGIC] != 0x55 || mbr[MBR_MAGIC + 1] != 0xaa)
		return -ENOENT;
	for (unsigned int i = 0; i < 4; i++) {
		if (mbr[MBR_TABLE + i * MBR_ENTRY + MBR_TYPE] == MBR_TYPE_GPT)
			return read_gpt(fd, sector, number, p);
	}
	if (number <= 4 && mbr[MBR_TABLE + (number - 1) * MBR_ENTRY + MBR_TYPE] == 0)
		return -ENOENT;
	snprintf(p->uuid, sizeof(p->uuid), "%08x-%02x",
		 (unsigned int)bytes_get(mbr + MBR_SIGNATURE, 4), number % 256);
	return 0;
}

static bool gpt_covers(int fd, uint64_t from, uint64_t to)
{
	unsigned char b[512];
	uint64_t at, entries, size;

	if (read_exactly(fd, b, sizeof(b), 512) != 0 || memcmp(b, "EFI PART", 8) != 0)
		return false;
	at = bytes_get(b + GPT_ENTRIES_LBA, 8) * 512;
	entries = bytes_get(b + GPT_ENTRIES, 4);
	size = bytes_get(b + GPT_ENTRY_SIZE, 4);
	for (unsigned int i = 0; i < entries && i < GPT_ENTRIES_MAX; i++) {
		if (read_exactly(fd, b, GPT_ENTRY_BYTES, at + i * size) != 0)
			return false;
		if (bytes_get(b + GPT_ENTRY_FIRST, 8) * 512 <= from &&
		    bytes_get(b + GPT_ENTRY_LAST, 8) * 512 + 512 >= to)
			return true;
	}
	return false;
}

bool partition_covers(int fd, uint64_t from, uint64_t to)
{
	unsigned char mbr[512];

	if (read_exactly(fd, mbr, sizeof(mbr), 0) != 0 || mbr[MBR_MAGIC] != 0x55 ||
	    mbr[MBR_MAGIC + 1] != 0xaa)
		return false;
	for (unsigned int i = 0; i < 4; i++) {
		const unsigned char *entry = mbr + MBR_TABLE + i * MBR_ENTRY;
		uint64_t start = bytes_get(entry + MBR_START, 4) * 512;

		if (entry[MBR_TYPE] == MBR_TYPE_GPT)
			return gpt_covers(fd, from, to);
		if (entry[MBR_TYPE] != 0 && start <= from &&
		    start + bytes_get(entry + MBR_SECTORS, 4) * 512 >= to)
			return true;
	}
	return false;
}
