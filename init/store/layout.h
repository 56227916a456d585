/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a dump lies on the disk, spelled here and nowhere else: the names of its files, and the name
 * of their directory. README.md beside this file tells what they mean and in which order they come
 * about. Nothing here touches a disk.
 */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_LOG	   "vmcore-dmesg.txt" /* of the kernel that crashed */
#define LAYOUT_MEMORY	   "vmcore"
#define LAYOUT_CAPTURE_LOG "capture.log" /* of kdump-init itself */
/* The first two, and records, are called so as age files. */
#define LAYOUT_SEALED	     ".age"
#define LAYOUT_SEALED_LOG    LAYOUT_LOG LAYOUT_SEALED
#define LAYOUT_SEALED_MEMORY LAYOUT_MEMORY LAYOUT_SEALED
#define LAYOUT_STATUS	     "status"
#define LAYOUT_RECORDS	     "pstore" /* a directory of records, each a file by the kernel's name */

/* A file has this behind its name until it is whole and durable. */
#define LAYOUT_INCOMPLETE "-incomplete"

enum {
	LAYOUT_FILES = 6,
	LAYOUT_FILE_NAME = 64,	      /* bytes that hold any of these with LAYOUT_INCOMPLETE */
	LAYOUT_NUMBER_MAX = 99999999, /* of a dump */
};

/* The names of all files, in the order in which they are removed: the status is the first. */
enum layout_file {
	LAYOUT_IS_STATUS,
	LAYOUT_IS_MEMORY,
	LAYOUT_IS_LOG,
	LAYOUT_IS_CAPTURE_LOG,
	LAYOUT_IS_SEALED_MEMORY,
	LAYOUT_IS_SEALED_LOG,
};
extern const char *const layout_files[LAYOUT_FILES];

/* Which of them FILE, a name that is among them, is. */
unsigned int layout_index(const char *file);

/* What FILE, one of the first four, is in a dump that is SEALED or not. */
enum layout_file layout_sealed(enum layout_file file, bool sealed);

/* Sets NAME to what FILE is called while it is being written. */
void layout_incomplete(char name[LAYOUT_FILE_NAME], const char *file);

/*
 * Sets NAME, of SIZE bytes, to "NNNN-YYYYMMDDThhmmssZ": the number of the dump, of four digits or
 * more, and the time of the crash in SECONDS since 1970. A year beyond 9999 becomes 1970.
 */
void layout_name(char *name, size_t size, unsigned int number, int64_t seconds);

/* The number in the name of a dump; 0 for any other name. */
unsigned int layout_number(const char *name);

/* The same of a name that only begins like a dump's: nobody knows what the rest was meant for. */
unsigned int layout_first_number(const char *name);

/* Is the dump called A older than the one called B? By number, and by time where that is one. */
bool layout_older(const char *a, const char *b);

/* Are the dumps called A and B of crashes at the same second? */
bool layout_same_time(const char *a, const char *b);

/* The time in the name of a dump, in seconds since 1970. What is no date gives some number. */
int64_t layout_seconds(const char *name);

#endif
