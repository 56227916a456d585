/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk/superblock against blkid -p of util-linux, which decides what a device is called by UUID=
 * and LABEL= everywhere else: images of the real mkfs programs, what Windows writes, members of
 * RAID, LVM and LUKS, and leftovers of what was there before. The image is the file "i".
 */
#include "disk/superblock.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* What the TYPE of blkid has to be, so that no row tests less than it says; "-" for none. */
struct image {
	const char *type, *what, *commands;
};

/*
 * img SIZE; put AT BYTES, as for printf(1); take AT COUNT OF INTO copies bytes between images.
 * md1 AT: a superblock 1.x of md, with its checksum (md_p.h: the words added, then folded).
 * md0 [FROM]: version 0.90 at its place before the end, of an array that begins at FROM.
 */
static const char kit[] =
	"set -e\n"
	"img() { rm -f i; truncate -s $1 i; }\n"
	"put() { printf \"$2\" | dd of=i bs=1 seek=$(($1)) conv=notrunc 2>/dev/null; }\n"
	"take() { dd if=$3 bs=1 skip=$(($1)) count=$(($2)) 2>/dev/null |"
	" dd of=$4 bs=1 seek=$(($1)) conv=notrunc 2>/dev/null; }\n"
	"le4() { printf '\\\\%03o\\\\%03o\\\\%03o\\\\%03o' $(($1 & 255)) $(($1 >> 8 & 255))"
	" $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }\n"
	"md1() { set -- $(($1)); put $1 '\\374\\116\\053\\251\\001'; put $1+16 0123456789abcdef; put $1+32 box:0\n"
	"put $1+144 $(le4 $(($1 / 512)))\n"
	"put $1+216 $(le4 $(od -An -v -tu4 -j$(($1)) -N256 i | awk '{ for (n = 1; n <= NF; n++)"
	" s += $n } END { h = int(s / 4294967296);"
	" printf \"%.0f\", (s - h * 4294967296 + h) % 4294967296 }')); }\n"
	"md0() { e=$(($(stat -c %s i) / 65536 * 65536 - 65536))\n"
	"put $e '\\374\\116\\053\\251\\000\\000\\000\\000\\132'; put $e+20 abcd\n"
	"put $e+32 $(le4 $(((e - ${1:-0}) / 1024))); put $e+52 efghijklmnop; }\n"
	"ext4() { mke2fs -q -F -t ext4 \"$@\" i >/dev/null 2>&1; }\n"
	"fat() { mkfs.vfat \"$@\" i >/dev/null; }\n";

static const struct image filesystems[] = {
	{"ext2", "ext2", "img 4M; mke2fs -q -F -t ext2 -L old i"},
	{"ext2", "ext2 of the first revision", "img 4M; mke2fs -q -F -t ext2 -r 0 i 2>/dev/null"},
	{"ext3", "ext3", "img 8M; mke2fs -q -F -t ext3 -L 'two words' i"},
	{"ext4", "ext4", "img 8M; ext4 -L sixteen_letters_"},
	{"ext4", "ext4 without a journal", "img 8M; ext4 -O ^has_journal -L x"},
	{"ext4", "ext4 of 1 KiB blocks", "img 8M; ext4 -b 1024"},
	{"ext4", "ext4 without a UUID", "img 8M; ext4 -U clear -L none"},
	{"ext4", "ext4, its label ends with blanks", "img 8M; ext4 -L 'blank   '"},
	{"ext4", "ext4, its label begins with blanks", "img 8M; ext4 -L '  blank'"},
	{"jbd", "a journal of ext4", "img 8M; ext4 -O journal_dev -L journal"},
	{"xfs", "xfs", "img 300M; mkfs.xfs -q -f -L twelve_chars i"},
	{"xfs", "xfs without a label", "img 300M; mkfs.xfs -q -f i"},
	{"xfs", "xfs of version 4", "img 300M; mkfs.xfs -q -f -m crc=0 -L v4 i 2>/dev/null"},
	{"btrfs", "btrfs", "img 128M; mkfs.btrfs -q -f -L 'a label of btrfs' i >/dev/null"},
	{"f2fs", "f2fs", "img 64M; mkfs.f2fs -q -f -l dumps i >/dev/null"},
	{"f2fs", "f2fs without a label", "img 64M; mkfs.f2fs -q -f i >/dev/null"},
	{"f2fs", "f2fs, its label beyond 16 bits",
	 "img 64M; LC_ALL=C.UTF-8 mkfs.f2fs -q -f -l 'd\303\274\360\237\230\200x' i >/dev/null"},
	{"exfat", "exFAT", "img 64M; mkfs.exfat -L CARD i >/dev/null"},
	{"exfat", "exFAT without a label", "img 64M; mkfs.exfat i >/dev/null"},
	{"exfat", "exFAT, a label of eleven letters",
	 "img 64M; LC_ALL=C.UTF-8 mkfs.exfat -L 'd\303\274mps-elf-x' i >/dev/null"},
	{"exfat", "exFAT, a label beyond 16 bits",
	 "img 64M; LC_ALL=C.UTF-8 mkfs.exfat -L 'a\360\237\230\200b' i >/dev/null"},
	{"ntfs", "ntfs", "img 16M; mkntfs -q -F -f -L win i >/dev/null 2>&1"},
	{"squashfs", "squashfs", "mkdir d; mksquashfs d i -quiet -no-progress >/dev/null"},
	{"swap", "swap", "img 4M; mkswap -q -L sw i"},
	{"swap", "swap of 64 KiB pages", "img 4M; mkswap -q -p 65536 i 2>/dev/null"},
	{"minix", "minix", "img 4M; mkfs.minix i >/dev/null"},
	{"-", "zeros", "img 4M"},
	{"-", "text", "img 4M; yes 'this is no filesystem' | head -c 500000 >i"},
};

