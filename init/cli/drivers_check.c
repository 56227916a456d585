/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a driver is a module is told by /sys/module/NAME/initstate, which those that are built in
 * do not have (Documentation/ABI/testing/sysfs-module); or, where it is not loaded, by modules.dep.
 */
#include "cli/drivers_check.h"

#include "base/address.h"
#include "board/drivers.h"
#include "board/pseudofs.h"
#include "cli/kernel_config.h"
#include "disk/device.h"
#include "disk/device_name.h"
#include "disk/flash.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { NAME = 56, FINDING = 300 };

/*
 * What a filesystem asks for by name when it is mounted, for which no archive has a modprobe: a
 * prefix and the value of OPTION, else of the kernel's own CONFIG, else USUAL. Sources, of Linux
 * 6.1: fs/fat/inode.c fat_fill_super, net/9p/mod.c v9fs_get_trans_by_name, fs/nfs/client.c
 * get_nfs_version. kdump-mkinitramfs has these, and what is asked for besides, in requests.sh.
 */
static const struct {
	const char *fstype, *prefix, *option, *config, *usual;
} requests[] = {
	{"vfat", "nls_cp", "codepage", "FAT_DEFAULT_CODEPAGE", NULL},
	{"vfat", "nls_", "iocharset", "FAT_DEFAULT_IOCHARSET", NULL},
	{"msdos", "nls_cp", "codepage", "FAT_DEFAULT_CODEPAGE", NULL},
	{"9p", "9pnet_", "trans", NULL, "virtio"},
	{"nfs", "nfsv", "vers", NULL, "3"},
};

static const struct drivers_check *asked;
static const struct config_target *target; /* whose drivers are looked at */

/* Module names are one with - and _; so that they compare, as the kernel has them. */
static void kernel_name(char name[NAME], const char *from)
{
	snprintf(name, NAME, "%.*s", NAME - 1, from);
	for (char *p = name; *p != '\0'; p++)
		*p = *p == '-' ? '_' : *p;
}

static bool has_module(const char *name)
{
	char plain[NAME];

	kernel_name(plain, name);
	return asked->has(plain);
}

static void lacks(const char *module, const char *why)
{
	char what[FINDING];

	snprintf(what, sizeof(what), "the module %s, %s target %.120s", module, why, target->name);
	asked->lacks(what);
}

static bool is_loaded_module(const char *name)
{
	char plain[NAME];
	char path[128];

	kernel_name(plain, name);
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", plain);
	return access(path, F_OK) == 0;
}

/* A line of modules.dep begins with the module's file: "kernel/fs/nls/nls_cp437.ko:". */
static bool is_file_of(const char *line, void *name)
{
	char file[NAME], plain[NAME];
	const char *end = line + strcspn(line, ":");
	const char *base = line;

	for (const char *at = line; at < end; at++)
		base = *at == '/' ? at + 1 : base;
	snprintf(file, sizeof(file), "%.*s", (int)strcspn(base, ".:"), base);
	kernel_name(plain, file);
	return strcmp(plain, name) == 0;
}

/* A module of the running kernel, loaded or not. */
static bool is_module(const char *name)
{
	char release[KERNEL_RELEASE];
	char path[KERNEL_RELEASE + 32];
	char plain[NAME];

	if (is_loaded_module(name))
		return true;
	kernel_name(plain, name);
	kernel_release(release);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	return kernel_file_lines(path, is_file_of, plain) == 1;
}

static void judge_driver(const struct driver *d)
{
	if (is_loaded_module(d->name) && !has_module(d->name))
		lacks(d->name, "which drives");
}

/* The module that has the filesystem FSTYPE, where it has another name. */
static const char *module_of(const char *fstype)
{
	static const char *const others[][2] = {
		{"ext2", "ext4"}, {"ext3", "ext4"}, {"iso9660", "isofs"}, {"nfs4", "nfs"}};

	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(fstype, others[i][0]) == 0 && !is_loaded_module(fstype))
			return others[i][1];
	}
	return fstype;
}

/* Built in: the running kernel knows it, and not as a module. */
static bool is_built_in(const char *fstype)
{
	char text[4096], line[NAME + 4];

	if (is_loaded_module(module_of(fstype)) ||
	    pseudofs_read("/proc/filesystems", text, sizeof(text)) <= 0)
		return false;
	snprintf(line, sizeof(line), "\t%.50s\n", fstype);
	return strstr(text, line) != NULL;
}

/* One filesystem of LIST, with commas, is enough: it is tried in its order. */
static bool has_filesystem(const char *list)
{
	char names[64], *rest = names;
	const char *name;

	snprintf(names, sizeof(names), "%s", list);
	while ((name = strsep(&rest, ",")) != NULL) {
		if (has_module(name) || has_module(module_of(name)) || is_built_in(name))
			return true;
	}
	return false;
}

/* The value of OPTION in the target's options, up to a dot: 4 of vers=4.2. */
static bool option_value(const char *option, char value[KERNEL_CONFIG_VALUE])
{
	size_t length = strlen(option);

	for (const char *at = target->options; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, option, length) != 0 || at[length] != '=')
			continue;
		at += length + 1;
		snprintf(value, KERNEL_CONFIG_VALUE, "%.*s", (int)strcspn(at, ",."), at);
		return true;
	}
	return false;
}

static void judge_requests(const char *fstype)
{
	char value[KERNEL_CONFIG_VALUE];
	char module[NAME + KERNEL_CONFIG_VALUE];

	for (unsigned int i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (strcmp(requests[i].fstype, fstype) != 0)
			continue;
		if (!option_value(requests[i].option, value) &&
		    (requests[i].config == NULL || !kernel_config(requests[i].config, value)))
			snprintf(value, sizeof(value), "%s",
				 requests[i].usual != NULL ? requests[i].usual : "");
		snprintf(module, sizeof(module), "%s%s", requests[i].prefix, value);
		if (value[0] != '\0' && is_module(module) && !has_module(module))
			lacks(module, "without which nothing mounts");
	}
}

static void judge_target(void)
{
	const char *fstype = strcmp(target->fstype, "auto") == 0 ? NULL : target->fstype;
	struct address_host host;
	char folder[FLASH_FOLDER];
	struct device d;

	if (address_of_target(target->name, &host)) {
		(void)drivers_of_cards(judge_driver); /* check tells where there is none */
		if (host.tcp)
			return;
	}
	if (!device_is_block(target->name, target->fstype)) {
		if (fstype == NULL)
			fstype = device_name_fstype(target->name);
		if (flash_is_target(target->name, target->fstype) &&
		    flash_folder(target->name, folder))
			(void)drivers_of(folder, judge_driver); /* as below */
	} else if (device_find(target->name, &d) == 0) {
		if (fstype == NULL)
			fstype = d.superblock.fstype;
		snprintf(folder, sizeof(folder), "/sys/dev/block/%u:%u", major(d.number),
			 minor(d.number));
		(void)drivers_of(folder, judge_driver); /* what it leaves out was judged nowhere */
	}
	if (fstype == NULL || device_is_raw(fstype))
		return;
	if (!has_filesystem(fstype))
		lacks(fstype, "the filesystem of");
	judge_requests(fstype);
}

void drivers_check(const struct drivers_check *d)
{
	asked = d;
	for (unsigned int i = 0; i < d->config->targets; i++) {
		target = &d->config->target[i];
		judge_target();
	}
}
