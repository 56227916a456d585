/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of targets. A UUID has one of few forms, by which a slip in its spelling is told from a
 * name that is none: those of mkfs programs (libblkid writes them so), of the kernel's
 * partition tables (block/partitions/msdos.c, efi.c), and of FAT, exFAT and NTFS.
 */
#include "config/config_name.h"

#include "base/address.h"
#include "config/config_prefix.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum tag { TAG_UUID, TAG_PARTUUID, TAG_LABEL, TAG_PARTLABEL, TAGS, TWO_TAGS };

static const char *const tags[TAGS] = {"UUID", "PARTUUID", "LABEL", "PARTLABEL"};

/* How many hexadecimal digits stand between dashes; 0 behind the last. */
static const struct form {
	uint8_t tag, groups[6];
} forms[] = {
	{TAG_UUID, {8, 4, 4, 4, 12}},	  {TAG_UUID, {4, 4}},	  {TAG_UUID, {16}},
	{TAG_PARTUUID, {8, 4, 4, 4, 12}}, {TAG_PARTUUID, {8, 2}},
};

static const char raw_word[] = "raw:";

/* A name has its line's room at most, and dashes may be put into it. */
enum {
	FORMS = sizeof(forms) / sizeof(forms[0]),
	DIGITS = 32,
	ROOM = CONFIG_VALUE + 8,
	RAW = sizeof(raw_word) - 1
};

static enum tag tag_named(const char *name, size_t len)
{
	enum tag t = TAG_UUID;

	while (t < TAGS && (strlen(tags[t]) != len || strncasecmp(name, tags[t], len) != 0))
		t++;
	return t;
}

/* The tag before the sign = of NAME, or :, or a blank, in any case; *VALUE stands behind it. */
static enum tag tag_of(const char *name, const char **value)
{
	size_t word = strcspn(name, "=: \t");
	const char *sign = name + word + strspn(name + word, " \t");
	enum tag t = tag_named(name, word);

	if (*sign == '=' || (*sign == ':' && sign[1] != '/'))
		sign++;
	else if (sign == name + word || *sign == '\0')
		t = TAGS;
	*value = sign + strspn(sign, " \t");
	return t;
}

/* The digits of VALUE up to a /, without dashes, braces and 0x; 0 of them when there is anything
 * else. */
static size_t digits_of(const char *value, char digits[DIGITS + 1])
{
	size_t count = 0;

	if (strncasecmp(value, "0x", 2) == 0)
		value += 2;
	for (; *value != '\0' && *value != '/'; value++) {
		if (strchr("-{}", *value) != NULL)
			continue;
		if (!isxdigit((unsigned char)*value) || count == DIGITS)
			return 0;
		if (count == 8 && value[-1] == '-' && value[1] == '\0')
			digits[count++] = '0'; /* of a partition: 6b64756d-2 */
		digits[count++] = *value;
	}
	return count;
}

/*
 * Writes the digits of VALUE to OUT in the groups of F, with /PARTNROFF= of the kernel's root= as
 * it is. Returns false when there are not as many digits.
 */
static bool spell(const struct form *f, const char *value, char out[ROOM])
{
	char digits[DIGITS + 1];
	const char *digit = digits;
	const char *rest = value + strcspn(value, "/");
	size_t left = digits_of(value, digits);

	if (*rest != '\0' && strncmp(rest, "/PARTNROFF=", 11) != 0)
		return false;
	for (const uint8_t *g = f->groups; *g != 0; g++) {
		if (left < *g)
			return false;
		memcpy(out, digit, *g);
		out[*g] = '-';
		out += *g + 1;
		digit += *g;
		left -= *g;
	}
	memcpy(out - 1, rest, strlen(rest) + 1);
	return left == 0;
}

/*
 * The tag of the UUID in VALUE: TAG, where that has one with as many digits, and then VALUE gets
 * its spelling; else the tag of those that are written as VALUE is. TAGS: there is none; or
 * TWO_TAGS.
 */
