/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handover leaves everything as the kernel made it: our mounts gone, no signal blocked, the
 * umask as it was.
 */
#include "handover.h"

#include "board/pseudofs.h"
#include "config.h"
#include "log.h"

#include <signal.h>
#include <stddef.h>
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

static const char *find_init(void)
{
	struct stat self = {0};

	if (stat("/proc/self/exe", &self) != 0)
		return NULL; /* without knowing ourselves we might start ourselves for ever */
	for (unsigned int i = 0; i < sizeof(inits) / sizeof(inits[0]); i++) {
		if (is_other(inits[i], &self))
			return inits[i];
	}
	return NULL;
}

void handover(char **argv)
{
	char *shell_arguments[] = {NULL, NULL};
	char **arguments = argv[0] != NULL ? argv : shell_arguments;
	const char *init = find_init();
	sigset_t none;

	if (init == NULL)
		return;
	log_line("no crash: handing over to %s", init);
	pseudofs_unmount();
	umask(022);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	arguments[0] = (char *)(uintptr_t)init;
	execv(init, arguments);
}
