/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores from a text, laid out as the kernel lays out /proc/vmcore (fs/proc/vmcore.c): a page
 * of headers or more, the notes padded to a page, then for each segment the whole pages it
 * touches. Where there are too many program headers for 16 bits a section header behind them counts
 * them (PN_XNUM). One item a line:
 *
 *   elf32 arm | elf64 arm64 | elf64 x86_64
 *   prstatus [COUNT]                  notes of CPUs
 *   note OSRELEASE=6.1.0 CRASHTIME=1  VMCOREINFO, one line of it for each word
 *   device SIZE                       the note of a device dump (NT_VMCOREDD)
 *   odd NAMESIZE SIZE                 a note that claims these sizes, and is nothing but that
 *   apart                             the notes that follow are in a PT_NOTE of their own, a page
 *                                     on; its program header stands behind all others
 *   load PADDR SIZE data|zero|mixed   memory; mixed: runs of zero pages and of others
 *   loads PADDR SIZE data|zero|mixed COUNT STEP   as many, each STEP above the last
 *   swap 1 2                          exchanges two program headers (0 is the notes)
 *   cut 0x1800                        the file ends here
 *
 * What a header says can be a lie, without changing the layout: load lines take offset=, size=,
 * memsz=, paddr= and vaddr=; "header" takes phnum=, phoff=, phentsize=, type= and data=;
 * "notes" takes offset= and size= of the first PT_NOTE. Numbers may be hexadecimal or end in K or
 * M.
 */
#ifndef TESTS_IMAGES_COREFILE_H
#define TESTS_IMAGES_COREFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COREFILE_PAGE = 4096 };

struct corefile_load {
	uint64_t paddr, size;
	uint64_t offset; /* where it really is */
};

struct corefile {
	uint8_t *bytes; /* the whole file */
	size_t size;
	bool is64;
	size_t headers_size;
	size_t notes_offset, notes_size; /* the real ones, from the first to the last */
	size_t data_start;		 /* of the first page of memory */
	unsigned int loads;
	struct corefile_load *load;
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
