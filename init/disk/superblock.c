/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One look through all rows of superblock_table.c, as superblocks_safeprobe of libblkid does it
 * (util-linux, libblkid/src/superblocks/superblocks.c): a member of RAID or LVM, or what is
 * encrypted, hides whatever else there is; two others are ambiguous. Nothing is believed beyond
 * what that takes: mounting is the kernel's business, and so are checksums of filesystems.
 */
#include "disk/superblock_probes.h"

#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TINY = 1440 * 1024, TOO_SMALL = 1024 };

const unsigned char *probing_read(struct probing *p, uint64_t at, size_t size)
{
	if (at > p->size || size > p->size - at)
		return NULL;
	if (io_read_at(p->fd, p->block, size, at) == size)
		return p->block;
	if (errno != 0 && p->error == 0)
		p->error = -errno;
	return NULL;
}

void superblock_format_uuid(const unsigned char *raw, char text[SUPERBLOCK_UUID])
{
	char *p = text;

	for (unsigned int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		p += snprintf(p, 3, "%02x", raw[i]);
	}
}

/* The next character of *COUNT units at *RAW, which are moved on behind it. */
static unsigned int take_utf16(const unsigned char **raw, unsigned int *count)
{
	unsigned int c = (*raw)[0] | (unsigned int)(*raw)[1] << 8;
	unsigned int low = *count > 1 ? (*raw)[2] | (unsigned int)(*raw)[3] << 8 : 0;
	bool pair = c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000;

	*raw += pair ? 4 : 2;
	*count -= pair ? 2 : 1;
	if (pair)
		return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	return c >= 0xd800 && c < 0xe000 ? '?' : c;
}

void superblock_utf16(const unsigned char *raw, unsigned int count, char *out, unsigned int size)
{
	/* The first byte says with its upper bits how many follow (RFC 3629). */
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
	unsigned int n = 0;

	while (count > 0 && n + 5 <= size) {
		unsigned int c = take_utf16(&raw, &count);
		unsigned int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

		if (c == 0)
			break;
		out[n++] = (char)(lead[more] | c >> 6 * more);
		while (more-- > 0)
			out[n++] = (char)(0x80 | (c >> 6 * more & 0x3f));
	}
	out[n] = '\0';
}

void superblock_trim(struct superblock *sb)
{
	size_t n = strlen(sb->label);

	while (n > 0 && strchr(" \t\n\v\f\r", sb->label[n - 1]) != NULL)
		sb->label[--n] = '\0';
}

void superblock_label(struct superblock *sb, const unsigned char *raw, unsigned int size)
{
	memcpy(sb->label, raw, size);
	sb->label[size] = '\0';
	superblock_trim(sb);
}

static bool all_zero(const unsigned char *raw, unsigned int size)
{
	while (size > 0 && raw[size - 1] == 0)
		size--;
	return size == 0;
}

void superblock_serial(struct superblock *sb, const unsigned char *raw)
{
	if (!all_zero(raw, 4))
		snprintf(sb->uuid, sizeof(sb->uuid), "%02x%02x-%02x%02x", raw[3], raw[2], raw[1],
			 raw[0]);
}

static void take_tags(const struct probe *r, const unsigned char *block, struct superblock *sb)
{
	const unsigned char *uuid = block + r->uuid_at;
	const unsigned char *label = block + r->label_at;

	if (r->uuid_form == UUID_128 && !all_zero(uuid, 16))
		superblock_format_uuid(uuid, sb->uuid);
	if (r->uuid_form == UUID_FAT)
		superblock_serial(sb, uuid);
	if (r->uuid_form == UUID_TEXT)
		snprintf(sb->uuid, sizeof(sb->uuid), "%.36s", (const char *)uuid);
	if (r->label_form == LABEL_UTF16)
		superblock_utf16(label, r->label_size, sb->label, sizeof(sb->label));
	else
		superblock_label(sb, label, r->label_size);
	superblock_trim(sb);
}

/* Fills SB when the device is what the row R describes. */
static bool is_there(struct probing *p, const struct probe *r, struct superblock *sb)
{
	uint64_t size = p->size < r->base ? 0 : p->size - r->base;

	if (size > PROBE_BLOCK)
		size = PROBE_BLOCK;
	memset(p->block, 0, sizeof(p->block));
	memset(sb, 0, sizeof(*sb));
	if (r->magic != NULL && size < PROBE_BLOCK / 2)
		return false; /* as much as any of them takes */
	if (probing_read(p, r->base, (size_t)size) == NULL ||
	    (r->magic != NULL && memcmp(p->block + r->magic_at, r->magic, r->magic_size) != 0))
		return false;
	sb->type = r->type;
	sb->fstype = r->fstype;
	sb->use = r->use;
	take_tags(r, p->block, sb);
	return r->check == NULL || r->check(p, p->block, sb);
}

/* The same row may be found at several places, as a superblock of btrfs beside its copies. */
static void add(struct superblock *sb, const struct superblock *found, bool both_tolerant)
{
	if (sb->type == NULL) {
		*sb = *found;
	} else if (!both_tolerant && sb->type != found->type) {
		sb->use = SUPERBLOCK_AMBIGUOUS;
		sb->other = found->type;
		sb->fstype = NULL;
		sb->uuid[0] = sb->label[0] = '\0';
	}
}

int superblock_probe(int fd, struct superblock *sb)
{
	struct probing p = {.fd = fd};
	struct superblock found;
	bool tolerant = true;
	off_t size = lseek(fd, 0, SEEK_END);

	memset(sb, 0, sizeof(*sb));
	p.size = size > 0 ? (uint64_t)size : 0;
	p.tiny = p.size <= TINY;
	if (io_read_at(fd, p.block, 1, 0) == 0 || p.size <= TOO_SMALL)
		return -errno; /* 0 for what is empty */
	for (unsigned int i = 0; i < superblock_probes_count; i++) {
		const struct probe *r = &superblock_probes[i];

		if ((p.tiny && r->use == SUPERBLOCK_MEMBER) || !is_there(&p, r, &found))
			continue;
		tolerant = tolerant && r->tolerant;
		add(sb, &found, tolerant);
		if (p.tiny || (sb->use != SUPERBLOCK_FILESYSTEM && sb->use != SUPERBLOCK_OTHER))
			break;
	}
	return sb->type == NULL ? p.error : 0;
}
