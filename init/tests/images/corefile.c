/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> ELF core. A description is read twice: first for the sizes, then for the bytes.
 */
#include "tests/images/corefile.h"
#include "tests/images/words.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 16 * 1024, APART = 8 /* PT_NOTE segments beside the first */ };

/* A program header as it will be written, lies included. */
struct phdr {
	uint64_t type, offset, vaddr, paddr, filesz, memsz;
};

struct builder {
	struct corefile *core;
	uint16_t machine;
	uint8_t *notes;
	size_t notes_room;
	unsigned int apart;
	size_t apart_at[APART + 1]; /* among the notes; the last is where they all end */
	struct phdr *phdr;	    /* the first notes, loads, other notes */
	uint64_t phnum, phoff, phentsize, type, data;
	uint64_t cut;
};

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static size_t pages(size_t size)
{
	return (size + COREFILE_PAGE - 1) / COREFILE_PAGE * COREFILE_PAGE;
}

/* Room for SIZE bytes more of notes, all zero. */
static uint8_t *more_notes(struct builder *b, size_t size)
{
	struct corefile *c = b->core;
	size_t used = c->notes_size;

	if (used + size > b->notes_room) {
		b->notes_room = 2 * (used + size);
		b->notes = realloc(b->notes, b->notes_room);
		if (b->notes == NULL)
			words_wrong("out of memory", NULL);
	}
	memset(b->notes + used, 0, size);
	c->notes_size += size;
	return b->notes + used;
}

static void add_note(struct builder *b, const char *name, uint32_t type, const void *desc,
		     size_t size)
{
	size_t name_size = strlen(name) + 1;
	size_t padded = (name_size + 3) / 4 * 4;
	uint8_t *at = more_notes(b, 12 + padded + (size + 3) / 4 * 4);

	put(at, name_size, 4);
	put(at + 4, size, 4);
	put(at + 8, type, 4);
	memcpy(at + 12, name, name_size);
	if (desc != NULL)
		memcpy(at + 12 + padded, desc, size);
}

static void take_elf(struct builder *b, char **word)
{
	static const struct machine {
		const char *name;
		uint16_t number;
	} machines[] = {{"arm", EM_ARM}, {"arm64", EM_AARCH64}, {"x86_64", EM_X86_64}};
	const struct machine *m = WORDS_ROW(machines, word[1], "unknown machine");

	b->core->is64 = strcmp(word[0], "elf64") == 0;
	b->machine = m->number;
}

static void take_note(struct builder *b, char **word)
{
	char text[TEXT_MAX];
	size_t n = 0;

	for (word++; *word != NULL; word++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", *word);
		if (n >= sizeof(text))
			words_wrong("a note is too long", *word);
	}
	add_note(b, "VMCOREINFO", 0, text, n);
}

static void take_prstatus(struct builder *b, char **word)
{
	static const uint8_t registers[336] = {1, 2, 3};
	uint64_t count = word[1] != NULL ? words_number(word[1]) : 1;

	while (count-- > 0)
		add_note(b, "CORE", NT_PRSTATUS, registers, b->core->is64 ? 336 : 148);
}

static void take_device(struct builder *b, char **word)
{
	enum { VMCOREDD = 0x700 }; /* NT_VMCOREDD of include/uapi/linux/elf.h */

	add_note(b, "LINUX", VMCOREDD, NULL, (size_t)words_number(word[1]));
}

static void take_odd(struct builder *b, char **word)
{
	uint8_t *at = more_notes(b, 12);

	put(at, words_number(word[1]), 4);
	put(at + 4, words_number(word[2]), 4);
	put(at + 8, 1, 4);
}

static void take_apart(struct builder *b, char **word)
{
	struct corefile *c = b->core;

	(void)word;
	if (b->apart == APART)
		words_wrong("too many notes apart", NULL);
	more_notes(b, pages(c->notes_size) + COREFILE_PAGE - c->notes_size);
	b->apart_at[b->apart++] = c->notes_size;
}

