/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config: each key takes what it should and refuses the rest with a reason; a refused line
 * changes nothing.
 */
#include "config/config.h"
#include "tests/page_flags.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the secret key in age's test vectors (C2SP CCTV). */
#define RECIPIENT "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"

static struct config config;
static char why[CONFIG_WHY];

/* A heap copy without terminator, so that the sanitizer sees a byte too many. */
static int read_line(struct config *c, const char *line)
{
	size_t len = strlen(line);
	char *copy = malloc(len > 0 ? len : 1);
	int r;

	REQUIRE(copy != NULL);
	memcpy(copy, line, len);
	memset(why, 'x', sizeof(why));
	r = config_read_line(c, copy, len, why);
	free(copy);
	return r;
}

static void check_taken(const char *line)
{
	if (!CHECK_EQ(read_line(&config, line), 0))
		test_note("for \"%s\": %.*s", line, CONFIG_WHY, why);
}

/* A key that was given before: the last one counts, and a finding says so. */
static void check_again(const char *line)
{
	if (!CHECK_EQ(read_line(&config, line), CONFIG_MENDED) || !CHECK_HAS(why, "given before"))
		test_note("for \"%s\": %.*s", line, CONFIG_WHY, why);
}

/* Refused, with a reason that names the key and says what was expected; nothing changed. */
static void check_refused(const char *line, const char *expected)
{
	struct config *before = malloc(sizeof(config));
	int result;

	REQUIRE(before != NULL);
	memcpy(before, &config, sizeof(config));
	result = read_line(&config, line);
	if (config.target_refused) /* the one thing that may change: the keys below go with it */
		before->target_refused = true;
	before->doubtful = config.doubtful;
	if (!CHECK_EQ(result, -EINVAL) || !CHECK(memchr(why, '\0', sizeof(why)) != NULL) ||
	    !CHECK_HAS(why, expected) || !CHECK_HAS(why, "expected ") ||
	    !CHECK_MEM(&config, before, sizeof(config)))
		test_note("for \"%.60s\"", line);
	free(before);
}

static const char *repeat(const char *start, char c, size_t count)
{
	static char text[2048];
	size_t n = strlen(start);

	memcpy(text, start, n);
	memset(text + n, c, count);
	text[n + count] = '\0';
	return text;
}

static int override(const char *key, const char *value)
{
	memset(why, 'x', sizeof(why));
	return config_override(&config, key, value, why);
}

TEST("defaults are those of the documentation, without a target")
{
	config_read_init(&config);
	CHECK_EQ(config.targets, 0);
	CHECK_EQ(config.modules, 0);
	CHECK_STR(config.target_defaults.fstype, "auto");
	CHECK_STR(config.target_defaults.path, "/var/crash");
	CHECK_STR(config.target_defaults.options, "");
	CHECK_EQ(config.target_defaults.wait, 30);
	CHECK_EQ(config.format, FORMAT_ELF);
	CHECK_EQ(config.level, 31);
	CHECK_EQ(config.compress, PAGE_LZO);
	CHECK_EQ(config.dmesg, 1);
	CHECK_EQ(config.keep, 5);
	CHECK_EQ(config.free, 16 << 20);
	CHECK_EQ(config.max_per_day, 20);
	CHECK_EQ(config.stall, 60);
	CHECK_EQ(config.timeout, 1800);
	CHECK_STR(config.watchdog, "auto");
	CHECK_EQ(config.on_success, ENDING_REBOOT);
	CHECK_EQ(config.on_failure, ENDING_REBOOT);
	CHECK_EQ(config.log_to_root, 1);
	CHECK_EQ(config.loop.crashes, 0);
	CHECK_EQ(config.loop.within, 600);
	CHECK_EQ(config.loop.ending, ENDING_REBOOT);
	CHECK_EQ(config.loop.wait, 600);
	CHECK_EQ(config.test, 0);
	CHECK_EQ(config.seals, 0);
	CHECK(!config.seal_wanted);
	CHECK_EQ(config.seal_status, 1);
	CHECK_EQ(config.insecure, 0);
	CHECK_EQ(config.nets, 0);
}

