/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard and what it shares with PID 1. Whatever becomes of the guard, the watchdog stays
 * armed. Its code is in memory already, locked by PID 1; the OOM killer leaves it alone.
 */
#include "pid1/guard.h"

#include "base/clock.h"
#include "base/log.h"
#include "board/pseudofs.h"
#include "board/watchdog.h"
#include "pid1/child.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

/*
 * The guard and PID 1 look every POLL_MS at what the other has done. The watchdog's timeout is
 * longer than stall by MARGIN_S, in which PID 1 reaps a worker that stalled and unmounts what it
 * left. Each start of the guard pets the watchdog, since it opens the device: MAX_STARTS keeps a
 * guard that dies again and again from petting a stalled machine for ever.
 */
enum { POLL_MS = 250, MARGIN_S = 30, MAX_STARTS = 10 };

/* In memory that PID 1, the guard and the workers share. */
struct guard_shared {
	volatile uint32_t steps;  /* counted up by PID 1 when it makes progress */
	volatile uint32_t ending; /* 1 once PID 1 ends the machine: one more pet, then none */
	volatile uint32_t cap_ms; /* what guard_cap_ms returns a pointer to; set by the guard */
	volatile int32_t
		state; /* 1: armed; 0: there is no device yet; -errno: it cannot be opened */
	volatile int32_t told;	  /* the state that was logged last, by PID 1 or a worker */
	struct watchdog watchdog; /* a copy of the guard's, to be logged */
};

static struct guard_shared *shared;
static const struct config *config;
static const volatile uint32_t *progress;
static unsigned int starts;
static pid_t guard;
static bool pet_while_waiting;

/* Opens the device, which arms it; false while there is none to be had. */
static bool arm(struct watchdog *w)
{
	int error = watchdog_open(w, config->watchdog);

	if (error == 0) {
		watchdog_set(w, config->stall + MARGIN_S);
		/* three quarters: a worker is given up, killed and reaped before the reset */
		shared->cap_ms = w->timeout < config->stall + MARGIN_S ? w->timeout * 750 : 0;
	}
	shared->watchdog = *w;
	shared->state = error == 0 ? 1 : error == -ENODEV ? 0 : error;
	return error == 0;
}

/* Ends with the machine, or with PID 1. */
static int hold_watchdog(void *unused)
{
	struct watchdog w = {.fd = -1};
	uint32_t seen = 0;

	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);			   /* a valid signal: cannot fail */
	(void)pseudofs_write("/proc/self/oom_score_adj", "-1000"); /* else as any child */
	while (shared->ending == 0 && !arm(&w))
		clock_pause(POLL_MS);
	while (shared->ending == 0) {
		uint32_t now = *progress + shared->steps;

		if (now != seen)
			(void)watchdog_pet(&w); /* one that fails is tried again at the next step */
		seen = now;
		clock_pause(POLL_MS);
	}
	(void)watchdog_pet(&w); /* the last one, whatever it does */
	while (pause() != 0)
		; /* closing the device would only be complained about */
	return 0;
}

/* Called by child_run several times a second, and with each child that ended unexpectedly. */
static void on_poll(pid_t ended)
{
	if (ended != 0) {
		guard = ended == guard ? 0 : guard;
		return;
	}
	if (pet_while_waiting)
		guard_step();
	if (guard != 0 || starts == MAX_STARTS || shared->ending != 0)
		return;
	starts++;
	guard = child_start(hold_watchdog, NULL);
	if (guard < 0)
		guard = 0; /* no process to be had just now: again at the next poll */
}

void guard_start(const struct config *c, const volatile uint32_t *worker_progress)
{
	if (strcmp(c->watchdog, "none") == 0)
		return;
	shared = child_memory(sizeof(*shared));
	if (shared == NULL)
		return;
	config = c;
	progress = worker_progress;
	child_on_poll(on_poll);
	on_poll(0);
}

void guard_step(void)
{
	if (shared != NULL)
		shared->steps = shared->steps + 1;
}

void guard_pet_while_waiting(bool on)
{
	pet_while_waiting = on;
}

const volatile uint32_t *guard_cap_ms(void)
{
	return shared == NULL ? NULL : &shared->cap_ms;
}

void guard_tell(void)
{
	const struct watchdog *w;

	if (shared == NULL || shared->state == shared->told)
		return;
	shared->told = shared->state;
	w = &shared->watchdog;
	if (shared->told < 0)
		log_line("watchdog %s: %s; going on without it", w->path, strerror(-shared->told));
	else if (shared->told > 0 && w->timeout == 0)
		log_line("watchdog %s: armed, it does not tell its timeout", w->path);
	else if (shared->told > 0)
		log_line("watchdog %s: armed, %u s", w->path, (unsigned int)w->timeout);
	if (shared->told > 0 && shared->cap_ms > 0 && shared->cap_ms < config->stall * 1000)
		log_line("that is less than stall: attempts end after %u s without progress",
			 (unsigned int)(shared->cap_ms / 1000));
}

void guard_end(void)
{
	if (shared == NULL)
		return;
	guard_tell();
	if (shared->state == 0 && strcmp(config->watchdog, "auto") != 0)
		log_line("watchdog %s: there is no such device", config->watchdog);
	shared->ending = 1;
}