static enum tag take_uuid(enum tag tag, char value[ROOM])
{
	enum tag found = TAGS;
	char spelled[ROOM];

	for (const struct form *f = forms; f < forms + FORMS; f++) {
		if (!spell(f, value, spelled))
			continue;
		if (f->tag == tag) {
			memcpy(value, spelled, strlen(spelled) + 1);
			return tag;
		}
		if (strcmp(spelled, value) == 0)
			found = found == TAGS ? (enum tag)f->tag : TWO_TAGS;
	}
	return found;
}

/* What is wrong with a NAME that has no tag of ours, or NULL. */
static const char *untagged_problem(const char *name)
{
	if (config_line_open_quote(name))
		return "a quote without its other end";
	if (strchr(name, '=') != NULL && strchr(name, '/') == NULL)
		return "unknown tag";
	return strcmp(name, "/dev/") == 0 ? "no name" : NULL;
}

/* Spells a NAME that has nothing before it. */
static const char *mend(struct config_line *l)
{
	const char *value;
	enum tag tag = tag_of(l->value, &value);
	char text[sizeof(l->value)];
	char id[ROOM];
	struct address_host host;

	if (address_is_tcp(l->value))
		return address_of_target(l->value, &host) ? NULL : "not tcp:HOST:PORT";
	snprintf(id, sizeof(id), "%s", tag == TAGS ? l->value : value);
	if (tag == TAGS) {
		tag = take_uuid(tag, id);
		if (tag == TAGS)
			return untagged_problem(l->value);
		if (tag == TWO_TAGS)
			return "a UUID without its tag";
	}
	config_line_unquote(l, id);
	if (id[0] == '\0')
		return "nothing behind the =";
	if (config_line_open_quote(id))
		return "a quote without its other end";
	if (tag <= TAG_PARTUUID)
		tag = take_uuid(tag, id);
	if (tag == TAGS)
		return "not a UUID: 8-4-4-4-12 digits, 4-4, or 8-2 of PARTUUID";
	snprintf(text, sizeof(text), "%s=%.600s", tags[tag], id);
	config_line_spell(l, text);
	return NULL;
}

/*
 * The bytes of TEXT that are raw: and what may stand there for it: another sign, or before what is
 * no plain word none at all. 0: the target is not raw.
 */
static size_t raw_size(const char *text)
{
	const char *sign =
		text + 3 + (strncasecmp(text, "raw", 3) == 0 ? strspn(text + 3, " \t") : 0);
	const char *name = sign + strspn(sign, "=: \t");

	if (strncasecmp(text, "raw", 3) != 0 ||
	    (name == sign && (sign == text + 3 || strpbrk(name, "=:/-") == NULL)))
		return 0;
	return (size_t)(name - text);
}

const char *config_name_mend(struct config_line *l, bool *raw)
{
	size_t size = raw_size(l->value);
	struct address_host host;
	const char *problem;

	*raw = size > 0;
	if (*raw && strncmp(l->value, raw_word, size) != 0)
		config_line_doubt(l, "not how it is spelled");
	memmove(l->value, l->value + size, strlen(l->value + size) + 1);
	if (*raw)
		config_line_unquote(l, l->value);
	problem = config_prefix_mend(l);
	if (problem == NULL)
		problem = mend(l);
	if (*raw &&
	    (l->value[0] == '\0' || raw_size(l->value) > 0 || address_of_target(l->value, &host)))
		return "no device behind raw:";
	return problem;
}

void config_name_put_raw(struct config_line *l)
{
	memmove(l->value + RAW, l->value, sizeof(l->value) - RAW - 1);
	memcpy(l->value, raw_word, RAW);
}

bool config_name_like(const char *text)
{
	const char *value;

	text += raw_size(text);
	return config_prefix_like(text) || strstr(text, ":/") != NULL ||
	       tag_named(text, strlen(text)) < TAGS || tag_of(text, &value) < TAGS;
}
