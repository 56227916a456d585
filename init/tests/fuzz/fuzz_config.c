/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of config: the lines of a file up to the first NUL, a kernel command line behind
 * it. Contract: what is refused changes nothing and says why, what was mended says as what it was
 * taken, and would be taken so without a doubt; whatever was taken, all texts are terminated, all
 * numbers within their limits and all names of targets possible ones.
 */
#include "codec/codec.h"
#include "config/config_source.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { INPUT_MAX = 8192 };
enum { VALUE_SHOWN = 100 }; /* bytes of a value that a reason shows; config.c cuts what is longer */

static struct config config, before;
static unsigned int findings;

static void count(const char *finding)
{
	HOLDS(strlen(finding) > 0);
	findings++;
}

#define TERMINATED(field) HOLDS(memchr(field, '\0', sizeof(field)) != NULL)

/* What root= says is taken as it is: disk/ knows its forms. */
static void check_target(const struct config *c, const struct config_target *t)
{
	TERMINATED(t->name);
	HOLDS((t->name[0] != '"' && strncmp(t->name, "uuid=", 5) != 0 &&
	       strncasecmp(t->name, "raw:", 4) != 0) ||
	      strcmp(t->name, c->root) == 0);
	TERMINATED(t->fstype);
	TERMINATED(t->options);
	TERMINATED(t->path);
	HOLDS(t->path[0] == '/' && strstr(t->path, "..") == NULL);
	HOLDS(t->wait <= 3600);
}

static void check_net(const struct config_net *n)
{
	TERMINATED(n->interface);
	TERMINATED(n->host);
	TERMINATED(n->server_text);
	HOLDS(n->interface[0] != '\0' && n->host[0] != '\0' && strlen(n->mac) == CONFIG_MAC - 1);
	HOLDS(n->address.family != ADDRESS_NONE && n->server.family == n->address.family);
	HOLDS(n->gateway.family == ADDRESS_NONE || n->gateway.family == n->address.family);
	HOLDS(n->prefix <= (n->address.family == ADDRESS_IPV4 ? 32 : 128));
}

static void check_config(const struct config *c)
{
	const struct codec *codec = codec_of(c->compress);

	TERMINATED(c->root);
	HOLDS(c->targets <= CONFIG_TARGETS && c->modules <= CONFIG_MODULES);
	HOLDS(c->nets <= CONFIG_NETS && c->insecure <= 1);
	for (unsigned int i = 0; i < c->nets; i++)
		check_net(&c->net[i]);
	check_target(c, &c->target_defaults);
	if (c->doubtful.path[0] != '\0')
		check_target(c, &c->doubtful);
	for (unsigned int i = 0; i < c->targets; i++)
		check_target(c, &c->target[i]);
	if (c->target[CONFIG_ROOT].name[0] != '\0')
		check_target(c, &c->target[CONFIG_ROOT]);
	for (unsigned int i = 0; i < c->modules; i++) {
		TERMINATED(c->module[i].path);
		TERMINATED(c->module[i].parameters);
		HOLDS(c->module[i].path[0] == '/');
	}
	TERMINATED(c->watchdog);
	HOLDS(c->format <= FORMAT_NONE && codec != NULL && !codec->foreign);
	HOLDS(c->dmesg <= 1 && c->test <= 1 && c->log_to_root <= 1);
	HOLDS(c->seals <= CONFIG_SEALS && (c->seals == 0 || c->seal_wanted) && c->seal_status <= 1);
	HOLDS(c->loop.crashes <= CONFIG_LOOP_MAX && c->loop.within >= 60);
	HOLDS(c->loop.within <= 604800 && c->loop.ending < ENDING_SHELL);
	HOLDS(c->loop.wait <= 86400 && (c->loop.ending != ENDING_REBOOT || c->loop.wait > 0));
	HOLDS(c->level <= 31 && c->keep >= 1 && c->keep <= 9999);
	HOLDS(c->stall >= 5 && c->stall <= 3600 && c->timeout >= 10 && c->timeout <= 86400);
	HOLDS(c->on_success <= ENDING_SHELL && c->on_failure <= ENDING_SHELL);
}

