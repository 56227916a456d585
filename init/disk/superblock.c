/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One look through all rows of superblock_table.c, as superblocks_safeprobe of libblkid does it
 * (util-linux, libblkid/src/superblocks/superblocks.c): a member of RAID or LVM, or what is
 * encrypted, hides whatever else there is; two others are ambiguous. Nothing is believed beyond
 * what that takes: mounting is the kernel's business, and so are checksums of filesystems.
 */
#include "disk/superblock_probes.h"

#include "base/bytes.h"
#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A device like a floppy has no RAID, and what is found there first counts. */
enum { TINY = 1440 * 1024, TOO_SMALL = 1024 };

const unsigned char *probing_read(struct probing *p, size_t size, uint64_t at)
{
	if (at >= p->size)
		return NULL;
	if (io_read_at(p->fd, p->block, size, at) == size)
		return p->block;
	if (errno != 0)
		p->error = -errno;
	return NULL;
}

uint32_t probing_big(const unsigned char *b, unsigned int size)
{
	uint32_t value = 0;

	while (size-- > 0)
		value = value << 8 | *b++;
	return value;
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

void superblock_utf16(const unsigned char *raw, unsigned int count, char *out, unsigned int size)
{
	/* The first byte says with its upper bits how many follow (RFC 3629). */
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
	unsigned int n = 0;

	for (; count > 0 && n + 5 <= size; count--, raw += 2) {
		uint32_t c = bytes_get16(raw);
		uint32_t low = count > 1 ? bytes_get16(raw + 2) - 0xdc00 : 0xffff;
		unsigned int more;

		if (c == 0)
			break;
		if (c - 0xd800 < 0x400 && low < 0x400) { /* a pair for one character */
			c = 0x10000 + ((c - 0xd800) << 10) + low;
			raw += 2;
			count--;
		} else if (c - 0xd800 < 0x800) {
			c = '?';
		}
		more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
		out[n++] = (char)(lead[more] | c >> 6 * more);
		while (more-- > 0)
			out[n++] = (char)(0x80 | (c >> 6 * more & 0x3f));
	}
	out[n] = '\0';
}

static void trim(char *label)
{
	size_t n = strlen(label);

	while (n > 0 && strchr(" \t\n\v\f\r", label[n - 1]) != NULL)
		label[--n] = '\0';
}

void superblock_label(struct superblock *sb, const unsigned char *raw, unsigned int size)
{
	memcpy(sb->label, raw, size);
	sb->label[size] = '\0';
	trim(sb->label);
}

void superblock_label16(struct superblock *sb, const unsigned char *raw, unsigned int count)
{
	superblock_utf16(raw, count, sb->label, sizeof(sb->label));
	trim(sb->label);
}

/* Is the device what the row R describes? p->found is filled then. */
static bool is_there(struct probing *p, const struct probe *r)
{
	static const unsigned char none[16];
	const unsigned char *b = p->block;
	size_t size;

	memset(&p->found, 0, sizeof(p->found));
	memset(p->block, 0, sizeof(p->block));
	size = io_read_at(p->fd, p->block, PROBE_BLOCK, (uint64_t)r->base << 10);
	if (errno != 0)
		p->error = -errno;
	/* The device may end here, but half of the block is as much as any of them takes. */
	if (errno != 0 || size < PROBE_BLOCK / 2 ||
	    memcmp(b + r->magic_at, r->magic, r->magic_size) != 0)
		return false;
	p->found.type = r->type;
	p->found.fstype = r->target ? r->type : NULL;
	p->found.use = r->use;
	if (r->uuid_at != 0 && memcmp(b + r->uuid_at, none, sizeof(none)) != 0)
		superblock_format_uuid(b + r->uuid_at, p->found.uuid);
	superblock_label(&p->found, b + r->label_at, r->label_size);
	return r->check == NULL || r->check(p);
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
	off_t size = lseek(fd, 0, SEEK_END);
	struct probing p = {.fd = fd, .size = size > 0 ? (uint64_t)size : 0};
	bool tiny = p.size <= TINY;
	bool tolerant = true;

	memset(sb, 0, sizeof(*sb));
	if (io_read_at(fd, p.block, 1, 0) == 0 || p.size <= TOO_SMALL)
		return -errno; /* 0 for what is empty */
	for (unsigned int i = 0; i < superblock_probes_count; i++) {
		const struct probe *r = &superblock_probes[i];

		if ((tiny && r->use == SUPERBLOCK_MEMBER) || !is_there(&p, r))
			continue;
		tolerant = tolerant && r->tolerant;
		add(sb, &p.found, tolerant);
		if (tiny || sb->use >= SUPERBLOCK_MEMBER)
			break;
	}
	return sb->type == NULL ? p.error : 0;
}
