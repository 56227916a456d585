/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a translation is proved, on any machine: the release that VMCOREINFO names must stand in
 * init_uts_ns. The page tables must lead there, too, and have the last word where a key or a
 * header can be wrong.
 */
#include "vmcore/translate.h"

#include "vmcore/elfcore.h"
#include "vmcore/machine.h"
#include "vmcore/physmem.h"
#include "vmcore/translate_machines.h"
#include "vmcore/translate_walk.h"
#include "vmcore/vmcoreinfo.h"

#include <errno.h>
#include <string.h>

enum {
	UTS_RELEASE = 2, /* its place among the fields of struct new_utsname */
	UTS_NAME = 4,	 /* of struct uts_namespace, behind the kref, until a key says it (5.11) */
};

bool translate_find_proof(struct translate *t, const struct vmcoreinfo *info)
{
	uint64_t uts;
	uint64_t name = UTS_NAME;

	if (!vmcoreinfo_number(info, "SYMBOL(init_uts_ns)", 16, &uts) ||
	    !vmcoreinfo_text(info, "OSRELEASE", t->release, sizeof(t->release)))
		return false;
	(void)vmcoreinfo_number(info, "OFFSET(uts_namespace.name)", 10, &name);
	t->proof = uts + name + UTS_RELEASE * TRANSLATE_RELEASE;
	return t->release[0] != '\0';
}

bool translate_proves_right(struct translate *t)
{
	char there[TRANSLATE_RELEASE];

	if (translate_read(t, t->proof, there, sizeof(there)) != 0)
		return false;
	there[sizeof(there) - 1] = '\0';
	return strcmp(there, t->release) == 0;
}

/*
 * Tables that lead elsewhere than to the proof are not used at all; such as cannot be read there
 * may still do for other addresses, but decide nothing.
 */
void translate_use_tables(struct translate *t, const struct vmcoreinfo *info, const char *root)
{
	struct translate_walk walk = t->walk;
	uint64_t want = t->proof + t->map[0].add;
	uint64_t symbol;
	uint64_t pa;
	uint64_t left;
	int r;

	t->walk = (struct translate_walk){0}; /* the root is found by the maps */
	t->block_size = 0;
	if (!vmcoreinfo_number(info, root, 16, &symbol) ||
	    translate_physical(t, symbol, &walk.root, &left) != 0)
		return;
	t->walk = walk;
	r = translate_walk(t, t->proof, &pa, &left);
	t->walk.trusted = r == 0 && pa == want;
	if (r == 0 && pa != want)
		t->walk.levels = 0;
}

bool translate_tables_lead(struct translate *t, uint64_t va, uint64_t pa)
{
	uint64_t there;
	uint64_t left;

	return translate_walk(t, va, &there, &left) == 0 && there == pa;
}

bool translate_linear_holds(struct translate *t, uint64_t known)
{
	const struct translate_map *m = &t->map[1];
	uint64_t pa = t->proof + t->map[0].add;
	uint8_t byte;

	if (t->walk.trusted)
		return translate_tables_lead(t, pa - m->add, pa);
	return known < m->start || known > m->end ||
	       physmem_read(t->memory, known + m->add, &byte, 1) == 0;
}

int translate_open(struct translate *t, const struct elfcore *core, const struct vmcoreinfo *info,
		   struct physmem *memory)
{
	uint64_t page = 0;

	(void)vmcoreinfo_number(info, "PAGESIZE", 10, &page);
	if (page < 4096 || page > 65536 || (page & (page - 1)) != 0)
		page = 4096;
	*t = (struct translate){
		.memory = memory,
		.machine = machine_of(core->machine),
		.page = page,
	};
	t->word = t->machine->word;
	return t->machine->translate != NULL ? t->machine->translate(t, core, info) : -ENOTSUP;
}
