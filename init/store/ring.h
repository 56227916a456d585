/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps on a device without a filesystem, one behind the other in a ring (README.md). A dump is
 * there once its header is; before anything is written over it, its header is gone for good.
 */
#ifndef STORE_RING_H
#define STORE_RING_H

#include "store/layout.h"
#include "store/status_text.h"

enum {
	RING_BLOCK = 4096,
	RING_FILES = 4,	 /* of a dump: the first ones of layout_files, each of them sealed or not */
	RING_SLOTS = 32, /* of headers, so many dumps at most; each has two blocks, used in turn */
	RING_BEGIN = 1 << 20,	/* bytes of the device before the ring, for the headers */
	RING_TAIL = 128 * 1024, /* and behind it: a RAID or a GPT would be seen there */
	RING_TEXT = 64 * 1024,	/* for capture.log, at the beginning of each dump */
	RING_NEED = 512 * 1024, /* that a dump has in one piece to begin with */
	RING_LEAST = 4 << 20,	/* bytes of the smallest device */
};

/* A header. Its places are counted in blocks; index I of a row is layout_files[I]. */
struct ring_dump {
	union {
		struct {
			uint32_t number;	 /* of the dump */
			uint32_t generation;	 /* of its headers: the highest one counts */
			uint32_t start, ring;	 /* where in the ring, and how many it has */
			uint32_t files;		 /* that are there, a set as in struct dump */
			uint32_t at[RING_FILES]; /* from START on, around the ring's end */
		};
		uint32_t word[5 + RING_FILES];
	};
	union {
		struct {
			uint64_t size[RING_FILES]; /* bytes */
			int64_t time;		   /* of the crash, seconds since 1970 */
		};
		uint64_t wide[RING_FILES + 1];
	};
	uint32_t slot; /* where it was read, or will stand */
};

struct ring {
	int fd;		  /* of the device; -1: it is not open */
	const char *path; /* the caller's, as long as it is open */
	uint32_t blocks;  /* in the ring */
	bool marked;	  /* its first block says that it is one */
	int error;	  /* of a write that failed, -errno: nothing is written after it */
	uint32_t unreadable, given_up; /* slots, a bit each: not read; never believed any more */
	unsigned int dumps;
	struct ring_dump dump[RING_SLOTS]; /* that are there, the oldest first */
	struct ring_dump own;		   /* the one being made; number 0: none yet */
};

/*
 * Opens the device at PATH, or an image, and reads the headers; to be WRITTEN nobody else may have
 * it. Nothing is changed. Returns 0, and ring_close has to be called; or -errno (ring_reason).
 */
int ring_open(struct ring *r, const char *path, bool written);
void ring_close(struct ring *r);

/* What is wrong with the device and what to do, by the ERROR of ring_open. */
const char *ring_reason(int error);
/* The dump with the number of NAME, or NULL. */
const struct ring_dump *ring_find(const struct ring *r, const char *name);

/* Where the ring ends, and where FILE of D begins, in bytes of the device. */
uint64_t ring_end(const struct ring *r);
uint64_t ring_offset(const struct ring *r, const struct ring_dump *d, unsigned int file);

/* Reads the status of D. Returns as status_load. */
int ring_status(const struct ring *r, const struct ring_dump *d, struct status_text *t);

/* Reads SIZE bytes of FILE of D, at the byte AT of it. Returns 0 or -errno. */
int ring_read(const struct ring *r, const struct ring_dump *d, unsigned int file, uint64_t at,
	      void *into, size_t size);

#endif
