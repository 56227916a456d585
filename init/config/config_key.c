/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of keys, and one setter for each kind of value. A value is taken whole or not at
 * all, and the reason for a refusal names what was expected.
 */
#include "config/config_key.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct config_word formats[] = {
	{"elf", FORMAT_ELF}, {"kdump", FORMAT_KDUMP}, {"none", FORMAT_NONE}, {NULL, 0}};
static const struct config_word codecs[] = {{"none", CODEC_NONE},
					    {"zlib", CODEC_ZLIB},
					    {"lzo", CODEC_LZO},
					    {"zstd", CODEC_ZSTD},
					    {NULL, 0}};
static const struct config_word answers[] = {{"yes", 1}, {"no", 0}, {NULL, 0}};
static const struct config_word endings[] = {{"reboot", ENDING_REBOOT},
					     {"poweroff", ENDING_POWEROFF},
					     {"halt", ENDING_HALT},
					     {"shell", ENDING_SHELL},
					     {NULL, 0}};

#define FIELD(f)	offsetof(struct config, f), sizeof(((struct config *)0)->f)
#define TARGET_FIELD(f) offsetof(struct config_target, f), sizeof(((struct config_target *)0)->f)

#define ENDINGS "reboot, poweroff, halt or shell"

const struct config_key config_keys[CONFIG_KEYS] = {
	{"target", KEY_TARGET, false, 0, 0, 0, 0, NULL,
	 "/dev/NAME, UUID=, LABEL=, PARTUUID=, PARTLABEL=, HOST:/EXPORT or a tag with fstype"},
	{"fstype", KEY_TEXT, true, TARGET_FIELD(fstype), 0, 0, NULL,
	 "auto or the name of a filesystem"},
	{"options", KEY_TEXT, true, TARGET_FIELD(options), 0, 0, NULL, "options as for mount(8)"},
	{"path", KEY_TEXT, true, TARGET_FIELD(path), 0, 0, NULL,
	 "an absolute path inside the target, such as /var/crash"},
	{"wait", KEY_NUMBER, true, TARGET_FIELD(wait), 0, 3600, NULL, "seconds, 0 to 3600"},
	{"format", KEY_WORD, false, FIELD(format), 0, 0, formats, "elf, kdump or none"},
	{"level", KEY_NUMBER, false, FIELD(level), 0, 31, NULL, "a number from 0 to 31"},
	{"compress", KEY_WORD, false, FIELD(compress), 0, 0, codecs, "none, zlib, lzo or zstd"},
	{"dmesg", KEY_WORD, false, FIELD(dmesg), 0, 0, answers, "yes or no"},
	{"keep", KEY_NUMBER, false, FIELD(keep), 1, 9999, NULL, "a number from 1 to 9999"},
	{"free", KEY_BYTES, false, FIELD(free), 0, 0, NULL, "bytes, with K, M or G: 16M"},
	{"max_per_day", KEY_NUMBER, false, FIELD(max_per_day), 0, 9999, NULL,
	 "a number from 0 (no limit) to 9999"},
	{"stall", KEY_NUMBER, false, FIELD(stall), 5, 3600, NULL, "seconds, 5 to 3600"},
	{"timeout", KEY_NUMBER, false, FIELD(timeout), 10, 86400, NULL, "seconds, 10 to 86400"},
	{"watchdog", KEY_TEXT, false, FIELD(watchdog), 0, 0, NULL, "auto, none or /dev/NAME"},
	{"module", KEY_MODULE, false, 0, 0, 0, 0, NULL,
	 "the path of a module file, then its parameters"},
	{"on_success", KEY_WORD, false, FIELD(on_success), 0, 0, endings, ENDINGS},
	{"on_failure", KEY_WORD, false, FIELD(on_failure), 0, 0, endings, ENDINGS},
};