/* Reserves the bytes of a segment. */
static void add_load(struct builder *b, uint64_t paddr, uint64_t size)
{
	struct corefile *c = b->core;
	struct corefile_load *l = &c->load[c->loads++];

	l->paddr = paddr;
	l->size = size;
	l->offset = c->size + l->paddr % COREFILE_PAGE;
	b->phdr[c->loads] = (struct phdr){PT_LOAD, l->offset, l->paddr, l->paddr, l->size, l->size};
	c->size += pages((size_t)(l->paddr % COREFILE_PAGE + l->size));
}

/* Of a single one may be lied; what lies about it is kept for the headers. */
static void take_load(struct builder *b, char **word)
{
	static const struct words_option lies[] = {
		{"size", offsetof(struct phdr, filesz)},
		{"size", offsetof(struct phdr, memsz)},
		WORDS_FIELD(phdr, memsz),
		WORDS_FIELD(phdr, offset),
		WORDS_FIELD(phdr, paddr),
		WORDS_FIELD(phdr, vaddr),
	};
	if (word[1] == NULL || word[2] == NULL || word[3] == NULL)
		words_wrong("load wants PADDR SIZE CONTENT", word[1]);
	add_load(b, words_number(word[1]), words_number(word[2]));
	words_options(word + 4, lies, WORDS_COUNT(lies), &b->phdr[b->core->loads]);
}

static void take_loads(struct builder *b, char **word)
{
	uint64_t count = words_number(word[4]);

	for (uint64_t i = 0; i < count; i++)
		add_load(b, words_number(word[1]) + i * words_number(word[5]),
			 words_number(word[2]));
}

static void take_swap(struct builder *b, char **word)
{
	uint64_t i = words_number(word[1]);
	uint64_t k = words_number(word[2]);
	struct phdr kept;

	if (i > b->core->loads + b->apart || k > b->core->loads + b->apart)
		words_wrong("no such program header", word[1]);
	kept = b->phdr[i];
	b->phdr[i] = b->phdr[k];
	b->phdr[k] = kept;
}

static void take_header(struct builder *b, char **word)
{
	static const struct words_option lies[] = {
		WORDS_FIELD(builder, phnum),	 WORDS_FIELD(builder, phoff),
		WORDS_FIELD(builder, phentsize), WORDS_FIELD(builder, type),
		WORDS_FIELD(builder, data),
	};

	words_options(word + 1, lies, WORDS_COUNT(lies), b);
}

static void take_notes(struct builder *b, char **word)
{
	static const struct words_option lies[] = {
		WORDS_FIELD(phdr, offset),
		{"size", offsetof(struct phdr, filesz)},
	};

	words_options(word + 1, lies, WORDS_COUNT(lies), &b->phdr[0]);
}

static void take_cut(struct builder *b, char **word)
{
	b->cut = words_number(word[1]);
}

/* Items in the order in which they are taken: notes and sizes before what depends on them. */
static const struct item {
	const char *name;
	unsigned int pass;
	void (*take)(struct builder *b, char **word);
} items[] = {
	{"elf32", 0, take_elf},	  {"elf64", 0, take_elf},     {"prstatus", 0, take_prstatus},
	{"note", 0, take_note},	  {"device", 0, take_device}, {"odd", 0, take_odd},
	{"apart", 0, take_apart}, {"load", 1, take_load},     {"loads", 1, take_loads},
	{"swap", 2, take_swap},	  {"header", 2, take_header}, {"notes", 2, take_notes},
	{"cut", 2, take_cut},
};

static void take_lines(struct builder *b, const char *text, unsigned int pass)
{
	struct words w;

	for (words_open(&w, text); words_next(&w);) {
		char **word = words_cut(&w);
		const struct item *i = WORDS_ROW(items, word[0], "unknown item");

		if (i->pass == pass)
			i->take(b, word);
	}
}

