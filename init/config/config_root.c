/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The target that root= stands for, or the row behind all others that it gets by log_to_root; with
 * what the kernel takes beside it: rootfstype=, rootflags=, and nfsroot= where root is /dev/nfs
 * (Documentation/admin-guide/kernel-parameters.txt and admin-guide/nfs/nfsroot.rst). What a name
 * leads to is disk/'s to know.
 */
#include "config/config_source.h"

#include <stdio.h>
#include <string.h>

/* Copies the value of KEY to VALUE, if there is one. Returns 1 when it is too long. */
static int take_word(const char *cmdline, const char *key, char *value, size_t size,
		     config_report report)
{
	char text[CONFIG_WORD];

	if (!config_cmdline_value(cmdline, key, text, sizeof(text)) || text[0] == '\0')
		return 0;
	if (strlen(text) < size) {
		memcpy(value, text, strlen(text) + 1);
		return 0;
	}
	config_tell(
		report,
		"command line: %s=: longer than %u characters; expected target = in the configuration",
		key, (unsigned int)size - 1);
	return 1;
}

/* Options of a first mount that a capture must not have: a panic at the first fault. */
static void drop_panic(char *options)
{
	static const char panic[] = "errors=panic";
	size_t len = strlen(panic);

	for (char *p = options; (p = strstr(p, panic)) != NULL;) {
		if ((p > options && p[-1] != ',') || (p[len] != ',' && p[len] != '\0')) {
			p += len;
			continue;
		}
		memmove(p, p + len + (p[len] == ','), strlen(p + len + (p[len] == ',')) + 1);
	}
}

/* [SERVER:]DIRECTORY[,OPTIONS]; the server may stand in ip=CLIENT:SERVER:... instead. */
static void take_nfs(const char *cmdline, struct config_target *t)
{
	char nfsroot[200];
	char ip[128] = "";
	const char *server = "";
	char *options;
	size_t len = 0;

	if (!config_cmdline_value(cmdline, "nfsroot", nfsroot, sizeof(nfsroot)) ||
	    strchr(nfsroot, '%') != NULL) /* stands for a name that only the kernel has */
		return;
	options = strchr(nfsroot, ',');
	if (options != NULL)
		*options++ = '\0';
	if (nfsroot[0] == '/' && config_cmdline_value(cmdline, "ip", ip, sizeof(ip)) &&
	    strchr(ip, ':') != NULL) {
		server = strchr(ip, ':') + 1;
		len = strcspn(server, ":");
	}
	if ((nfsroot[0] == '/' && len == 0) || strlen(nfsroot) + len + 2 > sizeof(t->name))
		return;
	snprintf(t->name, sizeof(t->name), "%.*s%s%.200s", (int)len, server, len > 0 ? ":" : "",
		 nfsroot);
	snprintf(t->fstype, sizeof(t->fstype), "nfs");
	if (t->options[0] == '\0' && options != NULL)
		snprintf(t->options, sizeof(t->options), "%s", options);
}

/* Is T one of the targets, by its name? By its device a worker finds out. */
static bool is_target(const struct config *c, const struct config_target *t)
{
	unsigned int i = 0;

	while (i < c->targets && strcmp(c->target[i].name, t->name) != 0)
		i++;
	return i < c->targets;
}

/* Gives T, which has a name, what the kernel takes beside root=. Returns how many words are bad. */
static int complete(struct config_target *t, const char *cmdline, config_report report)
{
	int bad = 0;

	if (strcmp(t->fstype, "auto") == 0)
		bad += take_word(cmdline, "rootfstype", t->fstype, sizeof(t->fstype), report);
	if (t->options[0] == '\0') {
		bad += take_word(cmdline, "rootflags", t->options, sizeof(t->options), report);
		drop_panic(t->options);
	}
	if (strcmp(t->name, "/dev/nfs") == 0)
		take_nfs(cmdline, t);
	return bad;
}

int config_read_root(struct config *c, const char *cmdline, config_report report)
{
	struct config_target *t = &c->target[CONFIG_ROOT];
	char root[sizeof(t->name)] = "";
	bool by_root = c->targets == 0;
	int bad = take_word(cmdline, "root", root, sizeof(root), report);

	config_read_finish(c, root);
	if (root[0] == '\0')
		return bad;
	if (by_root)
		return bad + complete(&c->target[0], cmdline, report);
	if (c->log_to_root == 0)
		return bad;
	*t = (struct config_target){
		.fstype = "auto", .path = "/var/crash", .wait = c->target_defaults.wait};
	memcpy(t->name, root, sizeof(root));
	bad += complete(t, cmdline, report);
	if (is_target(c, t))
		t->name[0] = '\0';
	return bad;
}