int config_refuse(char why[CONFIG_WHY], const char *key, const char *problem, const char *expected)
{
	snprintf(why, CONFIG_WHY, "%s: %s; expected %s", key, problem, expected);
	return -EINVAL;
}

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

static bool parse_bytes(const char *text, uint64_t *bytes)
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

static int set_bytes(const struct config_key *k, const char *value, void *field,
		     char why[CONFIG_WHY])
{
	uint64_t bytes;

	if (!parse_bytes(value, &bytes))
		return config_refuse(why, k->name, "not a size", k->expected);
	memcpy(field, &bytes, sizeof(bytes));
	return 0;
}

static int set_word(const struct config_key *k, const char *value, void *field,
		    char why[CONFIG_WHY])
{
	for (const struct config_word *w = k->words; w->name != NULL; w++) {
		if (strcmp(w->name, value) == 0) {
			memcpy(field, &w->value, sizeof(w->value));
			return 0;
		}
	}
	return config_refuse(why, k->name, "unknown word", k->expected);
}

static int set_text(const struct config_key *k, const char *value, char *field,
		    char why[CONFIG_WHY])
{
	bool device = strcmp(k->name, "watchdog") == 0 && strcmp(value, "auto") != 0 &&
		      strcmp(value, "none") != 0;

	if (strlen(value) >= k->size)
		return config_refuse(why, k->name, "too long", k->expected);
	if (strcmp(k->name, "path") == 0 && (value[0] != '/' || strstr(value, "..") != NULL))
		return config_refuse(why, k->name, "not an absolute path without ..", k->expected);
	if (device && strncmp(value, "/dev/", 5) != 0)
		return config_refuse(why, k->name, "unknown word", k->expected);
	memcpy(field, value, strlen(value) + 1);
	return 0;
}

/* Names that no kernel and no version of this program could mean. */
static const char *misnamed(const char *name)
{
	const char *equals = strchr(name, '=');
	size_t tag = equals == NULL ? 0 : (size_t)(equals - name);
	static const char *const tags[] = {"UUID", "LABEL", "PARTUUID", "PARTLABEL"};

	if (equals == NULL || strchr(name, '/') != NULL)
		return strcmp(name, "/dev/") == 0 ? "no name" : NULL;
	for (unsigned int i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strlen(tags[i]) == tag && strncmp(tags[i], name, tag) == 0)
			return equals[1] == '\0' ? "nothing behind the =" : NULL;
	}
	return "unknown tag";
}

static int add_target(struct config *c, const struct config_key *k, const char *value,
		      char why[CONFIG_WHY])
{
	const char *problem = strlen(value) >= sizeof(c->fresh.name) ? "too long" : misnamed(value);

	if (problem != NULL)
		return config_refuse(why, k->name, problem, k->expected);
	if (c->targets == CONFIG_TARGETS)
		return config_refuse(why, k->name, "too many", "no more than 8 targets");
	c->target[c->targets] = c->fresh;
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
	case KEY_TEXT:
		return set_text(k, value, field, why);
	case KEY_NUMBER:
		return set_number(k, value, field, why);
	case KEY_BYTES:
		return set_bytes(k, value, field, why);
	case KEY_WORD:
		return set_word(k, value, field, why);
	case KEY_TARGET:
		return add_target(c, k, value, why);
	case KEY_MODULE:
		return add_module(c, k, value, why);
	}
	return -EINVAL;
}

const struct config_key *config_key_find(const char *name, char why[CONFIG_WHY])
{
	int n;

	for (const struct config_key *k = config_keys; k < config_keys + CONFIG_KEYS; k++) {
		if (strcmp(k->name, name) == 0)
			return k;
	}
	n = snprintf(why, CONFIG_WHY, "%.32s: no such key; expected one of", name);
	for (const struct config_key *k = config_keys;
	     k < config_keys + CONFIG_KEYS && n < CONFIG_WHY; k++)
		n += snprintf(why + n, CONFIG_WHY - (size_t)n, " %s", k->name);
	return NULL;
}
