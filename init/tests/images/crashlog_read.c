/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the log of a core the way a capture does, and keeps what was written.
 */
#include "tests/images/crashlog_read.h"
#include "tests/test.h"
#include "vmcore/dmesg.h"
#include "vmcore/vmcore.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct vmcore vmcore;

/* A block of exactly what was emitted, so that the sanitizer sees a byte too many. */
static int keep(void *arg, const char *text, size_t size)
{
	struct crashlog_answer *a = arg;
	char *more = realloc(a->text, a->size + size + 1);

	REQUIRE(more != NULL);
	a->text = more;
	memcpy(a->text + a->size, text, size);
	a->size += size;
	a->text[a->size] = '\0';
	return 0;
}

struct crashlog_answer crashlog_read(const struct crashlog *c)
{
	struct crashlog_answer a = {.text = calloc(1, 1)};
	struct dmesg d = {.emit = keep, .arg = &a};
	int fd = memfd_create("crashlog", MFD_CLOEXEC);

	REQUIRE(fd >= 0 && a.text != NULL);
	REQUIRE(write(fd, c->core.bytes, c->core.size) == (ssize_t)c->core.size);
	a.opened = vmcore_open(&vmcore, fd, NULL);
	a.translated = vmcore.translate_error;
	if (a.translated == 0) {
		a.start = vmcore.translate.map[0].start;
		a.physical = vmcore.translate.physical;
	}
	a.result =
		a.translated != 0 ? a.translated : dmesg_write(&d, &vmcore.translate, &vmcore.info);
	a.records = d.records;
	a.torn = d.torn;
	close(fd);
	return a;
}
