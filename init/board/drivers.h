/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers that a device of this machine hangs on, as /sys tells them: its own, those of all
 * devices above it, and those of its suppliers (clocks, regulators, pins). For whoever packs an
 * archive: what is a module here has to be in it.
 */
#ifndef BOARD_DRIVERS_H
#define BOARD_DRIVERS_H

enum { DRIVERS_NAME = 64, DRIVERS_ALIAS = 256, DRIVERS_DEVICES = 64 };

struct driver {
	char name[DRIVERS_NAME];   /* of its module, or "" where it is built in */
	char alias[DRIVERS_ALIAS]; /* the device's, as modprobe(8) takes it, or "" */
};

/*
 * Calls TELL for each device with a driver that the one in the folder PATH (of /sys) hangs on,
 * nearest first; the same module may come twice. The members of a device-mapper or RAID device
 * count as above it. Returns 0; -E2BIG when there were more than DRIVERS_DEVICES, of which the
 * rest was not looked at; or the -errno with which PATH cannot be opened.
 */
int drivers_of(const char *path, void (*tell)(const struct driver *));

/*
 * The same of every card of the network that a capture kernel could use, with what drives its link
 * (phydev, where there is one). Wireless ones are none: the keys are those of the running system.
 * Returns how many cards there are.
 */
unsigned int drivers_of_cards(void (*tell)(const struct driver *));

#endif
