/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-load leaves a note of what it loaded, lines of KEY = VALUE with the sums of cksum(1)
 * (initramfs/armed.sh). /run forgets it with the kernel that is loaded.
 */
#include "cli/archive_check.h"
#include "cli/cli_check.h"
#include "cli/drivers_check.h"
#include "cli/findings.h"

#include "base/io.h"
#include "board/pseudofs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAMP  "/run/kdump-init/loaded"
#define NO_SUM "unknown" /* there was no cksum to make one */
#define MARK   "/var/lib/kdump-init/test"

enum { STAMP_BYTES = 8192, VALUE = 256, MIB = 1 << 20 };

static char stamp[STAMP_BYTES];

/* The value of KEY in the stamp, "" when there is none, cut at SIZE bytes. */
static void stamped_text(const char *key, char *value, size_t size)
{
	size_t length = strlen(key);
	const char *line = stamp;

	value[0] = '\0';
	while (line != NULL && *line != '\0') {
		if (strncmp(line, key, length) == 0 && strncmp(line + length, " = ", 3) == 0) {
			snprintf(value, size, "%.*s", (int)strcspn(line + length + 3, "\n"),
				 line + length + 3);
			return;
		}
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
}

static void stamped(const char *key, char value[VALUE])
{
	stamped_text(key, value, VALUE);
}

/* One byte more in the CRC of cksum (POSIX.1-2017, cksum): the highest bit first. */
static uint32_t sum_byte(uint32_t sum, unsigned int byte)
{
	sum ^= (uint32_t)byte << 24;
	for (int bit = 0; bit < 8; bit++)
		sum = sum << 1 ^ ((sum & 0x80000000) != 0 ? 0x04c11db7 : 0);
	return sum;
}

/* What cksum prints of FILE without its name, "" when it cannot be read. */
static void sum_of(const char *file, char text[VALUE])
{
	uint8_t block[4096];
	uint32_t sum = 0;
	uint64_t size = 0;
	size_t n;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	text[0] = '\0';
	if (fd < 0)
		return;
	errno = 0;
	while ((n = io_read(fd, block, sizeof(block))) > 0) {
		for (size_t i = 0; i < n; i++)
			sum = sum_byte(sum, block[i]);
		size += n;
	}
	close(fd); /* read only */
	if (errno != 0)
		return;
	for (uint64_t left = size; left > 0; left >>= 8)
		sum = sum_byte(sum, left & 0xff);
	snprintf(text, VALUE, "%lu %llu", (unsigned long)~sum & 0xffffffff,
		 (unsigned long long)size);
}

/* Reports when FILE is not any more what it was; returns whether it is. */
static bool is_same(const char *what, const char *file)
{
	char key[32], then[VALUE], now[VALUE];

	snprintf(key, sizeof(key), "%s_sum", what);
	stamped(key, then);
	sum_of(file, now);
	if (strcmp(then, now) == 0 || strcmp(then, NO_SUM) == 0)
		return true;
	if (strcmp(what, "config") == 0)
		finding(LOSES, "%s is not what is loaded: it has changed; run kdump-load --auto",
			file);
	else if (now[0] == '\0')
		finding(MAY_LOSE,
			"%s %.200s, which is loaded, is gone: nothing will be after the next boot",
			what, file);
	else
		finding(MAY_LOSE,
			"%s %.200s is not what is loaded: it has changed; run kdump-load --auto",
			what, file);
	return false;
}

static bool has_nothing(const char *name)
{
	(void)name;
	return false;
}

static void lacks(const char *what)
{
	finding(LOSES,
		"no archive is loaded, and nobody can load %s: make one with kdump-mkinitramfs, then "
		"load it with kdump-load",
		what);
}

/* Less memory than the capture took when it was loaded is told by kdump-load, too. */
static void check_memory(uint64_t reserved)
{
	char text[VALUE];
	uint64_t wanted;

	stamped("wants", text);
	wanted = strtoull(text, NULL, 10);
	if (reserved < wanted)
		finding(MAY_LOSE,
			"%" PRIu64
			" MiB are reserved, and what is loaded may run out of memory below "
			"%" PRIu64 " MiB: boot with crashkernel=%" PRIu64 "M",
			reserved >> 20, (wanted + MIB - 1) / MIB, (wanted + MIB - 1) / MIB);
}

/* Is the archive RELEASE's, or the kernel's own drivers, right for the targets of C? */
static void check_drivers(const struct config *c, const char *config_file, const char *release)
{
	char archive[VALUE];
	struct archive_check a = {
		.file = archive,
		.release = release,
		.config_file = config_file,
		.config = c,
		.stale = LOSES,
	};

	stamped("archive", archive);
	/* A changed one will be loaded at the next boot, and what it lacks is of interest, too. */
	if (archive[0] != '\0')
		(void)is_same("archive", archive); /* reported */
	if (!is_same("config", config_file))
		return;
	if (archive[0] != '\0')
		archive_check(&a);
	else if (release[0] != '\0')
		drivers_check(&(struct drivers_check){c, has_nothing, lacks});
}

/* kdump-load --test takes its mark back when no crash comes, but for one that was killed. */
static void check_test(void)
{
	char mark[VALUE], boot[VALUE], line[VALUE + 8];

	if (pseudofs_read(MARK, mark, sizeof(mark)) <= 0 ||
	    pseudofs_read("/proc/sys/kernel/random/boot_id", boot, sizeof(boot)) <= 0)
		return;
	snprintf(line, sizeof(line), "\nboot=%s", boot);
	if (strstr(mark, line) != NULL)
		finding(NOTE,
			"a test (kdump-load --test) was broken off, and what is loaded may be "
			"marked as it: a crash now may count as a test; run kdump-load");
	else
		finding(NOTE,
			"what came of the last test (kdump-load --test) was not looked at: run "
			"kdump-init report --test");
}

void check_loaded(const struct config *c, const char *config_file, struct capture *capture)
{
	char kernel[VALUE], release[VALUE], config_sum[VALUE];

	check_test();
	if (pseudofs_read(STAMP, stamp, sizeof(stamp)) <= 0) {
		finding(NOTE,
			"what is loaded was not loaded by kdump-load, or by an older one: it was not "
			"compared with what is there");
		return;
	}
	stamped("kernel", kernel);
	stamped("release", release);
	stamped("config_sum", config_sum);
	if (strcmp(config_sum, NO_SUM) == 0)
		finding(NOTE,
			"what is loaded was not compared with what is there: kdump-load had no "
			"cksum");
	(void)is_same("kernel", kernel); /* reported */
	check_memory(capture->reserved);
	stamped_text("line", capture->line, sizeof(capture->line));
	check_drivers(c, config_file, release);
	capture->is_running = release[0] != '\0';
}
