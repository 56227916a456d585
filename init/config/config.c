/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> struct config, line by line. This file opens nothing and prints nothing.
 */
#include "config/config_mend.h"
#include "config/config_name.h"

#include "codec/codec.h"

#include <stdio.h>
#include <string.h>

void config_read_init(struct config *c)
{
	memset(c, 0, sizeof(*c));
	c->target_defaults =
		(struct config_target){.fstype = "auto", .path = "/var/crash", .wait = 30};
	c->format = FORMAT_ELF;
	c->level = 31;
	c->compress = CODEC_ZLIB;
	c->dmesg = 1;
	c->keep = 5;
	c->free = (uint64_t)16 << 20;
	c->max_per_day = 20;
	c->stall = 60;
	c->timeout = 1800;
	snprintf(c->watchdog, sizeof(c->watchdog), "auto");
}

/* Fills WHY with what L was taken as, if there was a doubt. */
static int told(const struct config_line *l, const struct config_key *k, char why[CONFIG_WHY])
{
	if (l->doubt == NULL)
		return 0;
	snprintf(why, CONFIG_WHY, "%s: %s; taken as %s = %.100s", k->name, l->doubt, k->name,
		 l->value);
	return CONFIG_MENDED;
}

/* Spells key and value of L as they should be. Returns -EINVAL when there is no such value. */
static int mend(struct config_line *l, const struct config_key *k, char why[CONFIG_WHY])
{
	if (strcmp(l->key, k->name) != 0)
		config_line_doubt(l, "the key is not spelled so");
	config_mend(l, k);
	if (l->value[strspn(l->value, " \t\r\n")] == '\0' && !k->may_be_empty)
		return config_refuse(why, k->name, "no value", config_key_expected(k));
	return 0;
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

static int refuse_with_target(const struct config_key *k, char why[CONFIG_WHY])
{
	return config_refuse(why, k->name, "its target was refused, and this with it",
			     "a target that is right above it");
}

/* Remembers that a line has set K; a key that was given before may be that of another target. */
static void given(struct config *c, const struct config_key *k, struct config_line *l)
{
	uint32_t bit = UINT32_C(1) << (k - config_keys);
	uint32_t *before = k->of_target ? &c->given_to_target : &c->given;

	if (k->kind == KEY_MODULE)
		return;
	if (k->kind == KEY_TARGET)
		c->given_to_target = 0;
	else if ((*before & bit) != 0)
		config_line_doubt(l, "given before, and the last one counts");
	*before |= k->kind == KEY_TARGET ? 0 : bit;
}

/* What an unknown key may have meant to name as a target is kept, for want of any other. */
static void keep_doubtful(struct config *c, struct config_line *l)
{
	config_mend(l, config_key_named("target"));
	c->doubtful = c->target_defaults;
	if (strlen(l->value) < sizeof(c->doubtful.name) && config_name_problem(l->value) == NULL &&
	    config_name_like(l->value))
		memcpy(c->doubtful.name, l->value, strlen(l->value) + 1);
}

static int take_line(struct config *c, struct config_line *l, const struct config_key *k,
		     char why[CONFIG_WHY])
{
	struct config_target *t = c->targets > 0 ? &c->target[c->targets - 1] : &c->target_defaults;
	int r;

	if (k->of_target && c->target_refused)
		t = &c->doubtful;
	r = mend(l, k, why);
	if (r == 0)
		r = config_key_set(c, t, k, l->value, why);
	if (t == &c->doubtful && k->of_target)
		return refuse_with_target(k, why);
	if (r != 0)
		return r;
	given(c, k, l);
	return told(l, k, why);
}

int config_read_line(struct config *c, const char *line, size_t len, char why[CONFIG_WHY])
{
	struct config_line l;
	int r = config_line_cut(&l, line, len, why);
	const struct config_key *k = config_key_named(l.key);

	if (r == CONFIG_LINE_EMPTY && l.doubt != NULL)
		snprintf(why, CONFIG_WHY, "%s", l.doubt);
	if (r == CONFIG_LINE_EMPTY)
		return l.doubt == NULL ? 0 : CONFIG_MENDED;
	if (r == 0)
		r = k == NULL ? config_key_unknown(l.key, why) : take_line(c, &l, k, why);
	if (k != NULL && k->kind == KEY_TARGET) {
		c->target_refused = r < 0;
		if (r < 0) /* the keys below are not those of an earlier one */
			c->doubtful.name[0] = '\0';
	} else if (k == NULL && opens_target(c, &l)) {
		c->target_refused = true;
		keep_doubtful(c, &l);
	}
	return r;
}

/* The first kdump.target= replaces the list of the file; a refused one leaves it. */
static int override_target(struct config *c, const struct config_key *k, const char *value,
			   char why[CONFIG_WHY])
{
	unsigned int before = c->targets;
	int r;

	if (!c->targets_replaced)
		c->targets = 0;
	r = config_key_set(c, NULL, k, value, why);
	if (r == 0)
		c->targets_replaced = true;
	else
		c->targets = before;
	return r;
}

/* Keys of a target go to the kdump.target= before them, or without one to all targets. */
static int override_key(struct config *c, const struct config_key *k, const char *value,
			char why[CONFIG_WHY])
{
	int r;

	if (k->kind == KEY_TARGET)
		return override_target(c, k, value, why);
	if (!k->of_target)
		return config_key_set(c, NULL, k, value, why);
	if (c->override_refused)
		return refuse_with_target(k, why);
	if (c->targets_replaced)
		return config_key_set(c, &c->target[c->targets - 1], k, value, why);
	r = config_key_set(c, &c->target_defaults, k, value, why);
	for (unsigned int i = 0; i < c->targets && r == 0; i++)
		r = config_key_set(c, &c->target[i], k, value, why);
	return r;
}

int config_override(struct config *c, const char *key, const char *value, char why[CONFIG_WHY])
{
	const struct config_key *k = config_key_named(key);
	struct config_line l = {.doubt = NULL};
	int r = 0;

	snprintf(l.key, sizeof(l.key), "%s", key);
	snprintf(l.value, sizeof(l.value), "%s", value == NULL ? "" : value);
	if (k == NULL)
		r = config_key_unknown(l.key, why);
	else if (value == NULL)
		r = config_refuse(why, k->name, "no value", config_key_expected(k));
	else if (strlen(value) >= sizeof(l.value))
		r = config_refuse(why, k->name, "too long", k->expected);
	else
		r = mend(&l, k, why);
	if (r == 0)
		r = override_key(c, k, l.value, why);
	if (k != NULL && k->kind == KEY_TARGET)
		c->override_refused = r != 0;
	else if (k == NULL && opens_target(c, &l))
		c->override_refused = true;
	return r != 0 ? r : told(&l, k, why);
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

bool config_take_doubtful(struct config *c)
{
	if (c->targets > 0 || c->doubtful.name[0] == '\0')
		return false;
	c->target[c->targets++] = c->doubtful;
	return true;
}
