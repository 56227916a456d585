/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init check --describe: what an archive for this machine has to hold, as lines of
 * KEY = VALUE on standard output. kdump-mkinitramfs reads them, here or on another machine. What
 * stands below a target is of that target. Nothing of the system is changed.
 */
#include "base/address.h"
#include "base/text.h"
#include "board/drivers.h"
#include "board/pseudofs.h"
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "config/config_source.h"
#include "disk/device.h"
#include "disk/device_name.h"
#include "disk/flash.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A driver that is built in may be a module elsewhere: its device's alias finds it there. */
static void tell_driver(const struct driver *d)
{
	if (d->name[0] != '\0')
		cli_tell("driver = %s", d->name);
	else if (d->alias[0] != '\0')
		cli_tell("alias = %s", d->alias);
}

static void tell_drivers(const char *folder)
{
	int error = drivers_of(folder, tell_driver);

	if (error == -E2BIG)
		cli_tell("unknown = more than %d devices drive it, the others were not looked at",
			 DRIVERS_DEVICES);
	else if (error != 0)
		cli_tell("unknown = its drivers: %s: %s", folder, strerror(-error));
}

/* Every card: the cable may be in another one by then. IPv6 is a module in few kernels. */
static void tell_network(void)
{
	if (drivers_of_cards(tell_driver) == 0)
		cli_tell("unknown = the card to the network: there is none");
	if (access("/sys/module/ipv6", F_OK) == 0)
		cli_tell("driver = ipv6");
}

/* The first line of a file; false where there is none. */
static bool line_of(const char *path, char *line, size_t size)
{
	int n = pseudofs_read(path, line, size);

	line[n > 0 ? strcspn(line, "\n") : 0] = '\0';
	return n > 0;
}

/*
 * Flash that is a disk in truth, for which a module has to be told which one; the name says so
 * (linux/drivers/mtd/devices/block2mtd.c, add_device).
 */
static void tell_block2mtd(const char *folder)
{
	static const char by[] = "block2mtd: ";
	char path[FLASH_FOLDER + 16], name[96], size[24], disk[112];

	snprintf(path, sizeof(path), "%s/name", folder);
	if (!line_of(path, name, sizeof(name)) || text_begins(name, "block2mtd: /dev/") == 0)
		return;
	snprintf(path, sizeof(path), "%s/erasesize", folder);
	(void)line_of(path, size, sizeof(size)); /* "" is what the module takes for its own */
	snprintf(disk, sizeof(disk), "/sys/class/block/%s", strrchr(name, '/') + 1);
	tell_drivers(disk);
	cli_tell("module = block2mtd block2mtd=%s,%s", name + sizeof(by) - 1, size);
}

static void describe_target(const struct config_target *t)
{
	const char *fstype = strcmp(t->fstype, "auto") == 0 ? NULL : t->fstype;
	struct address_host host;
	struct device d;
	char folder[FLASH_FOLDER];
	int error = device_is_block(t->name, t->fstype) ? device_find(t->name, &d) : -ENOTBLK;

	if (error == -ENOTBLK && fstype == NULL)
		fstype = device_name_fstype(t->name);
	cli_tell("target = %s", t->name);
	if (error == 0 && d.superblock.fstype != NULL &&
	    (fstype == NULL || strchr(fstype, ',') != NULL)) /* of a list one will be mounted */
		fstype = d.superblock.fstype;
	if (fstype != NULL)
		cli_tell("fstype = %s", fstype);
	if (t->options[0] != '\0')
		cli_tell("options = %s", t->options);
	cli_tell("path = %s", t->path);
	if (error == 0) {
		cli_tell("device = %s", d.path);
		cli_tell("number = %u:%u", major(d.number), minor(d.number));
		snprintf(folder, sizeof(folder), "/sys/dev/block/%u:%u", major(d.number),
			 minor(d.number));
		tell_drivers(folder);
	} else if (error == -ENOTBLK && address_of_target(t->name, &host)) {
		tell_network();
	} else if (error == -ENOTBLK && flash_is_target(t->name, t->fstype) &&
		   flash_folder(t->name, folder)) {
		cli_tell("device = /dev/%s", strrchr(folder, '/') + 1);
		tell_drivers(folder);
		tell_block2mtd(folder);
	} else {
		cli_tell("unknown = the device: %s", error == -ENODEV	 ? "it is not there"
						     : error == -ENOTBLK ? "it is no disk"
									 : strerror(-error));
	}
}

