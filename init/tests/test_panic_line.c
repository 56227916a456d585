/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcore/panic_line, and worker/capture_log with it: which line of a log says why the kernel died.
 * The logs here are shaped like those of ARM, arm64 and x86_64 from 3.10 on.
 */
#include "vmcore/panic_line.h"

#include "tests/images/crashlog.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Takes the lines of a text, each as a message of the kernel's own; "+" continues the one before.
 */
static const char *found_in(const char *text)
{
	static struct panic_line p;

	panic_line_begin(&p);
	for (const char *end; *text != '\0'; text = end + (*end != '\0')) {
		bool more = *text == '+';

		end = text + strcspn(text, "\n");
		panic_line_take(&p, text + more, (size_t)(end - text) - more, more);
	}
	return panic_line_text(&p);
}

static void check(const char *text, const char *want)
{
	if (!CHECK_STR(found_in(text), want))
		test_note("%s", text);
}

#define ARM_1 "Unable to handle kernel NULL pointer dereference at virtual address 00000004\n"
#define ARM_2 "Unable to handle kernel paging request at virtual address beefdead when read\n"
#define OOPS(number)                                                                               \
	"[00000004] *pgd=00000000\nInternal error: Oops: 17 [#" number "] SMP ARM\n"               \
	"Modules linked in: wlan\n"
#define TRACE	"---[ end trace 0000000000000000 ]---\n"
#define PANIC	"Kernel panic - not syncing: "
#define NOTHING ""

TEST("the last panic is why, whatever came before it, and what only quotes it is none")
{
	check(PANIC "sysrq triggered crash\n", PANIC "sysrq triggered crash");
	check(ARM_1 OOPS("1") TRACE PANIC "Attempted to kill init! exitcode=0x0000000b\n"
					  "---[ end " PANIC "Attempted to kill init! ]---\n",
	      PANIC "Attempted to kill init! exitcode=0x0000000b");
	check(PANIC "one\n" PANIC "two\n", PANIC "two");
	check(PANIC "VFS: Unable to mount root fs\n" ARM_1, PANIC "VFS: Unable to mount root fs");
	check("systemd: Kernel panic - not syncing: no\nKernel panic handler armed\n", NOTHING);
	check("ramoops: Kernel panic - not syncing: of yesterday\n", NOTHING);
}

TEST("without a panic it is how the last oops began, not an earlier one, nor its second line")
{
	check("8<--- cut here ---\n" ARM_1 OOPS("1"), "Unable to handle kernel NULL pointer "
						      "dereference at virtual address 00000004");
	check(ARM_1 OOPS("1") TRACE "eth0: link up\n" ARM_2 OOPS("2"),
	      "Unable to handle kernel paging request at virtual address beefdead when read");
	check(ARM_1 OOPS("1") TRACE
	      "Internal error: Oops - undefined instruction: 0 [#2] SMP ARM\n",
	      "Internal error: Oops - undefined instruction: 0 [#2] SMP ARM");
	check(ARM_1 OOPS("1") "Internal error: Oops - BUG: 0 [#2] PREEMPT ARM\n",
	      "Internal error: Oops - BUG: 0 [#2] PREEMPT ARM");
	check("kernel BUG at mm/slub.c:42!\nInternal error: Oops - BUG: 00000000f2000800 [#1] SMP\n",
	      "kernel BUG at mm/slub.c:42!");
	check("Kernel BUG at ffffffc000123456 [verbose debug info unavailable]\n" OOPS("1"),
	      "Kernel BUG at ffffffc000123456 [verbose debug info unavailable]");
	check(ARM_1,
	      "Unable to handle kernel NULL pointer dereference at virtual address 00000004");
	check("Internal error: synchronous external abort: 96000210 [#1] PREEMPT SMP\n",
	      "Internal error: synchronous external abort: 96000210 [#1] PREEMPT SMP");
}

TEST("a panic that an oops led to is named with that oops, any other without")
{
	static struct panic_line p;
	static const char *const texts[] = {
		"Kernel panic - not syncing: Fatal exception in interrupt",
		"Kernel panic - not syncing: sysrq triggered crash"};

	for (unsigned int i = 0; i < 2; i++) {
		panic_line_begin(&p);
		panic_line_take(&p, "kernel BUG at a.c:1!", 20, false);
		CHECK_STR(panic_line_before(&p), "");
		panic_line_take(&p, texts[i], strlen(texts[i]), false);
		CHECK_STR(panic_line_text(&p), texts[i]);
		CHECK_STR(panic_line_before(&p), i == 0 ? "kernel BUG at a.c:1!" : "");
	}
}