/* The root directory of "fat -F 16" on 16 MiB begins where the kit's ROOT says. */
#define ROOT                                                                                       \
	"word() { od -An -tu2 -j$1 -N2 i | tr -d ' '; }; byte() { od -An -tu1 -j$1 -N1 i; };"      \
	"root=$((($(word 14) + $(byte 16) * $(word 22)) * $(word 11)));"
#define ROOT32	    "root=$((($(od -An -tu2 -j14 -N2 i) + 2 * $(od -An -tu4 -j36 -N4 i)) * 512));"
#define LABEL_ENTRY "\\010\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0"

static const struct image fats[] = {
	{"vfat", "FAT12", "img 2M; fat -F 12 -n TWELVE"},
	{"vfat", "FAT12 of a floppy", "img 1440K; fat -n FLOPPY"},
	{"vfat", "FAT16", "img 16M; fat -F 16 -n ELEVENCHARS"},
	{"vfat", "FAT32", "img 64M; fat -F 32 -n 'BOOT 1'"},
	{"vfat", "FAT32 without a label", "img 64M; fat -F 32"},
	{"vfat", "FAT of 4 KiB sectors", "img 64M; fat -F 16 -S 4096 -n LARGE"},
	{"-", "FAT of Atari, which has no mark", "img 8M; fat -A -n ATARI"},
	{"vfat", "a stale label in the boot sector of FAT16",
	 "img 16M; fat -F 16 -n NEW; put 43 'OLD        '"},
	{"vfat", "a stale label in the boot sector of FAT32",
	 "img 64M; fat -F 32 -n NEW; put 71 'OLD        '"},
	{"vfat", "a label that only the boot sector has",
	 "img 16M; fat -F 16 -n GONE;" ROOT "put $root '\\345'"},
	{"vfat", "a label that only the root directory has, NO NAME in the boot sector",
	 "img 64M; fat -F 32;" ROOT32 "put $root 'WINDOWS    " LABEL_ENTRY "'"},
	{"vfat", "NO NAME in the root directory",
	 "img 16M; fat -F 16;" ROOT "put $root 'NO NAME    " LABEL_ENTRY "'"},
	{"vfat", "a label in lower case",
	 "img 16M; fat -F 16;" ROOT "put $root 'lower case " LABEL_ENTRY "'"},
	{"vfat", "a label that begins with the byte 0xe5",
	 "img 16M; fat -F 16;" ROOT "put $root '\\005MLAUT     " LABEL_ENTRY "'"},
	{"vfat", "a label behind a deleted file, a long name and a directory",
	 "img 16M; fat -F 16;" ROOT "put $root '\\345OLD    TXT\\040';"
	 "put $root+32 'An.l.o.n.g.\\017'; put $root+64 'DIR        \\020'; put $root+90 '\\003';"
	 "put $root+96 'BEHIND     " LABEL_ENTRY "'"},
	{"vfat", "a label behind the end of the directory",
	 "img 16M; fat -F 16;" ROOT "put $root+32 'BEHIND     " LABEL_ENTRY "'"},
	{"vfat", "a label in the second cluster of FAT32's root directory",
	 "img 64M; fat -F 32 -s 1;" ROOT32 "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do"
	 " put $root+32*$n '\\345'; done; put $root+512 'SECOND     " LABEL_ENTRY "';"
	 "put 32*512+8 '\\003\\0\\0\\0\\377\\377\\377\\017'"},
	{"vfat", "a chain of FAT32's root directory that leads to itself",
	 "img 64M; fat -F 32 -s 1;" ROOT32 "for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do"
	 " put $root+32*$n '\\345'; done; put 32*512+8 '\\002\\0\\0\\0'"},
	{"vfat", "FAT16 with a blank type", "img 16M; fat -F 16 -n BLANK; put 54 '        '"},
	{"vfat", "FAT32 with a blank type", "img 64M; fat -F 32 -n BLANK; put 82 '        '"},
	{"vfat", "FAT32 as MSWIN", "img 64M; fat -F 32 -n X; put 82 'MSWIN4.1'; put 3 MSWIN4.1"},
	{"vfat", "FAT16 as Windows writes it, with another jump",
	 "img 16M; fat -F 16; put 0 '\\351\\000\\000MSDOS5.0'; put 43 'NO NAME    FAT     '"},
	{"vfat", "FAT without the last mark of its boot sector",
	 "img 16M; fat -F 16 -n MARK; put 510 '\\0\\0'"},
	{"-", "a blank type and no last mark",
	 "img 16M; fat -F 16; put 54 '        '; put 510 '\\0\\0'"},
	{"vfat", "a serial number without label and type",
	 "img 16M; fat -F 16 -n X; put 38 '\\050'"},
	{"vfat", "neither serial number nor label", "img 16M; fat -F 16; put 38 '\\0'"},
	{"-", "a FAT32 whose FSINFO is none", "img 64M; fat -F 32; put 512 NONE"},
	{"vfat", "a FAT32 whose FSINFO is zeros", "img 64M; fat -F 32; put 512 '\\0\\0\\0\\0'"},
	{"-", "FAT with clusters of three sectors", "img 16M; fat -F 16; put 13 '\\003'"},
	{"-", "FAT without a FAT", "img 16M; fat -F 16; put 16 '\\0'"},
	{"-", "FAT on an unknown medium", "img 16M; fat -F 16; put 21 '\\001'"},
	{"-", "a boot sector of JFS that looks like FAT", "img 16M; fat -F 16; put 54 'JFS     '"},
};

