/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function for each kind of value: spells it as it should be, checks it, stores it. A value is
 * taken whole or not at all.
 */
#include "config/config_value.h"

#include "codec/codec.h"
#include "config/config_clash.h"
#include "config/config_name.h"
#include "config/config_number.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What one kind of value is called elsewhere. */
static const struct {
	enum config_kind kind;
	const char *said, *meant;
} synonyms[] = {
	{KEY_YES_NO, "true, on, 1 or y", "yes"},
	{KEY_YES_NO, "false, off, 0 or n", "no"},
	{KEY_FSTYPE, "fat or fat32", "vfat"},
};

/* The place of WORD in LIST, "a, b or c", from 0; -1: it is not there. */
static int place_in(const char *list, const char *word)
{
	size_t size = strlen(word);

	for (int place = 0;; place++) {
		size_t len = strcspn(list, ", ");

		if (len == size && memcmp(list, word, len) == 0)
			return place;
		list += len + strspn(list + len, ", ");
		if (strncmp(list, "or ", 3) == 0)
			list += 3;
		if (*list == '\0')
			return -1;
	}
}

static void mend_word(struct config_line *l, const struct config_key *k)
{
	char text[sizeof(l->value)];
	size_t i = 0;

	do
		text[i] = (char)tolower((unsigned char)l->value[i]);
	while (text[i++] != '\0');
	config_line_spell(l, text);
	for (i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (synonyms[i].kind == k->kind && place_in(synonyms[i].said, l->value) >= 0)
			config_line_spell(l, synonyms[i].meant);
	}
}

static const char *take_word(struct config_line *l, const struct config_key *k, uint32_t *field)
{
	int place;

	mend_word(l, k);
	place = place_in(config_key_expected(k), l->value);
	if (place < 0)
		return "unknown word";
	if (k->kind == KEY_CODEC)
		*field = codec_named(l->value)->flag;
	else
		*field = k->kind == KEY_YES_NO ? place == 0 : (uint32_t)place;
	return NULL;
}

/* An ending; behind a reboot, and nothing else, the seconds until then, within what K has. */
static const char *take_on_loop(struct config_line *l, const struct config_key *k,
				struct config_loop *loop)
{
	static const struct config_key endings = {.kind = KEY_WORD,
						  .expected = "reboot, poweroff or halt"};
	struct config_line seconds = *l;
	size_t word = strcspn(l->value, " \t");
	const char *rest = l->value + word + strspn(l->value + word, " \t");
	uint32_t ending, wait = 0;
	const char *problem;

	memcpy(seconds.value, rest, strlen(rest) + 1);
	l->value[word] = '\0';
	problem = take_word(l, &endings, &ending);
	if (problem == NULL && ending != ENDING_REBOOT && seconds.value[0] != '\0')
		problem = "more than that word";
	if (problem == NULL && ending == ENDING_REBOOT) {
		problem = config_number_take(&seconds, k, &wait);
		config_line_doubt(l, seconds.doubt);
		snprintf(l->value, sizeof(l->value), "reboot %u", wait);
	}
	if (problem != NULL)
		return problem;
	loop->ending = ending;
	loop->wait = wait;
	return NULL;
}

/* Blanks beside commas are of no option, and -o is of mount(8). */
static void mend_options(struct config_line *l)
{
	char text[sizeof(l->value)];
	const char *from = l->value;
	char *to = text;

	if (strncmp(from, "-o ", 3) == 0)
		from += 3;
	for (; *from != '\0'; from++) {
		bool after = to == text || to[-1] == ',';
		bool before = from[strspn(from, " \t")] == ',';

		if (!isspace((unsigned char)*from) || (!after && !before))
			*to++ = *from;
	}
	*to = '\0';
	config_line_spell(l, text);
}

/* No filesystem has a blank in its name: one stands where a comma belongs. */
static void mend_list(struct config_line *l)
{
	char text[sizeof(l->value)];
	char *to = text;

	for (const char *from = l->value; *from != '\0';) {
		size_t blanks = strspn(from, " \t");

		*to++ = blanks > 0 ? ',' : *from;
		from += blanks > 0 ? blanks : 1;
	}
	*to = '\0';
	config_line_spell(l, text);
}

static const char *mend_path(struct config_line *l)
{
	if (isalnum((unsigned char)l->value[0]))
		config_line_put_before(l, "/");
	return l->value[0] == '/' && strstr(l->value, "..") == NULL
		       ? NULL
		       : "not an absolute path without ..";
}

static const char *mend_watchdog(struct config_line *l, const struct config_key *k)
{
	if (strchr(l->value, '/') == NULL)
		mend_word(l, k);
	if (strncmp(l->value, "watchdog", 8) == 0)
		config_line_put_before(l, "/dev/");
	if (strncmp(l->value, "dev/", 4) == 0)
		config_line_put_before(l, "/");
	return place_in("auto or none", l->value) >= 0 || strncmp(l->value, "/dev/", 5) == 0
		       ? NULL
		       : "unknown word";
}

