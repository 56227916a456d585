/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Progress for people. Nothing depends on it.
 */
#include "worker/progress.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>

enum { RENEW_MS = 300 };

void progress_start(struct progress *p)
{
	*p = (struct progress){.started_ms = clock_ms()};
}

static void describe(char *text, size_t size, uint64_t done, uint64_t total, uint64_t ms)
{
	uint64_t tenths = ms == 0 ? 0 : (done >> 10) * 10000 / 1024 / ms;
	uint64_t left = done == 0 ? 0 : (total - done) * ms / done / 1000;

	snprintf(text, size, "%3u %%  %u of %u MiB  %u.%u MiB/s  %u s left",
		 (unsigned int)(done * 100 / total), (unsigned int)(done >> 20),
		 (unsigned int)(total >> 20), (unsigned int)(tenths / 10),
		 (unsigned int)(tenths % 10), (unsigned int)left);
}

void progress_show(struct progress *p, uint64_t done, uint64_t total)
{
	uint64_t now = clock_ms();
	unsigned int tenth = total == 0 ? 10 : (unsigned int)(done * 10 / total);
	char text[96];

	if (total == 0 || (tenth == p->tenth && now - p->shown_ms < RENEW_MS))
		return;
	describe(text, sizeof(text), done, total, now - p->started_ms);
	if (tenth > p->tenth)
		log_line_serial("%s", text);
	log_renew("kdump-init: %s", text);
	p->tenth = tenth;
	p->shown_ms = now;
}
