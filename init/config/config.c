/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> struct config, line by line. This file opens nothing and prints nothing.
 */
#include "config/config_clash.h"
#include "config/config_name.h"
#include "config/config_seal.h"
#include "config/config_value.h"

#include "codec/codec.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void config_read_init(struct config *c)
{
	memset(c, 0, sizeof(*c));
	snprintf(c->target_defaults.fstype, sizeof(c->target_defaults.fstype), "auto");
	snprintf(c->target_defaults.path, sizeof(c->target_defaults.path), "/var/crash");
	c->target_defaults.wait = 30;
	c->format = FORMAT_ELF;
	c->level = 31;
	c->compress = CODEC_LZO;
	c->dmesg = c->log_to_root = c->seal_status = 1;
	c->keep = 5;
	c->free = (uint64_t)16 << 20;
	c->max_per_day = 20;
	c->stall = 60;
	c->timeout = 1800;
	c->loop = (struct config_loop){0, 600, ENDING_REBOOT, 600};
	snprintf(c->watchdog, sizeof(c->watchdog), "auto");
}

/* Whether L, which has no key that there is, was meant to open a target. */
static bool opens_target(const struct config *c, const struct config_line *l)
{
	const struct config_key *near = config_key_near(l->key);

	if (near != NULL && (near->kind == KEY_TARGET || near->kind == KEY_WATCHDOG))
		return near->kind == KEY_TARGET;
	return config_name_like(l->value) || config_name_like(l->key) ||
	       (l->key[0] == '[' && c->targets > 0);
}

/*
 * Remembers that a line has set K, or a WORD, which wins; a key that was given before may be that
 * of another target.
 */
static void given(struct config *c, const struct config_key *k, struct config_line *l, bool word)
{
	uint32_t bit = UINT32_C(1) << (k - config_keys);
	uint32_t *before = k->of_target ? &c->given_to_target : &c->given;
	bool more = k->kind == KEY_TARGET || k->kind == KEY_MODULE || k->kind == KEY_SEAL ||
		    k->kind == KEY_NET; /* are welcome */

	if (k->kind == KEY_TARGET)
		c->given_to_target = 0;
	if ((*before & bit) != 0 && !word && !more)
		config_line_doubt(l, "given before; the last one counts");
	*before |= bit;
}

/* Whether L, of the key K or of none that there is, was meant to seal the dumps. */
static bool means_seal(const struct config_line *l, const struct config_key *k)
{
	const struct config_key *near = k == NULL ? config_key_near(l->key) : k;

	return (near != NULL && near->kind == KEY_SEAL) ||
	       (k == NULL && (config_seal_like(l->value) || config_seal_like(l->key)));
}

/* A secret key has no business here: what it stands in is refused, and not shown. */
static void refuse_secret(struct config_line *l)
{
	if (!config_seal_secret(l->key) && !config_seal_secret(l->value))
		return;
	memcpy(l->key, "seal", 5);
	l->problem = NULL; /* of whatever it was taken for */
	config_line_refuse(l, "the secret key, which is for the desk alone",
			   config_key_expected(config_key_named(l->key)));
}

/* Is L a filesystem for all targets, and none for one of them? */
static bool clashes(const struct config *c, const struct config_key *k, const struct config_line *l)
{
	char fstype[sizeof(c->target[0].fstype)];
	bool raw = strcasecmp(l->value, "raw") == 0;
	unsigned int i = 0;

	do
		fstype[i] = (char)tolower((unsigned char)l->value[i]);
	while (fstype[i] != '\0' && ++i < sizeof(fstype));
	fstype[sizeof(fstype) - 1] = '\0'; /* a longer one is refused by itself */
	i = 0;
	while (i < c->targets && (raw || strcmp(c->target[i].fstype, "raw") != 0) &&
	       config_clash(&c->target[i], fstype) == NULL)
		i++;
	return k->kind == KEY_FSTYPE && i < c->targets;
}

/*
 * Stores the value of L. A key of a target goes to the last one of the list that the file, or the
 * command line, has begun; as long as there is none, to all. The first target of the command line
 * begins a list of its own. A key below a target that was refused is no other target's: what has
 * an unknown key may be the only target in the end, and gets what is meant for it.
 */
