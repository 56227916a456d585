/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> what readers ask of it. The text may be of any version, or have been changed since:
 * nothing in it is believed but its whole lines, one at a time.
 */
#include "store/status_text.h"

#include "base/io.h"
#include "store/layout.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const char *const status_results[] = {
	[STATUS_LOG_ONLY] = "log-only",
	[STATUS_PARTIAL] = "partial",
	[STATUS_COMPLETE] = "complete",
};

int status_load(int dump_fd, struct status_text *t)
{
	int fd = io_open_regular(dump_fd, LAYOUT_STATUS);
	int r;

	t->size = 0;
	if (fd < 0)
		return fd == -ENOENT || fd == -EINVAL ? 0 : fd;
	t->size = io_read(fd, t->text, sizeof(t->text));
	r = errno != 0 ? -errno : t->size > 0;
	close(fd); /* read only */
	return r;
}

/* The value in the first whole line KEY=VALUE, of SIZE bytes, or NULL. */
static const char *value_of(const struct status_text *t, const char *key, size_t *size)
{
	size_t key_size = strlen(key);
	const char *line = t->text;
	const char *end = t->text + t->size;
	const char *stop;

	while ((stop = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		size_t length = (size_t)(stop - line);

		if (length > key_size && memcmp(line, key, key_size) == 0 &&
		    line[key_size] == '=') {
			*size = length - key_size - 1;
			return line + key_size + 1;
		}
		line = stop + 1;
	}
	return NULL;
}

bool status_is(const struct status_text *t, const char *key, const char *value)
{
	size_t size;
	const char *told = value_of(t, key, &size);

	return told != NULL && size == strlen(value) && memcmp(told, value, size) == 0;
}

void status_value(const struct status_text *t, const char *key, char *value, size_t size)
{
	size_t told = 0;
	const char *at = value_of(t, key, &told);

	if (told >= size)
		told = size - 1;
	if (told > 0)
		memcpy(value, at, told);
	value[told] = '\0';
}

bool status_has(const struct status_text *t, const char *key)
{
	size_t size;

	return value_of(t, key, &size) != NULL;
}

enum status_result status_result(const struct status_text *t)
{
	static const char key[] = "result";

	for (enum status_result r = STATUS_LOG_ONLY; r <= STATUS_COMPLETE; r++) {
		if (status_is(t, key, status_results[r]))
			return r;
	}
	return status_has(t, key) ? STATUS_ODD : STATUS_NONE;
}

static bool number_in(const struct status_text *t, const char *key, unsigned int base,
		      uint64_t *number)
{
	static const char digits[] = "0123456789abcdef";
	size_t size = 0;
	const char *at = value_of(t, key, &size);
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++) {
		const char *digit = memchr(digits, at[i], base);

		if (digit == NULL)
			return false;
		if (value > (UINT64_MAX - (uint64_t)(digit - digits)) / base)
			value = UINT64_MAX;
		else
			value = value * base + (uint64_t)(digit - digits);
	}
	if (size > 0)
		*number = value;
	return size > 0;
}

bool status_number(const struct status_text *t, const char *key, uint64_t *number)
{
	return number_in(t, key, 10, number);
}

bool status_hex(const struct status_text *t, const char *key, uint32_t *number)
{
	uint64_t value;
	bool told = number_in(t, key, 16, &value) && value <= UINT32_MAX;

	*number = told ? (uint32_t)value : 0;
	return told;
}

bool status_crc32(const struct status_text *t, uint32_t *crc)
{
	return status_hex(t, "crc32", crc);
}
