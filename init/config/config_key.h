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
	KEY_OPTIONS,  /* options of mount(8); char[] */
	KEY_PATH,     /* an absolute path that does not lead upwards; char[] */
	KEY_WATCHDOG, /* auto, none or a device; char[] */
	KEY_NUMBER,   /* a decimal number between min and max; uint32_t */
	KEY_SECONDS,  /* as KEY_NUMBER */
	KEY_SIZE,     /* bytes, with or without K, M, G or T; uint64_t */
	KEY_YES_NO,   /* 1 or 0; uint32_t */
	KEY_WORD,     /* one of a list; uint32_t */
	KEY_CODEC,    /* the name of a codec; uint32_t, its flag */
};

/* A word that a value may be, and what is stored for it. A list ends with a name of NULL. */
struct config_word {
	const char *name;
	uint32_t value;
};

struct config_key {
	const char *name;
	enum config_kind kind;
	bool of_target;	   /* offset is one in struct config_target, else in struct config */
	bool may_be_empty; /* "KEY =" is a value, too */
	uint16_t offset;
	uint16_t size;			 /* of the field, in bytes */
	uint32_t min, max;		 /* of KEY_NUMBER and KEY_SECONDS, both allowed */
	const struct config_word *words; /* of KEY_WORD */
	const char *expected;		 /* see config_key_expected; not of KEY_CODEC */
};

enum { CONFIG_KEYS = 18 };

extern const struct config_key config_keys[CONFIG_KEYS];

/* Fills WHY with "KEY: PROBLEM; expected EXPECTED", cut where it does not fit. Returns -EINVAL. */
int config_refuse(char why[CONFIG_WHY], const char *key, const char *problem, const char *expected);

/* What ends the sentence "expected ..." of a refusal. Static. */
const char *config_key_expected(const struct config_key *k);

/* The key called NAME, in any case and with - for _; of static storage, or NULL. */
const struct config_key *config_key_named(const char *name);

/* The key that a misspelled NAME comes nearest to, or NULL. */
const struct config_key *config_key_near(const char *name);

/* Fills WHY: there is no key NAME; which one is meant, or which there are. Returns -EINVAL. */
int config_key_unknown(const char *name, char why[CONFIG_WHY]);

/*
 * Sets the field of K to VALUE, as it is spelled in the documentation: in TARGET when K is of a
 * target (it may be NULL otherwise), else in C. VALUE is copied. Returns 0, or -EINVAL with WHY
 * filled; then nothing was changed.
 */
int config_key_set(struct config *c, struct config_target *target, const struct config_key *k,
		   const char *value, char why[CONFIG_WHY]);

/*
 * When there is no target at all, not even root=, the one that was refused for its key becomes the
 * only one: it is all that can be meant. Returns whether it did.
 */
bool config_take_doubtful(struct config *c);

#endif
