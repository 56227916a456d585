/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/Documentation/driver-api/early-userspace/buffer-format.rst: a header of hexadecimal
 * numbers, the name and the content, the last two padded to four bytes; the entry TRAILER!!! ends
 * it. Another archive behind that is not looked into.
 */
#include "cli/archive.h"

#include <errno.h>
#include <string.h>

/* Fields of eight digits each behind the magic of six, by their numbers in the document. */
enum { MAGIC = 6, DIGITS = 8, FIELDS = 13, HEADER = MAGIC + FIELDS * DIGITS };
enum { FIELD_MODE = 1, FIELD_SIZE = 6, FIELD_NAMESIZE = 11, NAME_MOST = 4096 };

static const char trailer[] = "TRAILER!!!";

int archive_open(struct archive *a, int fd, const char **packing)
{
	a->left = 0;
	a->padding = 0;
	return gunzip_begin(&a->stream, fd, packing);
}

/* All SIZE bytes, or -errno: an archive that ends within them is torn. */
static int read_all(struct archive *a, void *into, size_t size)
{
	int64_t n = gunzip_read(&a->stream, into, size);

	if (n < 0)
		return (int)n;
	return (size_t)n == size ? 0 : -EBADMSG;
}

static int skip(struct archive *a, uint64_t bytes)
{
	uint8_t unused[512];
	int error = 0;

	while (error == 0 && bytes > 0) {
		size_t n = bytes < sizeof(unused) ? (size_t)bytes : sizeof(unused);

		error = read_all(a, unused, n);
		bytes -= n;
	}
	return error;
}

/* What follows the last entry: padding, and behind it the checksum of a packed archive. */
static int read_to_end(struct archive *a)
{
	uint8_t unused[512];
	int64_t n;

	do
		n = gunzip_read(&a->stream, unused, sizeof(unused));
	while (n > 0);
	return (int)n;
}

/* Returns -1 when there is another character than a digit. */
static int64_t field(const uint8_t *header, unsigned int number)
{
	const uint8_t *at = header + MAGIC + number * DIGITS;
	int64_t value = 0;

	for (int i = 0; i < DIGITS; i++) {
		unsigned int c = at[i];
		unsigned int digit = c - '0';

		if (digit > 9)
			digit = (c | 0x20) - 'a' + 10;
		if (digit > 15)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* The name, of SIZE bytes with its NUL; the header and it are padded together. */
static int read_name(struct archive *a, struct archive_entry *e, uint32_t size)
{
	char name[NAME_MOST];
	const char *at = name;
	size_t length;
	int error;

	if (size == 0 || size > sizeof(name))
		return -EBADMSG;
	error = read_all(a, name, size);
	if (error == 0)
		error = skip(a, (0 - (HEADER + size)) % 4);
	if (error != 0 || name[size - 1] != '\0')
		return error != 0 ? error : -EBADMSG;
	if (strncmp(at, "./", 2) == 0)
		at++;
	while (*at == '/')
		at++;
	length = strlen(at);
	if (length > sizeof(e->name) - 1)
		length = sizeof(e->name) - 1;
	memcpy(e->name, at, length);
	e->name[length] = '\0';
	return 0;
}

int archive_next(struct archive *a, struct archive_entry *e)
{
	uint8_t header[HEADER];
	int64_t size, mode, name_size;
	int error = skip(a, a->left + a->padding);

	a->left = 0;
	a->padding = 0;
	if (error == 0)
		error = read_all(a, header, sizeof(header));
	if (error != 0)
		return error;
	size = field(header, FIELD_SIZE);
	mode = field(header, FIELD_MODE);
	name_size = field(header, FIELD_NAMESIZE);
	if ((memcmp(header, "070701", MAGIC) != 0 && memcmp(header, "070702", MAGIC) != 0) ||
	    size < 0 || mode < 0 || name_size < 0)
		return -EBADMSG;
	error = read_name(a, e, (uint32_t)name_size);
	if (error != 0)
		return error;
	e->mode = (uint32_t)mode;
	e->size = a->left = (uint64_t)size;
	a->padding = (unsigned int)(0 - size) % 4;
	return strcmp(e->name, trailer) != 0 ? 1 : read_to_end(a);
}

int64_t archive_read(struct archive *a, void *into, size_t size)
{
	int error;

	if (size > a->left)
		size = (size_t)a->left;
	error = read_all(a, into, size);
	if (error != 0)
		return error;
	a->left -= size;
	return (int64_t)size;
}