static const struct image members[] = {
	{"linux_raid_member", "md 0.90 behind ext4", "img 8M; ext4 -L inside; md0"},
	{"-", "md 0.90 at the end of the last partition of MBR",
	 "img 8M; echo start=2048 | sfdisk -q i; md0 1048576"},
	{"-", "md 0.90 at the end of the last partition of GPT",
	 "img 8429568; printf 'label: gpt\\nstart=2048\\n' | sfdisk -q i; md0 1048576"},
	{"linux_raid_member", "md 0.90 of a whole disk that has a table as well",
	 "img 8M; echo start=2048,size=4096 | sfdisk -q i; md0"},
	{"linux_raid_member", "md 1.0 behind ext4", "img 8M; ext4 -L inside; md1 8*1048576-8192"},
	{"linux_raid_member", "md 1.0 on an odd size",
	 "img 8389632; ext4; md1 '(8389632/4096*4096-8192)'"},
	{"linux_raid_member", "md 1.1", "img 8M; md1 0"},
	{"linux_raid_member", "md 1.2", "img 8M; md1 4096"},
	{"linux_raid_member", "md 1.0 behind FAT", "img 16M; fat -F 16; md1 16*1048576-8192"},
	{"ext4", "md 1.2 that says it stands elsewhere",
	 "img 8M; ext4; md1 4096; put 4240 '\\020'"},
	{"ext4", "md 1.0 of a disk that was smaller",
	 "img 8M; ext4; md1 7*1048576-8192; truncate -s 9M i"},
	{"LVM2_member", "a physical volume of LVM",
	 "img 8M; put 512 'LABELONE\\001'; put 532 '\\040'; put 536 'LVM2 001';"
	 "put 544 abcdefghijklmnopqrstuvwxyzABCDEF; put 528 '\\167\\026\\063\\144'"},
	{"-", "the label of LVM with a wrong checksum",
	 "img 8M; put 512 'LABELONE\\001'; put 532 '\\040'; put 536 'LVM2 001';"
	 "put 544 abcdefghijklmnopqrstuvwxyzABCDEF"},
	{"crypto_LUKS", "LUKS1",
	 "img 4M; echo pw | cryptsetup -q luksFormat --type luks1 --pbkdf-force-iterations 1000 i -"},
	{"crypto_LUKS", "LUKS2",
	 "img 32M; echo pw | cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 "
	 "--pbkdf-force-iterations 1000 --label 'of luks' i -"},
	{"crypto_LUKS", "LUKS in front of what ext4 left",
	 "img 4M; ext4; cp i j; rm i; img 4M; "
	 "echo pw | cryptsetup -q luksFormat --type luks1 --pbkdf-force-iterations 1000 i -;"
	 "take 1024 1024 j i"},
	{"bcache", "bcache",
	 "img 4M; put 4104 '\\010'; put 4120 '\\306\\205\\163\\366\\116\\032\\105\\312';"
	 "put 4128 '\\202\\145\\365\\177\\110\\272\\155\\201abcdefghijklmnop'"},
};

