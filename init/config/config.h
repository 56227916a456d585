/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration: a value that is filled line by line (config_source.h), and never opens a file.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "config/config_net.h"

enum { CONFIG_TARGETS = 8, CONFIG_MODULES = 64, CONFIG_LEVEL_MAX = 31 /* of makedumpfile -d */ };
enum { CONFIG_ROOT = CONFIG_TARGETS /* the row behind them: log_to_root */, CONFIG_LOOP_MAX = 20 };
enum { CONFIG_SEALS = 8, CONFIG_SEAL_KEY = 32 /* bytes of a recipient's X25519 key */ };
enum { CONFIG_WHY = 256 /* bytes for a reason */, CONFIG_MENDED = 1 /* taken as it was meant */ };
enum config_format { FORMAT_ELF, FORMAT_KDUMP, FORMAT_NONE };
enum config_ending { ENDING_REBOOT, ENDING_POWEROFF, ENDING_HALT, ENDING_SHELL };

struct config_target {
	char name[256];	    /* as in the configuration: /dev/NAME, UUID=..., HOST:/EXPORT ... */
	char fstype[32];    /* "auto", or as mount(2) calls it */
	char options[256];  /* as for mount(8), or "" */
	char path[256];	    /* of the directory of dumps in it; absolute, without ".." */
	uint32_t wait, raw; /* the seconds that its device may take to appear; 1: behind raw: */
};
struct config_module {
	char path[192], parameters[160]; /* the latter separated by spaces, or "" */
};
/* CRASHES within so many seconds are a loop (0: none): ENDING follows, for a reboot after WAIT. */
struct config_loop {
	uint32_t crashes, within, ending, wait;
};
/* The numbers come first: where the offset is small, code that reads one is short. */
struct config {
	uint32_t format, level;	     /* an enum config_format; bits as in makedumpfile -d */
	uint32_t compress;	     /* the flag of a codec, as codec/codec.h has it */
	uint32_t dmesg, log_to_root; /* 1: save the log as a file; on root= at last; 0: do not */
	uint32_t keep, max_per_day;  /* dumps with memory of a path; of a day, 0: no limit */
	uint64_t free;		     /* the bytes that are left free on the target */
	uint32_t stall, timeout; /* seconds that end an attempt, without progress; all attempts */
	uint32_t on_success, on_failure; /* an enum config_ending each */
	struct config_loop loop;
	unsigned int targets, modules, seals,
		nets;		    /* how many of TARGET, MODULE, SEAL, NET there are */
	uint32_t test, seal_status; /* 1: kdump-load --test made the crash; the status hides why */
	uint32_t insecure;	    /* 1: config_may_send */
	bool seal_wanted, unread;   /* a line was to name who opens the dumps; none could be read */

	/* For config*.c alone, while lines are read. */
	uint32_t given, given_to_target;       /* the keys that lines have set, a bit each */
	bool target_refused, override_refused; /* the last line, or word, that opens a target was */
	bool targets_replaced, seals_replaced; /* the command line has begun a list of its own */
	struct config_target target_defaults, doubtful; /* the latter was refused for its key */
	char watchdog[64], root[256]; /* "auto", "none" or a path; the value of root=, or "" */
	struct config_target target[CONFIG_TARGETS + 1]; /* the last by log_to_root, or "" */
	struct config_module module[CONFIG_MODULES];
	uint8_t seal[CONFIG_SEALS][CONFIG_SEAL_KEY]; /* who can open the dumps */
	struct config_net net[CONFIG_NETS];
};

/* Sets every key to its default, without targets and modules. */
void config_read_init(struct config *c);

/*
 * Takes one LINE of LEN bytes, with or without a newline, blank or a comment, too. Returns 0;
 * CONFIG_MENDED with WHY filled: it can mean one thing only, which was taken; or -EINVAL with WHY
 * filled: what is wrong and what was expected. A line that is refused changes nothing, but after
 * one that was meant to open a target the keys below it are refused, and SEAL_WANTED may be set.
 */
int config_read_line(struct config *c, const char *line, size_t len, char why[CONFIG_WHY]);

/*
 * Sets KEY to VALUE (NULL: the key stands alone), as the kernel command line does after all lines:
 * it wins, and its first target replaces those of the file. Returns as config_read_line.
 */
int config_override(struct config *c, const char *key, const char *value, char why[CONFIG_WHY]);

/* To be called last. Without a target ROOT (the value of root=, or NULL) becomes the only one, in
 * whatever form it is; one too long is left out. */
void config_read_finish(struct config *c, const char *root);

#endif