TEST("blank lines and comments are taken and change nothing")
{
	static const char *const lines[] = {"",		  " ",	"\t \r", "#", "# target = x",
					    "  # keep=9", "#=="};
	struct config *fresh = calloc(1, sizeof(*fresh));

	REQUIRE(fresh != NULL);
	config_read_init(fresh);
	config_read_init(&config);
	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_taken(lines[i]);
	CHECK_MEM(&config, fresh, sizeof(config));
	free(fresh);
}

TEST("every key takes a good value, with or without spaces and a carriage return")
{
	config_read_init(&config);
	check_taken("target=/dev/mmcblk0p2");
	check_taken("\tfstype  =  ext4 ");
	check_taken("options = data=journal,noatime\r");
	check_taken("path=/a/b");
	check_taken("wait=0");
	check_taken("format = kdump");
	check_taken("level=17");
	check_taken("compress=zstd");
	check_taken("dmesg=no");
	check_taken("keep=9999");
	check_taken("free=2G");
	check_taken("max_per_day=0");
	check_taken("stall=5");
	check_taken("timeout=86400");
	check_taken("watchdog=/dev/watchdog1");
	check_taken("module=/lib/a.ko x=1 y=2");
	check_taken("on_success=poweroff");
	check_taken("on_failure=shell");
	check_taken("log_to_root=no");
	check_taken("loop_crashes=20");
	check_taken("loop_within=60");
	check_taken("on_loop=reboot 86400");
	check_taken("seal=" RECIPIENT);
	check_taken("seal_status=no");
	check_taken("test=yes");
	CHECK_STR(config.target[0].name, "/dev/mmcblk0p2");
	CHECK_STR(config.target[0].fstype, "ext4");
	CHECK_STR(config.target[0].options, "data=journal,noatime");
	CHECK_STR(config.target[0].path, "/a/b");
	CHECK_EQ(config.target[0].wait, 0);
	CHECK_EQ(config.format, FORMAT_KDUMP);
	CHECK_EQ(config.level, 17);
	CHECK_EQ(config.compress, PAGE_ZSTD);
	CHECK_EQ(config.dmesg, 0);
	CHECK_EQ(config.keep, 9999);
	CHECK_EQ(config.free, INT64_C(2) << 30);
	CHECK_EQ(config.max_per_day, 0);
	CHECK_EQ(config.stall, 5);
	CHECK_EQ(config.timeout, 86400);
	CHECK_STR(config.watchdog, "/dev/watchdog1");
	CHECK_STR(config.module[0].path, "/lib/a.ko");
	CHECK_STR(config.module[0].parameters, "x=1 y=2");
	CHECK_EQ(config.on_success, ENDING_POWEROFF);
	CHECK_EQ(config.on_failure, ENDING_SHELL);
	CHECK_EQ(config.log_to_root, 0);
	CHECK_EQ(config.loop.crashes, 20);
	CHECK_EQ(config.loop.within, 60);
	CHECK_EQ(config.loop.ending, ENDING_REBOOT);
	CHECK_EQ(config.loop.wait, 86400);
	CHECK_EQ(config.test, 1);
	CHECK_EQ(config.seals, 1);
	CHECK_EQ(config.seal_status, 0);
}

