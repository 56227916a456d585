/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of VMCOREINFO (include/linux/vmcore_info.h, kernel/vmcore_info.c). The text comes from the
 * crashed kernel: every length is checked, no terminator is trusted.
 */
#include "vmcore/vmcoreinfo.h"

#include "base/io.h"
#include "vmcore/notes.h"

#include <string.h>

bool vmcoreinfo_find(struct vmcoreinfo *info, const struct notes *notes, char *room)
{
	struct note note = {0};

	while (notes_next(notes, &note)) {
		size_t size = note.size < VMCOREINFO_MOST ? note.size : VMCOREINFO_MOST;

		if (!note_is(&note, "VMCOREINFO"))
			continue;
		if (io_read_at(notes->fd, room, size, note.at) != size)
			return false;
		*info = (struct vmcoreinfo){room, size, note.offset};
		return true;
	}
	return false;
}

const char *vmcoreinfo_value(const struct vmcoreinfo *info, const char *key, size_t *size)
{
	const char *line = info->text;
	const char *end = info->text + info->size;
	size_t key_size = strlen(key);

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline == NULL ? end : newline;
		size_t len = (size_t)(stop - line);

		if (len > key_size && memcmp(line, key, key_size) == 0 && line[key_size] == '=') {
			*size = len - key_size - 1;
			return line + key_size + 1;
		}
		line = stop + 1;
	}
	return NULL;
}

bool vmcoreinfo_text(const struct vmcoreinfo *info, const char *key, char *text, size_t size)
{
	size_t n = 0;
	const char *value = vmcoreinfo_value(info, key, &n);

	text[0] = '\0';
	if (value == NULL)
		return false;
	if (n > size - 1)
		n = size - 1;
	for (size_t i = 0; i < n; i++)
		text[i] = value[i] < ' ' || value[i] > '~' ? '?' : value[i];
	text[n] = '\0';
	return true;
}

static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return 99;
}

bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *key, unsigned int base,
		       uint64_t *number)
{
	size_t n = 0;
	const char *p = vmcoreinfo_value(info, key, &n);
	bool negative = p != NULL && n > 0 && *p == '-';
	uint64_t value = 0;

	if (p == NULL)
		return false;
	p += negative;
	n -= negative;
	if (n > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		base = 16;
		p += 2;
		n -= 2;
	}
	if (n == 0 || n > 20)
		return false;
	for (; n > 0; n--, p++) {
		if (digit_of(*p) >= base || value > (UINT64_MAX - digit_of(*p)) / base)
			return false;
		value = value * base + digit_of(*p);
	}
	*number = negative ? -value : value;
	return true;
}
