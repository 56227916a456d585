/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of the running kernel that a dump, or what is read out of it, depends on.
 * config/kernel/first.config has the same ones for whoever builds it, which make lint compares.
 */
#include "cli/cli_check.h"
#include "cli/findings.h"
#include "cli/kernel_config.h"

#include <string.h>

/* "y" or "m" will do; OTHER is as good. ONLY: of kernels that have this option, too. */
static const struct {
	const char *name, *other, *only;
	enum finding_level level; /* LOSES only when it is the capture kernel as well */
	const char *lost;
} options[] = {
	{"KEXEC", "KEXEC_FILE", NULL, LOSES, "no capture kernel can be loaded"},
	{"CRASH_DUMP", NULL, NULL, LOSES, "no memory can be reserved for a capture kernel"},
	{"PROC_VMCORE", NULL, NULL, LOSES,
	 "as capture kernel it has no /proc/vmcore, and nothing can be saved"},
	{"RELOCATABLE", NULL, "X86_64", LOSES,
	 "as capture kernel it cannot run where crashkernel= is"},
	{"HOTPLUG_CPU", NULL, "ARM", NOTE,
	 "with more than one processor kexec loads no capture kernel"},
	{"KALLSYMS", NULL, NULL, NOTE, "the log has addresses where names of functions should be"},
	{"KALLSYMS_ALL", NULL, NULL, NOTE,
	 "a dump has no names of variables where its vmlinux is lost"},
	{"DEBUG_INFO", "DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT", NULL, NOTE,
	 "crash(8) and drgn can read no dump of it, gdb only the log"},
	{"MAGIC_SYSRQ", NULL, NULL, NOTE, "a machine that hangs cannot be made to crash"},
	{"DETECT_HUNG_TASK", NULL, NULL, NOTE, "a task that waits for ever is not noticed"},
	{"SOFTLOCKUP_DETECTOR", NULL, NULL, NOTE,
	 "a processor that is stuck in the kernel is not noticed"},
};

static bool is_set(const char *name)
{
	char value[KERNEL_CONFIG_VALUE];

	return name != NULL && kernel_config(name, value) && strcmp(value, "n") != 0;
}

void check_kernel(bool captures)
{
	char value[KERNEL_CONFIG_VALUE];

	if (!kernel_config(options[0].name, value)) {
		finding(NOTE,
			"kernel: neither /boot/config-* nor /proc/config.gz tells what it was "
			"built with: that was not checked");
		return;
	}
	for (unsigned int i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (is_set(options[i].name) || is_set(options[i].other) ||
		    (options[i].only != NULL && !is_set(options[i].only)))
			continue;
		finding(options[i].level == LOSES && !captures ? MAY_LOSE : options[i].level,
			"kernel: built without CONFIG_%s: %s (config/kernel/first.config)",
			options[i].name, options[i].lost);
	}
}
