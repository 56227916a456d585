/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may stand on a device. The order is that of libblkid, members of something first. Offsets
 * of what a dump can go to are from the kernel's own headers: fs/ext4/ext4.h, linux/f2fs_fs.h,
 * fs/xfs/libxfs/xfs_format.h, uapi/linux/btrfs_tree.h; those of LUKS from its on-disk format 1.2
 * and 2; of swap from linux/swap.h; of bcache from uapi/linux/bcache.h. The others are here so that
 * they are not taken for one of these, or beside one of these; uapi/linux/magic.h and the header of
 * each filesystem have their marks.
 */
#include "disk/superblock_probes.h"

#include "base/bytes.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum {
	EXT_COMPATIBLE = 92,
	EXT_INCOMPATIBLE = 96,
	EXT_RO_COMPATIBLE = 100,
	EXT_MAGIC = 56,
	HAS_JOURNAL = 0x4,  /* of the compatible features */
	RECOVER = 0x4,	    /* of the incompatible ones, as these */
	JOURNAL_DEV = 0x8,  /* it is no filesystem but the journal of one */
	EXT3_KNOWS = 0x16,  /* FILETYPE, RECOVER, META_BG */
	EXT3_KNOWS_RO = 0x7 /* SPARSE_SUPER, LARGE_FILE, BTREE_DIR */
};

/* Which of the three, by the features that the drivers of old had. All are mounted as ext4. */
static bool is_ext(struct probing *p)
{
	uint32_t incompatible = bytes_get32(p->block + EXT_INCOMPATIBLE);
	bool journal = (p->block[EXT_COMPATIBLE] & HAS_JOURNAL) != 0;

	if ((incompatible & JOURNAL_DEV) != 0) {
		p->found.type = "jbd";
		p->found.use = SUPERBLOCK_OTHER;
		p->found.fstype = NULL;
	} else if ((incompatible & ~(uint32_t)EXT3_KNOWS) == 0 &&
		   (bytes_get32(p->block + EXT_RO_COMPATIBLE) & ~(uint32_t)EXT3_KNOWS_RO) == 0) {
		p->found.type = journal ? "ext3" : "ext2";
		return journal || (incompatible & RECOVER) == 0;
	}
	return true;
}

/* A size that stands there twice, once as its logarithm. */
static bool is_power(uint32_t size, unsigned int log, unsigned int least, unsigned int most)
{
	return log >= least && log <= most && size == (uint32_t)1 << log;
}

/* Four letters prove little: the sizes have to agree (xfs_validate_sb_common). */
static bool is_xfs(struct probing *p)
{
	const unsigned char *b = p->block;
	uint64_t blocks = (uint64_t)probing_big(b + 8, 4) << 32 | probing_big(b + 12, 4);
	uint32_t groups = probing_big(b + 88, 4), group = probing_big(b + 84, 4);
	uint64_t room = (uint64_t)groups * group;

	return groups > 0 && is_power(probing_big(b + 4, 4), b[120], 9, 16) &&
	       is_power(probing_big(b + 102, 2), b[121], 9, 15) &&
	       is_power(probing_big(b + 104, 2), b[122], 8, 11) && b[120] - b[122] == b[123] &&
	       blocks <= room && blocks + group >= room + 64;
}

static void drop_tags(struct superblock *sb)
{
	sb->uuid[0] = sb->label[0] = '\0';
}

/* Before version 1.1 its superblock was another. */
static bool is_f2fs(struct probing *p)
{
	superblock_label16(&p->found, p->block + 124, 128);
	if (bytes_get32(p->block + 4) == 1)
		drop_tags(&p->found);
	return true;
}

