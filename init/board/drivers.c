/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's folder holds links to its driver and to its suppliers (Documentation/ABI/testing/
 * sysfs-devices-supplier), a block device's a folder of links to its members
 * (Documentation/ABI/stable/sysfs-block, slaves); the folder above it is its parent. A driver
 * that is built in has no module, or one that modprobe knows as built in. Nothing here touches a
 * device.
 */
#include "board/drivers.h"

#include "base/dirlist.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 256 };

/* The devices that were met, and that were or will be looked at, in this order. */
static char met[DRIVERS_DEVICES][PATH_BYTES];
static unsigned int met_count;

/* The name of the folder that DIR/LINK leads to, "" when it leads nowhere. */
static void name_behind(int dir, const char *link, char name[DRIVERS_NAME])
{
	char target[PATH_BYTES];
	ssize_t n = readlinkat(dir, link, target, sizeof(target) - 1);
	const char *slash;

	target[n > 0 ? n : 0] = '\0';
	slash = strrchr(target, '/');
	snprintf(name, DRIVERS_NAME, "%.63s", slash != NULL ? slash + 1 : target);
}

/* Adds the folder DIR/NAME under the path that it has without links. Returns 0 or -errno. */
static int meet(int dir, const char *name)
{
	char link[32];
	char *path = met[met_count];
	ssize_t n;
	int fd = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (met_count == DRIVERS_DEVICES) {
		close(fd); /* a path only */
		return -E2BIG;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_BYTES);
	close(fd); /* a path only */
	if (n <= 0 || n == PATH_BYTES)
		return n < 0 ? -errno : -ENAMETOOLONG;
	path[n] = '\0';
	for (unsigned int i = 0; i < met_count; i++) {
		if (strcmp(met[i], path) == 0)
			return 0;
	}
	met_count++;
	return 0;
}

/* Reads the device's alias, without the newline that ends it. */
static void read_alias(int dir, char alias[DRIVERS_ALIAS])
{
	int fd = openat(dir, "modalias", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, alias, DRIVERS_ALIAS - 1);

	if (fd >= 0)
		close(fd); /* read only */
	alias[n > 0 ? n : 0] = '\0';
	alias[strcspn(alias, "\n")] = '\0';
}

/*
 * Drivers whose bus tells the kernel no module, so that they have no link to it: their name, and
 * that of their module (linux/drivers/mmc/core/bus.c and block.c; amba/bus.c, mmc/host/mmci.c and
 * watchdog/sp805_wdt.c).
 */
static const char *const unlinked[][2] = {
	{"mmcblk", "mmc_block"}, {"mmci-pl18x", "armmmci"}, {"sp805-wdt", "sp805_wdt"}};

static void tell_driver(int dir, void (*tell)(const struct driver *))
{
	struct driver d;
	char name[DRIVERS_NAME];

	name_behind(dir, "driver", name);
	if (name[0] == '\0')
		return;
	name_behind(dir, "driver/module", d.name);
	for (unsigned int i = 0; i < sizeof(unlinked) / sizeof(unlinked[0]); i++) {
		if (d.name[0] == '\0' && strcmp(name, unlinked[i][0]) == 0)
			snprintf(d.name, DRIVERS_NAME, "%s", unlinked[i][1]);
	}
	read_alias(dir, d.alias);
	tell(&d);
}

/* Meets all that the entries of the folder NAME lead to: through LINK when they are suppliers. */
static int meet_entries(int dir, const char *name, const char *prefix, const char *link)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirlist list;
	char path[PATH_BYTES];
	const char *entry;
	int r = 0;

	if (fd < 0)
		return 0; /* most devices have none */
	dirlist_begin(&list, fd);
	while (r != -E2BIG && (entry = dirlist_next(&list)) != NULL) {
		snprintf(path, sizeof(path), "%s%s", entry, link);
		if (strncmp(entry, prefix, strlen(prefix)) == 0)
			r = meet(fd, path); /* one that is gone meanwhile is not needed */
	}
	close(fd); /* read only */
	return r == -E2BIG ? r : 0;
}

/* Where one disk may have several ways to it, they hang on a device that has links to them only
 * (nvme_init_subsystem in linux/drivers/nvme/host/core.c). */
static int meet_paths(int dir, const char *path)
{
	const char *name = strrchr(path, '/');

	if (name == NULL || strncmp(name, "/nvme-subsys", 12) != 0)
		return 0;
	return meet_entries(dir, ".", "nvme", "");
}

/* What the device in DIR hangs on directly. The folder of all devices is no device: no uevent. */
static int meet_next(int dir)
{
	int r = 0;

	if (faccessat(dir, "../uevent", F_OK, 0) == 0 ||
	    faccessat(dir, "../../uevent", F_OK, 0) == 0)
		r = meet(dir, "..");
	if (r != -E2BIG)
		r = meet_entries(dir, ".", "supplier:", "/supplier");
	return r != -E2BIG ? meet_entries(dir, "slaves", "", "") : r;
}

int drivers_of(const char *path, void (*tell)(const struct driver *))
{
	int r;

	met_count = 0;
	r = meet(AT_FDCWD, path);
	for (unsigned int i = 0; r == 0 && i < met_count; i++) {
		int dir = open(met[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (dir < 0)
			continue; /* it went away */
		tell_driver(dir, tell);
		r = meet_next(dir);
		if (r == 0)
			r = meet_paths(dir, met[i]);
		close(dir); /* read only */
	}
	return r;
}

static bool has(const char *interface, const char *file)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "/sys/class/net/%.64s/%s", interface, file);
	return access(path, F_OK) == 0;
}

unsigned int drivers_of_cards(void (*tell)(const struct driver *))
{
	struct dirlist list;
	const char *name;
	unsigned int cards = 0;
	char path[PATH_BYTES];

	dirlist_open(&list, "/sys/class/net");
	while ((name = dirlist_next(&list)) != NULL) {
		if (!has(name, "device") || has(name, "phy80211"))
			continue;
		cards++;
		snprintf(path, sizeof(path), "/sys/class/net/%.64s", name);
		(void)drivers_of(path, tell); /* of so many devices the nearest do */
		snprintf(path, sizeof(path), "/sys/class/net/%.64s/phydev", name);
		if (has(name, "phydev"))
			(void)drivers_of(path, tell);
	}
	dirlist_close(&list);
	return cards;
}