static void store(struct config *c, struct config_line *l, const struct config_key *k, bool word,
		  bool target_refused)
{
	bool begun = word ? c->targets_replaced : c->targets > 0;
	unsigned int before = c->targets;
	bool of_doubtful = k->of_target && target_refused;
	bool of_all = k->of_target && !of_doubtful && !begun;
	void *to = c;
	const char *problem;

	if (of_doubtful)
		to = &c->doubtful;
	else if (k->of_target)
		to = begun ? &c->target[before - 1] : &c->target_defaults;
	else if (k->kind == KEY_TARGET && word && !begun)
		c->targets = 0;
	if (k->kind == KEY_SEAL)
		problem = config_seal_take(c, l, word);
	else if (of_all && clashes(c, k, l))
		problem = "not one for all targets";
	else
		problem = config_value_take(c, (char *)to + k->offset, k, l);
	for (unsigned int i = 0; of_all && i < before && problem == NULL; i++)
		problem = config_value_take(c, (char *)&c->target[i] + k->offset, k, l);
	if (of_doubtful)
		config_line_refuse(l, "its target was refused, and this with it",
				   "a target above it");
	if (problem != NULL) {
		c->targets = before;
		config_line_refuse(l, problem, config_key_expected(k));
	} else if (k->kind == KEY_TARGET) {
		c->targets_replaced |= word;
	}
}

/*
 * L was meant to open a target, and is refused. What it may have meant to name is kept; else the
 * keys below are not those of an earlier one, but what the file named is no WORD's to take away.
 */
static void keep_doubtful(struct config *c, struct config_line *l, const struct config_key *k,
			  bool word)
{
	bool raw = false;
	bool named;

	if (k == NULL && strcasecmp(l->key, "raw") == 0)
		config_line_put_before(l, "raw:");
	named = k == NULL && config_name_mend(l, &raw) == NULL && config_name_like(l->value) &&
		strlen(l->value) < sizeof(c->doubtful.name);
	if (word && !named)
		return;
	c->doubtful = c->target_defaults;
	if (named)
		memcpy(c->doubtful.name, l->value, strlen(l->value) + 1);
	c->doubtful.raw = raw ? 1 : 0;
	if (config_clash(&c->doubtful, c->doubtful.fstype) != NULL)
		strcpy(c->doubtful.fstype, raw ? "raw" : "auto");
}

/* Fills WHY with what there is to be told of L. Returns what config_read_line does. */
static int tell(const struct config_line *l, const struct config_key *k, char why[CONFIG_WHY])
{
	const char *key = k == NULL ? l->key : k->name;

	if (l->problem != NULL) {
		snprintf(why, CONFIG_WHY, "%s: %s; expected %s", key, l->problem, l->expected);
		return -EINVAL;
	}
	if (k == NULL)
		return config_key_unknown(key, why);
	if (l->doubt == NULL)
		return 0;
	snprintf(why, CONFIG_WHY, "%s: %s; taken as %s = %.100s", key, l->doubt, key, l->value);
	return CONFIG_MENDED;
}

/* Takes a LINE of the file, or else a WORD of the command line, that has been cut. */
static int take(struct config *c, struct config_line *l, bool word, char why[CONFIG_WHY])
{
	bool *target_refused = word ? &c->override_refused : &c->target_refused;
	const struct config_key *k;
	bool opens;

	config_line_unquote(l, l->value);
	refuse_secret(l);
	k = config_key_named(l->key);
	c->seal_wanted |= means_seal(l, k);
	opens = k == NULL ? opens_target(c, l) : k->kind == KEY_TARGET;
	if (k != NULL && strcmp(l->key, k->name) != 0)
		config_line_doubt(l, "the key is not spelled so");
	if (k != NULL && l->problem == NULL)
		store(c, l, k, word, *target_refused);
	if (k != NULL && l->problem == NULL)
		given(c, k, l, word);
	if (opens) {
		*target_refused = k == NULL || l->problem != NULL;
		if (*target_refused)
			keep_doubtful(c, l, k, word);
	}
	return tell(l, k, why);
}

int config_read_line(struct config *c, const char *line, size_t len, char why[CONFIG_WHY])
{
	struct config_line l;

	if (config_line_cut(&l, line, len) != CONFIG_LINE_EMPTY)
		return take(c, &l, false, why);
	if (l.doubt == NULL)
		return 0;
	snprintf(why, CONFIG_WHY, "%s", l.doubt);
	return CONFIG_MENDED;
}

int config_override(struct config *c, const char *key, const char *value, char why[CONFIG_WHY])
{
	const struct config_key *k = config_key_named(key);
	struct config_line l = {.doubt = NULL};

	snprintf(l.key, sizeof(l.key), "%s", key);
	if (value == NULL && k != NULL)
		config_line_refuse(&l, "no value", config_key_expected(k));
	else if (value != NULL &&
		 snprintf(l.value, sizeof(l.value), "%s", value) >= (int)sizeof(l.value))
		config_line_refuse(&l, "too long", "no more than 600 characters");
	return take(c, &l, true, why);
}

void config_read_finish(struct config *c, const char *root)
{
	if (root == NULL || root[0] == '\0' || strlen(root) >= sizeof(c->root))
		return;
	memcpy(c->root, root, strlen(root) + 1);
	if (c->targets > 0)
		return;
	c->target[0] = c->target_defaults;
	memcpy(c->target[0].name, c->root, sizeof(c->root));
	c->targets = 1;
}
