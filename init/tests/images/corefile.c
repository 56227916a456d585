/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> ELF core. A description is read twice: first for the sizes, then for the bytes.
 */
#include "tests/images/corefile.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOTES_MAX = 16 * 1024, WORDS = 64 };

/* A program header as it will be written, lies included. */
struct phdr {
	uint64_t type, offset, vaddr, paddr, filesz, memsz;
};

struct builder {
	struct corefile *core;
	uint16_t machine;
	uint8_t notes[NOTES_MAX];
	struct phdr phdr[COREFILE_LOADS + 1];
	uint64_t phnum, phoff, phentsize, type, data;
	uint64_t cut;
};

static _Noreturn void wrong(const char *what, const char *word)
{
	printf("corefile: %s: \"%s\"\n", what, word == NULL ? "" : word);
	fflush(stdout);
	abort();
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = text == NULL ? 0 : strtoull(text, &end, 0);

	if (text == NULL || end == text)
		wrong("a number was expected", text);
	if (*end == 'K' || *end == 'M')
		n <<= *end++ == 'K' ? 10 : 20;
	if (*end != '\0')
		wrong("a number was expected", text);
	return n;
}

/* Takes NAME=NUMBER into *VALUE. */
static bool assigned(const char *word, const char *name, uint64_t *value)
{
	size_t len = strlen(name);

	if (strncmp(word, name, len) != 0 || word[len] != '=')
		return false;
	*value = number(word + len + 1);
	return true;
}

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static size_t pages(size_t size)
{
	return (size + COREFILE_PAGE - 1) / COREFILE_PAGE * COREFILE_PAGE;
}

static void add_note(struct builder *b, const char *name, uint32_t type, const void *desc,
		     size_t size)
{
	struct corefile *c = b->core;
	size_t name_size = strlen(name) + 1;
	size_t padded = (name_size + 3) / 4 * 4;
	uint8_t *at = b->notes + c->notes_size;

	if (c->notes_size + 12 + padded + size + 3 > NOTES_MAX)
		wrong("too many notes", name);
	put(at, name_size, 4);
	put(at + 4, size, 4);
	put(at + 8, type, 4);
	memcpy(at + 12, name, name_size);
	memcpy(at + 12 + padded, desc, size);
	c->notes_size += 12 + padded + (size + 3) / 4 * 4;
}

static void take_elf(struct builder *b, char **word)
{
	b->core->is64 = strcmp(word[0], "elf64") == 0;
	if (word[1] == NULL)
		wrong("a machine was expected", word[0]);
	if (strcmp(word[1], "arm") == 0)
		b->machine = EM_ARM;
	else if (strcmp(word[1], "arm64") == 0)
		b->machine = EM_AARCH64;
	else if (strcmp(word[1], "x86_64") == 0)
		b->machine = EM_X86_64;
	else
		wrong("unknown machine", word[1]);
}

static void take_note(struct builder *b, char **word)
{
	char text[4096];
	size_t n = 0;

	for (word++; *word != NULL; word++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", *word);
	add_note(b, "VMCOREINFO", 0, text, n);
}

static void take_prstatus(struct builder *b, char **word)
{
	static const uint8_t registers[336] = {1, 2, 3};

	(void)word;
	add_note(b, "CORE", NT_PRSTATUS, registers, b->core->is64 ? 336 : 148);
}

/* Counts loads and reserves their bytes; what lies about them is kept for the headers. */
static void take_load(struct builder *b, char **word)
{
	struct corefile *c = b->core;
	struct corefile_load *l = &c->load[c->loads++];
	struct phdr *p = &b->phdr[c->loads];

	if (c->loads >= COREFILE_LOADS || word[1] == NULL || word[2] == NULL || word[3] == NULL)
		wrong("load wants PADDR SIZE CONTENT", word[1]);
	l->paddr = number(word[1]);
	l->size = number(word[2]);
	l->offset = c->size + l->paddr % COREFILE_PAGE;
	*p = (struct phdr){PT_LOAD, l->offset, l->paddr, l->paddr, l->size, l->size};
	c->size += pages((size_t)(l->paddr % COREFILE_PAGE + l->size));
	for (word += 4; *word != NULL; word++) {
		if (assigned(*word, "size", &p->filesz))
			p->memsz = p->filesz;
		else if (!assigned(*word, "offset", &p->offset) &&
			 !assigned(*word, "memsz", &p->memsz) &&
			 !assigned(*word, "paddr", &p->paddr) &&
			 !assigned(*word, "vaddr", &p->vaddr))
			wrong("unknown lie about a segment", *word);
	}
}

static void take_swap(struct builder *b, char **word)
{
	uint64_t i = number(word[1]);
	uint64_t k = number(word[2]);
	struct phdr kept;

	if (i > b->core->loads || k > b->core->loads)
		wrong("no such program header", word[1]);
	kept = b->phdr[i];
	b->phdr[i] = b->phdr[k];
	b->phdr[k] = kept;
}

static void take_header(struct builder *b, char **word)
{
	for (word++; *word != NULL; word++) {
		if (!assigned(*word, "phnum", &b->phnum) && !assigned(*word, "phoff", &b->phoff) &&
		    !assigned(*word, "phentsize", &b->phentsize) &&
		    !assigned(*word, "type", &b->type) && !assigned(*word, "data", &b->data))
			wrong("unknown lie about the header", *word);
	}
}

static void take_notes(struct builder *b, char **word)
{
	for (word++; *word != NULL; word++) {
		if (!assigned(*word, "offset", &b->phdr[0].offset) &&
		    !assigned(*word, "size", &b->phdr[0].filesz))
			wrong("unknown lie about the notes", *word);
	}
}

static void take_cut(struct builder *b, char **word)
{
	b->cut = number(word[1]);
}

/* Items in the order in which they are taken: notes and sizes before what depends on them. */
static const struct item {
	const char *name;
	unsigned int pass;
	void (*take)(struct builder *b, char **word);
} items[] = {
	{"elf32", 0, take_elf},	    {"elf64", 0, take_elf},   {"prstatus", 0, take_prstatus},
	{"note", 0, take_note},	    {"load", 1, take_load},   {"swap", 2, take_swap},
	{"header", 2, take_header}, {"notes", 2, take_notes}, {"cut", 2, take_cut},
};

static void take_line(struct builder *b, char *line, unsigned int pass)
{
	char *word[WORDS + 1] = {NULL};
	unsigned int n = 0;

	for (char *w = strtok(line, " "); w != NULL && n < WORDS; w = strtok(NULL, " "))
		word[n++] = w;
	if (n == 0)
		return;
	for (const struct item *i = items; i < items + sizeof(items) / sizeof(*items); i++) {
		if (strcmp(i->name, word[0]) == 0) {
			if (i->pass == pass)
				i->take(b, word);
			return;
		}
	}
	wrong("unknown item", word[0]);
}

static void take_lines(struct builder *b, const char *text, unsigned int pass)
{
	char line[4096];

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		take_line(b, line, pass);
		text += len + (text[len] != '\0');
	}
}

