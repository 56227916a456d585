/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a run. There is no way back out of it.
 */
#ifndef PID1_FINISH_H
#define PID1_FINISH_H

#include "config/config.h"

/*
 * From here on the death of PID 1, which panics the kernel, reboots the machine after a few
 * seconds. What the kernel was told already is left.
 */
void finish_reboot_on_panic(void);

/*
 * Reboots, powers off, halts or gives a shell. Never returns. When reboot(2) hangs or fails,
 * sysrq is tried, then the panic of PID 1's exit; a watchdog stays armed throughout.
 */
_Noreturn void finish(enum config_ending ending);

/* Makes the signals that would kill PID 1 (and so hang the machine) reboot it instead. */
void finish_on_fatal_signals(void);

#endif
