/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of an ELF core: which bytes of the file are headers and notes, and which segments
 * of memory can be believed. Both ELF classes, decided by the file; as many headers as it has.
 */
#ifndef VMCORE_ELFCORE_H
#define VMCORE_ELFCORE_H

#include "vmcore/notes.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	ELFCORE_FEW = 1024,		/* segments in the struct; more are mapped when needed */
	ELFCORE_SEGMENTS = 1024 * 1024, /* and no more program headers than that are read */
};

/* Why a segment is not followed; from ELFCORE_CUT on why headers were not even listed. */
enum elfcore_fault {
	ELFCORE_SANE,
	ELFCORE_WRAPS,	  /* offset or address plus size exceed 64 bits, or this ELF class */
	ELFCORE_ADDRESS,  /* beyond the physical addresses of the machine */
	ELFCORE_FILE,	  /* beyond the end of the file */
	ELFCORE_HEADER,	  /* inside the ELF header or the notes */
	ELFCORE_OVERLAPS, /* its bytes of the file belong to another segment already */
	ELFCORE_CUT,	  /* the file ends before these headers */
	ELFCORE_UNREAD,	  /* a read of them failed */
	ELFCORE_COUNT,	  /* notes or memory stand where they should be: the count is a lie */
	ELFCORE_TOO_MANY, /* beyond ELFCORE_SEGMENTS, or beyond the memory there is */
};

struct elfcore_segment {
	uint64_t offset; /* of its first byte in the file */
	uint64_t size;	 /* bytes in the file */
	uint64_t paddr;	 /* physical address of the first byte */
	uint64_t vaddr;	 /* as the header claims; not to be trusted on 32-bit ARM */
	uint32_t index;	 /* of its program header */
	uint32_t fault;	 /* enum elfcore_fault */
};

/* All zero before it is used for the first time. */
struct elfcore {
	void *more; /* for elfcore_add: it outlasts a core */
	int fd;	    /* the caller's */
	bool is64;
	uint16_t machine; /* e_machine */
	uint8_t ehdr[64];
	uint64_t file_size;
	uint64_t table;	       /* where the program headers begin */
	uint64_t headers_size; /* up to the last program header that is believed */
	uint64_t data_start;   /* where the first sane segment begins; else the end of the rest */
	bool ascending;	       /* the sane segments lie in memory as they do in the file */
	unsigned int headers;  /* program headers, of all types, that are there */
	unsigned int segments, faults;	 /* faults: segments that are not sane */
	unsigned int unlisted;		 /* program headers that are claimed beyond HEADERS */
	enum elfcore_fault reason;	 /* for those */
	struct elfcore_segment *segment; /* the sane by offset, then others by index */
	struct notes notes;
	struct elfcore_segment few[ELFCORE_FEW];
};

/*
 * Reads the layout of the file FD, with pread: a mapping of the header of /proc/vmcore corrupts
 * 32-bit ARM capture kernels (6.1). Segments that cannot be true are kept, with their fault.
 * Returns 0; -ENOEXEC: no little-endian ELF core at all; or -errno: nothing of it could be read.
 */
int elfcore_read(struct elfcore *core, int fd);

/* The same for a file of FILE_SIZE bytes (UINT64_MAX: not known). */
int elfcore_read_sized(struct elfcore *core, int fd, uint64_t file_size);

/* The sane segment that the physical address PA is in; NULL: none. FROM: or the next above it. */
const struct elfcore_segment *elfcore_at(const struct elfcore *core, uint64_t pa);
const struct elfcore_segment *elfcore_from(const struct elfcore *core, uint64_t pa);

/* The fault in words that follow "segment 3 ", or "3 program headers: ". */
const char *elfcore_fault_text(enum elfcore_fault fault);

#endif
