/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel says when it dies. An oops has several lines: one that says what happened (not
 * always), and a header with a number, "[#1]", that die() prints. It starts the capture kernel by
 * itself in an interrupt, or with panic_on_oops (kexec_should_crash in kernel/crash_core.c):
 * then there is no line of a panic. A warning is none of it, and what names a process is not
 * looked at beyond its fixed words, since the process chose that name.
 */
#include "vmcore/panic_line.h"

#include <stdint.h>
#include <string.h>

/* What stands somewhere behind the beginning. */
enum { ANYTHING, NUMBER, GUARD_PAGE, MODE };

static const char *const behind[] = {
	[ANYTHING] = "",
	[NUMBER] = " [#",
	[GUARD_PAGE] = "stack guard page was hit",
	[MODE] = " handler detected",
};

enum kind {
	PANIC,	/* panic() */
	LEAD,	/* says what happened: a header follows */
	MAYBE,	/* the same, but processes cause it, too: only with a header */
	HEADER, /* of die() */
	END,	/* of an oops */
	HINT,	/* something was wrong, and many machines live on */
	ASKED,	/* the same, by somebody's wish */
};

/* Each as it is from 3.10 to 7.x, where nothing else is said. */
static const struct {
	const char *begins;
	uint8_t has;  /* of BEHIND */
	uint8_t kind; /* enum kind */
} lines[] = {
	/* kernel/panic.c */
	{"Kernel panic - not syncing", ANYTHING, PANIC},
	{"---[ end trace ", ANYTHING, END},
	/* mm/fault.c of arch/arm and arch/arm64 */
	{"Unable to handle kernel ", ANYTHING, LEAD},
	{"Unhandled fault", ANYTHING, MAYBE},
	{"Unhandled prefetch abort", ANYTHING, MAYBE},
	/* arch/x86/mm/fault.c: the first up to 5.0, the second since */
	{"BUG: unable to handle ", ANYTHING, LEAD},
	{"BUG: kernel NULL pointer dereference", ANYTHING, LEAD},
	/* arch/x86/kernel/traps.c: which stack comes before, since 5.16 */
	{"BUG: ", GUARD_PAGE, LEAD},
	/* lib/bug.c; arch/arm/kernel/traps.c without CONFIG_GENERIC_BUG */
	{"kernel BUG at ", ANYTHING, LEAD},
	{"Kernel BUG at ", ANYTHING, LEAD},
	/* kernel/traps.c of arch/arm and arch/arm64 */
	{"Bad mode in ", MODE, MAYBE},
	{"Internal error: ", NUMBER, HEADER},
	/* arch/x86/kernel/dumpstack.c; the kinds without "Oops: " before 6.11 (traps.c) */
	{"Oops: ", NUMBER, HEADER},
	{"Oops - ", NUMBER, HEADER},
	{"general protection fault", NUMBER, HEADER},
	{"invalid opcode: ", NUMBER, HEADER},
	{"divide error: ", NUMBER, HEADER},
	{"stack segment: ", NUMBER, HEADER},
	{"double fault: ", NUMBER, HEADER},
	{"int3: ", NUMBER, HEADER},
	{"stack guard page: ", NUMBER, HEADER},
	{"kernel stack overflow", NUMBER, HEADER},
	/* kernel/watchdog.c, under three names; mm and kernel/sched for what has only "BUG: " */
	{"BUG: ", ANYTHING, HINT},
	{"watchdog: BUG: ", ANYTHING, HINT},
	{"NMI watchdog: BUG: ", ANYTHING, HINT},
	/* drivers/tty/sysrq.c; the first two up to 4.20 */
	{"SysRq : Trigger a crash", ANYTHING, ASKED},
	{"sysrq: SysRq : Trigger a crash", ANYTHING, ASKED},
	{"sysrq: Trigger a crash", ANYTHING, ASKED},
};

void panic_line_begin(struct panic_line *p)
{
	for (unsigned int i = 0; i < PANIC_KINDS; i++)
		p->text[i][0] = '\0';
	p->growing = NULL;
	p->led = false;
	p->by_sysrq = false;
}

/* Appends what is printable, up to the end of the first line. */
static void append(char *kept, const char *text, size_t size)
{
	size_t n = strlen(kept);

	for (size_t i = 0; i < size && text[i] >= ' ' && n < PANIC_LINE - 1; i++)
		kept[n++] = text[i];
	kept[n] = '\0';
}

static void keep(struct panic_line *p, enum panic_kind kind, const char *text, size_t size)
{
	p->growing = p->text[kind];
	p->growing[0] = '\0';
	append(p->growing, text, size);
}

/* The header of an oops is only kept when no line before said more. */
static void take_header(struct panic_line *p, const char *text, size_t size)
{
	char *maybe = p->text[PANIC_MAYBE];

	if (!p->led && maybe[0] != '\0')
		keep(p, PANIC_OOPS, maybe, strlen(maybe));
	else if (!p->led)
		keep(p, PANIC_OOPS, text, size);
	p->led = false;
	maybe[0] = '\0';
}

static bool fits(const char *text, unsigned int i)
{
	size_t size = strlen(lines[i].begins);

	return strncmp(text, lines[i].begins, size) == 0 &&
	       strstr(text + size, behind[lines[i].has]) != NULL;
}

static void take(struct panic_line *p, const char *text, size_t size, unsigned int line)
{
	switch ((enum kind)lines[line].kind) {
	case PANIC:
		keep(p, PANIC_PANIC, text, size);
		break;
	case LEAD:
		keep(p, PANIC_OOPS, text, size);
		p->led = true;
		break;
	case MAYBE:
		keep(p, PANIC_MAYBE, text, size);
		break;
	case HEADER:
		take_header(p, text, size);
		break;
	case END:
		p->led = false;
		p->text[PANIC_MAYBE][0] = '\0';
		break;
	case ASKED:
	case HINT:
		p->by_sysrq |= lines[line].kind == ASKED;
		keep(p, PANIC_HINT, text, size);
		break;
	}
}

void panic_line_take(struct panic_line *p, const char *text, size_t size, bool continues)
{
	char line[PANIC_LINE * 2] = "";

	if (continues) {
		if (p->growing != NULL)
			append(p->growing, text, size);
		return;
	}
	p->growing = NULL;
	while (size > 0 && (*text == '\n' || *text == ' ')) {
		text++;
		size--;
	}
	if (size > sizeof(line) - 1)
		size = sizeof(line) - 1;
	memcpy(line, text, size);
	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (fits(line, i)) {
			take(p, line, size, i);
			return;
		}
	}
}

const char *panic_line_text(const struct panic_line *p)
{
	static const enum panic_kind order[] = {PANIC_PANIC, PANIC_OOPS, PANIC_MAYBE, PANIC_HINT};

	for (unsigned int i = 0; i < PANIC_KINDS; i++) {
		if (p->text[order[i]][0] != '\0')
			return p->text[order[i]];
	}
	return "";
}

/* die() of arch/arm and arch/arm64, oops_end() of arch/x86: also "... in interrupt". */
const char *panic_line_before(const struct panic_line *p)
{
	bool by_oops = strstr(p->text[PANIC_PANIC], ": Fatal exception") != NULL;

	return by_oops ? p->text[PANIC_OOPS] : "";
}
