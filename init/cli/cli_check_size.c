/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memory is used for is in /proc/meminfo (proc_meminfo(5)), what a disk has done since boot in
 * its stat (linux/Documentation/block/stat.rst). There, the time is that in which the disk had
 * anything to do, reading included, so it writes no slower than these say. What programs write in
 * small pieces says little of a dump, which is written in large ones: a history that is slower than
 * a slow card is not believed.
 */
#include "cli/cli_check_size.h"

#include "board/pseudofs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

enum {
	IMAGE_KIB = 16 * 1024, /* the kernel itself */
	SECTOR = 512,
	HISTORY = 16 << 20,  /* bytes written, with less there is no history */
	SLOW_CARD = 4 << 20, /* a second: the least of an SD card of class 4 */
	STAT_WRITTEN = 6,
	STAT_BUSY = 9,
	STAT_FIELDS = 10,
};

/* Level bits, as makedumpfile -d: which memory stays out, by its names in /proc/meminfo. */
static const struct {
	uint32_t bit;
	const char *keys[2];
} parts[] = {
	{2, {"Cached:", "Buffers:"}},
	{8, {"AnonPages:", NULL}},
	{16, {"MemFree:", NULL}},
};

/* The KiB behind KEY in TEXT, 0 when there are none. */
static uint64_t kib_of(const char *text, const char *key)
{
	size_t length = strlen(key);

	while (text != NULL && strncmp(text, key, length) != 0) {
		text = strchr(text, '\n');
		text = text == NULL ? NULL : text + 1;
	}
	return text == NULL ? 0 : strtoull(text + length, NULL, 10);
}

static bool read_meminfo(char *text, size_t size)
{
	return pseudofs_read("/proc/meminfo", text, size) > 0;
}

/* What is the kernel's own, hardly packed. */
static uint64_t kernel_kib(const char *text)
{
	static const char *const keys[] = {"Slab:", "KernelStack:", "PageTables:", "Percpu:"};
	uint64_t kib = IMAGE_KIB;

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		kib += kib_of(text, keys[i]);
	return kib;
}

uint64_t check_least_bytes(void)
{
	char text[4096];

	return read_meminfo(text, sizeof(text)) ? kernel_kib(text) * 1024 / 2 : 0;
}

uint64_t check_dump_bytes(const struct config *c)
{
	char text[4096];
	uint64_t kib;

	if (c->format == FORMAT_NONE || !read_meminfo(text, sizeof(text)))
		return 0;
	if (c->format == FORMAT_ELF)
		return kib_of(text, "MemTotal:") * 1024;
	kib = kernel_kib(text);
	for (unsigned int i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (unsigned int k = 0; k < 2 && (c->level & parts[i].bit) == 0; k++)
			kib += parts[i].keys[k] == NULL ? 0 : kib_of(text, parts[i].keys[k]);
	}
	return kib * 1024 / 2;
}

uint64_t check_speed(dev_t number, bool *measured)
{
	char path[64], text[512];
	char *at = text;
	uint64_t field[STAT_FIELDS] = {0};
	uint64_t written, speed;

	*measured = false;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/stat", major(number), minor(number));
	if (pseudofs_read(path, text, sizeof(text)) <= 0)
		return SLOW_CARD;
	for (unsigned int i = 0; i < STAT_FIELDS; i++)
		field[i] = strtoull(at, &at, 10);
	written = field[STAT_WRITTEN] * SECTOR;
	if (written < HISTORY || field[STAT_BUSY] == 0)
		return SLOW_CARD;
	speed = written * 1000 / field[STAT_BUSY];
	*measured = speed > SLOW_CARD;
	return *measured ? speed : SLOW_CARD;
}
