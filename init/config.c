/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text -> struct config, by a table of keys. A line is taken whole or not at all, and the
 * reason for a refusal names what was expected. This file opens nothing and prints nothing.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum kind { TEXT, NUMBER, BYTES, WORD, TARGET, MODULE };

struct word {
	const char *name;
	uint32_t value;
};

struct key {
	const char *name;
	enum kind kind;
	bool of_target; /* the offset is into struct config_target */
	bool later;	/* parsed, but without effect in this version */
	size_t offset;
	size_t size;		  /* TEXT: bytes of the field */
	uint32_t min, max;	  /* NUMBER */
	const struct word *words; /* WORD */
	const char *expected;
};

static const struct word formats[] = {
	{"elf", FORMAT_ELF}, {"kdump", FORMAT_KDUMP}, {"none", FORMAT_NONE}, {NULL, 0}};
static const struct word codecs[] = {{"none", CODEC_NONE},
				     {"zlib", CODEC_ZLIB},
				     {"lzo", CODEC_LZO},
				     {"zstd", CODEC_ZSTD},
				     {NULL, 0}};
static const struct word answers[] = {{"yes", 1}, {"no", 0}, {NULL, 0}};
static const struct word endings[] = {{"reboot", ENDING_REBOOT},
				      {"poweroff", ENDING_POWEROFF},
				      {"halt", ENDING_HALT},
				      {"shell", ENDING_SHELL},
				      {NULL, 0}};

#define FIELD(f)	offsetof(struct config, f), sizeof(((struct config *)0)->f)
#define TARGET_FIELD(f) offsetof(struct config_target, f), sizeof(((struct config_target *)0)->f)

#define ENDINGS "reboot, poweroff, halt or shell"

static const struct key keys[] = {
	{"target", TARGET, false, false, 0, 0, 0, 0, NULL,
	 "/dev/NAME, UUID=, LABEL=, PARTUUID=, PARTLABEL=, HOST:/EXPORT or a tag with fstype"},
	{"fstype", TEXT, true, false, TARGET_FIELD(fstype), 0, 0, NULL,
	 "auto or the name of a filesystem"},
	{"options", TEXT, true, false, TARGET_FIELD(options), 0, 0, NULL, "options as for mount(8)"},
	{"path", TEXT, true, false, TARGET_FIELD(path), 0, 0, NULL,
	 "an absolute path inside the target, such as /var/crash"},
	{"wait", NUMBER, true, false, TARGET_FIELD(wait), 0, 3600, NULL, "seconds, 0 to 3600"},
	{"format", WORD, false, true, FIELD(format), 0, 0, formats, "elf, kdump or none"},
	{"level", NUMBER, false, true, FIELD(level), 0, 31, NULL, "a number from 0 to 31"},
	{"compress", WORD, false, true, FIELD(compress), 0, 0, codecs, "none, zlib, lzo or zstd"},
	{"dmesg", WORD, false, true, FIELD(dmesg), 0, 0, answers, "yes or no"},
	{"keep", NUMBER, false, true, FIELD(keep), 1, 9999, NULL, "a number from 1 to 9999"},
	{"free", BYTES, false, true, FIELD(free), 0, 0, NULL, "bytes, with K, M or G: 16M"},
	{"stall", NUMBER, false, false, FIELD(stall), 5, 3600, NULL, "seconds, 5 to 3600"},
	{"timeout", NUMBER, false, false, FIELD(timeout), 10, 86400, NULL, "seconds, 10 to 86400"},
	{"watchdog", TEXT, false, true, FIELD(watchdog), 0, 0, NULL, "auto, none or /dev/NAME"},
	{"module", MODULE, false, false, 0, 0, 0, 0, NULL,
	 "the path of a module file, then its parameters"},
	{"on_success", WORD, false, false, FIELD(on_success), 0, 0, endings, ENDINGS},
	{"on_failure", WORD, false, false, FIELD(on_failure), 0, 0, endings, ENDINGS},
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
_Static_assert(KEYS <= 32, "struct config.set has one bit for each key");

void config_read_init(struct config *c)
{
	memset(c, 0, sizeof(*c));
	c->fresh = (struct config_target){.fstype = "auto", .path = "/var/crash", .wait = 30};
	c->format = FORMAT_ELF;
	c->level = 31;
	c->compress = CODEC_ZLIB;
	c->dmesg = 1;
	c->keep = 5;
	c->free = (uint64_t)16 << 20;
	c->stall = 60;
	c->timeout = 1800;
	snprintf(c->watchdog, sizeof(c->watchdog), "auto");
}

static int refuse(char why[CONFIG_WHY], const char *key, const char *problem, const char *expected)
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

	if (!parse_number(text, &rest, bytes))
		return false;
	if (*rest == '\0')
		return true;
	unit = strchr(units, toupper((unsigned char)*rest));
	if (unit == NULL || rest[1] != '\0')
		return false;
	*bytes <<= 10 * (unit - units + 1);
	return true;
}

