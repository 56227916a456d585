/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is drawn for a run of PID 1: the machine, and what goes wrong with it.
 */
#ifndef TESTS_PID1_PID1_PLAN_H
#define TESTS_PID1_PID1_PLAN_H

#include "tests/pid1/pid1_fault.h"

#include <stdbool.h>
#include <stdint.h>

enum pid1_disk {
	DISK_GOOD,
	DISK_TINY,
	DISK_ABSENT,
	DISK_FOREIGN,	/* its filesystem is none that the kernel knows */
	DISK_READ_ONLY, /* every call that writes gets EROFS */
	DISK_LINK,	/* a link in PATH leads elsewhere */
	DISK_BLOCKED,	/* a file stands where PATH should be */
	DISK_RAW,	/* the target is the device, without a filesystem; it takes everything */
	DISKS_OF_A_KIND
};

/* How an order to end the machine goes. */
enum pid1_order { ORDER_WORKS, ORDER_FAILS, ORDER_HANGS, ORDER_IGNORED };

enum pid1_corruption { CORRUPT_NOT, CORRUPT_MEMORY, CORRUPT_ANYTHING };

/* A directory that looks like the newest dump and is not ours: owned by another, or open to all. */
enum pid1_stranger { STRANGER_NOT, STRANGER_OWNER, STRANGER_OPEN };

/* What chattr +i is set on, of the oldest earlier dump. */
enum pid1_protect { PROTECT_NOT, PROTECT_DIRECTORY, PROTECT_FILE };

enum { PID1_FAULTS = 3, PID1_TARGETS = 3, PID1_DISKS = PID1_TARGETS + 1, PID1_EARLIER = 3 };
enum { PID1_TIMEOUT_S = 10 /* the least that can be configured */ };

/* Does it take everything? */
static inline bool pid1_is_good(enum pid1_disk disk)
{
	return disk == DISK_GOOD || disk == DISK_RAW;
}

struct pid1_plan {
	uint64_t seed;
	unsigned int image, format, level, codec, targets, path, earlier, keep;
	unsigned int stall, timeout; /* seconds */
	unsigned int earlier_kib;    /* the memory of each earlier dump */
	enum pid1_stranger stranger;
	enum pid1_protect protect;
	unsigned int no_vmcore, by_label;
	bool flash; /* the targets are volumes of UBI, which no counters tell of */
	bool dmesg, iomem, direct, remains;
	enum pid1_corruption corruption;
	enum pid1_disk disk[PID1_DISKS];
	bool root_apart;     /* root= is none of the targets: the disk behind theirs */
	bool no_log_to_root; /* log_to_root = no */
	unsigned int loop;   /* loop_crashes */
	const char *on_loop;
	bool records;		/* there are some in pstore */
	unsigned int bad_lines; /* of the configuration, behind the good ones */
	bool sealing;		/* dumps are sealed, as far as the archive tells */
	unsigned int faults;
	struct pid1_fault fault[PID1_FAULTS];
	unsigned int cut; /* the call at which the power goes, 0: never */
	enum pid1_order reboot, sysrq;
	int fatal;	    /* a signal that PID 1 gets where it first waits, 0: none */
	bool fsync_is_lie;  /* fsync of files does nothing, and says that it did */
	bool dirsync_lies;  /* the same of directories */
	bool hangs_early;   /* STRIKE_HANG strikes any child */
	bool leaves_worker; /* a process that stays until the end */
	int log_kills;	    /* the signal that who reads the log dies of, 0: none */
	bool watchdog;	    /* there is one */
	bool bad_headers;   /* of /proc/vmcore */
};

#endif