TEST("on_loop is an ending, or a reboot with the seconds until then")
{
	config_read_init(&config);
	check_taken("on_loop=poweroff");
	CHECK_EQ(config.loop.ending, ENDING_POWEROFF);
	check_again("on_loop=halt");
	CHECK_EQ(config.loop.ending, ENDING_HALT);
	check_again("on_loop=reboot   1");
	CHECK_EQ(config.loop.ending, ENDING_REBOOT);
	CHECK_EQ(config.loop.wait, 1);
	CHECK_EQ(read_line(&config, "on_loop = Reboot 10 min"), CONFIG_MENDED);
	CHECK_HAS(why, "taken as on_loop = reboot 600");
	CHECK_EQ(config.loop.wait, 600);
	CHECK_EQ(config.loop.crashes, 0); /* the other keys stay as they are */
	CHECK_EQ(config.loop.within, 600);
	check_refused("on_loop=reboot", "halt, poweroff or reboot SECONDS, 1 to 86400");
	check_refused("on_loop=reboot 0", "not such a number");
	check_refused("on_loop=reboot 86401", "1 to 86400");
	check_refused("on_loop=reboot 1 day", "1 to 86400");
	check_refused("on_loop=halt 60", "more than that word");
	check_refused("on_loop=shell", "unknown word");
	check_refused("on_loop=60", "unknown word");
	check_refused("on_loop=", "no value");
}

TEST("every word of the keys that take words is known")
{
	static const char *const lines[] = {
		"format=elf",	   "format=kdump",	"format=none",	   "compress=none",
		"compress=zlib",   "compress=lzo",	"compress=zstd",   "dmesg=yes",
		"dmesg=no",	   "on_success=reboot", "on_success=halt", "on_failure=reboot",
		"on_failure=halt", "watchdog=auto",	"watchdog=none",   "on_failure=poweroff"};

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		config_read_init(&config);
		check_taken(lines[i]);
	}
}

TEST("every key refuses a bad value, names itself and what was expected")
{
	config_read_init(&config);
	check_taken("target=/dev/sda1");
	check_refused("fstype = ", "fstype: no value");
	check_refused("path=../crash", "path: ");
	check_refused("path=/a/../b", "path: ");
	check_refused("wait=3601", "wait: ");
	check_refused("wait=-1", "wait: ");
	check_refused("format=tar", "elf, kdump or none");
	check_refused("level=32", "0 to 31");
	check_refused("level=0x20", "0 to 31");
	check_refused("compress=gzip", "none, zlib, lzo or zstd");
	check_refused("dmesg=2", "yes or no");
	check_refused("keep=0", "1 to 9999");
	check_refused("keep=10000", "1 to 9999");
	check_refused("free=16 X", "free: ");
	check_refused("free=M", "free: ");
	check_refused("free=1.5G", "free: ");
	check_refused("free=16MX", "free: ");
	check_refused("max_per_day=10000", "0 (no limit) to 9999");
	check_refused("max_per_day=all", "0 (no limit) to 9999");
	check_refused("stall=4", "5 to 3600");
	check_refused("stall=4294967301", "5 to 3600");
	check_refused("timeout=9", "10 to 86400");
	check_refused("timeout=86401", "10 to 86400");
	check_refused("timeout=60x", "10 to 86400");
	check_refused("watchdog=yes", "auto, none or /dev/NAME");
	check_refused("module=ext4.ko", "module: ");
	check_refused("on_success=restart", "reboot, poweroff, halt or shell");
	check_refused("on_failure=", "reboot, poweroff, halt or shell");
	check_refused("log_to_root=/", "yes or no");
	check_refused("loop_crashes=21", "0 (no brake) to 20");
	check_refused("loop_within=59", "60 to 604800");
	check_refused("loop_within=8 days", "60 to 604800");
	check_refused("seal_status=2", "yes or no");
	check_refused("test=maybe", "yes or no");
	check_refused("target=", "target: no value");
}

TEST("what is expected of target and fstype is each kind that there is")
{
	static const char *const kinds[] = {
		"/dev/NAME", "UUID=",	 "LABEL=", "PARTUUID=", "PARTLABEL=", "HOST:/EXPORT",
		"tcp:HOST",  "ubi:NAME", "raw:",   "mtdN",	"with fstype"};

	config_read_init(&config);
	check_refused("fstype=", "auto, raw or the names of filesystems, with commas");
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		check_refused("target=", kinds[i]);
}

