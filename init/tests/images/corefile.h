/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores from a text, laid out as the kernel lays out /proc/vmcore (fs/proc/vmcore.c): a page
 * of headers or more, the notes padded to a page, then for each segment the whole pages it
 * touches. One item a line:
 *
 *   elf32 arm | elf64 arm64 | elf64 x86_64
 *   prstatus                          a note of a CPU, before VMCOREINFO
 *   note OSRELEASE=6.1.0 CRASHTIME=1  VMCOREINFO, one line of it for each word
 *   load PADDR SIZE data|zero|mixed   memory; mixed: runs of zero pages and of others
 *   swap 1 2                          exchanges two program headers (0 is the notes)
 *   cut 0x1800                        the file ends here
 *
 * What a header says can be a lie, without changing the layout: load lines take offset=, size=,
 * memsz=, paddr= and vaddr=; "header" takes phnum=, phoff=, phentsize=, type= and data=;
 * "notes" takes offset= and size=. Numbers may be hexadecimal or end in K or M.
 */
#ifndef TESTS_IMAGES_COREFILE_H
#define TESTS_IMAGES_COREFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COREFILE_LOADS = 1200, COREFILE_PAGE = 4096 };

struct corefile_load {
	uint64_t paddr, size;
	uint64_t offset; /* where it really is */
};

struct corefile {
	uint8_t *bytes; /* the whole file */
	size_t size;
	bool is64;
	size_t headers_size;
	size_t notes_offset, notes_size; /* the real ones */
	size_t data_start;		 /* of the first page of memory */
	unsigned int loads;
	struct corefile_load load[COREFILE_LOADS];
};

/* Builds it in memory; corefile_free gives it back. A description that is wrong ends the test. */
void corefile_build(struct corefile *c, const char *description);
void corefile_free(struct corefile *c);

/* Makes pages (of 1 << SHIFT bytes) of all kinds of the memory: noise, text, zeros, few bytes. */
void corefile_soften(const struct corefile *c, unsigned int shift);

/* Writes it to PATH and opens that for reading. Ends the test when that is impossible. */
int corefile_open(const struct corefile *c, const char *path);

/* The same for SIZE bytes that are no such core. */
int corefile_store(const uint8_t *bytes, size_t size, const char *path);

#endif
