/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> struct config, line by line. This file opens nothing and prints nothing.
 */
#include "config/config_key.h"

#include "codec/codec.h"

#include <ctype.h>
#include <errno.h>
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

/* Cuts TEXT out of a line: copied, trimmed, terminated. */
static void trimmed(char *out, size_t size, const char *text, size_t len)
{
	while (len > 0 && isspace((unsigned char)text[0])) {
		text++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* Where keys of a target go: a refused target line must not change the one above it. */
static struct config_target *present_target(struct config *c)
{
	if (c->target_refused)
		return &c->refused;
	return c->targets > 0 ? &c->target[c->targets - 1] : &c->target_defaults;
}

int config_read_line(struct config *c, const char *line, size_t len, char why[CONFIG_WHY])
{
	char key[64];
	char value[512];
	const char *equals = memchr(line, '=', len);
	size_t key_len = equals == NULL ? len : (size_t)(equals - line);
	const struct config_key *k;
	int r;

	trimmed(key, sizeof(key), line, key_len);
	if (key[0] == '\0' && equals == NULL)
		return 0;
	if (key[0] == '#')
		return 0;
	if (memchr(line, '\0', len) != NULL)
		return config_refuse(why, "line", "a NUL byte", "text");
	if (equals == NULL)
		return config_refuse(why, key, "no =", "KEY = VALUE, or # and a comment");
	if (len - key_len > sizeof(value))
		return config_refuse(why, key, "the line is too long",
				     "no more than 500 characters");
	trimmed(value, sizeof(value), equals + 1, len - key_len - 1);
	k = config_key_find(key, why);
	if (k == NULL)
		return -EINVAL;
	if (value[0] == '\0' && !k->may_be_empty)
		r = config_refuse(why, key, "no value", config_key_expected(k));
	else
		r = config_key_set(c, present_target(c), k, value, why);
	if (k->kind == KEY_TARGET)
		c->target_refused = r != 0;
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
int config_override(struct config *c, const char *key, const char *value, char why[CONFIG_WHY])
{
	const struct config_key *k = config_key_find(key, why);
	int r;

	if (k == NULL)
		return -EINVAL;
	if (value[0] == '\0' && !k->may_be_empty)
		return config_refuse(why, key, "no value", config_key_expected(k));
	if (k->kind == KEY_TARGET)
		return override_target(c, k, value, why);
	if (!k->of_target)
		return config_key_set(c, NULL, k, value, why);
	if (c->targets_replaced)
		return config_key_set(c, &c->target[c->targets - 1], k, value, why);
	r = config_key_set(c, &c->target_defaults, k, value, why);
	for (unsigned int i = 0; i < c->targets && r == 0; i++)
		r = config_key_set(c, &c->target[i], k, value, why);
	return r;
}

void config_read_finish(struct config *c, const char *root)
{
	char why[CONFIG_WHY];

	if (c->targets == 0 && root != NULL && root[0] != '\0')
		(void)config_key_set(c, NULL, config_key_find("target", why), root,
				     why); /* too long a root= is no target at all */
}
