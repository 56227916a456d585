/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only a desk needs: to read kdump-compressed files, and cores of other machines than its own.
 * The program that captures is linked without those objects (desk_only in init/programs.mk), since
 * a capture kernel's memory is small and it never opens such a file.
 */
#ifndef BASE_DESK_H
#define BASE_DESK_H

/*
 * Declares a function that a program may be linked without: then its address is NULL. A table that
 * has it says what such a row cannot do; any other caller is reached with a struct kdumpfile only,
 * which the capturing program has none of.
 */
#define DESK_ONLY __attribute__((weak))

/*
 * The same of what only targets of the network need, with WITH_NET=no (net_only there): reached
 * where such a target was opened, which the one function that opens it could not do.
 */
#define NET_ONLY __attribute__((weak))

#endif
