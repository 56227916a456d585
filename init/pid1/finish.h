/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a run. There is no way back out of it.
 */
#ifndef PID1_FINISH_H
#define PID1_FINISH_H

#include "config/config.h"

/*
 * From here on the death of PID 1, which panics the kernel, reboots the machine after five seconds
 * (/proc/sys/kernel/panic), or as soon as panic= on the command line says. Needs /proc. Where it
 * cannot be set, finish ends the machine by reboot(2) instead.
 */
void finish_reboot_on_panic(void);

/* Waits so long with the watchdog petted; not at all where no child can be had for that. */
void finish_wait(uint32_t seconds);

/*
 * Reboots, powers off, halts, or gives a shell and then reboots. Never returns. When reboot(2)
 * hangs or fails, sysrq is tried, and then the panic that PID 1's exit is; a watchdog stays armed
 * throughout.
 */
_Noreturn void finish(enum config_ending ending);

/*
 * From here on the signals of a fault in PID 1 (SIGSEGV and the like), which would kill it and
 * leave the machine hanging in a panic, reboot the machine. All others are blocked.
 */
void finish_on_fatal_signals(void);

#endif