static const struct image leftovers[] = {
	{"ext4", "a partition table of MBR on ext4", "img 8M; ext4; echo ',,L' | sfdisk -q i"},
	{"-", "a GPT where ext4 was", "img 8M; ext4; echo ',,L' | sfdisk -q -X gpt i"},
	{"vfat", "a GPT where FAT was", "img 16M; fat -F 16 -n X; echo ',,L' | sfdisk -q -X gpt i"},
	{"-", "a partition table in a partition", "img 8M; echo ',,L' | sfdisk -q i"},
	{"-", "an extended partition", "img 8M; printf ',,E\\n,,L\\n' | sfdisk -q i"},
	{"ext4", "ext4 where FAT was", "img 16M; fat -F 16; ext4 -L new"},
	{"vfat", "FAT where ext4 was", "img 16M; ext4; fat -F 16 -n NEW"},
	{"f2fs", "f2fs where ext4 was", "img 64M; ext4; mkfs.f2fs -q -f i >/dev/null"},
	{"ext4", "ext4 where f2fs was", "img 64M; mkfs.f2fs -q -f i >/dev/null; ext4"},
	{"ext4", "ext4 where swap was", "img 8M; mkswap -q i; ext4"},
	{"ext4", "ext4, and the mark of swap alone", "img 8M; ext4; put 4086 SWAPSPACE2"},
	{"ext4", "ext4, and the boot sector of ntfs",
	 "img 16M; mkntfs -q -F -f i >/dev/null 2>&1; cp i j; img 16M; ext4; take 0 512 j i"},
	{"ext4", "ext4, and the mark of xfs alone", "img 8M; ext4; put 0 XFSB"},
	{"-", "the mark of xfs alone", "img 8M; put 0 XFSB"},
	{"ambivalent", "ext4 and the boot sector of FAT",
	 "img 16M; ext4; cp i j; fat -F 16; take 1024 1024 j i"},
	{"ambivalent", "xfs and the superblock of ext4",
	 "img 300M; ext4; cp i j; mkfs.xfs -q -f i; take 1024 1024 j i"},
	{"ambivalent", "btrfs and the superblock of ext4",
	 "img 128M; ext4; cp i j; mkfs.btrfs -q -f i >/dev/null; take 1024 1024 j i"},
	{"ambivalent", "swap and the superblock of btrfs",
	 "img 128M; mkfs.btrfs -q -f i >/dev/null; cp i j; mkswap -q i; take 65536 4096 j i"},
	{"ambivalent", "ext4 and the superblock of squashfs",
	 "img 8M; ext4; put 0 hsqs; put 28 '\\004'"},
	{"ambivalent", "ext4 and the superblock of an old squashfs", "img 8M; ext4; put 0 hsqs"},
	{"ambivalent", "ext4 and the volume descriptor of a CD",
	 "img 8M; ext4; put 32768 '\\001CD001\\001'"},
	{"ambivalent", "ext4 and exFAT",
	 "img 64M; mkfs.exfat i >/dev/null; cp i j; ext4; take 0 512 j i"},
	{"vfat", "FAT and ext4 on a disk as small as a floppy",
	 "img 1M; ext4; cp i j; fat; take 1024 1024 j i"},
	{"ext2", "md 1.0 on a disk as small as a floppy",
	 "img 1M; mke2fs -q -F -t ext2 i; md1 1048576-8192"},
	{"ext4", "ext4 cut in the middle", "img 8M; ext4 -L cut; truncate -s 4M i"},
	{"ext4", "ext4 cut behind its superblock", "img 8M; ext4 -L cut; truncate -s 2048 i"},
	{"-", "ext4 cut before its superblock", "img 8M; ext4; truncate -s 1024 i"},
	{"-", "ext4 cut in its superblock", "img 8M; ext4; truncate -s 1500 i"},
	{"vfat", "FAT cut behind its boot sector", "img 16M; fat -F 16 -n X; truncate -s 1536 i"},
	{"-", "FAT32 cut before its FSINFO",
	 "img 64M; fat -F 32; truncate -s 1025 i; put 48 '\\004'"},
	{"xfs", "xfs cut short", "img 300M; mkfs.xfs -q -f -L x i; truncate -s 2M i"},
	{"-", "btrfs cut short", "img 128M; mkfs.btrfs -q -f i >/dev/null; truncate -s 65540 i"},
	{"f2fs", "f2fs cut short",
	 "img 64M; mkfs.f2fs -q -f -l x i >/dev/null; truncate -s 8192 i"},
	{"-", "an empty file", "img 0"},
};

