/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FAT and exFAT. Their labels are files of a kind in the root directory; the label in FAT's boot
 * sector is one that nobody keeps up to date, and counts for nothing (libblkid calls it
 * LABEL_FATBOOT). Fields: Microsoft's "FAT: General Overview of On-Disk Format" (fatgen103) and
 * "exFAT file system specification" 3.1, 6 and 7.3. Every walk through a directory has an end.
 */
#include "disk/superblock_probes.h"

#include "base/bytes.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum {
	/* The boot sector of FAT; FAT16_* where FAT32 has more fields in between. */
	FAT_SECTOR = 11,
	FAT_CLUSTER = 13,
	FAT_RESERVED = 14,
	FAT_COUNT = 16,
	FAT_ROOT_ENTRIES = 17,
	FAT_SECTORS_SMALL = 19,
	FAT_MEDIUM = 21,
	FAT_LENGTH = 22,
	FAT_SECTORS = 32,
	FAT16_MARK = 38, /* 0x28: a serial number follows, 0x29: a label, too */
	FAT16_SERIAL = 39,
	FAT16_TYPE = 54,
	FAT32_LENGTH = 36,
	FAT32_ROOT = 44,
	FAT32_FSINFO = 48,
	FAT32_SERIAL = 67,
	FAT32_TYPE = 82,
	BOOT_MARK = 510,
	/* An entry of a directory. */
	ENTRY = 32,
	ENTRY_ATTRIBUTES = 11,
	ENTRY_CLUSTER_HIGH = 20,
	ENTRY_CLUSTER = 26,
	LABEL = 11,
	ATTRIBUTE_LABEL = 0x08,
	ATTRIBUTE_DIRECTORY = 0x10,
	ATTRIBUTES_LONG_NAME = 0x0f,
	/* The boot sector of exFAT, and the entry of its label. */
	EXFAT_FAT = 80,
	EXFAT_HEAP = 88,
	EXFAT_ROOT = 96,
	EXFAT_SERIAL = 100,
	EXFAT_SECTOR_BITS = 108,
	EXFAT_CLUSTER_BITS = 109,
	EXFAT_FATS = 110,
	EXFAT_LABEL = 0x83,
	EXFAT_LABEL_UNITS = 11,
	FIRST_CLUSTER = 2,
	LAST_CLUSTER = 0xffffff6,
	CLUSTERS_READ = 99,	/* of a root directory: what libblkid looks at in FAT32 */
	ENTRIES_READ = 1 << 18, /* in as many clusters of 64 KiB there are less */
};

/*
 * A root directory: clusters that a table chains, from NEXT on. That of FAT12 and FAT16 is a single
 * one, which no table knows.
 */
struct root {
	uint64_t table, heap; /* in bytes; the heap begins with the first cluster */
	uint32_t cluster;     /* bytes */
	uint32_t next, last;
	uint32_t mask; /* what counts of a number in the table; 0: there is no other cluster */
	bool is_exfat;
};