/* How many program headers there will be decides where the notes begin. */
static void lay_out(struct builder *b, const char *text)
{
	struct corefile *c = b->core;
	size_t count = 0;
	unsigned int many;
	size_t ehdr = c->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t phdr = c->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	for (const char *p = text; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		count += strncmp(p, "load ", 5) == 0;
		if (sscanf(p, "loads %*s %*s %*s %u", &many) == 1)
			count += many;
	}
	c->load = calloc(count + 1, sizeof(c->load[0]));
	count += 1 + b->apart;
	b->phdr = calloc(count, sizeof(b->phdr[0]));
	if (c->load == NULL || b->phdr == NULL)
		words_wrong("out of memory", NULL);
	c->headers_size = ehdr + count * phdr;
	c->notes_offset = pages(c->headers_size + (count < PN_XNUM ? 0 : sizeof(Elf64_Shdr)));
	c->data_start = c->notes_offset + pages(c->notes_size);
	c->size = c->data_start;
	b->apart_at[b->apart] = c->notes_size;
	for (unsigned int i = 0; i <= b->apart; i++) {
		size_t from = i == 0 ? 0 : b->apart_at[i - 1];
		size_t size = b->apart_at[i] - from;

		b->phdr[i == 0 ? 0 : count - b->apart + i - 1] =
			(struct phdr){PT_NOTE, c->notes_offset + from, 0, 0, size, size};
	}
	b->phnum = count;
	b->phoff = ehdr;
	b->phentsize = phdr;
	b->type = ET_CORE;
	b->data = ELFDATA2LSB;
}

static void write_phdrs(const struct builder *b)
{
	const struct corefile *c = b->core;
	size_t ehdr = c->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);

	for (unsigned int i = 0; i <= c->loads + b->apart; i++) {
		const struct phdr *p = &b->phdr[i];
		uint8_t *at = c->bytes + ehdr;

		if (c->is64) {
			Elf64_Phdr h = {(uint32_t)p->type, 7,	      p->offset, p->vaddr,
					p->paddr,	   p->filesz, p->memsz,	 0};

			memcpy(at + i * sizeof(h), &h, sizeof(h));
		} else {
			Elf32_Phdr h = {(uint32_t)p->type,
					(uint32_t)p->offset,
					(uint32_t)p->vaddr,
					(uint32_t)p->paddr,
					(uint32_t)p->filesz,
					(uint32_t)p->memsz,
					7,
					0};

			memcpy(at + i * sizeof(h), &h, sizeof(h));
		}
	}
}

static void write_ehdr(const struct builder *b)
{
	const struct corefile *c = b->core;
	const size_t shoff = c->headers_size;
	const uint8_t ident[EI_NIDENT] = {
		0x7f, 'E', 'L', 'F', c->is64 ? 2 : 1, (uint8_t)b->data, EV_CURRENT};

	if (c->is64) {
		Elf64_Ehdr h = {.e_type = (uint16_t)b->type,
				.e_machine = b->machine,
				.e_version = EV_CURRENT,
				.e_phoff = b->phoff,
				.e_ehsize = sizeof(h),
				.e_phentsize = (uint16_t)b->phentsize,
				.e_phnum = (uint16_t)(b->phnum < PN_XNUM ? b->phnum : PN_XNUM),
				.e_shoff = b->phnum < PN_XNUM ? 0 : shoff,
				.e_shentsize = sizeof(Elf64_Shdr),
				.e_shnum = b->phnum >= PN_XNUM};

		memcpy(h.e_ident, ident, sizeof(ident));
		memcpy(c->bytes, &h, sizeof(h));
	} else {
		Elf32_Ehdr h = {.e_type = (uint16_t)b->type,
				.e_machine = b->machine,
				.e_version = EV_CURRENT,
				.e_phoff = (uint32_t)b->phoff,
				.e_ehsize = sizeof(h),
				.e_phentsize = (uint16_t)b->phentsize,
				.e_phnum = (uint16_t)(b->phnum < PN_XNUM ? b->phnum : PN_XNUM),
				.e_shoff = b->phnum < PN_XNUM ? 0 : (uint32_t)shoff,
				.e_shentsize = sizeof(Elf32_Shdr),
				.e_shnum = b->phnum >= PN_XNUM};

		memcpy(h.e_ident, ident, sizeof(ident));
		memcpy(c->bytes, &h, sizeof(h));
	}
}

/* The section header that counts program headers; the field is at the same place in no class. */
static void write_shdr(const struct builder *b)
{
	const struct corefile *c = b->core;

	if (b->phnum >= PN_XNUM)
		put(c->bytes + c->headers_size +
			    (c->is64 ? offsetof(Elf64_Shdr, sh_info)
				     : offsetof(Elf32_Shdr, sh_info)),
		    b->phnum, 4);
}

