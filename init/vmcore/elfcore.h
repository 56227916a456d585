/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout of an ELF core: which bytes of the file are headers and notes, and which segments
 * of memory can be believed. Both ELF classes, decided by the file and never by this build.
 */
#ifndef VMCORE_ELFCORE_H
#define VMCORE_ELFCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ELFCORE_SEGMENTS = 1024,
	ELFCORE_HEADERS = 64 * 1024, /* no more than this is looked at for headers */
};

/* Why a segment is not followed. */
enum elfcore_fault {
	ELFCORE_SANE,
	ELFCORE_WRAPS,	  /* offset or address plus size exceed 64 bits, or this ELF class */
	ELFCORE_ADDRESS,  /* beyond the physical addresses of the machine */
	ELFCORE_FILE,	  /* beyond the end of the file */
	ELFCORE_HEADER,	  /* inside the ELF header or the notes */
	ELFCORE_OVERLAPS, /* its bytes of the file belong to another segment already */
};

struct elfcore_segment {
	uint64_t offset; /* of its first byte in the file */
	uint64_t size;	 /* bytes in the file */
	uint64_t paddr;	 /* physical address of the first byte */
	uint64_t vaddr;	 /* as the header claims; not to be trusted on 32-bit ARM */
	uint16_t index;	 /* of its program header */
	uint16_t fault;	 /* enum elfcore_fault */
};

struct elfcore {
	bool is64;
	uint16_t machine; /* e_machine */
	uint64_t file_size;
	uint64_t headers_size; /* ELF header and program headers, which stand at offset 0 */
	uint64_t note_offset, note_size;
	uint64_t data_start;  /* where the first sane segment begins; header_end if there is none */
	unsigned int headers; /* program headers, of all types, that the head holds */
	unsigned int segments;
	unsigned int faults;   /* segments that are not sane */
	unsigned int unlisted; /* program headers beyond what this table or the head holds */
	struct elfcore_segment segment[ELFCORE_SEGMENTS]; /* sane ones first, by offset */
};

/*
 * Reads the layout from HEAD, the first SIZE bytes of a file of FILE_SIZE bytes (UINT64_MAX:
 * not known). Returns 0, or -ENOEXEC when this is no little-endian ELF core at all. Segments
 * that cannot be true are kept, with their fault.
 */
int elfcore_parse(struct elfcore *core, const uint8_t *head, size_t size, uint64_t file_size);

/*
 * The same for an open file. HEAD is scratch space of SIZE bytes, best ELFCORE_HEADERS.
 * Returns 0, -ENOEXEC or the -errno of a read. The headers are read with pread: a mapping of
 * the header of /proc/vmcore corrupts 32-bit ARM capture kernels (seen on 6.1).
 */
int elfcore_read(struct elfcore *core, int fd, uint8_t *head, size_t size);

/*
 * Marks the program headers of all but the sane segments in a copy of the headers as PT_NULL
 * with no size, and counts only the headers that are there, so that a dump holds what its
 * header says. HEAD holds at least the headers.
 */
void elfcore_disown(const struct elfcore *core, uint8_t *head);

/* The fault in words that follow "segment 3 ". */
const char *elfcore_fault_text(enum elfcore_fault fault);

#endif
