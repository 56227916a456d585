/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores with a kernel's whole map of memory in them, from a text. States are written the way
 * that kernel writes them, and which pages a dump keeps is worked out from the states, never from
 * what was written. The first line says which kernel:
 *
 *   MACHINE NAME=VALUE ...    arm, lpae, arm64 or x86_64
 *
 *   kernel=6.1                how it encodes states: a name of memimage_kernel.c
 *   model=flat                or static, extreme, array, pointer, vmemmap: see memimage_map.c
 *   shift= bits= split= phys= of a page; VA_BITS; PAGE_OFFSET and PHYS_OFFSET of ARM
 *   at=                       physical address from which on the kernel keeps all this
 *   page= orders= section=    SIZE(page), LENGTH(zone.free_area), SECTION_SIZE_BITS
 *   five=1 block=1 sparse=1   page tables of five levels; larger blocks in them; frames that no
 *                             line names have struct pages of zeros
 *
 * Then, one a line; a frame is a number, or +N from the first one of RAM, or "uts", the one that
 * init_uts_ns is in:
 *
 *   ram PADDR SIZE            in ascending order
 *   free FRAME ORDER          these, and unaccepted, are ranges of frames; the lowest is FRAME. It
 *                             stays when no block can be there
 *   anon FRAME [ORDER] | ksm FRAME | cache FRAME [ORDER] | buffers FRAME [ORDER]
 *   swapcache FRAME | owner FRAME                  of shmem; PG_owner_priv_1 without swapbacked
 *   slab FRAME ORDER | huge FRAME ORDER | compound FRAME ORDER
 *   poisoned FRAME | offline FRAME | unaccepted FRAME | reserved FRAME | table FRAME
 *   gone FRAME COUNT          their struct pages are not mapped (vmemmap)
 *   absent FRAME              nor is any of its section
 *   poke FRAME FIELD VALUE    in a struct page: flags, mapcount, refcount, mapping, ...
 *   bit FRAME NAME            sets a bit of flags: lru, private, swapcache, head, ...
 *   stack FRAME               a CPU's stack pointer, in a note
 *   note KEY=VALUE | without KEY
 */
#ifndef TESTS_IMAGES_MEMIMAGE_H
#define TESTS_IMAGES_MEMIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memimage;

/* Why a dump of some level does not have a page. The numbers are those of enum page_state. */
enum memimage_out {
	MEMIMAGE_KEPT,
	MEMIMAGE_FREE,
	MEMIMAGE_CACHE,
	MEMIMAGE_USER,
	MEMIMAGE_POISONED,
	MEMIMAGE_OFFLINE,
	MEMIMAGE_OUTS,
};

/* Builds it; memimage_free gives it back. A description that is wrong ends the test. */
struct memimage *memimage_build(const char *description);
void memimage_free(struct memimage *m);

/* A file with all of it, sparse, open for reading and writing; MEMIMAGE's own. */
int memimage_file(const struct memimage *m);

/* Names of the kernels, NULL behind the last. */
extern const char *const memimage_kernels[];

/* The frames from the first to the last of RAM, and is this one among them? */
uint64_t memimage_first(const struct memimage *m);
uint64_t memimage_end(const struct memimage *m);
bool memimage_has(const struct memimage *m, uint64_t pfn);

/* What becomes of a frame of RAM at that level; and frames whose struct page is out of reach. */
enum memimage_out memimage_out(const struct memimage *m, uint64_t pfn, unsigned int level);
uint64_t memimage_unknown(const struct memimage *m);

#endif
