/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration: a value that is filled line by line and never opens a file. Where the
 * lines come from: config_source.h.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONFIG_TARGETS = 8, CONFIG_MODULES = 64, CONFIG_WHY = 200 };
enum { CONFIG_LEVEL_MAX = 31 /* all that can be left out is */ };

enum config_format { FORMAT_ELF, FORMAT_KDUMP, FORMAT_NONE };
enum config_ending { ENDING_REBOOT, ENDING_POWEROFF, ENDING_HALT, ENDING_SHELL };

struct config_target {
	char name[256]; /* /dev/NAME, UUID=..., LABEL=..., PARTUUID=..., PARTLABEL=..., a tag */
	char fstype[32];
	char options[256];
	char path[256];
	uint32_t wait; /* seconds */
};

struct config_module {
	char path[192];
	char parameters[96];
};

struct config {
	struct config_target target[CONFIG_TARGETS];
	struct config_target target_defaults; /* what the next target starts from */
	struct config_target refused; /* takes the keys below a target line that was refused */
	bool target_refused;
	unsigned int targets;
	struct config_module module[CONFIG_MODULES];
	unsigned int modules;
	uint32_t format;      /* enum config_format */
	uint32_t level;	      /* bits of pages to leave out, as makedumpfile -d */
	uint32_t compress;    /* flag of a codec, see codec/codec.h */
	uint32_t dmesg;	      /* 0 or 1 */
	uint32_t keep;	      /* complete dumps kept in a path */
	uint64_t free;	      /* bytes left free on the target */
	uint32_t max_per_day; /* dumps with memory of one day; 0: no limit */
	uint32_t stall;	      /* seconds without progress that end an attempt */
	uint32_t timeout;     /* seconds that end the run */
	uint32_t on_success;  /* enum config_ending */
	uint32_t on_failure;  /* enum config_ending */
	char watchdog[64];
	bool targets_replaced; /* the command line has begun a list of its own */
};

/* All defaults, no targets. */
void config_read_init(struct config *c);

/*
 * Takes one line (no newline needed; blank and comment lines are taken too). Returns 0, or
 * -EINVAL with WHY filled: what is wrong and what was expected. A refused line changes nothing,
 * but the keys below a refused target go nowhere.
 */
int config_read_line(struct config *c, const char *line, size_t len, char why[CONFIG_WHY]);

/* Sets KEY to VALUE, as from the kernel command line, where it wins over the file. */
int config_override(struct config *c, const char *key, const char *value, char why[CONFIG_WHY]);

/* When no target was given, ROOT (the value of root=, or NULL) becomes the only one. */
void config_read_finish(struct config *c, const char *root);

#endif
