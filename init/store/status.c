/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct status -> text.
 */
#include "store/status.h"

#include "base/version.h"
#include "vmcore/vmcoreinfo.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const logs[] = {
	[STATUS_NO_LOG] = "none",
	[STATUS_LOG_TRUNCATED] = "truncated",
	[STATUS_LOG_TORN] = "torn",
	[STATUS_LOG_WHOLE] = "complete",
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

void status_forget_log(struct status *s)
{
	s->log = STATUS_NO_LOG;
	s->log_bytes = 0;
	s->log_crc32 = 0;
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

/* A report is no dump: readers find no result in it that they know. */
size_t status_format(const struct status *s, char *text, size_t size)
{
	uint64_t there = s->pages > s->pages_excluded ? s->pages - s->pages_excluded : 0;
	uint64_t saved = there > s->pages_unreadable ? there - s->pages_unreadable : 0;
	int n = snprintf(text, size,
			 "result=%s\n"
			 "kernel=%s\n"
			 "build_id=%s\n"
			 "crash_time=%" PRId64 "\n"
			 "uptime=%" PRIu64 "\n"
			 "clock=%" PRId64 "\n"
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
			 "log=%s\n"
			 "log_bytes=%" PRIu64 "\n"
			 "log_crc32=%08" PRIx32 "\n"
			 "capture_log_bytes=%" PRIu64 "\n"
			 "capture_log_crc32=%08" PRIx32 "\n"
			 "duration_ms=%" PRIu64 "\n"
			 "attempt=%u\n"
			 "of_day=%u\n"
			 "version=" KDUMP_VERSION "\n",
			 s->failed ? STATUS_FAILED : status_results[result_of(s)], s->kernel,
			 s->build_id, s->crash_time, s->uptime, s->clock,
			 s->panic[0] == '\0' ? "unknown" : s->panic,
			 s->log_only ? "none" : s->format, s->level, s->compress, s->memory_bytes,
			 s->dump_bytes, s->pages, saved, s->pages_excluded, s->pages_unreadable,
			 s->segments_left_out, s->crc32, logs[s->log], s->log_bytes, s->log_crc32,
			 s->capture_log_bytes, s->capture_log_crc32, s->duration_ms, s->attempt,
			 s->log_only ? 0 : s->of_day);

	return n < 0 || (size_t)n >= size ? 0 : (size_t)n;
}
