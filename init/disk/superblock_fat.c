/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FAT and exFAT. Their labels are files of a kind in the root directory; the label in FAT's boot
 * sector is one that nobody keeps up to date, and counts for nothing (libblkid calls it
 * LABEL_FATBOOT). Fields: Microsoft's "FAT: General Overview of On-Disk Format" (fatgen103) and
 * "exFAT file system specification" 3.1, 6 and 7.3. Every walk through a directory has an end.
 */
#include "disk/superblock_probes.h"

#include "base/bytes.h"

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
	CLUSTERS_READ = 99, /* of a root directory: what libblkid looks at in FAT32 */
};

/* Numbers of a boot sector, which the next read overwrites. */
struct fat {
	uint32_t sector, cluster; /* bytes, sectors */
	uint32_t reserved, length, fats, root_entries;
	uint32_t root, fsinfo; /* FAT32 only */
	bool wide;	       /* it is FAT32 */
};

static bool is_power_of_2(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/*
 * The entry of the label among COUNT of them at AT. Returns its name, or NULL; *END is set when the
 * directory ends there, or cannot be read.
 */
static const unsigned char *find_label(struct probing *p, uint64_t at, uint32_t count, bool *end)
{
	for (; count > 0; count--, at += ENTRY) {
		const unsigned char *e = probing_read(p, at, ENTRY);

		*end = e == NULL || e[0] == 0;
		if (*end)
			return NULL;
		if (e[0] != 0xe5 && (e[ENTRY_ATTRIBUTES] & 0x3f) != ATTRIBUTES_LONG_NAME &&
		    bytes_get(e + ENTRY_CLUSTER, 2) == 0 &&
		    bytes_get(e + ENTRY_CLUSTER_HIGH, 2) == 0 &&
		    (e[ENTRY_ATTRIBUTES] & (ATTRIBUTE_LABEL | ATTRIBUTE_DIRECTORY)) ==
			    ATTRIBUTE_LABEL)
			return e;
	}
	return NULL;
}

static void take_label(struct superblock *sb, const unsigned char *name)
{
	superblock_label(sb, name, LABEL);
	if (name[0] == 0x05) /* stands for 0xe5, which would be a file that is deleted */
		sb->label[0] = (char)0xe5;
}

static void read_label_16(struct probing *p, const struct fat *f, struct superblock *sb)
{
	uint64_t root = ((uint64_t)f->reserved + (uint64_t)f->length * f->fats) * f->sector;
	uint64_t end = root + (uint64_t)f->root_entries * ENTRY;
	bool over;
	const unsigned char *name =
		end <= p->size || p->tiny ? find_label(p, root, f->root_entries, &over) : NULL;

	if (name != NULL)
		take_label(sb, name);
}

static void read_label_32(struct probing *p, const struct fat *f, struct superblock *sb)
{
	uint64_t entries = (uint64_t)f->length * f->sector / 4;
	uint64_t data = (uint64_t)f->reserved + (uint64_t)f->length * f->fats;
	uint32_t next = f->root;
	bool end = false;

	for (int i = 0; i < CLUSTERS_READ && next >= FIRST_CLUSTER && next < entries; i++) {
		uint64_t at = (data + (uint64_t)(next - FIRST_CLUSTER) * f->cluster) * f->sector;
		const unsigned char *e = find_label(p, at, f->cluster * f->sector / ENTRY, &end);

		if (e != NULL) {
			take_label(sb, e);
			return;
		}
		e = end ? NULL
			: probing_read(p, (uint64_t)f->reserved * f->sector + 4 * (uint64_t)next,
				       4);
		if (e == NULL)
			return;
		next = (uint32_t)bytes_get(e, 4) & 0x0fffffff;
	}
}

/* FAT32 has a sector of its own for the count of free clusters; some leave it empty. */
static bool is_fsinfo(struct probing *p, const struct fat *f)
{
	uint64_t at = (uint64_t)f->fsinfo * f->sector;
	const unsigned char *b;

	if (f->fsinfo == 0)
		return true;
	b = probing_read(p, at, 512);
	return b != NULL &&
	       (memcmp(b, "RRaA", 4) == 0 || memcmp(b, "RRdA", 4) == 0 || bytes_get(b, 4) == 0) &&
	       (memcmp(b + 484, "rrAa", 4) == 0 || bytes_get(b + 484, 4) == 0);
}

/* Any of these words says FAT; without them the jump or the mark at the end has to. */
static bool has_mark(const unsigned char *b)
{
	static const char *const types[] = {"MSDOS", "FAT16   ", "FAT12   ", "FAT     "};

	if (memcmp(b + FAT32_TYPE, "MSWIN", 5) == 0 || memcmp(b + FAT32_TYPE, "FAT32   ", 8) == 0)
		return true;
	for (unsigned int i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (memcmp(b + FAT16_TYPE, types[i], strlen(types[i])) == 0)
			return true;
	}
	/* OS/2 put a boot sector like FAT's in front of its own filesystems. */
	return b[BOOT_MARK] == 0x55 && b[BOOT_MARK + 1] == 0xaa &&
	       memcmp(b + FAT16_TYPE, "JFS     ", 8) != 0 &&
	       memcmp(b + FAT16_TYPE, "HPFS    ", 8) != 0;
}

static bool take_numbers(const unsigned char *b, struct fat *f)
{
	uint32_t length = (uint32_t)bytes_get(b + FAT_LENGTH, 2);

	f->sector = (uint32_t)bytes_get(b + FAT_SECTOR, 2);
	f->cluster = b[FAT_CLUSTER];
	f->reserved = (uint32_t)bytes_get(b + FAT_RESERVED, 2);
	f->fats = b[FAT_COUNT];
	f->root_entries = (uint32_t)bytes_get(b + FAT_ROOT_ENTRIES, 2);
	f->wide = length == 0;
	f->length = f->wide ? (uint32_t)bytes_get(b + FAT32_LENGTH, 4) : length;
	f->root = (uint32_t)bytes_get(b + FAT32_ROOT, 4);
	f->fsinfo = (uint32_t)bytes_get(b + FAT32_FSINFO, 2);
	return f->fats != 0 && f->reserved != 0 &&
	       (b[FAT_MEDIUM] >= 0xf8 || b[FAT_MEDIUM] == 0xf0) && is_power_of_2(f->cluster) &&
	       is_power_of_2(f->sector) && f->sector >= 512 && f->sector <= 4096;
}

/* More clusters than the width of a FAT can count are no FAT; 32 bits overflow as libblkid's do. */
static bool is_counted(const unsigned char *b, const struct fat *f)
{
	uint32_t sectors = (uint32_t)bytes_get(b + FAT_SECTORS_SMALL, 2);
	uint32_t directory = (f->root_entries * ENTRY + f->sector - 1) / f->sector;
	uint32_t clusters;

	if (sectors == 0)
		sectors = (uint32_t)bytes_get(b + FAT_SECTORS, 4);
	clusters = (sectors - (f->reserved + f->length * f->fats + directory)) / f->cluster;
	return clusters <= (f->wide && f->length != 0 ? 0x0ffffff6U : 0xfff4U);
}

bool superblock_is_fat(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	unsigned char serial[4] = {0};
	struct fat f;

	if (!has_mark(b) || !take_numbers(b, &f) || !is_counted(b, &f))
		return false;
	if (!f.wide && (b[FAT16_MARK] == 0x28 || b[FAT16_MARK] == 0x29))
		memcpy(serial, b + FAT16_SERIAL, 4);
	if (f.wide && f.length != 0)
		memcpy(serial, b + FAT32_SERIAL, 4);
	superblock_serial(sb, serial);
	if (!f.wide) {
		read_label_16(p, &f, sb);
		return true;
	}
	if (f.length != 0)
		read_label_32(p, &f, sb);
	return f.length == 0 || is_fsinfo(p, &f);
}

bool superblock_is_exfat(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	unsigned int bits = b[EXFAT_SECTOR_BITS], cluster_bits = b[EXFAT_CLUSTER_BITS];
	uint64_t fat = bytes_get(b + EXFAT_FAT, 4) << (bits & 15);
	uint64_t heap = bytes_get(b + EXFAT_HEAP, 4) << (bits & 15);
	uint32_t next = (uint32_t)bytes_get(b + EXFAT_ROOT, 4);

	if (b[BOOT_MARK] != 0x55 || b[BOOT_MARK + 1] != 0xaa || bits < 9 || bits > 12 ||
	    cluster_bits > 25 - bits || b[EXFAT_FATS] < 1 || b[EXFAT_FATS] > 2)
		return false;
	superblock_serial(sb, b + EXFAT_SERIAL);
	for (int i = 0; i < CLUSTERS_READ && next >= FIRST_CLUSTER && next <= LAST_CLUSTER; i++) {
		uint64_t at = heap + ((uint64_t)(next - FIRST_CLUSTER) << (bits + cluster_bits));
		uint64_t end = at + (1U << (bits + cluster_bits));

		for (; at < end; at += ENTRY) {
			const unsigned char *e = probing_read(p, at, ENTRY);

			if (e == NULL || e[0] == 0)
				return true;
			if (e[0] != EXFAT_LABEL)
				continue;
			superblock_utf16(e + 2, e[1] < EXFAT_LABEL_UNITS ? e[1] : EXFAT_LABEL_UNITS,
					 sb->label, sizeof(sb->label));
			superblock_trim(sb);
			return true;
		}
		b = probing_read(p, fat + 4 * (uint64_t)next, 4);
		if (b == NULL)
			return true;
		next = (uint32_t)bytes_get(b, 4);
	}
	return true;
}
