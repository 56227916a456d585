/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct status -> text.
 */
#include "store/status.h"

#include "base/version.h"
#include "vmcore/vmcoreinfo.h"

#include <stdio.h>
#include <string.h>

/* A text that stands there or elsewhere; numbers of 64 bits, and of 32. */
enum kind { ARRAY, TEXT, SIGNED, NUMBER, COUNT, HEX };

/* The status, and what is worked out of it. */
struct printed {
	struct status status;
	const char *result, *log, *sealed, *test, *version;
	uint64_t pages_saved;
};

struct row {
	const char *key;
	uint16_t at; /* in struct printed */
	uint8_t kind;
};

static const char unknown[] = "unknown";
static const char none[] = "none";

static const char *const logs[] = {
	[STATUS_NO_LOG] = "none",
	[STATUS_LOG_TRUNCATED] = "truncated",
	[STATUS_LOG_TORN] = "torn",
	[STATUS_LOG_WHOLE] = "complete",
};

#define AT(member) offsetof(struct printed, member)

static const struct row rows[] = {
	{"result", AT(result), TEXT},
	{"kernel", AT(status.kernel), ARRAY},
	{"build_id", AT(status.build_id), ARRAY},
	{"crash_time", AT(status.crash_time), SIGNED},
	{"uptime", AT(status.uptime), NUMBER},
	{"clock", AT(status.clock), SIGNED},
	{"panic", AT(status.panic), ARRAY},
	{"format", AT(status.format), TEXT},
	{"level", AT(status.level), COUNT},
	{"compress", AT(status.compress), TEXT},
	{"memory_bytes", AT(status.memory_bytes), NUMBER},
	{"dump_bytes", AT(status.dump_bytes), NUMBER},
	{"pages", AT(status.pages), NUMBER},
	{"pages_saved", AT(pages_saved), NUMBER},
	{"pages_excluded", AT(status.pages_excluded), NUMBER},
	{"pages_unreadable", AT(status.pages_unreadable), NUMBER},
	{"segments_left_out", AT(status.segments_left_out), COUNT},
	{"crc32", AT(status.crc32), HEX},
#ifdef WITH_SEAL
	{"sealed", AT(sealed), TEXT},
#endif
	{"log", AT(log), TEXT},
	{"log_bytes", AT(status.log_bytes), NUMBER},
	{"log_crc32", AT(status.log_crc32), HEX},
	{"capture_log_bytes", AT(status.capture_log_bytes), NUMBER},
	{"capture_log_crc32", AT(status.capture_log_crc32), HEX},
	{"duration_ms", AT(status.duration_ms), NUMBER},
	{"attempt", AT(status.attempt), COUNT},
	{"of_day", AT(status.of_day), COUNT},
	{"test", AT(test), TEXT},
	{"instead_of", AT(status.instead_of), TEXT},
	{"loop", AT(status.loop), ARRAY},
	{"version", AT(version), TEXT},
};

void status_init(struct status *s)
{
	*s = (struct status){
		.crash_time = -1, .format = "elf", .compress = "none", .instead_of = "none"};
	memcpy(s->kernel, unknown, sizeof(unknown));
	memcpy(s->build_id, unknown, sizeof(unknown));
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

/* What has no such line stays unknown. */
static void take_text(char *text, size_t size, const struct vmcoreinfo *info, const char *key)
{
	if (!vmcoreinfo_text(info, key, text, size))
		memcpy(text, unknown, sizeof(unknown));
}

void status_from_vmcoreinfo(struct status *s, const struct vmcoreinfo *info)
{
	uint64_t time;

	take_text(s->kernel, sizeof(s->kernel), info, "OSRELEASE");
	take_text(s->build_id, sizeof(s->build_id), info, "BUILD-ID");
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
static void work_out(struct printed *p)
{
	struct status *s = &p->status;
	uint64_t there = s->pages > s->pages_excluded ? s->pages - s->pages_excluded : 0;

	p->pages_saved = there > s->pages_unreadable ? there - s->pages_unreadable : 0;
	p->result = s->failed ? STATUS_FAILED : status_results[result_of(s)];
	p->log = logs[s->log];
	p->test = s->test ? "yes" : "no";
#ifdef WITH_SEAL
	p->sealed = s->sealed ? "age" : "no";
	if (s->hides_panic && s->panic[0] != '\0')
		memcpy(s->panic, "sealed", sizeof("sealed"));
#endif
	p->version = KDUMP_VERSION;
	if (s->panic[0] == '\0')
		memcpy(s->panic, unknown, sizeof(unknown));
	if (s->loop[0] == '\0')
		memcpy(s->loop, none, sizeof(none));
	if (s->log_only) {
		s->format = "none";
		s->of_day = 0;
	}
}

static int print_row(char *text, size_t size, const struct printed *p, const struct row *r)
{
	const void *at = (const char *)p + r->at;

	if (r->kind == HEX)
		return snprintf(text, size, "%s=%08x\n", r->key, *(const uint32_t *)at);
	if (r->kind == COUNT)
		return snprintf(text, size, "%s=%u\n", r->key, *(const uint32_t *)at);
	if (r->kind == NUMBER)
		return snprintf(text, size, "%s=%llu\n", r->key, *(const unsigned long long *)at);
	if (r->kind == SIGNED)
		return snprintf(text, size, "%s=%lld\n", r->key, *(const long long *)at);
	return snprintf(text, size, "%s=%s\n", r->key,
			r->kind == ARRAY ? (const char *)at : *(const char *const *)at);
}

size_t status_format(const struct status *s, char *text, size_t size)
{
	struct printed p = {.status = *s};
	size_t used = 0;

	work_out(&p);
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int n = print_row(text + used, size - used, &p, &rows[i]);

		if (n < 0 || (size_t)n >= size - used)
			return 0;
		used += (size_t)n;
	}
	return used;
}
