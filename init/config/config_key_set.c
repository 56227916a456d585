/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of a value to the field of a key, by the kind of the key. A value is taken whole or
 * not at all, and the reason for a refusal names what was expected.
 */
#include "config/config_key.h"

#include "codec/codec.h"
#include "config/config_name.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const struct config_word answers[] = {{"yes", 1}, {"no", 0}, {NULL, 0}};

/* Decimal only, no sign. Returns false for anything else, or above UINT32_MAX. */
static bool parse_number(const char *text, const char **rest, uint64_t *number)
{
	uint64_t n = 0;
	const char *p = text;

	for (; isdigit((unsigned char)*p); p++) {
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*rest = p;
	*number = n;
	return p != text;
}

static bool parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	const char *rest;
	const char *unit;
	unsigned int shift;

	if (!parse_number(text, &rest, bytes))
		return false;
	if (*rest == '\0')
		return true;
	unit = strchr(units, toupper((unsigned char)*rest));
	if (unit == NULL || rest[1] != '\0')
		return false;
	shift = 10 * ((unsigned int)(unit - units) + 1);
	if (*bytes > UINT64_MAX >> shift)
		return false;
	*bytes <<= shift;
	return true;
}

static int set_number(const struct config_key *k, const char *value, void *field,
		      char why[CONFIG_WHY])
{
	const char *rest;
	uint64_t number;
	uint32_t narrow;

	if (!parse_number(value, &rest, &number) || *rest != '\0' || number < k->min ||
	    number > k->max)
		return config_refuse(why, k->name, "not such a number", k->expected);
	narrow = (uint32_t)number;
	memcpy(field, &narrow, sizeof(narrow));
	return 0;
}

static int set_size(const struct config_key *k, const char *value, void *field,
		    char why[CONFIG_WHY])
{
	uint64_t bytes;

	if (!parse_size(value, &bytes))
		return config_refuse(why, k->name, "not a size", k->expected);
	memcpy(field, &bytes, sizeof(bytes));
	return 0;
}

static int set_word(const struct config_key *k, const struct config_word *words, const char *value,
		    void *field, char why[CONFIG_WHY])
{
	for (const struct config_word *w = words; w->name != NULL; w++) {
		if (strcmp(w->name, value) == 0) {
			memcpy(field, &w->value, sizeof(w->value));
			return 0;
		}
	}
	return config_refuse(why, k->name, "unknown word", k->expected);
}

static int set_codec(const struct config_key *k, const char *value, void *field,
		     char why[CONFIG_WHY])
{
	const struct codec *codec = codec_named(value);
	uint32_t flag;

	if (codec == NULL)
		return config_refuse(why, k->name, "unknown word", config_key_expected(k));
	flag = codec->flag;
	memcpy(field, &flag, sizeof(flag));
	return 0;
}

/* What is wrong with a text that fits, or NULL. */
static const char *text_problem(enum config_kind kind, const char *value)
{
	if (value[0] == '"' || value[0] == '\'')
		return "a quote without its other end";
	if (kind == KEY_PATH && (value[0] != '/' || strstr(value, "..") != NULL))
		return "not an absolute path without ..";
	if (kind == KEY_WATCHDOG && strcmp(value, "auto") != 0 && strcmp(value, "none") != 0 &&
	    strncmp(value, "/dev/", 5) != 0)
		return "unknown word";
	return NULL;
}

static int set_text(const struct config_key *k, const char *value, char *field,
		    char why[CONFIG_WHY])
{
	const char *problem = strlen(value) < k->size ? text_problem(k->kind, value) : "too long";

	if (problem != NULL)
		return config_refuse(why, k->name, problem, k->expected);
	memcpy(field, value, strlen(value) + 1);
	return 0;
}

static int add_target(struct config *c, const struct config_key *k, const char *value,
		      char why[CONFIG_WHY])
{
	const char *problem = strlen(value) >= sizeof(c->target_defaults.name)
				      ? "too long"
				      : config_name_problem(value);

	if (problem != NULL)
		return config_refuse(why, k->name, problem, k->expected);
	if (c->targets == CONFIG_TARGETS)
		return config_refuse(why, k->name, "too many", "no more than 8 targets");
	c->target[c->targets] = c->target_defaults;
	memcpy(c->target[c->targets++].name, value, strlen(value) + 1);
	return 0;
}

static int add_module(struct config *c, const struct config_key *k, const char *value,
		      char why[CONFIG_WHY])
{
	size_t path_len = strcspn(value, " \t");
	const char *parameters = value + path_len + strspn(value + path_len, " \t");
	struct config_module m = {0};

	if (value[0] != '/')
		return config_refuse(why, k->name, "not an absolute path", k->expected);
	if (path_len >= sizeof(m.path) || strlen(parameters) >= sizeof(m.parameters))
		return config_refuse(why, k->name, "too long", k->expected);
	memcpy(m.path, value, path_len);
	memcpy(m.parameters, parameters, strlen(parameters));
	for (unsigned int i = 0; i < c->modules; i++) {
		if (strcmp(c->module[i].path, m.path) == 0) {
			c->module[i] = m;
			return 0;
		}
	}
	if (c->modules == CONFIG_MODULES)
		return config_refuse(why, k->name, "too many", "no more than 64 modules");
	c->module[c->modules++] = m;
	return 0;
}

int config_key_set(struct config *c, struct config_target *target, const struct config_key *k,
		   const char *value, char why[CONFIG_WHY])
{
	char *field = k->of_target ? (char *)target + k->offset : (char *)c + k->offset;

	switch (k->kind) {
	case KEY_TARGET:
		return add_target(c, k, value, why);
	case KEY_MODULE:
		return add_module(c, k, value, why);
	case KEY_FSTYPE:
	case KEY_OPTIONS:
	case KEY_PATH:
	case KEY_WATCHDOG:
		return set_text(k, value, field, why);
	case KEY_NUMBER:
	case KEY_SECONDS:
		return set_number(k, value, field, why);
	case KEY_SIZE:
		return set_size(k, value, field, why);
	case KEY_YES_NO:
		return set_word(k, answers, value, field, why);
	case KEY_CODEC:
		return set_codec(k, value, field, why);
	case KEY_WORD:
		return set_word(k, k->words, value, field, why);
	}
	return -EINVAL;
}
