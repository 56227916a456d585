/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that a name begins with are known in base/address.h and disk/; here they are spelled.
 */
#include "config/config_prefix.h"

#include "base/address.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"

/*
 * In any case, and how it is spelled. In a row with THEN one of these characters follows. What does
 * not end with a / stands before none: TCP:/EXPORT is of a host.
 */
static const struct prefix {
	const char *said, *spelled, *then;
} prefixes[] = {
	{"/dev/ubi", "/dev/ubi", NULL}, {"/dev/mtd", "/dev/mtd", NULL}, {"/dev/", "/dev/", NULL},
	{"dev/", "/dev/", NULL},	{"tcp://", "tcp:", NULL},	{"tcp:", "tcp:", NULL},
	{"ubi", "ubi", DIGITS ":!"},	{"mtd", "mtd", DIGITS ":!"},
};

static const struct prefix *prefix_of(const char *name)
{
	const struct prefix *end = prefixes + sizeof(prefixes) / sizeof(prefixes[0]);

	for (const struct prefix *p = prefixes; p < end; p++) {
		size_t len = strlen(p->said);
		const char *rest = name + len;

		if (strncasecmp(name, p->said, len) == 0 &&
		    (p->said[len - 1] == '/' || (*rest != '/' && strncmp(rest, ":/", 2) != 0)) &&
		    (p->then == NULL || (*rest != '\0' && strchr(p->then, *rest) != NULL)))
			return p;
	}
	return NULL;
}

/* The kernel takes a blank behind the sign for a part of the name. */
static void mend_word(struct config_line *l)
{
	const struct prefix *p = prefix_of(l->value);
	char text[sizeof(l->value) + 1];
	const char *rest;
	size_t sign, blanks = 0;

	if (p == NULL)
		return;
	rest = l->value + strlen(p->said);
	sign = p->then == NULL ? 0 : strspn(rest, DIGITS);
	if (p->then != NULL && (rest[sign] == ':' || rest[sign] == '!'))
		blanks = strspn(rest + ++sign, " \t");
	snprintf(text, sizeof(text), "%s%.*s%s", p->spelled, (int)sign, rest, rest + sign + blanks);
	text[sizeof(l->value) - 1] = '\0';
	config_line_spell(l, text);
}

/*
 * nfs:HOST:/EXPORT, or nfs://HOST/EXPORT, is what others write for HOST:/EXPORT; nfs:/EXPORT is of
 * a host that is called so.
 */
static const char *mend_share(struct config_line *l)
{
	const char *name = l->value + 3;
	size_t sign = strncasecmp(l->value, "nfs", 3) == 0 ? strspn(name, "=: \t") : 0;
	struct address_host host;
	char text[sizeof(l->value) + 1];
	bool url;

	name += sign;
	url = sign > 0 && strncmp(name, "//", 2) == 0;
	if (sign == 0 || (!url && (name[0] == '/' || strstr(name, ":/") == NULL)))
		return NULL;
	name += url ? 2 : 0;
	snprintf(text, sizeof(text), "%.*s%s%s", (int)strcspn(name, url ? "/" : ""), name,
		 url ? ":" : "", url ? name + strcspn(name, "/") : "");
	text[sizeof(l->value) - 1] = '\0';
	config_line_spell(l, text);
	return address_of_target(l->value, &host) && !host.tcp ? NULL : "not HOST:/EXPORT";
}

const char *config_prefix_mend(struct config_line *l)
{
	mend_word(l);
	return mend_share(l);
}

bool config_prefix_like(const char *text)
{
	return prefix_of(text) != NULL;
}