static bool is_power_of_2(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* The serial number, which is written as XXXX-XXXX, unless it is zero. */
static void take_serial(struct superblock *sb, const unsigned char *raw)
{
	if (bytes_get32(raw) != 0)
		snprintf(sb->uuid, sizeof(sb->uuid), "%04x-%04x", bytes_get16(raw + 2),
			 bytes_get16(raw));
}

/* Takes the label of the entry E, if that is what it is. */
static bool take_label(const unsigned char *e, bool is_exfat, struct superblock *sb)
{
	if (is_exfat && e[0] == EXFAT_LABEL) {
		superblock_label16(sb, e + 2, e[1] < EXFAT_LABEL_UNITS ? e[1] : EXFAT_LABEL_UNITS);
		return true;
	}
	if (is_exfat || e[0] == 0xe5 || (e[ENTRY_ATTRIBUTES] & 0x3f) == ATTRIBUTES_LONG_NAME ||
	    (e[ENTRY_ATTRIBUTES] & (ATTRIBUTE_LABEL | ATTRIBUTE_DIRECTORY)) != ATTRIBUTE_LABEL ||
	    bytes_get16(e + ENTRY_CLUSTER) != 0 || bytes_get16(e + ENTRY_CLUSTER_HIGH) != 0)
		return false;
	superblock_label(sb, e, LABEL);
	if (e[0] == 0x05) /* stands for 0xe5, which would be a file that is deleted */
		sb->label[0] = (char)0xe5;
	return true;
}

/* Looks for the label, to the end of the directory, or to where it cannot be read. */
static void find_label(struct probing *p, struct root *r)
{
	unsigned int entries = 0;

	for (int i = 0; i < CLUSTERS_READ && r->next >= FIRST_CLUSTER && r->next <= r->last; i++) {
		uint64_t at = r->heap + (uint64_t)(r->next - FIRST_CLUSTER) * r->cluster;
		const unsigned char *e;

		for (uint32_t left = r->cluster; left > 0; left -= ENTRY, at += ENTRY) {
			e = entries++ < ENTRIES_READ ? probing_read(p, ENTRY, at) : NULL;
			if (e == NULL || e[0] == 0 || take_label(e, r->is_exfat, &p->found))
				return;
		}
		e = probing_read(p, 4, r->table + (uint64_t)r->next * 4);
		r->next = e == NULL ? 0 : bytes_get32(e) & r->mask;
	}
}

/* FAT32 has a sector of its own for the count of free clusters; some leave it empty. */
static bool is_fsinfo(struct probing *p, uint64_t at)
{
	const unsigned char *b = probing_read(p, 512, at);

	return b != NULL &&
	       (bytes_get32(b) == 0 || text_begins((const char *)b, "RRaA|RRdA") != 0) &&
	       (bytes_get32(b + 484) == 0 || text_begins((const char *)b + 484, "rrAa") != 0);
}

static bool has_boot_mark(const unsigned char *b)
{
	return bytes_get16(b + BOOT_MARK) == 0xaa55;
}

/* Any of these words says FAT; without them the jump or the mark at the end has to. */
static bool has_mark(const unsigned char *b)
{
	const char *type = (const char *)b + FAT16_TYPE;

	/* OS/2 put a boot sector like FAT's in front of its own filesystems. */
	return text_begins((const char *)b + FAT32_TYPE, "MSWIN|FAT32   ") ||
	       text_begins(type, "MSDOS|FAT16   |FAT12   |FAT     ") ||
	       (has_boot_mark(b) && !text_begins(type, "JFS     |HPFS    "));
}

bool superblock_is_fat(struct probing *p)
{
	const unsigned char *b = p->block;
	uint32_t sector = bytes_get16(b + FAT_SECTOR), cluster = b[FAT_CLUSTER];
	uint32_t reserved = bytes_get16(b + FAT_RESERVED), fats = b[FAT_COUNT];
	uint32_t directory = bytes_get16(b + FAT_ROOT_ENTRIES) * ENTRY;
	uint32_t length = bytes_get16(b + FAT_LENGTH);
	uint32_t sectors = bytes_get16(b + FAT_SECTORS_SMALL);
	uint32_t fsinfo = bytes_get16(b + FAT32_FSINFO);
	bool wide = length == 0; /* it is FAT32 */
	struct root root = {.table = (uint64_t)reserved * sector, .next = FIRST_CLUSTER};
	uint32_t heap;

	if (!has_mark(b) || fats == 0 || reserved == 0 ||
	    (b[FAT_MEDIUM] < 0xf8 && b[FAT_MEDIUM] != 0xf0) || !is_power_of_2(cluster) ||
	    !is_power_of_2(sector) || sector < 512 || sector > 4096)
		return false;
	if (sectors == 0)
		sectors = bytes_get32(b + FAT_SECTORS);
	if (wide)
		length = bytes_get32(b + FAT32_LENGTH);
	/* More clusters than a FAT of its width counts are none; it overflows as libblkid does. */
	heap = reserved + length * fats;
	sectors -= heap + (directory + sector - 1) / sector;
	if (sectors / cluster > (wide && length != 0 ? LAST_CLUSTER : 0xfff4U))
		return false;
	root.heap = (uint64_t)heap * sector;
	if (wide && length == 0)
		return true;
	if (wide) {
		root.cluster = cluster * sector;
		root.next = bytes_get32(b + FAT32_ROOT);
		root.last = length * (sector / 4) - 1;
		root.mask = 0x0fffffff;
	} else {
		root.cluster = directory;
		root.last = FIRST_CLUSTER;
	}
	if (wide || (b[FAT16_MARK] & 0xfe) == 0x28)
		take_serial(&p->found, b + (wide ? FAT32_SERIAL : FAT16_SERIAL));
	find_label(p, &root);
	return !wide || fsinfo == 0 || is_fsinfo(p, (uint64_t)fsinfo * sector);
}

bool superblock_is_exfat(struct probing *p)
{
	const unsigned char *b = p->block;
	unsigned int bits = b[EXFAT_SECTOR_BITS], cluster_bits = b[EXFAT_CLUSTER_BITS];
	struct root root = {
		.next = bytes_get32(b + EXFAT_ROOT),
		.last = LAST_CLUSTER,
		.mask = UINT32_MAX,
		.is_exfat = true,
	};

	if (!has_boot_mark(b) || bits < 9 || bits > 12 || cluster_bits > 25 - bits ||
	    b[EXFAT_FATS] < 1 || b[EXFAT_FATS] > 2)
		return false;
	root.table = (uint64_t)bytes_get32(b + EXFAT_FAT) << bits;
	root.heap = (uint64_t)bytes_get32(b + EXFAT_HEAP) << bits;
	root.cluster = 1U << (bits + cluster_bits);
	take_serial(&p->found, b + EXFAT_SERIAL);
	find_label(p, &root);
	return true;
}