static int set_number(const struct key *k, const char *value, void *field, char why[CONFIG_WHY])
{
	const char *rest;
	uint64_t number;
	uint32_t narrow;

	if (!parse_number(value, &rest, &number) || *rest != '\0' || number < k->min ||
	    number > k->max)
		return refuse(why, k->name, "not such a number", k->expected);
	narrow = (uint32_t)number;
	memcpy(field, &narrow, sizeof(narrow));
	return 0;
}

static int set_bytes(const struct key *k, const char *value, void *field, char why[CONFIG_WHY])
{
	uint64_t bytes;

	if (!parse_bytes(value, &bytes))
		return refuse(why, k->name, "not a size", k->expected);
	memcpy(field, &bytes, sizeof(bytes));
	return 0;
}

static int set_word(const struct key *k, const char *value, void *field, char why[CONFIG_WHY])
{
	for (const struct word *w = k->words; w->name != NULL; w++) {
		if (strcmp(w->name, value) == 0) {
			memcpy(field, &w->value, sizeof(w->value));
			return 0;
		}
	}
	return refuse(why, k->name, "unknown word", k->expected);
}

static int set_text(const struct key *k, const char *value, char *field, char why[CONFIG_WHY])
{
	bool device = strcmp(k->name, "watchdog") == 0 && strcmp(value, "auto") != 0 &&
		      strcmp(value, "none") != 0;

	if (strlen(value) >= k->size)
		return refuse(why, k->name, "too long", k->expected);
	if (strcmp(k->name, "path") == 0 && (value[0] != '/' || strstr(value, "..") != NULL))
		return refuse(why, k->name, "not an absolute path without ..", k->expected);
	if (device && strncmp(value, "/dev/", 5) != 0)
		return refuse(why, k->name, "unknown word", k->expected);
	memcpy(field, value, strlen(value) + 1);
	return 0;
}

static int add_target(struct config *c, const struct key *k, const char *value,
		      char why[CONFIG_WHY])
{
	if (strlen(value) >= sizeof(c->fresh.name))
		return refuse(why, k->name, "too long", k->expected);
	if (c->targets == CONFIG_TARGETS)
		return refuse(why, k->name, "too many", "no more than 8 targets");
	c->target[c->targets] = c->fresh;
	memcpy(c->target[c->targets++].name, value, strlen(value) + 1);
	return 0;
}

static int add_module(struct config *c, const struct key *k, const char *value,
		      char why[CONFIG_WHY])
{
	size_t path_len = strcspn(value, " \t");
	const char *parameters = value + path_len + strspn(value + path_len, " \t");
	struct config_module m = {0};

	if (value[0] != '/')
		return refuse(why, k->name, "not an absolute path", k->expected);
	if (path_len >= sizeof(m.path) || strlen(parameters) >= sizeof(m.parameters))
		return refuse(why, k->name, "too long", k->expected);
	memcpy(m.path, value, path_len);
	memcpy(m.parameters, parameters, strlen(parameters));
	for (unsigned int i = 0; i < c->modules; i++) {
		if (strcmp(c->module[i].path, m.path) == 0) {
			c->module[i] = m;
			return 0;
		}
	}
	if (c->modules == CONFIG_MODULES)
		return refuse(why, k->name, "too many", "no more than 64 modules");
	c->module[c->modules++] = m;
	return 0;
}

