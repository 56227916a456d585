/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the configuration: what each is called, what it takes and where it goes. For
 * config.c only.
 */
#ifndef CONFIG_CONFIG_KEY_H
#define CONFIG_CONFIG_KEY_H

#include "config/config.h"

enum config_kind { KEY_TEXT, KEY_NUMBER, KEY_BYTES, KEY_WORD, KEY_TARGET, KEY_MODULE };

struct config_word {
	const char *name;
	uint32_t value;
};

struct config_key {
	const char *name;
	enum config_kind kind;
	bool of_target; /* the offset is into struct config_target */
	size_t offset;
	size_t size;			 /* KEY_TEXT: bytes of the field */
	uint32_t min, max;		 /* KEY_NUMBER */
	const struct config_word *words; /* KEY_WORD */
	const char *expected;
};

enum { CONFIG_KEYS = 18 };

extern const struct config_key config_keys[CONFIG_KEYS];

/* Fills WHY with "KEY: PROBLEM; expected EXPECTED". Returns -EINVAL. */
int config_refuse(char why[CONFIG_WHY], const char *key, const char *problem, const char *expected);

/* The key called NAME, or NULL with WHY filled. */
const struct config_key *config_key_find(const char *name, char why[CONFIG_WHY]);

/* Sets the field of K, in C or in TARGET, to VALUE. Returns 0, or -EINVAL with WHY filled. */
int config_key_set(struct config *c, struct config_target *target, const struct config_key *k,
		   const char *value, char why[CONFIG_WHY]);

#endif
