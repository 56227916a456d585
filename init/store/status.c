/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct status -> text -> what readers ask of it. A text that is read may be of any version, or
 * have been changed since: nothing in it is believed but its whole lines, one at a time.
 */
#include "store/status.h"

#include "base/io.h"
#include "base/version.h"
#include "store/layout.h"
#include "store/store.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const results[] = {
	[STATUS_LOG_ONLY] = "log-only",
	[STATUS_PARTIAL] = "partial",
	[STATUS_COMPLETE] = "complete",
};

void status_init(struct status *s)
{
	*s = (struct status){.kernel = "unknown",
			     .build_id = "unknown",
			     .crash_time = -1,
			     .format = "elf",
			     .compress = "none"};
}

void status_forget_memory(struct status *s)
{
	s->format = "none";
	s->level = 0;
	s->compress = "none";
	s->memory_bytes = s->dump_bytes = 0;
	s->pages = s->pages_excluded = s->pages_unreadable = 0;
	s->segments_left_out = 0;
	s->crc32 = 0;
	s->duration_ms = 0;
}

void status_from_vmcoreinfo(struct status *s, const struct vmcoreinfo *info)
{
	uint64_t time;

	if (!vmcoreinfo_text(info, "OSRELEASE", s->kernel, sizeof(s->kernel)))
		snprintf(s->kernel, sizeof(s->kernel), "unknown");
	if (!vmcoreinfo_text(info, "BUILD-ID", s->build_id, sizeof(s->build_id)))
		snprintf(s->build_id, sizeof(s->build_id), "unknown");
	if (vmcoreinfo_number(info, "CRASHTIME", 10, &time) && time <= INT64_MAX)
		s->crash_time = (int64_t)time;
}

/* A core whose headers lie is saved as far as they can be believed. */
static enum status_result result_of(const struct status *s)
{
	if (s->log_only)
		return STATUS_LOG_ONLY;
	return s->segments_left_out > 0 ? STATUS_PARTIAL : STATUS_COMPLETE;
}

size_t status_format(const struct status *s, char *text, size_t size)
{
	uint64_t there = s->pages > s->pages_excluded ? s->pages - s->pages_excluded : 0;
	uint64_t saved = there > s->pages_unreadable ? there - s->pages_unreadable : 0;
	int n = snprintf(text, size,
			 "result=%s\n"
			 "kernel=%s\n"
			 "build_id=%s\n"
			 "crash_time=%" PRId64 "\n"
			 "panic=%s\n"
			 "format=%s\n"
			 "level=%u\n"
			 "compress=%s\n"
			 "memory_bytes=%" PRIu64 "\n"
			 "dump_bytes=%" PRIu64 "\n"
			 "pages=%" PRIu64 "\n"
			 "pages_saved=%" PRIu64 "\n"
			 "pages_excluded=%" PRIu64 "\n"
			 "pages_unreadable=%" PRIu64 "\n"
			 "segments_left_out=%u\n"
			 "crc32=%08" PRIx32 "\n"
			 "duration_ms=%" PRIu64 "\n"
			 "attempt=%u\n"
			 "of_day=%u\n"
			 "version=" KDUMP_VERSION "\n",
			 results[result_of(s)], s->kernel, s->build_id, s->crash_time,
			 s->panic[0] == '\0' ? "unknown" : s->panic,
			 s->log_only ? "none" : s->format, s->level, s->compress, s->memory_bytes,
			 s->dump_bytes, s->pages, saved, s->pages_excluded, s->pages_unreadable,
			 s->segments_left_out, s->crc32, s->duration_ms, s->attempt,
			 s->log_only ? 0 : s->of_day);

	return n < 0 || (size_t)n >= size ? 0 : (size_t)n;
}

int status_load(int dump_fd, struct status_text *t)
{
	int r = store_has(dump_fd, LAYOUT_STATUS, NULL);
	int fd;

	t->size = 0;
	if (r <= 0)
		return r;
	fd = openat(dump_fd, LAYOUT_STATUS, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
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

enum status_result status_result(const struct status_text *t)
{
	static const char key[] = "result";
	size_t size;

	for (enum status_result r = STATUS_LOG_ONLY; r <= STATUS_COMPLETE; r++) {
		if (status_is(t, key, results[r]))
			return r;
	}
	return value_of(t, key, &size) != NULL ? STATUS_ODD : STATUS_NONE;
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

bool status_crc32(const struct status_text *t, uint32_t *crc)
{
	uint64_t number;
	bool told = number_in(t, "crc32", 16, &number) && number <= UINT32_MAX;

	*crc = told ? (uint32_t)number : 0;
	return told;
}
