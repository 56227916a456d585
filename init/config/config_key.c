/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of keys, and the search in it. What a kind of value may be is in config_value.c.
 */
#include "config/config_key.h"

#include "codec/codec.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEY_MAX = 16 /* no key has more letters */ };

#define TEXT_OF(type, f)   .offset = offsetof(type, f), .max = sizeof(((type *)0)->f)
#define FIELD(f)	   .offset = offsetof(struct config, f)
#define TARGET_TEXT(f)	   .of_target = true, TEXT_OF(struct config_target, f)
#define RANGE(least, most) .min = (least), .max = (most)

#define ENDINGS "reboot, poweroff, halt or shell"

const struct config_key config_keys[CONFIG_KEYS] = {
	{.name = "target",
	 .kind = KEY_TARGET,
	 TEXT_OF(struct config_target, name),
	 .expected =
		 "/dev/NAME, UUID=, LABEL=, PARTUUID=, PARTLABEL=, HOST:/EXPORT, tcp:HOST:PORT, "
		 "ubi:NAME, mtdN, raw: and a device, or a tag with fstype"},
	{.name = "fstype",
	 .kind = KEY_FSTYPE,
	 TARGET_TEXT(fstype),
	 .expected = "auto, raw or the names of filesystems, with commas"},
	{.name = "options",
	 .kind = KEY_OPTIONS,
	 TARGET_TEXT(options),
	 .expected = "options as for mount(8)"},
	{.name = "path",
	 .kind = KEY_PATH,
	 TARGET_TEXT(path),
	 .expected = "an absolute path inside the target"},
	{.name = "wait",
	 .kind = KEY_SECONDS,
	 .of_target = true,
	 .offset = offsetof(struct config_target, wait),
	 RANGE(0, 3600),
	 .expected = "seconds, 0 to 3600"},
	{.name = "format", .kind = KEY_WORD, FIELD(format), .expected = "elf, kdump or none"},
	{.name = "level",
	 .kind = KEY_NUMBER,
	 FIELD(level),
	 RANGE(0, CONFIG_LEVEL_MAX),
	 .expected = "a number from 0 to 31"},
	{.name = "compress", .kind = KEY_CODEC, FIELD(compress)},
	{.name = "dmesg", .kind = KEY_YES_NO, FIELD(dmesg), .expected = "yes or no"},
	{.name = "keep",
	 .kind = KEY_NUMBER,
	 FIELD(keep),
	 RANGE(1, 9999),
	 .expected = "a number from 1 to 9999"},
	{.name = "free", .kind = KEY_SIZE, FIELD(free), .expected = "bytes, with K, M or G: 16M"},
	{.name = "max_per_day",
	 .kind = KEY_NUMBER,
	 FIELD(max_per_day),
	 RANGE(0, 9999),
	 .expected = "a number from 0 (no limit) to 9999"},
	{.name = "stall",
	 .kind = KEY_SECONDS,
	 FIELD(stall),
	 RANGE(5, 3600),
	 .expected = "seconds, 5 to 3600"},
	{.name = "timeout",
	 .kind = KEY_SECONDS,
	 FIELD(timeout),
	 RANGE(10, 86400),
	 .expected = "seconds, 10 to 86400"},
	{.name = "watchdog",
	 .kind = KEY_WATCHDOG,
	 TEXT_OF(struct config, watchdog),
	 .expected = "auto, none or /dev/NAME"},
	{.name = "module",
	 .kind = KEY_MODULE,
	 .expected = "the path of a module file, then its parameters"},
	{.name = "on_success", .kind = KEY_WORD, FIELD(on_success), .expected = ENDINGS},
	{.name = "on_failure", .kind = KEY_WORD, FIELD(on_failure), .expected = ENDINGS},
	{.name = "log_to_root", .kind = KEY_YES_NO, FIELD(log_to_root), .expected = "yes or no"},
	{.name = "loop_crashes",
	 .kind = KEY_NUMBER,
	 FIELD(loop.crashes),
	 RANGE(0, CONFIG_LOOP_MAX),
	 .expected = "a number from 0 (no brake) to 20"},
	{.name = "loop_within",
	 .kind = KEY_SECONDS,
	 FIELD(loop.within),
	 RANGE(60, 604800),
	 .expected = "seconds, 60 to 604800"},
	{.name = "on_loop",
	 .kind = KEY_ON_LOOP,
	 FIELD(loop),
	 RANGE(1, 86400),
	 .expected = "halt, poweroff or reboot SECONDS, 1 to 86400"},
	{.name = "seal", .kind = KEY_SEAL, .expected = "age1..., as age-keygen prints it"},
	{.name = "seal_status", .kind = KEY_YES_NO, FIELD(seal_status), .expected = "yes or no"},
	{.name = "insecure", .kind = KEY_YES_NO, FIELD(insecure), .expected = "yes or no"},
	{.name = "net",
	 .kind = KEY_NET,
	 .expected = "INTERFACE,MAC,ADDRESS/PREFIX,GATEWAY,HOST[=SERVER]"},
	{.name = "test", .kind = KEY_YES_NO, FIELD(test), .expected = "yes or no"},
};

const char *config_key_expected(const struct config_key *k)
{
	return k->kind == KEY_CODEC ? codec_names(false) : k->expected;
}

/* As the kernel compares the names of its parameters (kernel/params.c), and in any case. */
static char folded(char c)
{
	return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

const struct config_key *config_key_named(const char *name)
{
	if (strncasecmp(name, "kdump.", 6) == 0)
		name += 6; /* as on the command line */
	for (const struct config_key *k = config_keys; k < config_keys + CONFIG_KEYS; k++) {
		size_t i = 0;

		while (k->name[i] != '\0' && folded(name[i]) == k->name[i])
			i++;
		if (k->name[i] == '\0' && name[i] == '\0')
			return k;
	}
	return NULL;
}

/*
 * The letters to insert, drop or exchange between NAME and KEY (Levenshtein's distance): ROW[j]
 * is that of what was seen of NAME to the first j letters of KEY.
 */
static unsigned int distance(const char *name, const char *key)
{
	unsigned int row[KEY_MAX + 1];
	size_t len = strlen(key);

	for (unsigned int j = 0; j <= len; j++)
		row[j] = j;
	for (; *name != '\0'; name++) {
		unsigned int corner = row[0]++;

		for (size_t j = 0; j < len; j++) {
			unsigned int best = corner + (folded(*name) != key[j]);

			corner = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (corner + 1 < best)
				best = corner + 1;
			row[j + 1] = best;
		}
	}
	return row[len];
}

const struct config_key *config_key_near(const char *name)
{
	const struct config_key *near = NULL;
	unsigned int least = 3;

	for (const struct config_key *k = config_keys; k < config_keys + CONFIG_KEYS; k++) {
		unsigned int d = distance(name, k->name);

		if (d < least && d * 3 <= strlen(k->name)) {
			least = d;
			near = k;
		}
	}
	return near;
}

int config_key_unknown(const char *name, char why[CONFIG_WHY])
{
	const struct config_key *near = config_key_near(name);
	int n = snprintf(why, CONFIG_WHY, "%.32s: no such key; expected %s%s", name,
			 near != NULL ? near->name : "one of", near != NULL ? "?" : "");

	for (unsigned int i = 0; near == NULL && i < CONFIG_KEYS && n < CONFIG_WHY; i++)
		n += snprintf(why + n, CONFIG_WHY - (size_t)n, " %s", config_keys[i].name);
	return -EINVAL;
}
