/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> a core with a map of memory. RAM is a sparse file, so that it costs what is written to
 * it; headers and notes come from corefile.c, which is told where the memory really is.
 */
#include "tests/images/memimage_parts.h"

#include "tests/images/corefile.h"
#include "tests/images/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DATA = 1 << 20 /* where RAM begins in the file */ };
enum { NOTES = DATA / 2 /* where the notes are */, PRSTATUS_HEAD = 20 };

/* RAM */

static const struct memimage_ram *ram_of(const struct memimage *m, uint64_t pa)
{
	for (unsigned int i = 0; i < m->rams; i++) {
		if (pa >= m->ram[i].paddr && pa - m->ram[i].paddr < m->ram[i].size)
			return &m->ram[i];
	}
	return NULL;
}

uint8_t *memimage_at(const struct memimage *m, uint64_t pa)
{
	const struct memimage_ram *r = ram_of(m, pa);

	if (r == NULL)
		words_wrong("no memory is there", NULL);
	return m->bytes + r->offset + (pa - r->paddr);
}

void memimage_put(struct memimage *m, uint64_t pa, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		*memimage_at(m, pa + i) = (uint8_t)(value >> (8 * i));
}

uint64_t memimage_get(const struct memimage *m, uint64_t pa, unsigned int size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | *memimage_at(m, pa + size);
	return value;
}

uint64_t memimage_place(struct memimage *m, uint64_t size, uint64_t align)
{
	uint64_t at = (m->cursor + align - 1) / align * align;
	const struct memimage_ram *r = ram_of(m, at);

	if (r == NULL || r->size - (at - r->paddr) < size)
		words_wrong("the kernel's structures do not fit into its RAM", NULL);
	m->cursor = at + size;
	return at;
}

void memimage_key(struct memimage *m, const char *format, ...)
{
	size_t used = strlen(m->keys);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(m->keys + used, sizeof(m->keys) - used, format, arguments);
	va_end(arguments);
}

static void take_ram(struct memimage *m, char **word)
{
	struct memimage_ram *r = &m->ram[m->rams];
	uint64_t page = UINT64_C(1) << m->shift;
	uint64_t used = DATA;

	if (m->rams == MEMIMAGE_RAMS)
		words_wrong("too much RAM", word[1]);
	if (m->rams > 0)
		used = (r[-1].offset + r[-1].size + page - 1) & -page;
	r->paddr = words_number(word[1]);
	r->size = words_number(word[2]);
	r->offset = used + (r->paddr & (page - 1));
	r->first = r->paddr >> m->shift;
	r->end = (r->paddr + r->size + page - 1) >> m->shift;
	r->state = calloc((size_t)(r->end - r->first), 1);
	if (r->state == NULL || (m->rams > 0 && r->paddr < r[-1].paddr))
		words_wrong("RAM in disorder, or no memory", word[1]);
	m->rams++;
	m->size = (size_t)((r->offset + r->size + page - 1) & -page);
}

static void open_file(struct memimage *m)
{
	m->file = memfd_create("memimage", MFD_CLOEXEC);
	if (m->rams == 0 || m->file < 0 || ftruncate(m->file, (off_t)m->size) != 0)
		words_wrong("no RAM, or no file", NULL);
	m->bytes = mmap(NULL, (size_t)m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->file, 0);
	if (m->bytes == MAP_FAILED)
		words_wrong("no memory", NULL);
}

/* States */

void memimage_set(struct memimage *m, uint64_t pfn, uint64_t count, unsigned int state)
{
	for (unsigned int i = 0; i < m->rams; i++) {
		const struct memimage_ram *r = &m->ram[i];
		uint64_t from = pfn > r->first ? pfn : r->first;
		uint64_t to = pfn + count < r->end ? pfn + count : r->end;

		if (from < to)
			memset(r->state + (from - r->first), (int)state, (size_t)(to - from));
	}
}

static const uint8_t *state_of(const struct memimage *m, uint64_t pfn)
{
	for (unsigned int i = 0; i < m->rams; i++) {
		if (pfn >= m->ram[i].first && pfn < m->ram[i].end)
			return m->ram[i].state + (pfn - m->ram[i].first);
	}
	return NULL;
}

bool memimage_has(const struct memimage *m, uint64_t pfn)
{
	return state_of(m, pfn) != NULL;
}

enum memimage_out memimage_out(const struct memimage *m, uint64_t pfn, unsigned int level)
{
	static const struct {
		unsigned int levels; /* any of these; 0: all */
		enum memimage_out out;
	} rules[] = {
		[STATE_FREE] = {16, MEMIMAGE_FREE},	 [STATE_CACHE] = {2 | 4, MEMIMAGE_CACHE},
		[STATE_BUFFERS] = {4, MEMIMAGE_CACHE},	 [STATE_USER] = {8, MEMIMAGE_USER},
		[STATE_OFFLINE] = {0, MEMIMAGE_OFFLINE},
	};
	const uint8_t *at = state_of(m, pfn);
	unsigned int state;