/* Its mark ends the first page, whose size is the one of the machine that made it. */
static bool is_swap(struct probing *p)
{
	const unsigned char *b = p->block;
	bool known = (bytes_get32(b) == 1 || probing_big(b, 4) == 1) && bytes_get32(b + 4) != 0;

	for (unsigned int page = 4096; page <= 65536 && p->size >= 40960; page *= 2) {
		const char *mark = (const char *)probing_read(p, 10, page - 10);

		if (mark == NULL)
			return false;
		if (text_begins(mark, "SWAPSPACE2"))
			return known;
		if (text_begins(mark, "SWAP-SPACE")) {
			drop_tags(&p->found); /* the first version has none */
			return true;
		}
		if (text_begins(mark, "S1SUSPEND|S2SUSPEND|ULSUSPEND|LINHIB0001")) {
			p->found.type = "swsuspend";
			return true;
		}
	}
	return false;
}

/* Its UUID is text; version 2 has a label where version 1 has words of its cipher. */
static bool is_luks(struct probing *p)
{
	snprintf(p->found.uuid, sizeof(p->found.uuid), "%.36s", (const char *)p->block + 168);
	if (p->block[7] != 2)
		p->found.label[0] = '\0';
	return true;
}

static bool is_bcache(struct probing *p)
{
	return bytes_get(p->block + 8, 8) == 8; /* the sector at which it says that it stands */
}

/* The sizes of FAT's boot sector are all zero in it, and its table of files begins with FILE. */
static bool is_ntfs(struct probing *p)
{
	const unsigned char *b = p->block;
	uint32_t sector = bytes_get16(b + 11);
	uint32_t cluster = b[13] < 240 ? b[13] : 1U << (256 - b[13]);
	uint64_t table = bytes_get(b + 48, 8) * sector * cluster;

	if (bytes_get(b + 14, 7) != 0 || bytes_get16(b + 22) != 0 || bytes_get32(b + 32) != 0 ||
	    sector < 256 || sector > 4096)
		return false;
	b = probing_read(p, 4, table);
	return b != NULL && memcmp(b, "FILE", 4) == 0;
}

/* An ext4 of 11080 inodes begins with its letters, too; and HX is the newer HFS+. */
static bool is_hfsplus(struct probing *p)
{
	return (p->block[1] == '+' || p->block[1] == 'X') && p->block[2] == 0 &&
	       (p->block[3] == 4 || p->block[3] == 5);
}

static bool is_squashfs(struct probing *p)
{
	if (bytes_get16(p->block + 28) < 4)
		p->found.type = "squashfs3";
	return true;
}

static bool is_jfs(struct probing *p)
{
	const unsigned char *b = p->block;
	uint32_t block = bytes_get16(b + 20), sector = bytes_get16(b + 28);

	return p->size >= 16 << 20 && is_power(bytes_get32(b + 16), block, 0, 31) &&
	       is_power(bytes_get32(b + 24), sector, 0, 31) &&
	       block - sector == bytes_get16(b + 22);
}

/* The four magic numbers of its first two versions; they are short enough to be met by chance. */
static bool is_minix(struct probing *p)
{
	const unsigned char *b = p->block;
	uint32_t magic = bytes_get16(b + 16);
	bool second = magic == 0x2468 || magic == 0x2478;
	uint32_t zones = second ? bytes_get32(b + 20) : bytes_get16(b + 2);
	uint32_t first = bytes_get16(b + 8);

	return (second || magic == 0x137f || magic == 0x138f) &&
	       bytes_get16(b + EXT_MAGIC) != 0xef53 && bytes_get16(b + 18) < 4 &&
	       bytes_get16(b + 10) == 0 && bytes_get16(b) != 0 &&
	       bytes_get16(b + 4) * 8192 > bytes_get16(b) && first <= zones &&
	       bytes_get16(b + 6) * 8192 > zones - first;
}

