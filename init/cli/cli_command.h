/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands, for cli.c, which has counted the arguments of those that want a certain number of
 * them. Each takes what stands behind its name and returns the exit code (enum cli_exit).
 */
#ifndef CLI_CLI_COMMAND_H
#define CLI_CLI_COMMAND_H

#include "cli/cli.h"

#include <stdbool.h>

struct config;

/* [--json|--syntax|--describe] [CONFIG]: whether it is good, and this system ready to dump. */
int cli_check(int argc, char **argv);

/* What check --settings does with FILE [CMDLINE]: prints what the scripts ask. */
int cli_settings(int argc, char **argv);

/* What check --describe prints, with the configuration that was read. */
int cli_describe(const struct config *c);

/* VMCORE: prints its log. */
int cli_dmesg(int argc, char **argv);

/* [-d LEVEL] [-c CODEC] [-f FORMAT] VMCORE OUT: makes another dump of one that is there. */
int cli_dump(int argc, char **argv);

/* DEVICE [DIR]: lists the dumps of a device without a filesystem, and gets them out. */
int cli_extract(int argc, char **argv);

/* [--port N] [--bind ADDRESS] [--once] DIR: takes the dumps that boards send. */
int cli_receive(int argc, char **argv);

/* DIR: says whether the dump in it is what its status says. */
int cli_verify(int argc, char **argv);

/* Prints an archive member of random bytes, for kdump-load to hand to the capture kernel. */
int cli_seed(int argc, char **argv);

/* Is FILE, open as FD, sealed, or a directory? Then it is said how to open it, or what to name. */
bool cli_is_no_core(const char *file, int fd);

/* For arguments that make no sense: says how the command is used. Returns CLI_USAGE. */
int cli_usage(void);

#endif
