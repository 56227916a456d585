/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of memimage share: memimage.c (text, RAM, states), memimage_map.c (machine and
 * memory model), memimage_kernel.c (struct page).
 */
#ifndef TESTS_IMAGES_MEMIMAGE_PARTS_H
#define TESTS_IMAGES_MEMIMAGE_PARTS_H

#include "tests/images/memimage.h"
#include "tests/images/memimage_memory.h"
#include "tests/images/memimage_states.h"

enum { MEMIMAGE_RAMS = 1100, MEMIMAGE_SECTIONS = 64, MEMIMAGE_KEYS = 4096, MEMIMAGE_STACKS = 80 };

struct memimage_ram {
	uint64_t paddr, size;
	uint64_t offset;     /* in the file */
	uint64_t first, end; /* frames */
	uint8_t *state;	     /* of each of them */
};

struct memimage_section {
	uint64_t nr, map; /* MAP: physical address of its struct pages; 0 with vmemmap */
};

struct memimage {
	const struct memimage_machine *machine;
	const struct memimage_kernel *kernel;
	const struct memimage_model *model;
	/* options */
	uint64_t shift, bits, split, phys, at, page, orders, section, five, block, sparse;

	unsigned int word;
	uint64_t mask;
	int file;
	uint8_t *bytes; /* the whole file */
	size_t size;
	unsigned int rams;
	struct memimage_ram ram[MEMIMAGE_RAMS];

	uint64_t cursor;	/* where the kernel's next structure goes */
	uint64_t image, linear; /* virtual minus physical */
	uint64_t stext, uts, map, root, array;
	uint64_t vmemmap;	 /* virtual address of the struct page of frame 0 */
	uint64_t vfirst, vcount; /* pages of it: the lowest, and how many to the last */
	uint64_t *vpage, *vpte;	 /* physical address of each, and of its table entry */
	unsigned int sections;	 /* that have struct pages */
	struct memimage_section sec[MEMIMAGE_SECTIONS];
	char keys[MEMIMAGE_KEYS]; /* of VMCOREINFO, a space before each */
	unsigned int stacks;
	uint64_t stack[MEMIMAGE_STACKS]; /* virtual */
};

/* memimage.c */
uint64_t memimage_place(struct memimage *m, uint64_t size, uint64_t align);
uint8_t *memimage_at(const struct memimage *m, uint64_t pa);
void memimage_key(struct memimage *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void memimage_set(struct memimage *m, uint64_t pfn, uint64_t count, unsigned int state);

/* memimage_map.c: takes the names of the first line; puts all of it in place. */
void memimage_take_machine(struct memimage *m, const char *name);
void memimage_take_model(struct memimage *m, const char *name);
const char *memimage_elf(const struct memimage *m);
void memimage_map(struct memimage *m);
void memimage_unmap(struct memimage *m, uint64_t pfn, uint64_t count);
void memimage_absent(struct memimage *m, uint64_t pfn);

/* The byte AT of the struct page of frame PFN. */
uint8_t *memimage_page_byte(const struct memimage *m, uint64_t pfn, unsigned int at);

/* memimage_kernel.c: the keys, and one line of the text; false when it is no line of its. */
void memimage_take_kernel(struct memimage *m, const char *name);
void memimage_describe(struct memimage *m);
void memimage_fill(struct memimage *m);
bool memimage_write(struct memimage *m, char **word);

#endif