	if (at == NULL)
		words_wrong("no frame of RAM", NULL);
	state = *at & STATE_MASK;
	if (state == STATE_UNKNOWN)
		return MEMIMAGE_KEPT;
	if (state != STATE_KERNEL && (rules[state].levels & level) != 0)
		return rules[state].out;
	if ((*at & STATE_POISONED) != 0)
		return MEMIMAGE_POISONED;
	return state == STATE_OFFLINE ? MEMIMAGE_OFFLINE : MEMIMAGE_KEPT;
}

uint64_t memimage_unknown(const struct memimage *m)
{
	uint64_t n = 0;

	for (uint64_t pfn = memimage_first(m); pfn < memimage_end(m); pfn++) {
		const uint8_t *at = state_of(m, pfn);

		n += at != NULL && (*at & STATE_MASK) == STATE_UNKNOWN;
	}
	return n;
}

uint64_t memimage_first(const struct memimage *m)
{
	return m->ram[0].first;
}

uint64_t memimage_end(const struct memimage *m)
{
	return m->ram[m->rams - 1].end;
}

int memimage_file(const struct memimage *m)
{
	return m->file;
}

uint64_t memimage_frame(const struct memimage *m, const char *text)
{
	if (text != NULL && strcmp(text, "uts") == 0)
		return m->uts >> m->shift;
	if (text != NULL && *text == '+')
		return memimage_first(m) + words_number(text + 1);
	return words_number(text);
}

/* Text */

static void take_start(struct memimage *m, char **word)
{
	static const struct words_option options[] = {
		WORDS_FIELD(memimage, shift),  WORDS_FIELD(memimage, bits),
		WORDS_FIELD(memimage, split),  WORDS_FIELD(memimage, phys),
		WORDS_FIELD(memimage, at),     WORDS_FIELD(memimage, page),
		WORDS_FIELD(memimage, orders), WORDS_FIELD(memimage, section),
		WORDS_FIELD(memimage, five),   WORDS_FIELD(memimage, block),
		WORDS_FIELD(memimage, sparse),
	};

	m->phys = m->at = UINT64_MAX;
	m->split = 0xc0000000;
	m->shift = 12;
	m->bits = 48;
	m->orders = 11;
	memimage_take_machine(m, word[0]);
	for (word++; *word != NULL; word++) {
		char *one[] = {*word, NULL};

		if (strncmp(*word, "kernel=", 7) == 0)
			memimage_take_kernel(m, *word + 7);
		else if (strncmp(*word, "model=", 6) == 0)
			memimage_take_model(m, *word + 6);
		else
			words_options(one, options, WORDS_COUNT(options), m);
	}
}

static void take_is(struct memimage *m, char **word)
{
	static const char *const names[] = {"kept", "free", "cache", "buffers", "user", "offline"};

	const char *const *name =
		WORDS_NAME(names, word[1] == NULL || word[2] == NULL ? NULL : word[3],
			   "is wants FRAME COUNT STATE");

	memimage_set(m, memimage_frame(m, word[1]), words_number(word[2]),
		     (unsigned int)(name - names));
}

static void take_gone(struct memimage *m, char **word)
{
	memimage_unmap(m, memimage_frame(m, word[1]), words_number(word[2]));
}

static void take_absent(struct memimage *m, char **word)
{
	memimage_absent(m, memimage_frame(m, word[1]));
}

/* Lines are taken in passes: what is built upon first, what takes away last. */
enum pass { PASS_RAM, PASS_STATES, PASS_GONE, PASS_NOTES };

static const struct item {
	const char *name;
	enum pass pass;
	void (*take)(struct memimage *m, char **word);
} items[] = {
	{"ram", PASS_RAM, take_ram},	{"is", PASS_STATES, take_is},
	{"gone", PASS_GONE, take_gone}, {"absent", PASS_GONE, take_absent},
	{"stack", PASS_NOTES, NULL},	{"note", PASS_NOTES, NULL},
	{"without", PASS_NOTES, NULL},
};

static void take_words(struct memimage *m, char **word, enum pass pass)
{
	const struct item *i = WORDS_ROW(items, word[0], NULL);

	if (i != NULL && i->pass == pass)
		i->take(m, word);
	if (i == NULL && pass == PASS_STATES && !memimage_write(m, word))
		words_wrong("unknown line", word[0]);
}

/* The first line is taken in the first pass, and in no other. */
static void take_lines(struct memimage *m, const char *text, enum pass pass)
{
	struct words w;

	for (words_open(&w, text); words_next(&w);) {
		if (w.number > 1)
			take_words(m, words_cut(&w), pass);
		else if (pass == PASS_RAM)
			take_start(m, words_cut(&w));
	}
}

/* Headers and notes */

/* "note KEY=VALUE" and "without KEY" change one word of the keys. */
static void change_key(struct memimage *m, const char *key, const char *word)
{
	char find[128];
	char *at;

	snprintf(find, sizeof(find), " %.*s=", (int)strcspn(key, "="), key);
	at = strstr(m->keys, find);
	if (at != NULL) {
		size_t length = strcspn(at + 1, " ") + 1;

		memmove(at, at + length, strlen(at + length) + 1);
	} else if (word == NULL) {
		words_wrong("no such key", key);
	}
	if (word != NULL)
		memimage_key(m, " %s", word);
}