/* What mount(2) calls it, "-" for what cannot hold a dump. */
static const char *mountable(const char *type)
{
	static const char *const same[] = {"vfat", "exfat", "f2fs", "xfs", "btrfs"};

	if (strncmp(type, "ext", 3) == 0 && strlen(type) == 4)
		return "ext4";
	for (unsigned int i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (strcmp(same[i], type) == 0)
			return same[i];
	}
	return "-";
}

/* What blkid said of a tag, which is in the file of its name. */
static void said(const char *tag, char *value, size_t size)
{
	size_t n;
	char *text = (char *)scratch_read_file(tag, &n);

	text[strcspn(text, "\n")] = '\0';
	snprintf(value, size, "%s", text);
	free(text);
}

static void make(const struct image *image)
{
	scratch_write_file("kit", kit, strlen(kit));
	scratch_write_file("commands", image->commands, strlen(image->commands));
	REQUIRE(scratch_shell(
		"rm -rf i j d; . ./kit; . ./commands; set +e; for tag in TYPE UUID LABEL; do "
		"blkid -p -o value -s $tag i >$tag 2>err; done; "
		"if grep -q ambivalent err; then echo ambivalent >TYPE; fi; [ -s TYPE ] || echo - >TYPE"));
}

static void compare(const struct image *image)
{
	char type[64], uuid[64], label[300];
	struct superblock sb;
	bool good;
	int fd;

	make(image);
	said("TYPE", type, sizeof(type));
	said("UUID", uuid, sizeof(uuid));
	said("LABEL", label, sizeof(label));
	fd = open("i", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	CHECK_EQ(superblock_probe(fd, &sb), 0);
	close(fd);
	good = CHECK_STR(type, image->type);
	good &= CHECK_STR(sb.fstype == NULL ? "-" : sb.fstype, mountable(type));
	if (mountable(type)[0] != '-' || sb.uuid[0] != '\0')
		good &= CHECK(strcasecmp(sb.uuid, uuid) == 0);
	if (mountable(type)[0] != '-' || sb.label[0] != '\0')
		good &= CHECK_STR(sb.label, label);
	if (!good)
		test_note("^ %s: %s, %s (%s)", image->what, sb.uuid, uuid, label);
}

#define COMPARE(images)                                                                            \
	for (unsigned int n = 0; n < sizeof(images) / sizeof(images[0]); n++)                      \
	compare(&(images)[n])

TEST("filesystems have the tags that blkid gives them")
{
	COMPARE(filesystems);
}

TEST("FAT has the tags that blkid gives it, whoever wrote it")
{
	COMPARE(fats);
}

TEST("a member of RAID, LVM or LUKS is not the filesystem inside")
{
	COMPARE(members);
}

TEST("leftovers, and what is cut short, are what blkid takes them for")
{
	COMPARE(leftovers);
}