#define MAGIC(text)	      .magic = text, .magic_size = sizeof(text) - 1
#define MAGIC_AT(where, text) MAGIC(text), .magic_at = (where)
#define KIB(count)	      .base = (count)
#define UUID(where)	      .uuid_at = (where)
#define LABEL(where, size)    .label_at = (where), .label_size = (size)
#define FILESYSTEM(name)      .type = (name), .use = SUPERBLOCK_FILESYSTEM
#define TARGET(name)	      FILESYSTEM(name), .target = true
#define MEMBER(name)	      .type = (name), .use = SUPERBLOCK_MEMBER
#define ENCRYPTED(name)	      .type = (name), .use = SUPERBLOCK_ENCRYPTED
#define OTHER(name)	      .type = (name), .use = SUPERBLOCK_OTHER

const struct probe superblock_probes[] = {
	{MEMBER("linux_raid_member"), .check = superblock_is_md},
	{MEMBER("LVM2_member"), .check = superblock_is_lvm},
	{MEMBER("ubi"), MAGIC("UBI#")},
	{ENCRYPTED("crypto_LUKS"), MAGIC("LUKS\xba\xbe"), LABEL(24, 48), .check = is_luks},
	{ENCRYPTED("BitLocker"), MAGIC_AT(3, "-FVE-FS-")},
	{ENCRYPTED("DM_verity_hash"), MAGIC("verity\0\0")},
	{ENCRYPTED("DM_integrity"), MAGIC("integrt\0")},
	{OTHER("bcache"), KIB(4), UUID(40), .check = is_bcache,
	 MAGIC_AT(24, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca")}, /* the first half of it */
	{OTHER("DM_snapshot_cow"), MAGIC("SnAp")},
	{TARGET("vfat"), .check = superblock_is_fat},
	{OTHER("swap"), KIB(1), UUID(12), LABEL(28, 16), .check = is_swap},
	{TARGET("xfs"), MAGIC("XFSB"), UUID(32), LABEL(108, 12), .check = is_xfs},
	{TARGET("ext4"), KIB(1), MAGIC_AT(EXT_MAGIC, "\x53\xef"), UUID(104), LABEL(120, 16),
	 .check = is_ext},
	{FILESYSTEM("reiserfs"), KIB(64), MAGIC_AT(52, "ReIsEr"), UUID(84), LABEL(100, 16)},
	{FILESYSTEM("jfs"), KIB(32), MAGIC("JFS1"), UUID(136), LABEL(152, 16), .check = is_jfs},
	{FILESYSTEM("iso9660"), KIB(32), MAGIC_AT(1, "CD001"), .tolerant = true},
	{FILESYSTEM("hfsplus"), KIB(1), MAGIC("H"), .check = is_hfsplus},
	{FILESYSTEM("ntfs"), MAGIC_AT(3, "NTFS    "), .check = is_ntfs},
	{FILESYSTEM("cramfs"), MAGIC("\x45\x3d\xcd\x28")},
	{FILESYSTEM("romfs"), MAGIC("-rom1fs-")},
	{FILESYSTEM("minix"), KIB(1), .check = is_minix},
	{FILESYSTEM("ocfs2"), KIB(4), MAGIC("OCFSV2")},
	{FILESYSTEM("squashfs"), MAGIC("hsqs"), .check = is_squashfs},
	{TARGET("btrfs"), KIB(64), MAGIC_AT(64, "_BHRfS_M"), UUID(32), LABEL(299, 256)},
	{FILESYSTEM("ubifs"), MAGIC("\x31\x18\x10\x06")},
	{TARGET("exfat"), MAGIC_AT(3, "EXFAT   "), .check = superblock_is_exfat},
	{TARGET("f2fs"), KIB(1), MAGIC("\x10\x20\xf5\xf2"), UUID(108), .check = is_f2fs},
	{FILESYSTEM("apfs"), MAGIC_AT(32, "NXSB")},
	{FILESYSTEM("erofs"), KIB(1), MAGIC("\xe2\xe1\xf5\xe0"), UUID(48), LABEL(64, 16)},
};

const unsigned int superblock_probes_count =
	sizeof(superblock_probes) / sizeof(superblock_probes[0]);
