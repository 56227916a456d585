/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of RAID and LVM. What they hold begins where a filesystem would, so that without a look
 * at these a mirror is written behind the back of the other half. Fields of md:
 * include/uapi/linux/raid/md_p.h; of LVM: the label of lib/label/label.h and
 * lib/format_text/layout.h in LVM2.
 */
#include "disk/superblock_probes.h"

#include "base/bytes.h"
#include "disk/partition.h"

#include <string.h>

enum {
	MD_RESERVED = 65536, /* of version 0.90, at the end, and aligned so */
	MD0_MINOR = 8,
	MD0_UUID = 20,
	MD0_SIZE = 32, /* KiB in use on each member */
	MD0_UUID_REST = 52,
	MD0_BYTES = 64,
	MD1_MAJOR = 4,
	MD1_UUID = 16,
	MD1_NAME = 32,
	MD1_NAME_BYTES = 32,
	MD1_OFFSET = 144, /* in sectors: where it says that it stands */
	MD1_BYTES = 256,
	LVM_SECTOR = 512,
	LVM_SECTORS = 4, /* it stands in one of the first */
	LVM_NUMBER = 8,
	LVM_CRC = 16,
	LVM_SUMMED = 20, /* from here to the end of the sector */
	LVM_TYPE = 24,
	LVM_UUID = 32,
};

static const unsigned char magic[4] = {0xfc, 0x4e, 0x2b, 0xa9};

static bool is_magic(const unsigned char *b, bool *swapped)
{
	static const unsigned char other[4] = {0xa9, 0x2b, 0x4e, 0xfc};

	*swapped = memcmp(b, other, 4) == 0;
	return *swapped || memcmp(b, magic, 4) == 0;
}

/* A word in the order of the machine that wrote it, which version 0.90 leaves as it is. */
static uint32_t word(const unsigned char *b, bool swapped)
{
	return swapped ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
		       : (uint32_t)bytes_get(b, 4);
}

static bool is_md0(struct probing *p, struct superblock *sb)
{
	uint64_t at = p->size / MD_RESERVED * MD_RESERVED - MD_RESERVED;
	unsigned char uuid[16] = {0};
	const unsigned char *b;
	uint64_t used;
	bool swapped;

	if (p->size <= MD_RESERVED)
		return false;
	b = probing_read(p, at, MD0_BYTES);
	if (b == NULL || !is_magic(b, &swapped))
		return false;
	used = (uint64_t)word(b + MD0_SIZE, swapped) << 10;
	if (p->size < used + MD_RESERVED || at < used)
		return false;
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t w = word(b + (i == 0 ? MD0_UUID : MD0_UUID_REST - 4 + 4 * i), swapped);

		for (unsigned int k = 0; k < 4 && (i == 0 || word(b + MD0_MINOR, swapped) >= 90);
		     k++)
			uuid[4 * i + k] = (unsigned char)(w >> (24 - 8 * k));
	}
	superblock_format_uuid(uuid, sb->uuid);
	/* It is that of the last partition, where the disk ends with it. */
	return !partition_covers(p->fd, at - used, at + MD_RESERVED);
}

static bool is_md1(struct probing *p, uint64_t at, struct superblock *sb)
{
	const unsigned char *b = probing_read(p, at, MD1_BYTES);

	if (b == NULL || memcmp(b, magic, 4) != 0 || bytes_get(b + MD1_MAJOR, 4) != 1 ||
	    bytes_get(b + MD1_OFFSET, 8) != at / 512)
		return false;
	superblock_format_uuid(b + MD1_UUID, sb->uuid);
	superblock_label(sb, b + MD1_NAME, MD1_NAME_BYTES);
	return true;
}

/*
 * Versions 0.90 and 1.0 stand at the end, 1.1 and 1.2 at the beginning. An end that cannot be read
 * is no reason to give up a filesystem that can.
 */
bool superblock_is_md(struct probing *p, const unsigned char *block, struct superblock *sb)
{
	int before = p->error;
	bool found = is_md0(p, sb) ||
		     (p->size > MD_RESERVED && is_md1(p, p->size / 4096 * 4096 - 8192, sb));

	(void)block;
	p->error = before;
	return found || is_md1(p, 0, sb) || is_md1(p, 4096, sb);
}

/* The reversed CRC-32, from the value on with which LVM begins it, and not inverted at its end. */
static uint32_t lvm_crc(const unsigned char *b, size_t size)
{
	uint32_t crc = 0xf597a6cf;

	while (size-- > 0) {
		crc ^= *b++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
	}
	return crc;
}

/* Its UUID is 32 letters and digits, written with a dash before these. */
static void lvm_uuid(const unsigned char *raw, char *text)
{
	for (unsigned int i = 0; i < 32; i++) {
		if (i >= 6 && i <= 26 && i % 4 == 2)
			*text++ = '-';
		*text++ = (char)raw[i];
	}
	*text = '\0';
}

bool superblock_is_lvm(struct probing *p, const unsigned char *block, struct superblock *sb)
{
	(void)block;
	for (unsigned int i = 0; i < LVM_SECTORS; i++) {
		const unsigned char *b = probing_read(p, i * LVM_SECTOR, LVM_SECTOR);

		if (b == NULL)
			return false;
		if (memcmp(b, "LABELONE", 8) == 0 && memcmp(b + LVM_TYPE, "LVM2 001", 8) == 0 &&
		    bytes_get(b + LVM_NUMBER, 8) == i &&
		    bytes_get(b + LVM_CRC, 4) == lvm_crc(b + LVM_SUMMED, LVM_SECTOR - LVM_SUMMED)) {
			lvm_uuid(b + LVM_UUID, sb->uuid);
			return true;
		}
	}
	return false;
}
