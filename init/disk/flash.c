/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names are those that open_ubi (fs/ubifs/super.c) and get_tree_mtd (drivers/mtd/mtdsuper.c)
 * take; what there is stands in /sys/class/ubi and /sys/class/mtd.
 */
#include "disk/flash.h"

#include "base/dirlist.h"
#include "base/io.h"
#include "base/text.h"
#include "board/pseudofs.h"
#include "disk/device.h"
#include "disk/device_name.h"
#include "disk/hung.h"
#include "disk/ubi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
	NAME = 130,	    /* of a volume or partition, with NUL */
	HEADER = 20,	    /* what is read of struct ubi_ec_hdr (drivers/mtd/ubi/ubi-media.h) */
	HEADER_OFFSET = 16, /* its vid_hdr_offset, a big-endian number of 32 bits */
	LOOKED_AT = 8,	    /* eraseblocks: the first ones may be bad */
};

bool flash_is_target(const char *name, const char *fstype)
{
	struct device_name n;

	device_name_read(name, fstype, &n);
	return n.kind == DEVICE_SHARED && text_begins(n.source, "ubi|mtd") != 0 &&
	       text_begins(fstype, "auto|ubifs|jffs2") != 0;
}

/* What the file NAME of ENTRY in the class says, "" when it is not there. */
static void read_line(const char *class, const char *entry, const char *name, char text[NAME])
{
	char path[80];
	int n;

	snprintf(path, sizeof(path), "/sys/class/%s/%.32s/%s", class, entry, name);
	n = pseudofs_read(path, text, NAME);
	text[n > 0 ? strcspn(text, "\n") : 0] = '\0';
}

static bool search(const char *source, char entry[FLASH_ENTRY])
{
	const char *class = source[0] == 'u' ? "ubi" : "mtd";
	size_t device = strcspn(source, ":!"); /* ubi0 of ubi0:dump */
	struct dirlist list;
	const char *listed;
	char path[20], name[NAME];
	bool found = false;

	snprintf(path, sizeof(path), "/sys/class/%s", class);
	dirlist_open(&list, path);
	while (!found && (listed = dirlist_next(&list)) != NULL) {
		snprintf(entry, FLASH_ENTRY, "%s", listed);
		read_line(class, entry, "name", name);
		if (source[device] == '\0')
			found = strcmp(entry, source) == 0;
		else if (device == 3 ||
			 (strncmp(entry, source, device) == 0 && entry[device] == '_'))
			found = strcmp(name, source + device + 1) == 0;
	}
	dirlist_close(&list);
	return found;
}

/* ubi3 is the fourth volume of the first device. */
bool flash_listed(const char *name, char entry[FLASH_ENTRY])
{
	const char *source = name + text_begins(name, "/dev/");
	char text[FLASH_ENTRY];

	if (source[0] != 'u' || strpbrk(source, ":!_") != NULL)
		return search(source, entry);
	snprintf(text, sizeof(text), "ubi0_%.20s", source + 3);
	return search(text, entry);
}

/* Where UBI has its volume headers in a partition that it has formatted; 0: it has not. */
static uint32_t vid_offset(const char *entry)
{
	uint8_t header[HEADER];
	char text[NAME];
	const char *digits = text;
	uint64_t erasesize;
	uint32_t offset = 0;
	int fd;

	read_line("mtd", entry, "erasesize", text);
	if (!text_number(&digits, 10, &erasesize))
		return 0;
	snprintf(text, sizeof(text), "/dev/%s", entry);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	for (unsigned int i = 0; i < LOOKED_AT && offset == 0 && fd >= 0; i++) {
		if (io_read_at(fd, header, HEADER, i * erasesize) == HEADER &&
		    memcmp(header, "UBI#", 4) == 0)
			offset = (uint32_t)header[HEADER_OFFSET] << 24 |
				 (uint32_t)header[HEADER_OFFSET + 1] << 16 |
				 (uint32_t)header[HEADER_OFFSET + 2] << 8 |
				 header[HEADER_OFFSET + 3];
	}
	if (fd >= 0)
		close(fd); /* read only */
	return offset;
}

/* Does ubi.mtd=VALUE stand on the command line? */
static bool has_word(const char *cmdline, const char *value)
{
	char word[NAME + 8];

	snprintf(word, sizeof(word), "ubi.mtd=%s", value);
	while ((cmdline = strstr(cmdline, word)) != NULL) {
		cmdline += strlen(word);
		if (strchr(", \n", cmdline[0]) != NULL)
			return true;
	}
	return false;
}

/*
 * Attaches the partition ENTRY, number MTD, if UBI has formatted it, and looks for the volume. It
 * may be on another chip than that, and the chip may hang.
 */
