/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notes of a core, of any number and size, in as many PT_NOTE segments as there are: walked in
 * the file, never held in memory. Device dumps (NT_VMCOREDD) can be larger than all memory here.
 */
#ifndef VMCORE_NOTES_H
#define VMCORE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NOTES_RANGES = 1024,	/* those that touch each other in the file are one */
	NOTES_MOST = 64 * 1024, /* no more notes are looked at */
	NOTES_NAME = 12,	/* so much of a name is looked at: VMCOREINFO and its NUL fit */
};

struct notes_range {
	uint64_t offset, size; /* in the file */
};

struct notes {
	int fd;		       /* the caller's */
	unsigned int count;    /* of all notes that were taken */
	unsigned int ranges;   /* by offset, apart from each other */
	unsigned int left_out; /* PT_NOTE segments for which there was no room */
	uint64_t size;	       /* of all of them, one behind the other, each padded to 4 bytes */
	struct notes_range range[NOTES_RANGES];
};

/* A note; begin with all zero. */
struct note {
	char name[NOTES_NAME]; /* its beginning; not to be trusted to have its terminator */
	uint32_t name_size, size, type;
	uint64_t at;	       /* of its content in the file */
	uint64_t offset;       /* of its content among all notes, as notes_read has them */
	uint64_t next, before; /* for notes_next: in this range; of the ranges before it */
	unsigned int range;    /* for notes_next */
};

/* Begins with no notes, of the file FD. */
void notes_open(struct notes *n, int fd);

/*
 * Takes the SIZE bytes at OFFSET of the file as far as they are notes: a size that leads out of
 * them, and a name of no size, end it. Whoever claims more than that is not believed.
 */
void notes_take(struct notes *n, uint64_t offset, uint64_t size);

/* Do any notes have bytes of the file from FROM up to TO? */
bool notes_touch(const struct notes *n, uint64_t from, uint64_t to);

/* Steps to the next note. Returns false when there is none. */
bool notes_next(const struct notes *n, struct note *note);

/* Does the note have that name, which fits NOTES_NAME? */
bool note_is(const struct note *note, const char *name);

/* Those that have the byte AT of the file; NULL: none. */
const struct notes_range *notes_at(const struct notes *n, uint64_t at);

/*
 * SIZE bytes from OFFSET on among all notes; zeros where there are none. Returns false when some
 * cannot be read, which are zeros, too.
 */
bool notes_read(const struct notes *n, uint64_t offset, void *into, size_t size);

#endif