static int set_key(struct config *c, struct config_target *target, const struct key *k,
		   const char *value, char why[CONFIG_WHY])
{
	char *field = k->of_target ? (char *)target + k->offset : (char *)c + k->offset;

	switch (k->kind) {
	case TEXT:
		return set_text(k, value, field, why);
	case NUMBER:
		return set_number(k, value, field, why);
	case BYTES:
		return set_bytes(k, value, field, why);
	case WORD:
		return set_word(k, value, field, why);
	case TARGET:
		return add_target(c, k, value, why);
	case MODULE:
		return add_module(c, k, value, why);
	}
	return -EINVAL;
}

static const struct key *find_key(const char *name, char why[CONFIG_WHY])
{
	int n;

	for (const struct key *k = keys; k < keys + KEYS; k++) {
		if (strcmp(k->name, name) == 0)
			return k;
	}
	n = snprintf(why, CONFIG_WHY, "%.32s: no such key; expected one of", name);
	for (const struct key *k = keys; k < keys + KEYS && n < CONFIG_WHY; k++)
		n += snprintf(why + n, CONFIG_WHY - (size_t)n, " %s", k->name);
	return NULL;
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

int config_read_line(struct config *c, const char *line, size_t len, char why[CONFIG_WHY])
{
	char key[64];
	char value[512];
	const char *equals = memchr(line, '=', len);
	size_t key_len = equals == NULL ? len : (size_t)(equals - line);
	const struct key *k;

	trimmed(key, sizeof(key), line, key_len);
	if (key[0] == '\0' && equals == NULL)
		return 0;
	if (key[0] == '#')
		return 0;
	if (memchr(line, '\0', len) != NULL)
		return refuse(why, "line", "a NUL byte", "text");
	if (equals == NULL)
		return refuse(why, key, "no =", "KEY = VALUE, or # and a comment");
	if (len - key_len > sizeof(value))
		return refuse(why, key, "the line is too long", "no more than 500 characters");
	trimmed(value, sizeof(value), equals + 1, len - key_len - 1);
	k = find_key(key, why);
	if (k == NULL)
		return -EINVAL;
	if (value[0] == '\0' && strcmp(k->name, "options") != 0)
		return refuse(why, key, "no value", k->expected);
	return set_key(c, c->targets > 0 ? &c->target[c->targets - 1] : &c->fresh, k, value, why);
}

/*
 * kdump.target= replaces the list of the file, once; keys of a target that stand before it (or
 * without it) go to all targets.
 */
int config_override(struct config *c, const char *key, const char *value, char why[CONFIG_WHY])
{
	const struct key *k = find_key(key, why);
	int r;

	if (k == NULL)
		return -EINVAL;
	if (value[0] == '\0')
		return refuse(why, key, "no value", k->expected);
	if (k->kind == TARGET && !c->targets_replaced) {
		c->targets = 0;
		c->targets_replaced = true;
	}
	if (!k->of_target)
		return set_key(c, NULL, k, value, why);
	if (c->targets_replaced)
		return set_key(c, &c->target[c->targets > 0 ? c->targets - 1 : 0], k, value, why);
	r = set_key(c, &c->fresh, k, value, why);
	for (unsigned int i = 0; i < c->targets && r == 0; i++)
		r = set_key(c, &c->target[i], k, value, why);
	return r;
}

void config_read_finish(struct config *c, const char *root)
{
	char why[CONFIG_WHY];

	if (c->targets == 0 && root != NULL && root[0] != '\0')
		add_target(c, &keys[0], root, why); /* too long a root= is no target at all */
}

const char *config_later(const struct config *c, char *names, size_t size)
{
	size_t n = 0;

	names[0] = '\0';
	for (unsigned int i = 0; i < KEYS; i++) {
		if (keys[i].later && (c->set >> i & 1) != 0 && n < size)
			n += (size_t)snprintf(names + n, size - n, "%s%s", n > 0 ? ", " : "",
					      keys[i].name);
	}
	return names;
}
