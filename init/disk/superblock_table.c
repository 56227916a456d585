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
static bool is_ext(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	uint64_t incompatible = bytes_get(b + EXT_INCOMPATIBLE, 4);
	uint64_t ro_compatible = bytes_get(b + EXT_RO_COMPATIBLE, 4);

	(void)p;
	if ((incompatible & JOURNAL_DEV) != 0) {
		sb->type = "jbd";
		sb->use = SUPERBLOCK_OTHER;
		sb->fstype = NULL;
	} else if ((incompatible & ~(uint64_t)EXT3_KNOWS) == 0 &&
		   (ro_compatible & ~(uint64_t)EXT3_KNOWS_RO) == 0) {
		bool journal = (bytes_get(b + EXT_COMPATIBLE, 4) & HAS_JOURNAL) != 0;

		sb->type = journal ? "ext3" : "ext2";
		return journal || (incompatible & RECOVER) == 0;
	}
	return true;
}

/* A number of xfs, which is big-endian, of SIZE bytes. */
static uint64_t big(const unsigned char *b, unsigned int size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | *b++;
	return value;
}

/* A size that stands there twice, once as its logarithm. */
static bool is_power(uint64_t size, unsigned int log, unsigned int least, unsigned int most)
{
	return log >= least && log <= most && size == (uint64_t)1 << log;
}

/* Four letters prove little: the sizes have to agree (xfs_validate_sb_common). */
static bool is_xfs(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	uint64_t blocks = big(b + 8, 8), block = big(b + 4, 4);
	uint64_t groups = big(b + 88, 4), group = big(b + 84, 4);
	uint64_t extent = big(b + 80, 4) * block;

	(void)p;
	(void)sb;
	return groups > 0 && is_power(block, b[120], 9, 16) &&
	       is_power(big(b + 102, 2), b[121], 9, 15) &&
	       is_power(big(b + 104, 2), b[122], 8, 11) && b[120] - b[122] == b[123] &&
	       extent >= 4096 && extent <= 1 << 30 && b[127] <= 100 && blocks != 0 &&
	       blocks <= groups * group && blocks >= (groups - 1) * group + 64;
}

/* Before version 1.1 its superblock was another. */
static bool is_f2fs(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	(void)p;
	if (bytes_get(b + 4, 2) == 1 && bytes_get(b + 6, 2) == 0)
		sb->uuid[0] = sb->label[0] = '\0';
	return true;
}

/* Its mark ends the first page, whose size is the one of the machine that made it. */
static bool is_swap(struct probing *p, const unsigned char *block, struct superblock *sb)
{
	static const char *const marks[] = {"SWAPSPACE2", "SWAP-SPACE", "S1SUSPEND",
					    "S2SUSPEND",  "ULSUSPEND",	"LINHIB0001"};
	unsigned char header[256];

	memcpy(header, block, sizeof(header));
	for (unsigned int page = 4096; page <= 65536 && p->size >= 40960; page *= 2) {
		const unsigned char *b = probing_read(p, page - 10, 10);

		for (unsigned int mark = 0; b != NULL && mark < sizeof(marks) / sizeof(marks[0]);
		     mark++) {
			if (memcmp(b, marks[mark], strlen(marks[mark])) != 0)
				continue;
			if (mark > 1)
				sb->type = "swsuspend";
			if (mark == 1) /* the first version has no tags */
				sb->uuid[0] = sb->label[0] = '\0';
			return mark != 0 || ((bytes_get(header, 4) == 1 || big(header, 4) == 1) &&
					     bytes_get(header + 4, 4) != 0);
		}
	}
	return false;
}

/* Version 2 has a label where version 1 has words of its cipher. */
static bool is_luks(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	(void)p;
	if (big(b + 6, 2) != 2)
		sb->label[0] = '\0';
	return true;
}

static bool is_bcache(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	(void)p;
	(void)sb;
	return bytes_get(b + 8, 8) == 8; /* the sector at which it says that it stands */
}

/* The sizes of FAT's boot sector are all zero in it, and its table of files begins with FILE. */
static bool is_ntfs(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	uint64_t sector = bytes_get(b + 11, 2);
	uint64_t cluster = b[13] < 240 ? b[13] : 1U << (256 - b[13]);
	uint64_t table = bytes_get(b + 48, 8) * sector * cluster;

	(void)sb;
	if (bytes_get(b + 14, 7) != 0 || bytes_get(b + 22, 2) != 0 || bytes_get(b + 32, 4) != 0 ||
	    sector < 256 || sector > 4096)
		return false;
	b = probing_read(p, table, 4);
	return b != NULL && memcmp(b, "FILE", 4) == 0;
}

/* An ext4 of 11080 inodes begins with its letters, too. */
static bool is_hfsplus(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	(void)p;
	(void)sb;
	return big(b + 2, 2) == 4 || big(b + 2, 2) == 5;
}

static bool is_squashfs(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	(void)p;
	if (bytes_get(b + 28, 2) < 4)
		sb->type = "squashfs3";
	return true;
}

static bool is_jfs(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	unsigned int block = (unsigned int)bytes_get(b + 20, 2);
	unsigned int sector = (unsigned int)bytes_get(b + 28, 2);

	(void)sb;
	return p->size >= 16 << 20 && is_power(bytes_get(b + 16, 4), block, 0, 31) &&
	       is_power(bytes_get(b + 24, 4), sector, 0, 31) &&
	       block - sector == bytes_get(b + 22, 2);
}

