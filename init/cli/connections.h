/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connections of kdump-init receive, each a process: so many at once, and none that sends
 * nothing keeps out one that does.
 */
#ifndef CLI_CONNECTIONS_H
#define CLI_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { CONNECTIONS = 16 /* at once */ };

/* Listens at the address AT (NULL: all there are) and PORT (0: any). Returns a socket or -errno. */
int connections_listen(const char *at, uint16_t port);
unsigned int connections_port(int listener); /* the one that it is */

/* Is ERROR, of accept(2), the listener's own, so that none will come any more? */
bool connections_ended(int error);

void connections_begin(void);

/*
 * Makes a process for one more. Where there are CONNECTIONS already, the oldest one that has not
 * called connections_keep is ended for it; if all have, this waits for one of them. Returns 0, 1 in
 * the new process, or -errno.
 */
int connections_fork(void);

/* In such a process: it has something to keep, and is waited for from here on. */
void connections_keep(void);

#endif