/* Bytes that depend on where they are only, so that two cores of the same text are equal. */
static void fill(uint8_t *at, size_t size, uint64_t *state)
{
	for (size_t i = 0; i < size; i++) {
		*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		at[i] = (uint8_t)(*state >> 56);
	}
}

static void fill_load(const struct corefile *c, const struct corefile_load *l, const char *content)
{
	uint8_t *at = c->bytes + l->offset / COREFILE_PAGE * COREFILE_PAGE;
	size_t left = pages((size_t)(l->paddr % COREFILE_PAGE + l->size));
	uint64_t state = l->paddr ^ l->size << 32;
	bool zero = strcmp(content, "zero") == 0;

	if (!zero && strcmp(content, "data") != 0 && strcmp(content, "mixed") != 0)
		words_wrong("data, zero or mixed was expected", content);
	while (left > 0) {
		size_t run = left;

		if (strcmp(content, "mixed") == 0) {
			run = (size_t)((state >> 40) % 20 + 1) * COREFILE_PAGE;
			run = run < left ? run : left;
			zero = !zero;
		}
		if (!zero)
			fill(at, run, &state);
		state = state * 25 + 7;
		at += run;
		left -= run;
	}
}

static void fill_loads(const struct corefile *c, const char *text)
{
	unsigned int n = 0;
	unsigned int count;
	char content[16];

	for (const char *p = text; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, "load ", 5) == 0 && sscanf(p, "load %*s %*s %15s", content) == 1)
			fill_load(c, &c->load[n++], content);
		if (sscanf(p, "loads %*s %*s %15s %u", content, &count) == 2) {
			while (count-- > 0)
				fill_load(c, &c->load[n++], content);
		}
	}
}

void corefile_build(struct corefile *c, const char *description)
{
	struct builder *b = calloc(1, sizeof(*b));

	if (b == NULL)
		words_wrong("out of memory", NULL);
	memset(c, 0, sizeof(*c));
	b->core = c;
	b->cut = UINT64_MAX;
	take_lines(b, description, 0);
	lay_out(b, description);
	take_lines(b, description, 1);
	take_lines(b, description, 2);
	c->bytes = calloc(1, c->size);
	if (c->bytes == NULL || b->machine == 0)
		words_wrong("no memory, or no elf32 or elf64 line", NULL);
	write_ehdr(b);
	write_phdrs(b);
	write_shdr(b);
	if (c->notes_size > 0)
		memcpy(c->bytes + c->notes_offset, b->notes, c->notes_size);
	fill_loads(c, description);
	if (c->size > b->cut)
		c->size = (size_t)b->cut;
	free(b->notes);
	free(b->phdr);
	free(b);
}

void corefile_free(struct corefile *c)
{
	free(c->bytes);
	free(c->load);
	c->bytes = NULL;
	c->load = NULL;
}

void corefile_soften(const struct corefile *c, unsigned int shift)
{
	for (unsigned int i = 0; i < c->loads; i++) {
		const struct corefile_load *l = &c->load[i];

		for (uint64_t at = 0; at < l->size; at++) {
			uint8_t *byte = c->bytes + l->offset + at;
			uint64_t page = (l->paddr + at) >> shift;

			if (page % 5 == 1)
				*byte = (uint8_t) "every page of it "[at * (1 + page % 7) / 3 % 17];
			else if (page % 5 == 2)
				*byte = 0;
			else if (page % 5 == 3)
				*byte = at % 1000 == 7 ? (uint8_t)page : 0;
		}
	}
}

int corefile_store(const uint8_t *bytes, size_t size, const char *path)
{
	size_t used = 0;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	while (fd >= 0 && used < size) {
		ssize_t n = write(fd, bytes + used, size - used);

		if (n <= 0)
			words_wrong("cannot write", path);
		used += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		words_wrong("cannot open", path);
	return fd;
}

int corefile_open(const struct corefile *c, const char *path)
{
	return corefile_store(c->bytes, c->size, path);
}