TEST("x86: each kind of oops, old and new")
{
	static const char *const oopses[] = {
		"BUG: unable to handle kernel NULL pointer dereference at           (null)",
		"BUG: unable to handle kernel paging request at ffffc90000000000",
		"BUG: unable to handle page fault for address: ffffc90000000000",
		"BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"BUG: stack guard page was hit at 00000000b2f481cf (stack is 0..1)",
		"BUG: TASK stack guard page was hit at ffffc90001717fd8 (stack is 0..1)",
		"general protection fault: 0000 [#1] SMP",
		"general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP",
		"Oops: general protection fault, probably for non-canonical address: 0000 [#1] SMP",
		"Oops: 0002 [#1] PREEMPT SMP PTI",
		"Oops: divide error: 0000 [#1] SMP",
		"invalid opcode: 0000 [#1] SMP",
		"divide error: 0000 [#1] SMP",
		"stack segment: 0000 [#1] SMP",
	};

	for (unsigned int i = 0; i < sizeof(oopses) / sizeof(oopses[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			 "BUG: kernel NULL pointer dereference, address: 0000000000000099\n"
			 "#PF: supervisor read access in kernel mode\nOops: 0000 [#1] SMP\n" TRACE
			 "%s\nCPU: 1 PID: 1\n",
			 oopses[i]);
		check(text, oopses[i]);
	}
	check("BUG: kernel NULL pointer dereference, address: 0000000000000000\n"
	      "#PF: supervisor write access in kernel mode\nPGD 0 P4D 0\nOops: 0002 [#1] SMP\n",
	      "BUG: kernel NULL pointer dereference, address: 0000000000000000");
}

TEST("a fault that a process can cause counts with the header of an oops, or for want of better")
{
	static const char fault[] = "Unhandled fault: page domain fault (0x01b) at 0x00000000\n";
	char text[512];

	snprintf(text, sizeof(text), "8<--- cut here ---\n%s" OOPS("1"), fault);
	check(text, "Unhandled fault: page domain fault (0x01b) at 0x00000000");
	snprintf(text, sizeof(text), ARM_1 OOPS("1") TRACE "%smyapp: died\n", fault);
	check(text, "Unable to handle kernel NULL pointer dereference at virtual address 00000004");
	check(fault, "Unhandled fault: page domain fault (0x01b) at 0x00000000");
	check("Unhandled prefetch abort: breakpoint debug exception (0x002) at 0x0\n" OOPS("1"),
	      "Unhandled prefetch abort: breakpoint debug exception (0x002) at 0x0");
	check("Bad mode in Error handler detected on CPU0, code 0xbf000002 -- SError\n"
	      "Internal error: Oops - bad mode: 0 [#1] SMP\n",
	      "Bad mode in Error handler detected on CPU0, code 0xbf000002 -- SError");
}

TEST("what is no oops is none: words inside a message, other names, warnings, processes")
{
	check("DEBUG: unable to handle everything\nDEBUG: kernel BUG at home\n", NOTHING);
	check("foo: BUG: unable to handle kernel paging request\n", NOTHING);
	check("WARNING: CPU: 0 PID: 1 at kernel/x.c:3 f+0x1/0x2\n" TRACE, NOTHING);
	check("------------[ cut here ]------------\n8<--- cut here ---\n", NOTHING);
	check("Internal error:[1234]: segfault at 0 ip 0 sp 0 error 4 in a.out\n", NOTHING);
	check("general protection fault happened in the wlan firmware\n", NOTHING);
	check("traps: a.out[12] general protection fault ip:0 sp:0 error:0\n", NOTHING);
	check("rcu: INFO: rcu_sched self-detected stall on CPU\n", NOTHING);
	check("INFO: task kworker/0:1:42 blocked for more than 122 seconds.\n", NOTHING);
	check("Out of memory: Killed process 99 (a.out) total-vm:1kB\n", NOTHING);
	check("Oops, that went wrong\nOops\n\n\nkernel BUG\n", NOTHING);
	check("", NOTHING);
}

TEST("trouble that many machines survive counts when there is nothing else")
{
	static const char *const hints[] = {
		"watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [swapper/0:1]",
		"BUG: scheduling while atomic: swapper/0/1/0x00000002",
		"SysRq : Trigger a crash",
		"sysrq: SysRq : Trigger a crash",
		"sysrq: Trigger a crash",
	};

	for (unsigned int i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		char text[512];

		check(hints[i], hints[i]);
		snprintf(text, sizeof(text), ARM_1 OOPS("1") "%s\n", hints[i]);
		check(text, "Unable to handle kernel NULL pointer dereference at virtual address "
			    "00000004");
		snprintf(text, sizeof(text), PANIC "x\n%s\n", hints[i]);
		check(text, PANIC "x");
	}
}

TEST("a message that goes on in another is one, and such a piece begins nothing")
{
	check("BUG: unable to handle kernel \n+NULL pointer dereference\n+ at           (null)\n",
	      "BUG: unable to handle kernel NULL pointer dereference at           (null)");
	check("module says: \n+" PANIC "no\n", NOTHING);
	check(ARM_1 "[00000000] *pgd=0\n+, *pte=0\n",
	      "Unable to handle kernel NULL pointer dereference at virtual address 00000004");
}

TEST("a line ends at its first newline, and at the room for it")
{
	static struct panic_line p;
	static const char two[] = "\n Kernel panic - not syncing: one\nresult=complete\n";
	char text[2000];

	panic_line_begin(&p);
	panic_line_take(&p, two, sizeof(two) - 1, false);
	CHECK_STR(panic_line_text(&p), PANIC "one");
	memset(text, 'x', sizeof(text));
	memcpy(text, PANIC, sizeof(PANIC) - 1);
	panic_line_take(&p, text, sizeof(text), false);
	CHECK_EQ(strlen(panic_line_text(&p)), PANIC_LINE - 1);
	CHECK_MEM(panic_line_text(&p), text, PANIC_LINE - 1);
	panic_line_take(&p, text, sizeof(text), true);
	CHECK_EQ(strlen(panic_line_text(&p)), PANIC_LINE - 1);
}

static struct status status;
static bool marked; /* by kdump-load --test */

/* The panic that a capture of the log of that kernel puts into its status. */
static void check_capture(const char *kind, const char *records, const char *want)
{
	const struct capture_bound most = {.bytes = 1 << 20, .ms = 60000};
	uint32_t progress = 0;
	struct capture capture = {.status = &status, .progress = &progress};
	int fd = open("log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char description[4096];
	struct crashlog *c;

	snprintf(description, sizeof(description), "%s\n%s", kind, records);
	c = crashlog_build(description);
	scratch_write_file("core", c->core.bytes, c->core.size);
	status_init(&status);
	status.test = marked;
	REQUIRE(fd >= 0 && capture_open(&capture, "core") == 0);
	CHECK_EQ(capture_log(&capture, fd, &most), 0);
	if (!CHECK_STR(status.panic, want))
		test_note("%s", description);
	capture_close(&capture);
	close(fd);
	crashlog_free(c);
}

TEST("in a capture only what the kernel itself said counts, in every kind of log")
{
	static const char *const kinds[] = {
		"ring arm text_bits=12",    "ring arm64 text_bits=12 pad=8",
		"ring x86_64 text_bits=12", "records arm",
		"records arm64 caller=1",   "records x86_64 old=1"};

	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		check_capture(
			kinds[i],
			"record 1.0 " PANIC "really\nrecord 2.0 " PANIC "by a program\n"
			"poke facility 1\nrecord 3.0 systemd: Kernel panic - not syncing: x\n",
			PANIC "really");
		check_capture(kinds[i],
			      "record 1.0 Unable to handle kernel paging request\npoke facility 3\n"
			      "record 2.0 DEBUG: Kernel panic handler armed\n",
			      NOTHING);
		check_capture(kinds[i],
			      "record 1.0 app: \\nKernel panic - not syncing: no\n"
			      "record 2.0 \\x1bKernel panic - not syncing: no\n",
			      NOTHING);
		check_capture(kinds[i],
			      "record 1.0 BUG: unable to handle kernel \npoke flags 0\n"
			      "record 2.0 paging request at 1\npoke flags 10\n",
			      "BUG: unable to handle kernel paging request at 1");
	}
}

TEST("a crash that comes before the one of a test is none, whatever is loaded for that")
{
	static const struct {
		const char *log, *panic;
		bool test;
	} cases[] = {
		{"record 1.0 sysrq: Trigger a crash\nrecord 1.1 " PANIC "sysrq triggered crash\n",
		 PANIC "sysrq triggered crash", true},
		{"record 1.0 SysRq : Trigger a crash\nrecord 1.1 BUG: sleeping function\n"
		 "record 1.2 Unable to handle kernel NULL pointer dereference\n",
		 "Unable to handle kernel NULL pointer dereference", true},
		{"record 1.0 nothing of the kind\n", NOTHING, true},
		{"record 1.0 sysrq: Trigger a crash\npoke facility 1\nrecord 1.1 " PANIC "x\n",
		 PANIC "x", false},
		{"record 1.0 " ARM_1,
		 "Unable to handle kernel NULL pointer dereference at virtual "
		 "address 00000004",
		 false},
	};

	marked = true;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_capture("ring arm text_bits=12", cases[i].log, cases[i].panic);
		if (!CHECK_EQ(status.test, cases[i].test))
			test_note("%s", cases[i].log);
	}
	marked = false;
	check_capture("ring arm text_bits=12", cases[0].log, cases[0].panic);
	CHECK(!status.test);
}

TEST("in a capture of which only the newest part has room, the reason is that of the whole log")
{
	static char records[40000];
	int n = sprintf(records, "ring arm64 text_bits=15 count_bits=10\nrecord 1.0 " ARM_1);
	const struct capture_bound most = {.bytes = 512, .ms = 60000};
	uint32_t progress = 0;
	struct capture capture = {.status = &status, .progress = &progress};
	int fd = open("log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct crashlog *c;

	for (unsigned int i = 0; i < 200; i++)
		n += sprintf(records + n, "record 2.0 Call trace line %u\n", i);
	c = crashlog_build(records);
	scratch_write_file("core", c->core.bytes, c->core.size);
	status_init(&status);
	REQUIRE(fd >= 0 && capture_open(&capture, "core") == 0);
	CHECK_EQ(capture_log(&capture, fd, &most), 0);
	CHECK_EQ(status.log, STATUS_LOG_TRUNCATED);
	CHECK_HAS(status.panic, "Unable to handle kernel NULL pointer");
	capture_close(&capture);
	close(fd);
	crashlog_free(c);
}