TEST("what is no KEY = VALUE is refused with a reason")
{
	config_read_init(&config);
	check_refused("target", "no =");
	check_refused("=x", "no such key");
	check_refused("Targetx=x", "no such key");
	check_refused("tar get=x", "no such key");
	config_read_init(&config);
	CHECK_EQ(config_read_line(&config, "path=/a\0b", 9, why), -EINVAL);
	CHECK_HAS(why, "NUL");
	CHECK_STR(config.target_defaults.path, "/var/crash");
}

TEST("an unknown key is answered with all the keys there are")
{
	config_read_init(&config);
	check_refused("colour=red", "colour: no such key");
	CHECK_HAS(why, " target fstype ");
	CHECK_HAS(why, " on_success on_failure");
	CHECK_HAS(why, " on_loop seal seal_status insecure net test");
	check_refused(repeat("", 'k', 63), "no =");
	check_refused("a_key_that_is_quite_long_as_keys_go = x", "on_failure");
}

TEST("a value that does not fit is refused, not cut")
{
	config_read_init(&config);
	check_taken(repeat("target=", 'a', 255));
	CHECK_EQ(strlen(config.target[0].name), 255);
	check_refused(repeat("fstype=", 'a', 32), "too long");
	check_refused(repeat("options=", 'a', 256), "too long");
	check_refused(repeat("path=/", 'a', 255), "too long");
	check_refused(repeat("module=/", 'a', 191), "too long");
	check_refused(repeat("module=/a ", 'p', 160), "too long");
	check_refused(repeat("watchdog=/dev/", 'a', 59), "too long");
	check_refused(repeat("options=", 'a', 2000), "too long");
	check_refused(repeat("", 'a', 2000), "no =");
	check_refused(repeat("keep=", '0', 2000), "too long");
	check_refused(repeat("target=", 'a', 256), "too long");
}

TEST("sizes take K, M and G, and refuse what does not fit 64 bits")
{
	config_read_init(&config);
	check_taken("free=0");
	CHECK_EQ(config.free, 0);
	check_again("free=512k");
	CHECK_EQ(config.free, 512 << 10);
	check_again("free=4294967295G");
	CHECK_EQ(config.free, INT64_C(4294967295) << 30);
	check_refused("free=4294967296", "free: ");
	check_refused("free=16777216T", "free: ");
	check_refused("free=4294967295T", "free: ");
}

TEST("keys of a target belong to the target above them, and before the first to all")
{
	config_read_init(&config);
	check_taken("wait=7");
	check_taken("target=LABEL=a");
	check_taken("path=/a");
	check_taken("target=LABEL=b");
	check_taken("fstype=vfat");
	CHECK_EQ(config.targets, 2);
	CHECK_STR(config.target[0].name, "LABEL=a");
	CHECK_STR(config.target[0].path, "/a");
	CHECK_STR(config.target[0].fstype, "auto");
	CHECK_EQ(config.target[0].wait, 7);
	CHECK_STR(config.target[1].path, "/var/crash");
	CHECK_STR(config.target[1].fstype, "vfat");
	CHECK_EQ(config.target[1].wait, 7);
}

TEST("options may be emptied")
{
	config_read_init(&config);
	check_taken("options=ro");
	check_again("options=");
	CHECK_STR(config.target_defaults.options, "");
}

TEST("there are 8 targets and 64 modules, the next is refused")
{
	char line[64];

	config_read_init(&config);
	for (int i = 0; i < CONFIG_TARGETS; i++)
		check_taken("target=/dev/sda1");
	check_refused("target=/dev/sda1", "too many");
	for (int i = 0; i < CONFIG_MODULES; i++) {
		snprintf(line, sizeof(line), "module=/lib/%d.ko", i);
		check_taken(line);
	}
	check_refused("module=/lib/more.ko", "too many");
	check_taken("module=/lib/3.ko again=1");
	CHECK_EQ(config.modules, CONFIG_MODULES);
	CHECK_STR(config.module[3].parameters, "again=1");
	CHECK_STR(config.module[4].parameters, "");
}

