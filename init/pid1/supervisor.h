/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of the capture kernel.
 */
#ifndef PID1_SUPERVISOR_H
#define PID1_SUPERVISOR_H

/*
 * Captures and ends the machine. ARGV is handed to the real init when this kernel did not come
 * up after a crash. Never returns.
 */
_Noreturn void supervise(char **argv);

#endif
