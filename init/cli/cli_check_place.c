/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a dump can be written where it will go: the path of its directory, the room, and the time
 * that it takes. The filesystem is looked at where it is mounted now; the capture kernel mounts it
 * anew.
 */
#include "cli/cli_check.h"
#include "cli/cli_check_size.h"
#include "cli/findings.h"

#include "board/pseudofs.h"
#include "disk/device.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

enum { PATH_BYTES = 512, RING_SPARE = 3 /* MiB of a ring, with a log */ };

/* Ends the word at *TEXT, and goes on to the one behind it. */
static char *take_word(char **text)
{
	char *word = *text;
	char *end = word + strcspn(word, " ");

	*text = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

/* Spaces, tabs, newlines and backslashes are written as \\NNN, in octal (fs/seq_file.c). */
static void decode(char *text)
{
	char *to = text;

	while (*text != '\0') {
		if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
				       (text[3] - '0'));
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* Where the device NUMBER is mounted from its own root on; the last one is on top. */
static bool mounted_at(dev_t number, char at[PATH_BYTES])
{
	static char mounts[32 * 1024];
	char wanted[32];
	char *line = mounts;
	bool found = false;

	if (pseudofs_read("/proc/self/mountinfo", mounts, sizeof(mounts)) <= 0)
		return false;
	snprintf(wanted, sizeof(wanted), "%u:%u", major(number), minor(number));
	while (line != NULL) {
		char *next = strchr(line, '\n');
		char *device, *root;

		if (next != NULL)
			*next++ = '\0';
		(void)take_word(
			&line); /* the mount's number and its parent's: proc_pid_mountinfo(5) */
		(void)take_word(&line);
		device = take_word(&line);
		root = take_word(&line);
		if (strcmp(device, wanted) == 0 && strcmp(root, "/") == 0) {
			snprintf(at, PATH_BYTES, "%s", take_word(&line));
			decode(at);
			found = true;
		}
		line = next;
	}
	return found;
}

/* The directory of dumps has to be on this filesystem, and not below another that is mounted. */
static void check_path(const struct config_target *t, const char *mounted)
{
	char path[PATH_BYTES];
	struct stat top, st;
	size_t used = strlen(strcmp(mounted, "/") == 0 ? "" : mounted);

	if (stat(mounted, &top) != 0)
		return;
	for (size_t i = 1; i <= strlen(t->path); i++) {
		if (t->path[i] != '/' && t->path[i] != '\0')
			continue;
		snprintf(path, sizeof(path), "%.*s%.*s", (int)used, mounted, (int)i, t->path);
		if (stat(path, &st) != 0)
			return; /* it will be made */
		if (!S_ISDIR(st.st_mode)) {
			finding(LOSES, "target %s: %s is no directory; give another path", t->name,
				path);
			return;
		}
		if (st.st_dev != top.st_dev) {
			finding(MAY_LOSE,
				"target %s: another filesystem is mounted on %s; the dump goes below it, "
				"where nobody sees it: name that one as target",
				t->name, path);
			return;
		}
	}
}

static void check_room(const struct config *c, const struct config_target *t, const char *mounted)
{
	struct statvfs vfs;
	uint64_t room, needed = check_least_bytes();

	if (statvfs(mounted, &vfs) != 0) {
		finding(NOTE, "target %s: %s: %s; its room was not checked", t->name, mounted,
			strerror(errno));
		return;
	}
	if ((vfs.f_flag & ST_RDONLY) != 0)
		finding(NOTE,
			"target %s: %s is mounted read-only; the capture mounts it to be written, which "
			"fails where an error of the disk is why",
			t->name, mounted);
	room = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	if ((uint64_t)vfs.f_blocks * vfs.f_frsize < c->free + needed)
		finding(LOSES,
			"target %s: with free = %" PRIu64 " MiB no dump fits on its %" PRIu64
			" MiB; take a smaller one",
			t->name, c->free >> 20, (uint64_t)vfs.f_blocks * vfs.f_frsize >> 20);
	else if (room < c->free + needed)
		finding(MAY_LOSE,
			"target %s: %" PRIu64
			" MiB are free; a dump of level 31 takes some %" PRIu64 " MiB, and %" PRIu64
			" MiB are to stay free: only old dumps can make room",
			t->name, room >> 20, needed >> 20, c->free >> 20);
}

/* Old dumps make room on a device without a filesystem, but one has to fit on it. */
static void check_device_room(const struct config *c, const struct config_target *t, dev_t number)
{
	char path[64], text[32];
	uint64_t mib, least = check_least_bytes() >> 20, whole = check_dump_bytes(c) >> 20;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/size", major(number), minor(number));
	if (pseudofs_read(path, text, sizeof(text)) <= 0)
		return;
	mib = strtoull(text, NULL, 10) >> 11; /* of sectors */
	if (mib < least + RING_SPARE)
		finding(LOSES,
			"target %s: no dump fits on its %" PRIu64
			" MiB, one of level 31 takes some %" PRIu64 " MiB; give a larger one",
			t->name, mib, least);
	else if (mib < whole + RING_SPARE)
		finding(MAY_LOSE,
			"target %s: a dump of some %" PRIu64 " MiB does not fit on its %" PRIu64
			" MiB: less would be saved; give a larger one, or take format = kdump",
			t->name, whole, mib);
}

/* The first attempt leaves a quarter of the time, two minutes at most, to those that may follow. */
static void check_time(const struct config *c, const struct config_target *t, dev_t number)
{
	bool measured;
	uint64_t bytes = check_dump_bytes(c);
	uint64_t speed = check_speed(number, &measured);
	uint64_t seconds = bytes / speed;
	uint32_t spared = c->timeout / 4 < 120 ? c->timeout / 4 : 120;

	if (seconds <= c->timeout - spared)
		return;
	finding(MAY_LOSE,
		"target %s: timeout = %u leaves %u s for a dump of some %" PRIu64
		" MiB, which takes %" PRIu64 " s at %" PRIu64
		" MiB/s (%s): less would be saved; raise timeout, or take format = kdump and "
		"level = 31",
		t->name, c->timeout, c->timeout - spared, bytes >> 20, seconds, speed >> 20,
		measured ? "what it wrote since boot"
			 : "assumed of a slow card; too little was written since boot to tell");
}

/* A switch on the card, or one of its firmware's: nothing can be written until it is turned. */
static bool is_read_only(const struct config_target *t, dev_t number)
{
	char path[64], text[8];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/ro", major(number), minor(number));
	if (pseudofs_read(path, text, sizeof(text)) <= 0 || text[0] != '1')
		return false;
	finding(LOSES,
		"target %s: its device is read-only (%s is 1): look for the switch on the card, or "
		"blockdev --setrw",
		t->name, path);
	return true;
}

void check_place(const struct config *c, const struct config_target *t)
{
	char mounted[PATH_BYTES];
	struct device d;

	if (!device_is_block(t->name, t->fstype) || device_find(t->name, &d) != 0)
		return; /* told elsewhere */
	if (is_read_only(t, d.number))
		return;
	check_time(c, t, d.number);
	if (device_is_raw(t->fstype)) {
		check_device_room(c, t, d.number);
		return;
	}
	if (!mounted_at(d.number, mounted)) {
		finding(NOTE, "target %s: not mounted here; its room was not checked", t->name);
		return;
	}
	check_path(t, mounted);
	check_room(c, t, mounted);
}