TEST("the command line replaces the list of targets once and adds to it then")
{
	config_read_init(&config);
	check_taken("target=LABEL=file");
	check_taken("path=/file");
	CHECK_EQ(override("target", "LABEL=one"), 0);
	CHECK_EQ(override("path", "/one"), 0);
	CHECK_EQ(override("target", "LABEL=two"), 0);
	CHECK_EQ(config.targets, 2);
	CHECK_STR(config.target[0].name, "LABEL=one");
	CHECK_STR(config.target[0].path, "/one");
	CHECK_STR(config.target[1].name, "LABEL=two");
	CHECK_STR(config.target[1].path, "/var/crash");
}

TEST("without kdump.target= the command line's keys go to all targets")
{
	config_read_init(&config);
	check_taken("target=LABEL=a");
	check_taken("path=/a");
	check_taken("target=LABEL=b");
	CHECK_EQ(override("path", "/cmdline"), 0);
	CHECK_EQ(override("wait", "1"), 0);
	CHECK_EQ(override("keep", "2"), 0);
	CHECK_STR(config.target[0].path, "/cmdline");
	CHECK_STR(config.target[1].path, "/cmdline");
	CHECK_EQ(config.target[1].wait, 1);
	CHECK_EQ(config.keep, 2);
	config_read_finish(&config, "/dev/root");
	CHECK_EQ(config.targets, 2);
}

TEST("an override that is refused changes nothing, the list of targets included")
{
	static const char *const bad[][2] = {{"target", ""}, {"keep", "x"},	 {"path", "../a"},
					     {"nokey", "1"}, {"wait", "999999"}, {"", "x"}};
	struct config *before = malloc(sizeof(config));

	REQUIRE(before != NULL);
	config_read_init(&config);
	check_taken("target=LABEL=file");
	memcpy(before, &config, sizeof(config));
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_EQ(override(bad[i][0], bad[i][1]), -EINVAL);
		config.override_refused = false; /* for the keys behind it */
		CHECK_MEM(&config, before, sizeof(config));
	}
	CHECK_EQ(override("target", repeat("", 'a', 256)), -EINVAL);
	config.override_refused = false;
	CHECK_MEM(&config, before, sizeof(config));
	CHECK_EQ(config.targets, 1);
	free(before);
}

TEST("options can be emptied from the command line as in the file")
{
	config_read_init(&config);
	check_taken("target=LABEL=a");
	check_taken("options=ro");
	CHECK_EQ(override("options", ""), 0);
	CHECK_STR(config.target[0].options, "");
}

TEST("root= is the target when there is no other, with what was set for targets")
{
	config_read_init(&config);
	CHECK_EQ(override("path", "/dumps"), 0);
	config_read_finish(&config, "/dev/mmcblk0p2");
	CHECK_EQ(config.targets, 1);
	CHECK_STR(config.target[0].name, "/dev/mmcblk0p2");
	CHECK_STR(config.target[0].path, "/dumps");
	config_read_finish(&config, "/dev/other");
	CHECK_EQ(config.targets, 1);
	config_read_init(&config);
	config_read_finish(&config, NULL);
	config_read_finish(&config, "");
	config_read_finish(&config, repeat("/dev/", 'x', 300));
	CHECK_EQ(config.targets, 0);
}

TEST("keys below a refused target do not change the target above it")
{
	config_read_init(&config);
	check_taken("target=/dev/mmcblk0p2");
	check_taken("fstype=ext4");
	check_refused("target=LABL=RESCUE", "unknown tag");
	check_refused("fstype=vfat", "its target was refused");
	CHECK_STR(config.target[0].fstype, "ext4");
	check_taken("target=LABEL=RESCUE");
	check_taken("fstype=vfat");
	CHECK_EQ(config.targets, 2);
	CHECK_STR(config.target[0].fstype, "ext4");
	CHECK_STR(config.target[1].fstype, "vfat");
}