static const char *mend_text(struct config_line *l, const struct config_key *k, bool *raw)
{
	*raw = false;
	switch (k->kind) {
	case KEY_TARGET:
		return config_name_mend(l, raw);
	case KEY_PATH:
		return mend_path(l);
	case KEY_WATCHDOG:
		return mend_watchdog(l, k);
	}
	mend_options(l); /* a type of filesystem may be a list with commas, too */
	if (k->kind == KEY_FSTYPE) {
		mend_list(l);
		mend_word(l, k);
	}
	return NULL;
}

/* One target more. The value of L is what is told of it. */
static const char *take_target(struct config *c, struct config_line *l, bool raw)
{
	struct config_target *t = &c->target[c->targets];

	if (c->targets == CONFIG_TARGETS) {
		config_line_refuse(l, "too many", "no more than 8 targets");
		return l->problem;
	}
	*t = c->target_defaults;
	memcpy(t->name, l->value, strlen(l->value) + 1);
	c->targets++;
	t->raw = raw ? 1 : 0;
	if (config_clash(t, t->fstype) != NULL) {
		if (strcmp(t->fstype, "auto") != 0)
			config_line_doubt(l, "the fstype of all targets is none for it");
		strcpy(t->fstype, raw ? "raw" : "auto");
	}
	if (raw)
		config_name_put_raw(l);
	return NULL;
}

/* The target that has FIELD, its fstype. */
static const struct config_target *target_of(const char *field)
{
	return (const struct config_target *)(const void *)(field -
							    offsetof(struct config_target, fstype));
}

static const char *take_text(struct config *c, char *field, const struct config_key *k,
			     struct config_line *l)
{
	bool raw;
	const char *problem = mend_text(l, k, &raw);

	if (problem != NULL)
		return problem;
	if (strlen(l->value) >= k->max)
		return "too long";
	if (k->kind == KEY_TARGET)
		return take_target(c, l, raw);
	if (k->kind == KEY_FSTYPE)
		problem = config_clash(target_of(field), l->value);
	if (problem != NULL) {
		config_line_refuse(l, problem, "another target, or no fstype");
		return problem;
	}
	memcpy(field, l->value, strlen(l->value) + 1);
	return NULL;
}

/* A module that was given before gets other parameters. */
static const char *take_module(struct config *c, struct config_line *l)
{
	struct config_module *m = c->module;
	size_t path_len = strcspn(l->value, " \t");
	const char *parameters = l->value + path_len + strspn(l->value + path_len, " \t");

	if (l->value[0] != '/')
		return "not an absolute path";
	if (path_len >= sizeof(m->path) || strlen(parameters) >= sizeof(m->parameters))
		return "too long";
	while (m < c->module + c->modules &&
	       (strncmp(m->path, l->value, path_len) != 0 || m->path[path_len] != '\0'))
		m++;
	if (m == c->module + CONFIG_MODULES) {
		config_line_refuse(l, "too many", "no more than 64 modules");
		return l->problem;
	}
	if (m == c->module + c->modules)
		c->modules++;
	memcpy(m->path, l->value, path_len);
	m->path[path_len] = '\0';
	memcpy(m->parameters, parameters, strlen(parameters) + 1);
	return NULL;
}

static const char *take_net(struct config *c, struct config_line *l)
{
	if (c->nets == CONFIG_NETS) {
		config_line_refuse(l, "too many", "no more than 4 of them");
		return l->problem;
	}
	if (!config_net_read(l->value, &c->net[c->nets])) {
		memset(&c->net[c->nets], 0, sizeof(c->net[0]));
		return "not the way to a server";
	}
	c->nets++;
	return NULL;
}

const char *config_value_take(struct config *c, void *field, const struct config_key *k,
			      struct config_line *l)
{
	if (l->value[strspn(l->value, " \t\r\n\v\f")] == '\0' && k->kind != KEY_OPTIONS)
		return "no value";
	if (config_line_open_quote(l->value))
		return "a quote without its other end";
	switch (k->kind) {
	case KEY_MODULE:
		return take_module(c, l);
	case KEY_NET:
		return take_net(c, l);
	case KEY_NUMBER:
	case KEY_SECONDS:
		return config_number_take(l, k, field);
	case KEY_SIZE:
		return config_size_take(l, field);
	case KEY_ON_LOOP:
		return take_on_loop(l, k, field);
	case KEY_YES_NO:
	case KEY_WORD:
	case KEY_CODEC:
		return take_word(l, k, field);
	}
	return take_text(c, field, k, l);
}