/* The name, and whether there is a filesystem, are those of the line. */
static void check_same(const struct config_target *t, const struct config_target *told)
{
	HOLDS(strcmp(t->name, told->name) == 0);
	HOLDS(strcmp(told->fstype, "raw") != 0 || strcmp(t->fstype, "raw") == 0);
	HOLDS(strcmp(t->fstype, "raw") != 0 || strcmp(told->fstype, "raw") == 0 ||
	      strcmp(config.target_defaults.fstype, "raw") == 0);
}

/* A line is read without its blanks at both ends, and marks of an editor; a word with them. */
static bool is_plain(const char *text)
{
	while (*text >= ' ' && *text <= '~')
		text++;
	return *text == '\0';
}

/* What was mended, as it says it was taken, is taken without a doubt by a line of its own. */
static void check_mended(const char *why)
{
	static struct config again;
	const char *taken = strstr(why, "; taken as ");
	const char *value = taken == NULL ? NULL : strstr(taken, " = ");
	char unused[CONFIG_WHY];

	HOLDS(taken != NULL);
	if (strlen(why) == CONFIG_WHY - 1 || strncmp(why, "not a key;", 10) == 0 ||
	    strpbrk(taken, "#\"'") != NULL || strstr(taken, "\xe2\x80") != NULL ||
	    strstr(taken, "\xef\xbb\xbf") != NULL || strstr(taken, "\xc2\xa0") != NULL ||
	    (value != NULL && strlen(value) == 3 + VALUE_SHOWN))
		return; /* it is cut, or a comment, or would need quotes again, or loses marks */
	taken += strlen("; taken as ");
	config_read_init(&again);
	HOLDS(config_read_line(&again, taken, strlen(taken), unused) >= 0);
	if (again.targets > 0 && is_plain(taken))
		check_same(&config.target[config.targets - 1], &again.target[0]);
}

static void check_answer(int r, const char *why)
{
	HOLDS(r <= CONFIG_MENDED);
	if (r == 0)
		return;
	HOLDS(memchr(why, '\0', CONFIG_WHY) != NULL && strlen(why) > 0);
	if (r == CONFIG_MENDED) {
		check_mended(why);
		return;
	}
	before.target_refused |= config.target_refused; /* for the keys below it */
	before.override_refused |= config.override_refused;
	before.seal_wanted |= config.seal_wanted;
	before.doubtful = config.doubtful;
	HOLDS(memcmp(&config, &before, sizeof(config)) == 0);
}

static void read_lines(const char *text, size_t size)
{
	char why[CONFIG_WHY];

	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t len = end == NULL ? size : (size_t)(end - text);
		char *line = malloc(len + 1);

		HOLDS(line != NULL);
		memcpy(line, text, len);
		memset(why, 'x', sizeof(why));
		before = config;
		check_answer(config_read_line(&config, line, len, why), why);
		free(line);
		text += len + (len < size);
		size -= len + (len < size);
	}
}

/* The same words one by one, as KEY=VALUE; a newline parts words, as in the kernel. */
static void override_words(char *text)
{
	char why[CONFIG_WHY];

	for (char *word = strtok(text, " \n"); word != NULL; word = strtok(NULL, " \n")) {
		char *equals = strchr(word, '=');

		if (equals != NULL)
			*equals = '\0';
		memset(why, 'x', sizeof(why));
		before = config;
		check_answer(
			config_override(&config, word, equals == NULL ? NULL : equals + 1, why),
			why);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul;
	size_t len;
	char *cmdline;
	int bad;

	if (size > INPUT_MAX)
		return 0;
	nul = size == 0 ? NULL : memchr(data, '\0', size);
	len = nul == NULL ? size : (size_t)(nul - data);
	config_read_init(&config);
	read_lines((const char *)data, len);
	check_config(&config);
	if (nul == NULL)
		return 0;
	cmdline = calloc(1, size - len);
	HOLDS(cmdline != NULL);
	memcpy(cmdline, nul + 1, size - len - 1);
	findings = 0;
	bad = config_read_cmdline(&config, cmdline, count);
	HOLDS(bad >= 0 && (unsigned int)bad <= findings);
	check_config(&config);
	override_words(cmdline);
	check_config(&config);
	free(cmdline);
	return 0;
}