/* Without its driver in the archive a watchdog that is armed ends the capture, and some boards
 * cannot restart. */
static void describe_watchdogs(void)
{
	enum { WATCHDOGS = 4 };
	char folder[64];

	for (int i = 0; i < WATCHDOGS; i++) {
		snprintf(folder, sizeof(folder), "/sys/class/watchdog/watchdog%d", i);
		if (access(folder, F_OK) != 0)
			continue;
		cli_tell("watchdog = /dev/watchdog%d", i);
		tell_drivers(folder);
	}
}

/*
 * What pstore keeps its records with, if that is a module which has to be told where. Sizes are
 * 4096 and all else is 0 unless it is told otherwise (linux/fs/pstore/ram.c).
 */
static void describe_pstore(void)
{
	static const struct {
		const char *name, *otherwise;
	} parameters[] = {
		{"mem_address", "0"},	  {"mem_size", "0"},
		{"mem_type", "0"},	  {"record_size", "4096"},
		{"console_size", "4096"}, {"ftrace_size", "4096"},
		{"pmsg_size", "4096"},	  {"ecc", "0"},
	};
	char path[64], value[32], words[400];
	size_t n = 0;

	if (!line_of("/sys/module/pstore/parameters/backend", value, sizeof(value)) ||
	    strcmp(value, "ramoops") != 0)
		return;
	words[0] = '\0';
	for (unsigned int i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		const char *name = parameters[i].name;

		snprintf(path, sizeof(path), "/sys/module/ramoops/parameters/%s", name);
		if (line_of(path, value, sizeof(value)) &&
		    strcmp(value, parameters[i].otherwise) != 0)
			n += (size_t)snprintf(words + n, sizeof(words) - n, " %s=%s", name, value);
	}
	cli_tell("pstore = ramoops");
	cli_tell("module = ramoops%s", words);
}

/*
 * The flash of mtdoops, whose records are copied, and what drives it. The module keeps its name
 * where the kernel's command line does not have it; kdump-load hands that over.
 */
static void describe_mtdoops(void)
{
	char value[80], name[96], folder[FLASH_FOLDER];

	if (!line_of("/sys/module/mtdoops/parameters/mtddev", value, sizeof(value)) ||
	    value[0] == '\0')
		return;
	cli_tell("mtdoops = %s", value);
	snprintf(name, sizeof(name), "mtd%s", value);
	if (!flash_folder(name, folder)) {
		snprintf(name, sizeof(name), "mtd:%s", value);
		if (!flash_folder(name, folder)) {
			cli_tell("unknown = the flash: it is not there");
			return;
		}
	}
	tell_drivers(folder);
}

/*
 * netconsole=[SOURCE]/[DEVICE],[TARGET], as a module takes it from its own parameters only
 * (linux/Documentation/networking/netconsole.rst).
 */
static void describe_netconsole(void)
{
	char cmdline[2048], value[CONFIG_WORD], folder[64];
	int n = pseudofs_read("/proc/cmdline", cmdline, sizeof(cmdline));
	const char *device;

	if (n <= 0 || !config_cmdline_value(cmdline, "netconsole", value, sizeof(value)))
		return;
	device = strchr(value, '/');
	device = device == NULL ? "" : device + 1;
	n = (int)strcspn(device, ",");
	snprintf(folder, sizeof(folder), "/sys/class/net/%.*s", n > 0 ? n : 4,
		 n > 0 ? device : "eth0");
	cli_tell("netconsole = %s", folder + strlen("/sys/class/net/"));
	tell_drivers(folder);
	cli_tell("module = netconsole netconsole=%s", value);
}

int cli_describe(const struct config *c)
{
	char release[96];
	int n = pseudofs_read("/proc/sys/kernel/osrelease", release, sizeof(release));

	if (n <= 0) {
		cli_say("/proc/sys/kernel/osrelease: %s", strerror(n < 0 ? -n : EIO));
		return CLI_FAILED;
	}
	cli_tell("kernel = %.*s", (int)strcspn(release, "\n"), release);
	for (unsigned int i = 0; i < c->targets; i++)
		describe_target(&c->target[i]);
	if (strcmp(c->watchdog, "none") != 0)
		describe_watchdogs();
	describe_pstore();
	describe_mtdoops();
	describe_netconsole();
	return CLI_DONE;
}
