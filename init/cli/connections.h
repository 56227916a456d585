/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connections of kdump-init receive, each a process: so many at once, and none that is silent
 * keeps out one that has something to say.
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

/* What a connection has brought. */
enum connection_worth { WORTH_NOTHING, WORTH_NAME, WORTH_FILE, WORTHS };

/* The seconds for which one may be silent, by its worth, while another one waits for its place. A
 * board that has sent its log may be reading memory. */
extern uint32_t connections_patience[WORTHS];

void connections_begin(void);

/*
 * Makes a process for one more. Where there are CONNECTIONS already, one is ended for it: the
 * oldest that has brought nothing; else, once its time is over, the one that is silent for longest.
 * Returns 0, 1 in the new process, or -errno.
 */
int connections_fork(void);

/* In such a process: something came, and it is worth that much now. */
void connections_heard(enum connection_worth worth);

/* In such a process, which is asked within a few seconds: another one is to have its place. */
bool connections_unwanted(void);

#endif