/* The four magic numbers of its first two versions; they are short enough to be met by chance. */
static bool is_minix(struct probing *p, const unsigned char *b, struct superblock *sb)
{
	uint64_t magic = bytes_get(b + 16, 2);
	bool second = magic == 0x2468 || magic == 0x2478;
	uint64_t inodes = bytes_get(b, 2), first = bytes_get(b + 8, 2);
	uint64_t zones = second ? bytes_get(b + 20, 4) : bytes_get(b + 2, 2);

	(void)p;
	(void)sb;
	return (second || magic == 0x137f || magic == 0x138f) &&
	       bytes_get(b + EXT_MAGIC, 2) != 0xef53 && bytes_get(b + 18, 2) < 4 &&
	       bytes_get(b + 10, 2) == 0 && inodes != 0 &&
	       bytes_get(b + 4, 2) * 8192 >= inodes + 1 && first <= zones &&
	       bytes_get(b + 6, 2) * 8192 >= zones - first + 1;
}

#define MAGIC(text)	      .magic = (text), .magic_size = sizeof(text) - 1
#define MAGIC_AT(where, text) MAGIC(text), .magic_at = (where)
#define UUID(where)	      .uuid_form = UUID_128, .uuid_at = (where)
#define LABEL(where, size)    .label_at = (where), .label_size = (size)
#define FILESYSTEM(name)      .type = (name), .use = SUPERBLOCK_FILESYSTEM
#define TARGET(name)	      FILESYSTEM(name), .fstype = (name)
#define MEMBER(name)	      .type = (name), .use = SUPERBLOCK_MEMBER
#define ENCRYPTED(name)	      .type = (name), .use = SUPERBLOCK_ENCRYPTED
#define OTHER(name)	      .type = (name), .use = SUPERBLOCK_OTHER

const struct probe superblock_probes[] = {
	{MEMBER("linux_raid_member"), .check = superblock_is_md},
	{MEMBER("LVM2_member"), .check = superblock_is_lvm},
	{MEMBER("ubi"), MAGIC("UBI#")},
	{ENCRYPTED("crypto_LUKS"), MAGIC("LUKS\xba\xbe"), .uuid_form = UUID_TEXT, .uuid_at = 168,
	 LABEL(24, 48), .check = is_luks},
	{ENCRYPTED("BitLocker"), MAGIC_AT(3, "-FVE-FS-")},
	{ENCRYPTED("DM_verity_hash"), MAGIC("verity\0\0")},
	{ENCRYPTED("DM_integrity"), MAGIC("integrt\0")},
	{OTHER("bcache"), .base = 4096, UUID(40), .check = is_bcache,
	 MAGIC_AT(24, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81")},
	{OTHER("DM_snapshot_cow"), MAGIC("SnAp")},
	{TARGET("vfat"), .check = superblock_is_fat},
	{OTHER("swap"), .base = 1024, UUID(12), LABEL(28, 16), .check = is_swap},
	{TARGET("xfs"), MAGIC("XFSB"), UUID(32), LABEL(108, 12), .check = is_xfs},
	{TARGET("ext4"), .base = 1024, MAGIC_AT(EXT_MAGIC, "\x53\xef"), UUID(104), LABEL(120, 16),
	 .check = is_ext},
	{FILESYSTEM("reiserfs"), .base = 65536, MAGIC_AT(52, "ReIsEr"), UUID(84), LABEL(100, 16)},
	{FILESYSTEM("jfs"), .base = 32768, MAGIC("JFS1"), UUID(136), LABEL(152, 16),
	 .check = is_jfs},
	{FILESYSTEM("iso9660"), .base = 32768, MAGIC_AT(1, "CD001"), .tolerant = true},
	{FILESYSTEM("hfsplus"), .base = 1024, MAGIC("H+"), .check = is_hfsplus},
	{FILESYSTEM("hfsplus"), .base = 1024, MAGIC("HX"), .check = is_hfsplus},
	{FILESYSTEM("ntfs"), MAGIC_AT(3, "NTFS    "), .check = is_ntfs},
	{FILESYSTEM("cramfs"), MAGIC("\x45\x3d\xcd\x28")},
	{FILESYSTEM("romfs"), MAGIC("-rom1fs-")},
	{FILESYSTEM("minix"), .base = 1024, .check = is_minix},
	{FILESYSTEM("ocfs2"), .base = 4096, MAGIC("OCFSV2")},
	{FILESYSTEM("squashfs"), MAGIC("hsqs"), .check = is_squashfs},
	{TARGET("btrfs"), .base = 65536, MAGIC_AT(64, "_BHRfS_M"), UUID(32), LABEL(299, 256)},
	{FILESYSTEM("ubifs"), MAGIC("\x31\x18\x10\x06")},
	{TARGET("exfat"), MAGIC_AT(3, "EXFAT   "), .check = superblock_is_exfat},
	{TARGET("f2fs"), .base = 1024, MAGIC("\x10\x20\xf5\xf2"), UUID(108),
	 .label_form = LABEL_UTF16, LABEL(124, 128), .check = is_f2fs},
	{FILESYSTEM("apfs"), MAGIC_AT(32, "NXSB")},
	{FILESYSTEM("erofs"), .base = 1024, MAGIC("\xe2\xe1\xf5\xe0"), UUID(48), LABEL(64, 16)},
};

const unsigned int superblock_probes_count =
	sizeof(superblock_probes) / sizeof(superblock_probes[0]);
