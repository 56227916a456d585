/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that a target may have: those of the configuration, and those that the kernel takes as
 * root=. Here they are only read; device.h finds what they lead to.
 */
#ifndef DISK_DEVICE_NAME_H
#define DISK_DEVICE_NAME_H

#include <stdbool.h>
#include <sys/types.h>

enum device_tag { TAG_UUID, TAG_LABEL, TAG_PARTUUID, TAG_PARTLABEL, TAG_NONE };

enum device_kind {
	DEVICE_TAGGED, /* a block device by TAG and VALUE */
	DEVICE_NODE,   /* a block device by its name, VALUE, as below /dev */
	DEVICE_NUMBER, /* a block device by its NUMBER */
	DEVICE_ROOT,   /* whatever is mounted on / */
	DEVICE_SHARED, /* no block device: a share of the network, the tag of a folder, flash */
	DEVICE_NEVER,  /* nothing that can be had here: REMEDY says what to write instead */
};

struct device_name {
	enum device_kind kind;
	enum device_tag tag;
	int offset;	    /* of a PARTUUID: so many partitions further on */
	dev_t number;	    /* of DEVICE_NUMBER */
	const char *source; /* of DEVICE_SHARED: the name as mount(2) wants it; within the text */
	const char *fstype; /* of DEVICE_SHARED: what it is when nobody says; NULL: unknown */
	const char *remedy; /* of DEVICE_NEVER */
	char value[256];
};

/*
 * Reads NAME into *N, which refers to it. FSTYPE is the filesystem that goes with it, "auto" or a
 * list: a word alone is the tag of a folder for 9p and its like, otherwise a device.
 */
void device_name_read(const char *name, const char *fstype, struct device_name *n);

/* Reads MAJOR:MINOR, or MAJOR:MINOR:PAGES:, and nothing else. */
bool device_name_number(const char *text, dev_t *number);

/* The filesystem that NAME, which is none of a block device, stands for without an fstype: of
 * flash, or nfs. NULL: it has none. */
const char *device_name_fstype(const char *name);

#endif
