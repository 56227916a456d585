/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeps two files of a run apart is their number; what keeps two runs apart, and everybody but
 * the recipients out, is the randomness. Without it there is no sealed dump, and no other one.
 */
#include "worker/save_seal.h"

#include "board/random.h"
#include "config/config.h"
#include "output/seal.h"

#include <stddef.h>
#include <unistd.h>

enum { FILES = 1 << 16 /* of an attempt, more than it can write */ };

_Static_assert((int)CONFIG_SEALS == (int)AGE_RECIPIENTS, "all that there may be");
_Static_assert((int)CONFIG_SEAL_KEY == (int)AGE_KEY, "they are one");

/*
 * Where the configuration could not be read the seed tells, which kdump-load puts there for dumps
 * that are to be sealed: whoever they were for, nothing is left unsealed then.
 */
static bool is_wanted(const struct config *c)
{
	return c->seal_wanted || (c->unread && access(RANDOM_PATH, F_OK) == 0);
}

#ifdef WITH_SEAL

static struct seal keys;

/* Can something be sealed for all of them? Nothing of it is used. */
static bool takes_all(const struct seal *s)
{
	uint8_t header[AGE_HEADER];
	struct age_secret secret;
	struct age age;

	age_secret_of(s->root, s->file, &secret);
	return age_begin(&age, s->recipients, s->count, &secret, header) > 0;
}

const char *save_seal_open(const struct config *c, unsigned int number, struct seal **seal)
{
	uint8_t bytes[RANDOM_BYTES];

	*seal = NULL;
	if (!is_wanted(c))
		return NULL;
	if (!random_gather(RANDOM_PATH, bytes))
		return "no randomness";
	keys = (struct seal){.recipients = c->seal[0], .count = c->seals, .file = number * FILES};
	age_mix(bytes, sizeof(bytes), keys.root);
	if (!takes_all(&keys))
		return "no recipient";
	keys.file++;
	*seal = &keys;
	return NULL;
}

#else

const char *save_seal_open(const struct config *c, unsigned int number, struct seal **seal)
{
	(void)number;
	*seal = NULL;
	return is_wanted(c) ? "sealing is not built in" : NULL;
}

#endif
