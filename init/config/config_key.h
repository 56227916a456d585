/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the configuration: what each is called, what it takes and where it goes. For the
 * files of this room alone.
 */
#ifndef CONFIG_CONFIG_KEY_H
#define CONFIG_CONFIG_KEY_H

#include "config/config.h"

/* What a value has to be, and the type of the field that it goes to. */
enum config_kind {
	KEY_TARGET,   /* a device or share; adds a target */
	KEY_MODULE,   /* a file and its parameters; adds a module, or replaces the same one */
	KEY_FSTYPE,   /* the name of a filesystem; char[] */
	KEY_OPTIONS,  /* options of mount(8), or nothing; char[] */
	KEY_PATH,     /* an absolute path that does not lead upwards; char[] */
	KEY_WATCHDOG, /* auto, none or a device; char[] */
	KEY_NUMBER,   /* a number between min and max; uint32_t */
	KEY_SECONDS,  /* as KEY_NUMBER */
	KEY_SIZE,     /* bytes, with or without K, M, G or T; uint64_t */
	KEY_YES_NO,   /* 1 or 0; uint32_t */
	KEY_WORD,     /* one of the words that are expected, in the order of its enum; uint32_t */
	KEY_CODEC,    /* the name of a codec; uint32_t, its flag */
	KEY_SEAL,     /* a recipient of sealed dumps; adds one */
	KEY_NET,      /* the way to a server; adds one */
	KEY_ON_LOOP,  /* an ending, or a reboot after a time; struct config_loop */
};

struct config_key {
	const char *name;
	const char *expected; /* see config_key_expected; not of KEY_CODEC */
	uint16_t offset;      /* of the field */
	uint8_t kind;	      /* an enum config_kind */
	bool of_target;	      /* offset is one in struct config_target, else in struct config */
	uint32_t min, max; /* of a number, both allowed; of a text, max is the size of the field */
};

enum { CONFIG_KEYS = 27 };

extern const struct config_key config_keys[CONFIG_KEYS];

/* What ends the sentence "expected ..." of a refusal. Static. */
const char *config_key_expected(const struct config_key *k);

/* The key called NAME, in any case and with - for _; of static storage, or NULL. */
const struct config_key *config_key_named(const char *name);

/* The key that a misspelled NAME comes nearest to, or NULL. */
const struct config_key *config_key_near(const char *name);

/* Fills WHY: there is no key NAME; which one is meant, or which there are. Returns -EINVAL. */
int config_key_unknown(const char *name, char why[CONFIG_WHY]);

#endif
