/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of targets. A UUID has one of few forms, by which a slip in its spelling is told from a
 * name that is none: those of mkfs programs (libblkid writes them so), of the kernel's
 * partition tables (block/partitions/msdos.c, efi.c), and of FAT, exFAT and NTFS.
 */
#include "config/config_name.h"

#include "config/config_line.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum tag { TAG_UUID, TAG_PARTUUID, TAG_LABEL, TAG_PARTLABEL, TAGS };

static const char *const tags[TAGS] = {"UUID", "PARTUUID", "LABEL", "PARTLABEL"};

/* An x is a hexadecimal digit. */
static const struct form {
	enum tag tag;
	const char *pattern;
} forms[] = {
	{TAG_UUID, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"},
	{TAG_UUID, "xxxx-xxxx"},
	{TAG_UUID, "xxxxxxxxxxxxxxxx"},
	{TAG_PARTUUID, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"},
	{TAG_PARTUUID, "xxxxxxxx-xx"},
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]), DIGITS = 32 };

/* The tag before the sign = of NAME, or :, or a blank, in any case; *VALUE stands behind it. */
static enum tag tag_of(const char *name, const char **value)
{
	size_t word = strspn(name, "ABDEILPRTUabdeilprtu");
	const char *sign = name + word + strspn(name + word, " \t");
	enum tag t = TAG_UUID;

	while (t < TAGS && (strlen(tags[t]) != word || strncasecmp(name, tags[t], word) != 0))
		t++;
	*value = sign + 1 + strspn(sign + 1, " \t");
	if (*sign == '=' || (*sign == ':' && sign[1] != '/'))
		return t;
	*value = sign;
	return sign > name + word && *sign != '\0' ? t : TAGS;
}

static bool fits(const char *pattern, const char *text)
{
	for (; *pattern != '\0'; pattern++, text++) {
		if (*pattern == 'x' ? !isxdigit((unsigned char)*text) : *pattern != *text)
			return false;
	}
	return *text == '\0' || strncmp(text, "/PARTNROFF=", 11) == 0; /* the kernel's root= */
}

/* The form of VALUE as it is written: of TAG, or else of another tag. NULL: it has none. */
static const struct form *form_of(enum tag tag, const char *value)
{
	const struct form *found = NULL;

	for (const struct form *f = forms; f < forms + FORMS; f++) {
		if (fits(f->pattern, value) && (found == NULL || f->tag == tag))
			found = f;
	}
	return found;
}

/* The one tag that a UUID without a tag can have; TAGS: it can have two, or is none. */
static enum tag tag_by_form(const char *name)
{
	enum tag tag = TAGS;

	for (const struct form *f = forms; f < forms + FORMS; f++) {
		if (fits(f->pattern, name))
			tag = tag == TAGS ? f->tag : TAGS;
	}
	return tag;
}

/* The digits of VALUE without dashes, braces and 0x; 0 of them when there is anything else. */
static size_t digits_of(const char *value, char digits[DIGITS + 1])
{
	size_t count = 0;

	if (strncasecmp(value, "0x", 2) == 0)
		value += 2;
	for (; *value != '\0'; value++) {
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

/* Spells VALUE by the one form of TAG that has as many digits. Returns false when none has. */
static bool respell(enum tag tag, const char *value, char *out)
{
	char digits[DIGITS + 1];
	size_t count = digits_of(value, digits);

	for (const struct form *f = forms; f < forms + FORMS; f++) {
		const char *digit = digits;
		size_t wanted = 0;

		for (const char *p = f->pattern; *p != '\0'; p++)
			wanted += *p == 'x';
		if (f->tag != tag || wanted != count)
			continue;
		for (const char *p = f->pattern; *p != '\0'; p++)
			*out++ = *p == 'x' ? *digit++ : *p;
		*out = '\0';
		return true;
	}
	return false;
}

const char *config_name_mend(char *name, size_t size)
{
	char mended[512];
	char text[512];
	const char *value;
	enum tag tag = tag_of(name, &value);

	if (strncmp(name, "dev/", 4) == 0) {
		snprintf(mended, sizeof(mended), "/%.500s", name);
	} else if (tag < TAGS) {
		snprintf(text, sizeof(text), "%s", value);
		(void)config_line_unquote(text); /* told as what it changes */
		if (tag <= TAG_PARTUUID) {
			const struct form *f = form_of(tag, text);

			if (f != NULL)
				tag = f->tag;
			else
				(void)respell(tag, text, text); /* or it is refused as it is */
		}
		snprintf(mended, sizeof(mended), "%s=%.500s", tags[tag], text);
	} else if (tag_by_form(name) < TAGS) {
		snprintf(mended, sizeof(mended), "%s=%.500s", tags[tag_by_form(name)], name);
	} else {
		return NULL;
	}
	if (strcmp(mended, name) == 0 || strlen(mended) >= size)
		return NULL;
	memcpy(name, mended, strlen(mended) + 1);
	return "not how it is spelled";
}

const char *config_name_problem(const char *name)
{
	const char *value;
	enum tag tag = tag_of(name, &value);

	if (name[0] == '"' || name[0] == '\'')
		return "a quote without its other end";
	if (tag == TAGS) {
		if (strchr(name, '=') != NULL && strchr(name, '/') == NULL)
			return "unknown tag";
		if (form_of(TAG_UUID, name) != NULL)
			return "a UUID without its tag";
		return strcmp(name, "/dev/") == 0 ? "no name" : NULL;
	}
	if (value[0] == '\0')
		return "nothing behind the =";
	if (value[0] == '"' || value[0] == '\'')
		return "a quote without its other end";
	if (tag <= TAG_PARTUUID && (form_of(tag, value) == NULL || form_of(tag, value)->tag != tag))
		return "not a UUID: 8-4-4-4-12 hexadecimal digits, 4-4 of FAT, 8-2 of PARTUUID";
	return NULL;
}

bool config_name_like(const char *text)
{
	const char *value;

	if (strncmp(text, "/dev/", 5) == 0 || strstr(text, ":/") != NULL)
		return true;
	for (unsigned int t = 0; t < TAGS; t++) {
		if (strcasecmp(text, tags[t]) == 0)
			return true;
	}
	return tag_of(text, &value) < TAGS;
}
