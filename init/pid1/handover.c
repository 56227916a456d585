/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handover leaves everything as the kernel made it: our mounts gone, no signal blocked, the
 * umask as it was.
 */
#include "pid1/handover.h"

#include "base/log.h"
#include "board/pseudofs.h"
#include "config/config_source.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The order in which the kernel itself looks (init/main.c, kernel_init). */
static const char *const inits[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};

bool handover_is_crash_kernel(const char *cmdline)
{
	char value[64];

	return config_cmdline_value(cmdline, "elfcorehdr", value, sizeof(value)) ||
	       access("/sys/firmware/devicetree/base/chosen/linux,elfcorehdr", F_OK) == 0;
}

static bool is_other(const char *path, const struct stat *self)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0 &&
	       (st.st_dev != self->st_dev || st.st_ino != self->st_ino);
}

void handover(char **argv)
{
	char *no_arguments[] = {NULL, NULL};
	char **arguments = argv[0] != NULL ? argv : no_arguments;
	struct stat self;
	sigset_t none;

	if (stat("/proc/self/exe", &self) != 0)
		return; /* without knowing ourselves we might start ourselves for ever */
	sigemptyset(&none);
	for (unsigned int i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
		if (!is_other(inits[i], &self))
			continue;
		log_line("no crash: handing over to %s", inits[i]);
		pseudofs_unmount();
		umask(022);
		sigprocmask(SIG_SETMASK, &none, NULL);
		arguments[0] = (char *)(uintptr_t)inits[i];
		execv(inits[i], arguments);
		log_line("%s: %s", inits[i], strerror(errno));
	}
	(void)pseudofs_mount(); /* to go on as if nothing had been */
}
