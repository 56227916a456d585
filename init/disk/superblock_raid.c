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

#define MD_MAGIC 0xa92b4efcU

static bool is_md0(struct probing *p)
{
	uint64_t at = (p->size & ~(uint64_t)(MD_RESERVED - 1)) - MD_RESERVED;
	const unsigned char *b = probing_read(p, MD0_BYTES, at);
	unsigned char uuid[16];
	uint32_t used;
	bool big; /* the words are in the order of the machine that wrote them */

	if (b == NULL)
		return false;
	big = probing_big(b, 4) == MD_MAGIC;
	used = big ? probing_big(b + MD0_SIZE, 4) : bytes_get32(b + MD0_SIZE);
	if ((!big && bytes_get32(b) != MD_MAGIC) || at >> 10 < used)
		return false;
	for (unsigned int i = 0; i < 16; i++)
		uuid[i] = b[(i < 4 ? MD0_UUID : MD0_UUID_REST - 4) + (big ? i : i ^ 3)];
	superblock_format_uuid(uuid, p->found.uuid);
	/* It is that of the last partition, where the disk ends with it. */
	at /= 512;
	return !partition_covers(p->fd, at - (uint64_t)used * 2, at + MD_RESERVED / 512);
}

static bool is_md1(struct probing *p, uint64_t at)
{
	const unsigned char *b = probing_read(p, MD1_BYTES, at);

	if (b == NULL || bytes_get32(b) != MD_MAGIC || bytes_get32(b + MD1_MAJOR) != 1 ||
	    bytes_get(b + MD1_OFFSET, 8) != at / 512)
		return false;
	superblock_format_uuid(b + MD1_UUID, p->found.uuid);
	superblock_label(&p->found, b + MD1_NAME, MD1_NAME_BYTES);
	return true;
}

/*
 * Versions 0.90 and 1.0 stand at the end, 1.1 and 1.2 at the beginning. An end that cannot be read
 * is no reason to give up a filesystem that can.
 */
bool superblock_is_md(struct probing *p)
{
	int before = p->error;
	bool found = is_md0(p) || is_md1(p, (p->size & ~(uint64_t)4095) - 8192);

	p->error = before;
	return found || is_md1(p, 0) || is_md1(p, 4096);
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

bool superblock_is_lvm(struct probing *p)
{
	for (unsigned int i = 0; i < LVM_SECTORS; i++) {
		const unsigned char *b = probing_read(p, LVM_SECTOR, i * LVM_SECTOR);

		if (b == NULL)
			return false;
		if (memcmp(b, "LABELONE", 8) == 0 && memcmp(b + LVM_TYPE, "LVM2 001", 8) == 0 &&
		    bytes_get(b + LVM_NUMBER, 8) == i &&
		    bytes_get32(b + LVM_CRC) == lvm_crc(b + LVM_SUMMED, LVM_SECTOR - LVM_SUMMED)) {
			lvm_uuid(b + LVM_UUID, p->found.uuid);
			return true;
		}
	}
	return false;
}