/* How many program headers there will be decides where the notes begin. */
static void lay_out(struct builder *b, const char *text)
{
	struct corefile *c = b->core;
	size_t count = 1;
	size_t ehdr = c->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t phdr = c->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	for (const char *p = text; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		count += strncmp(p, "load ", 5) == 0;
	}
	c->headers_size = ehdr + count * phdr;
	c->notes_offset = pages(c->headers_size);
	c->data_start = c->notes_offset + pages(c->notes_size);
	c->size = c->data_start;
	b->phdr[0] = (struct phdr){PT_NOTE, c->notes_offset, 0, 0, c->notes_size, c->notes_size};
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

	for (unsigned int i = 0; i <= c->loads; i++) {
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
	const uint8_t ident[EI_NIDENT] = {
		0x7f, 'E', 'L', 'F', c->is64 ? 2 : 1, (uint8_t)b->data, EV_CURRENT};

	if (c->is64) {
		Elf64_Ehdr h = {.e_type = (uint16_t)b->type,
				.e_machine = b->machine,
				.e_version = EV_CURRENT,
				.e_phoff = b->phoff,
				.e_ehsize = sizeof(h),
				.e_phentsize = (uint16_t)b->phentsize,
				.e_phnum = (uint16_t)b->phnum};

		memcpy(h.e_ident, ident, sizeof(ident));
		memcpy(c->bytes, &h, sizeof(h));
	} else {
		Elf32_Ehdr h = {.e_type = (uint16_t)b->type,
				.e_machine = b->machine,
				.e_version = EV_CURRENT,
				.e_phoff = (uint32_t)b->phoff,
				.e_ehsize = sizeof(h),
				.e_phentsize = (uint16_t)b->phentsize,
				.e_phnum = (uint16_t)b->phnum};

		memcpy(h.e_ident, ident, sizeof(ident));
		memcpy(c->bytes, &h, sizeof(h));
	}
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
		wrong("data, zero or mixed was expected", content);
	while (left > 0) {
		size_t run = left;

		if (strcmp(content, "mixed") == 0) {
			run = ((state >> 40) % 20 + 1) * COREFILE_PAGE;
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
	char content[16];

	for (const char *p = text; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (sscanf(p, "load %*s %*s %15s", content) == 1)
			fill_load(c, &c->load[n++], content);
	}
}

void corefile_build(struct corefile *c, const char *description)
{
	struct builder *b = calloc(1, sizeof(*b));

	if (b == NULL)
		wrong("out of memory", NULL);
	memset(c, 0, sizeof(*c));
	b->core = c;
	b->cut = UINT64_MAX;
	take_lines(b, description, 0);
	lay_out(b, description);
	take_lines(b, description, 1);
	take_lines(b, description, 2);
	c->bytes = calloc(1, c->size);
	if (c->bytes == NULL || b->machine == 0)
		wrong("no memory, or no elf32 or elf64 line", NULL);
	write_ehdr(b);
	write_phdrs(b);
	memcpy(c->bytes + c->notes_offset, b->notes, c->notes_size);
	fill_loads(c, description);
	if (c->size > b->cut)
		c->size = (size_t)b->cut;
	free(b);
}

void corefile_free(struct corefile *c)
{
	free(c->bytes);
	c->bytes = NULL;
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

int corefile_open(const struct corefile *c, const char *path)
{
	size_t used = 0;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	while (fd >= 0 && used < c->size) {
		ssize_t n = write(fd, c->bytes + used, c->size - used);

		if (n <= 0)
			wrong("cannot write", path);
		used += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		wrong("cannot open", path);
	return fd;
}