static void take_notes(struct memimage *m, const char *text)
{
	struct words w;

	for (words_open(&w, text); words_next(&w);) {
		uint64_t pa;

		if (strncmp(w.line, "note ", 5) == 0)
			change_key(m, w.line + 5, w.line + 5);
		else if (strncmp(w.line, "without ", 8) == 0)
			change_key(m, w.line + 8, NULL);
		if (strncmp(w.line, "stack ", 6) != 0 || m->stacks == MEMIMAGE_STACKS)
			continue;
		pa = (memimage_frame(m, w.line + 6) << m->shift) + 0x120;
		m->stack[m->stacks++] = (pa + m->linear) & m->mask;
	}
}

/* The description of headers that say where RAM is in the file. */
static char *describe(const struct memimage *m, size_t notes)
{
	size_t size = sizeof(m->keys) + 128 + m->rams * (size_t)160;
	char *text = malloc(size);
	size_t n = 0;

	if (text == NULL)
		words_wrong("no memory", NULL);
	n = (size_t)snprintf(text, size, "%s\nnote%s\n", memimage_elf(m), m->keys);
	if (notes != 0)
		n += (size_t)snprintf(text + n, size - n, "notes offset=%#x size=%#zx\n",
				      (unsigned int)NOTES, notes);
	for (unsigned int i = 0; i < m->rams; i++) {
		const struct memimage_ram *r = &m->ram[i];

		n += (size_t)snprintf(text + n, size - n,
				      "load 0 1 zero paddr=%#llx size=%#llx offset=%#llx"
				      " vaddr=%#llx\n",
				      (unsigned long long)r->paddr, (unsigned long long)r->size,
				      (unsigned long long)r->offset,
				      (unsigned long long)((r->paddr + m->linear) & m->mask));
	}
	return text;
}

/* struct elf_prstatus: its size, and where the stack pointer stands (arch ... asm/ptrace.h). */
static const struct prstatus {
	const char *elf;
	uint32_t size, at;
} prstatus[] = {
	{"elf32 arm", 148, 72 + 13 * 4},
	{"elf64 arm", 148, 72 + 13 * 4},
	{"elf64 arm64", 392, 112 + 31 * 8},
	{"elf64 x86_64", 336, 112 + 19 * 8},
};

static uint8_t *put_stack(const struct memimage *m, uint8_t *note, uint64_t sp)
{
	const struct prstatus *p = prstatus;
	const uint8_t head[PRSTATUS_HEAD] = {5, 0, 0, 0, 0,   0,   0,	0,
					     1, 0, 0, 0, 'C', 'O', 'R', 'E'};

	while (strcmp(p->elf, memimage_elf(m)) != 0)
		p++;
	memcpy(note, head, sizeof(head));
	note[4] = (uint8_t)p->size;
	note[5] = (uint8_t)(p->size >> 8);
	for (unsigned int i = 0; i < m->word; i++)
		note[PRSTATUS_HEAD + p->at + i] = (uint8_t)(sp >> 8 * i);
	return note + PRSTATUS_HEAD + p->size;
}

/* Notes of CPUs and, from corefile.c, VMCOREINFO. The headers are made once more, now that it is
 * known how large these are. */
static void write_headers(struct memimage *m, const char *text)
{
	uint8_t *notes = m->bytes + NOTES;
	struct corefile c;
	char *description;

	take_notes(m, text);
	description = describe(m, 0);
	for (unsigned int i = 0; i < m->stacks; i++)
		notes = put_stack(m, notes, m->stack[i]);
	corefile_build(&c, description);
	memcpy(notes, c.bytes + c.notes_offset, c.notes_size);
	notes += c.notes_size;
	corefile_free(&c);
	free(description);
	description = describe(m, (size_t)(notes - (m->bytes + NOTES)));
	corefile_build(&c, description);
	if (c.headers_size > NOTES || notes > m->bytes + DATA)
		words_wrong("no room for headers or notes", NULL);
	memcpy(m->bytes, c.bytes, c.headers_size);
	corefile_free(&c);
	free(description);
}

struct memimage *memimage_build(const char *description)
{
	struct memimage *m = calloc(1, sizeof(*m));

	if (m == NULL)
		words_wrong("no memory", NULL);
	take_lines(m, description, PASS_RAM);
	open_file(m);
	memimage_map(m);
	memimage_describe(m);
	memimage_fill(m);
	take_lines(m, description, PASS_STATES);
	take_lines(m, description, PASS_GONE);
	write_headers(m, description);
	return m;
}

void memimage_free(struct memimage *m)
{
	for (unsigned int i = 0; i < m->rams; i++)
		free(m->ram[i].state);
	munmap(m->bytes, m->size);
	close(m->file);
	free(m->vpage);
	free(m->vpte);
	free(m);
}