static bool try_partition(const char *name, const char *entry, unsigned int mtd, struct device *d)
{
	const char *digits = name + text_begins(name, "/dev/ubi|ubi");
	uint32_t offset = hung_touch(entry) ? vid_offset(entry) : 0;
	uint64_t wanted;
	bool found;
	int r;

	if (offset == 0)
		return false;
	r = ubi_attach(mtd, text_number(&digits, 10, &wanted) ? (int)wanted : -1, offset);
	found = r >= 0 && flash_listed(name, d->name);
	if (r >= 0 && !found)
		ubi_detach(r);
	snprintf(d->note, sizeof(d->note), "%s to UBI: %s", entry,
		 found	  ? "attached"
		 : r >= 0 ? "no such volume"
			  : strerror(-r));
	return found;
}

/*
 * Of mtd3 the number of mtdblock3 (MTD_BLOCK_MAJOR of include/uapi/linux/major.h), which is the
 * same flash; a volume of UBI has one that no block device has.
 */
static dev_t number_of(const char *entry)
{
	enum { BLOCK_MAJOR = 31, NO_MAJOR = 0xfff };
	const char *digits = entry + 3;
	uint64_t device, volume;

	if (!text_number(&digits, 10, &device))
		return 0;
	if (entry[0] == 'm')
		return makedev(BLOCK_MAJOR, (unsigned int)device);
	if (*digits++ != '_' || !text_number(&digits, 10, &volume))
		return 0;
	return makedev(NO_MAJOR, (unsigned int)(device << 8 | volume)); /* of UBI_MAX_VOLUMES 128 */
}

int flash_find(const char *name, struct device *d)
{
	static bool tried[FLASH_PARTITIONS];
	char cmdline[2048], entry[FLASH_ENTRY], told[NAME];
	bool found = flash_listed(name, d->name);

	d->number = found ? number_of(d->name) : 0;
	if (found || name[text_begins(name, "/dev/")] != 'u')
		return found ? 0 : -ENODEV;
	(void)pseudofs_read("/proc/cmdline", cmdline,
			    sizeof(cmdline)); /* "" when it is not there */
	for (unsigned int i = 0; i < 2 * FLASH_PARTITIONS && !found; i++) {
		unsigned int mtd = i % FLASH_PARTITIONS;

		snprintf(entry, sizeof(entry), "mtd%u", mtd);
		read_line("mtd", entry, "name", told);
		if (told[0] == '\0' || tried[mtd] ||
		    (i == mtd && !has_word(cmdline, told) && !has_word(cmdline, entry + 3)))
			continue;
		tried[mtd] = true;
		found = try_partition(name, entry, mtd, d);
	}
	(void)hung_touch(NULL); /* nothing is being touched any more */
	if (found)
		d->number = number_of(d->name);
	return found ? 0 : -ENODEV;
}

/* The source of / there is root= as it was given (mount_root of init/do_mounts.c). */
bool flash_is_root(const char *entry)
{
	char text[1024], root[FLASH_ENTRY];
	char *end, *source;

	(void)pseudofs_read("/proc/mounts", text, sizeof(text)); /* "" when it is not there */
	end = strstr(text, " / ubifs ");
	if (end == NULL)
		return false;
	*end = '\0';
	source = strrchr(text, '\n');
	return flash_listed(source == NULL ? text : source + 1, root) && strcmp(root, entry) == 0;
}

/* Has UBI attached the partition? */
static bool is_attached(unsigned int mtd)
{
	struct dirlist list;
	const char *entry;
	char text[NAME], number[12];
	bool found = false;

	snprintf(number, sizeof(number), "%u", mtd);
	dirlist_open(&list, "/sys/class/ubi");
	while (!found && (entry = dirlist_next(&list)) != NULL) {
		read_line("ubi", entry, "mtd_num", text);
		found = strcmp(text, number) == 0;
	}
	dirlist_close(&list);
	return found;
}

bool flash_attachable(const char *name, char entry[FLASH_ENTRY])
{
	bool found = false;

	for (unsigned int mtd = 0; mtd < FLASH_PARTITIONS && !found; mtd++) {
		snprintf(entry, FLASH_ENTRY, "mtd%u", mtd);
		found = vid_offset(entry) != 0 && !is_attached(mtd);
	}
	return found && name[text_begins(name, "/dev/")] == 'u';
}

bool flash_folder(const char *name, char folder[FLASH_FOLDER])
{
	char entry[FLASH_ENTRY], number[NAME] = "";

	if (!flash_listed(name, entry) && !flash_attachable(name, entry))
		return false;
	if (entry[0] == 'u') {
		entry[strcspn(entry, "_")] = '\0';
		read_line("ubi", entry, "mtd_num", number);
		snprintf(entry, sizeof(entry), "mtd%.16s", number);
	}
	snprintf(folder, FLASH_FOLDER, "/sys/class/mtd/%s", entry);
	return true;
}
