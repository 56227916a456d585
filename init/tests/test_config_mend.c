/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config: what people really write. Where a line can mean one thing only, that is taken and a
 * finding says so; where it can mean two, it is refused, and a target that is refused takes its
 * keys with it.
 */
#include "config/config_source.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct config config;
static char findings[8192];
static char state[4096];
static int refused;

static void take_finding(const char *finding)
{
	size_t n = strlen(findings);

	snprintf(findings + n, sizeof(findings) - n, "%s\n", finding);
}

/* All that a configuration says, as text: "<target|fstype|options|path|wait> KEY=VALUE ...". */
static void show(void)
{
	char *p = state;
	char *end = state + sizeof(state);

	for (unsigned int i = 0; i < config.targets; i++) {
		const struct config_target *t = &config.target[i];

		p += snprintf(p, (size_t)(end - p), "<%s|%s|%s|%s|%u>", t->name, t->fstype,
			      t->options, t->path, t->wait);
	}
	for (unsigned int i = 0; i < config.modules; i++)
		p += snprintf(p, (size_t)(end - p), " module=%s", config.module[i].path);
	snprintf(p, (size_t)(end - p),
		 " targets=%u format=%u level=%u compress=%u dmesg=%u keep=%u free=%llu "
		 "max_per_day=%u stall=%u timeout=%u watchdog=%s on_success=%u on_failure=%u.",
		 config.targets, config.format, config.level, config.compress, config.dmesg,
		 config.keep, (unsigned long long)config.free, config.max_per_day, config.stall,
		 config.timeout, config.watchdog, config.on_success, config.on_failure);
}

static void read_bytes(const char *text, size_t size)
{
	scratch_write_file("conf", text, size);
	findings[0] = '\0';
	config_read_init(&config);
	refused = config_read_file(&config, "conf", take_finding);
	show();
}

struct row {
	const char *text;    /* the file */
	const char *state;   /* what is then in show() */
	const char *finding; /* what the one finding has, or NULL: there is none */
};

static void check_rows(const struct row *rows, size_t count, int bad)
{
	for (const struct row *row = rows; row < rows + count; row++) {
		bool good;

		read_bytes(row->text, strlen(row->text));
		good = CHECK_EQ(refused, bad);
		good &= CHECK_HAS(state, row->state);
		good &= row->finding == NULL ? CHECK_STR(findings, "")
					     : CHECK_HAS(findings, row->finding);
		if (!good)
			test_note("for \"%s\": %s%s", row->text, findings, state);
	}
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define CHECK_ROWS(rows, bad) check_rows(rows, sizeof(rows) / sizeof((rows)[0]), bad)

#define UUID "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

TEST("a value is mended where it can mean one thing only, and a finding says what was taken")
{
	static const struct row rows[] = {
		{"keep = \"3\"", "keep=3 ", "taken as keep = 3"},
		{"keep = '3'", "keep=3 ", "conf:1: keep: quotes around it"},
		{"keep = 0x10", "keep=16 ", "taken as keep = 16"},
		{"keep = +7", "keep=7 ", "taken as keep = 7"},
		{"free = 32MB", "free=33554432 ", "taken as free = 32M"},
		{"free = 32 MiB", "free=33554432 ", "taken as free = 32M"},
		{"free = 32 m", "free=33554432 ", "taken as free = 32M"},
		{"free = 1gb", "free=1073741824 ", "taken as free = 1G"},
		{"free = 4096 bytes", "free=4096 ", "taken as free = 4096"},
		{"free = 0x1000", "free=4096 ", "taken as free = 4096"},
		{"timeout = 90s", "timeout=90 ", "taken as timeout = 90"},
		{"timeout = 10 min", "timeout=600 ", "taken as timeout = 600"},
		{"timeout = 2h", "timeout=7200 ", "taken as timeout = 7200"},
		{"stall=120 Seconds", "stall=120 ", "taken as stall = 120"},
		{"dmesg = No", "dmesg=0 ", "taken as dmesg = no"},
		{"dmesg = false", "dmesg=0 ", "taken as dmesg = no"},
		{"dmesg = off", "dmesg=0 ", "taken as dmesg = no"},
		{"dmesg = 0", "dmesg=0 ", "taken as dmesg = no"},
		{"dmesg=0\ndmesg = TRUE", "dmesg=1 ", "taken as dmesg = yes"},
		{"format = KDUMP", "format=1 ", "taken as format = kdump"},
		{"compress = LZO", "compress=2 ", "taken as compress = lzo"},
		{"on_success = PowerOff", "on_success=1 ", "taken as on_success = poweroff"},
		{"watchdog = NONE", "watchdog=none ", "taken as watchdog = none"},
		{"watchdog = watchdog1", "watchdog=/dev/watchdog1 ",
		 "taken as watchdog = /dev/watchdog1"},
		{"path = dumps\ntarget = LABEL=a", "|/dumps|", "taken as path = /dumps"},
		{"fstype = EXT4\ntarget = LABEL=a", "|ext4|", "taken as fstype = ext4"},
		{"fstype = fat32\ntarget = LABEL=a", "|vfat|", "taken as fstype = vfat"},
		{"options = noatime, sync\ntarget = LABEL=a", "|noatime,sync|",
		 "taken as options = noatime,sync"},
		{"target = LABEL=a\nfstype = vfat, Ext4", "|vfat,ext4|",
		 "taken as fstype = vfat,ext4"},
		{"target = LABEL=a\nfstype = vfat  ext4 , f2fs", "|vfat,ext4,f2fs|",
		 "taken as fstype = vfat,ext4,f2fs"},
		{"target = UBI:dumps", "<ubi:dumps|", "taken as target = ubi:dumps"},
		{"target = Ubi0: dumps", "<ubi0:dumps|", "taken as target = ubi0:dumps"},
		{"target = MTD:dumps", "<mtd:dumps|", "taken as target = mtd:dumps"},
		{"target = ubi:Dumps", "<ubi:Dumps|", NULL},
		{"options = -o noatime\ntarget = LABEL=a", "|noatime|",
		 "taken as options = noatime"},
		{"options = \"noatime\"\ntarget = LABEL=a", "|noatime|",
		 "taken as options = noatime"},
	};

	CHECK_ROWS(rows, 0);
}

TEST("a line is mended where it can mean one thing only")
{
	static const struct row rows[] = {
		{"\xEF\xBB\xBF"
		 "target = LABEL=a",
		 "<LABEL=a|", "byte order mark"},
		{"keep = 3\n\xEF\xBB\xBF"
		 "stall = 7",
		 "stall=7 ", "conf:2: stall: "},
		{"\xEF\xBB\xBF# a comment\nkeep = 3", "keep=3 ", NULL},
		{"\xEF\xBB\xBF", "keep=5 ", NULL},
		{"\xC2\xA0keep\xC2\xA0=\xC2\xA0"
		 "3\xC2\xA0",
		 "keep=3 ", "taken as keep = 3"},
		{"target = \xE2\x80\x9CLABEL=my card\xE2\x80\x9D", "<LABEL=my card|",
		 "taken as target = LABEL=my card"},
		{"\tkeep\t=\t3\t", "keep=3 ", NULL},
		{"KEEP = 3", "keep=3 ", "conf:1: keep: "},
		{"Target = LABEL=a\nPath = /x", "<LABEL=a|auto||/x|30>", "conf:2: path: "},
		{"on-success = halt", "on_success=2 ", "taken as on_success = halt"},
		{"max-Per-day = 4", "max_per_day=4 ", "taken as max_per_day = 4"},
		{"kdump.keep = 3", "keep=3 ", "taken as keep = 3"},
		{"keep: 3", "keep=3 ", "taken as keep = 3"},
		{"keep := 3", "keep=3 ", "taken as keep = 3"},
		{"keep 3", "keep=3 ", "taken as keep = 3"},
		{"keep == 3", "keep=3 ", "taken as keep = 3"},
		{"keep => 3", "keep=3 ", "taken as keep = 3"},
		{"target: UUID=" UUID, "<UUID=" UUID "|", "taken as target = UUID=" UUID},
		{"target LABEL=a", "<LABEL=a|", "taken as target = LABEL=a"},
		{"target /dev/sda1", "</dev/sda1|", "taken as target = /dev/sda1"},
		{"target: host:/export", "<host:/export|", "taken as target = host:/export"},
		{"; a comment\nkeep = 3", "keep=3 ", "conf:1: "},
		{"// keep = 9", "keep=5 ", "conf:1: "},
		{"keep = 3\nkeep = 4", "keep=4 ", "conf:2: keep: given before"},
		{"target=LABEL=a\npath=/1\npath=/2", "|/2|", "conf:3: path: given before"},
		{"target=LABEL=a\npath=/1\ntarget=LABEL=b\npath=/2", "|/2|", NULL},
		{"path=/1\ntarget=LABEL=b\npath=/2", "|/2|", NULL},
		{"module=/a.ko\nmodule=/b.ko", " module=/a.ko module=/b.ko ", NULL},
		{"keep = 3\rstall = 7\r", "keep=3 ", NULL},
		{"keep = 3\rstall = 7\r", "stall=7 ", NULL},
	};

	CHECK_ROWS(rows, 0);
}

TEST("a # after white space begins a comment, others and those in quotes do not")
{
	static const struct row rows[] = {
		{"options = noatime # quicker\ntarget=LABEL=a", "|noatime|",
		 "taken as options = noatime"},
		{"options = noatime\t#quicker\ntarget=LABEL=a", "|noatime|", "conf:1: options: "},
		{"options = # none\ntarget=LABEL=a", "|auto||/var/crash", "conf:1: options: "},
		{"keep = 3 # three", "keep=3 ", "taken as keep = 3"},
		{"keep = 3 # three # of them", "keep=3 ", "taken as keep = 3"},
		{"dmesg = no # 'quiet", "dmesg=0 ", "taken as dmesg = no"},
		{"path = /dumps # there\ntarget=LABEL=a", "|/dumps|", "taken as path = /dumps"},
		{"target = LABEL=a # the card", "<LABEL=a|", "taken as target = LABEL=a"},
		{"target = /dev/sda1 #the card", "</dev/sda1|", "taken as target = /dev/sda1"},
		{"module = /a.ko # first", "module=/a.ko ", "taken as module = /a.ko"},
		{"target = LABEL=a#b", "<LABEL=a#b|", NULL},
		{"target = host:/x#1/y", "<host:/x#1/y|", NULL},
		{"target = LABEL=\"a # b\"", "<LABEL=a # b|", "taken as target = LABEL=a # b"},
		{"target = \"LABEL=card #2\" # mine", "<LABEL=card #2|",
		 "taken as target = LABEL=card #2"},
	};

	CHECK_ROWS(rows, 0);
}

TEST("the name of a target is mended where it can mean one thing only")
{
	static const struct row rows[] = {
		{"target = UUID=\"" UUID "\"", "<UUID=" UUID "|", "taken as target = UUID=" UUID},
		{"target = 'UUID=" UUID "'", "<UUID=" UUID "|", "taken as target = UUID=" UUID},
		{"target = LABEL='my card'", "<LABEL=my card|", "taken as target = LABEL=my card"},
		{"target = LABEL=my card", "<LABEL=my card|", NULL},
		{"target = LABEL=Tom's card", "<LABEL=Tom's card|", NULL},
		{"target = LABEL=12\" disk", "<LABEL=12\" disk|", NULL},
		{"target = uuid=" UUID, "<UUID=" UUID "|", "taken as target = UUID=" UUID},
		{"target = Label=Card", "<LABEL=Card|", "taken as target = LABEL=Card"},
		{"target = partlabel = Card", "<PARTLABEL=Card|", "PARTLABEL=Card"},
		{"target = LABEL: card", "<LABEL=card|", "taken as target = LABEL=card"},
		{"target = UUID = " UUID, "<UUID=" UUID "|", "taken as target = UUID=" UUID},
		{"target = UUID=0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9",
		 "<UUID=0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9|", NULL},
		{"target = UUID=0a1b2c3d4e5f60718293a4b5c6d7e8f9", "<UUID=" UUID "|",
		 "taken as target = UUID=" UUID},
		{"target = PARTUUID={" UUID "}", "<PARTUUID=" UUID "|",
		 "taken as target = PARTUUID=" UUID},
		{"target = UUID=0a1b-2c3d-4e5f-6071-8293-a4b5-c6d7-e8f9", "<UUID=" UUID "|",
		 "taken as target = UUID=" UUID},
		{"target = UUID=1234-ABCD", "<UUID=1234-ABCD|", NULL},
		{"target = UUID=1234abcd", "<UUID=1234-abcd|", "taken as target = UUID=1234-abcd"},
		{"target = UUID=0123456789ABCDEF", "<UUID=0123456789ABCDEF|", NULL},
		{"target = PARTUUID=6b64756d-02", "<PARTUUID=6b64756d-02|", NULL},
		{"target = PARTUUID=0x6b64756d-2", "<PARTUUID=6b64756d-02|",
		 "taken as target = PARTUUID=6b64756d-02"},
		{"target = PARTUUID=6b64756d02", "<PARTUUID=6b64756d-02|",
		 "taken as target = PARTUUID=6b64756d-02"},
		{"target = PARTUUID=" UUID "/PARTNROFF=1", "<PARTUUID=" UUID "/PARTNROFF=1|", NULL},
		{"target = UUID=6b64756d-02", "<PARTUUID=6b64756d-02|",
		 "taken as target = PARTUUID=6b64756d-02"},
		{"target = PARTUUID=1234-ABCD", "<UUID=1234-ABCD|",
		 "taken as target = UUID=1234-ABCD"},
		{"target = uuid " UUID, "<UUID=" UUID "|", "taken as target = UUID=" UUID},
		{"target = LABEL my card", "<LABEL=my card|", "taken as target = LABEL=my card"},
		{"target = 1234-ABCD", "<UUID=1234-ABCD|", "taken as target = UUID=1234-ABCD"},
		{"target = 6b64756d-02", "<PARTUUID=6b64756d-02|",
		 "taken as target = PARTUUID=6b64756d-02"},
		{"target = label", "<label|", NULL},
		{"target = dev/sda1", "</dev/sda1|", "taken as target = /dev/sda1"},
		{"target = raw:/dev/sda1", "</dev/sda1|raw|", NULL},
		{"target = raw:PARTUUID=6b64756d-02", "<PARTUUID=6b64756d-02|raw|", NULL},
	};

	CHECK_ROWS(rows, 0);
}

/* What a finding says was taken is read as a file of its own: the same, and without a doubt. */
static void check_told(const char *wanted)
{
	char line[128];
	const char *taken = strstr(findings, "taken as ");

	if (taken == NULL)
		return;
	taken += strlen("taken as ");
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(taken, "\n"), taken);
	read_bytes(line, strlen(line));
	if (!CHECK_HAS(state, wanted) || !CHECK_STR(findings, ""))
		test_note("told was \"%s\"", line);
}

TEST("raw: stays with the name behind it, however both are spelled, and where that is told")
{
	static const char *const raws[] = {
		"raw:", "raw: ", "RAW:", "Raw :", "raw : ", "raw = ", "raw=", "raw ", "raw\t"};
	static const struct row names[] = {
		{"/dev/sdb1", "/dev/sdb1", NULL},
		{"dev/sdb1", "/dev/sdb1", NULL},
		{"label=b", "LABEL=b", NULL},
		{"LABEL: b", "LABEL=b", NULL},
		{"LABEL=\"b\"", "LABEL=b", NULL},
		{"\"LABEL=b\"", "LABEL=b", NULL},
		{"PartLabel=b", "PARTLABEL=b", NULL},
		{"partlabel = b", "PARTLABEL=b", NULL},
		{"uuid=1234abcd", "UUID=1234-abcd", NULL},
		{"UUID=6b64756d-02", "PARTUUID=6b64756d-02", NULL},
		{"PARTUUID=6b64756d-2", "PARTUUID=6b64756d-02", NULL},
		{"6b64756d-02", "PARTUUID=6b64756d-02", NULL},
	};
	static const struct row forms[] = {{"target = ", "", NULL},
					   {"target = \"", "\"", NULL},
					   {"Target: ", "", NULL},
					   {"kdump.target=", " # there", NULL}};
	char text[128], wanted[128];

	for (unsigned int i = 0; i < COUNT(raws) * COUNT(names) * COUNT(forms); i++) {
		const struct row *name = &names[i / COUNT(raws) % COUNT(names)];
		const struct row *form = &forms[i / COUNT(raws) / COUNT(names)];
		const char *raw = raws[i % COUNT(raws)];

		if (form->state[0] == '"' && strchr(name->text, '"') != NULL)
			continue;
		snprintf(text, sizeof(text), "%s%s%s%s", form->text, raw, name->text, form->state);
		snprintf(wanted, sizeof(wanted), "<%s|raw|", name->state);
		read_bytes(text, strlen(text));
		if (!CHECK_EQ(refused, 0) || !CHECK_HAS(state, wanted))
			test_note("for \"%s\": %s%s", text, findings, state);
		check_told(wanted);
	}
}

TEST("raw: stays with a name that is tried though its line was refused")
{
	static const char *const lines[] = {"taget = raw:PARTLABEL=b", "disk = RAW: partlabel=b",
					    "raw: PARTLABEL=b", "raw = partlabel=b"};

	for (unsigned int i = 0; i < COUNT(lines); i++) {
		read_bytes(lines[i], strlen(lines[i]));
		CHECK_EQ(config_read_cmdline(&config, "", take_finding), 0);
		show();
		if (!CHECK_HAS(state, "<PARTLABEL=b|raw|"))
			test_note("for \"%s\": %s%s", lines[i], findings, state);
	}
	read_bytes("taget = raw:tcp:10.0.2.2:7000", 29);
	CHECK_EQ(config_read_cmdline(&config, "", take_finding), 0);
	CHECK_EQ(config.targets, 0);
}

TEST("an fstype for all targets is refused where one of them is raw, and changes none")
{
	static const char text[] = "target = LABEL=a\ntarget = raw:LABEL=b\n";

	read_bytes(text, strlen(text));
	CHECK_EQ(config_read_cmdline(&config, "kdump.fstype=ext4", take_finding), 1);
	show();
	CHECK_HAS(state, "<LABEL=a|auto||/var/crash|30><LABEL=b|raw|");
	CHECK_STR(config.target_defaults.fstype, "auto");
	CHECK_HAS(findings, "not one for all targets");
}

TEST("what can mean two things, or none, is refused, and nothing is taken of it")
{
	static const struct row rows[] = {
		{"target = raw:", " targets=0 ", "no device behind raw:"},
		{"target = RAW: ", " targets=0 ", "no device behind raw:"},
		{"target = raw:tcp:10.0.2.2:7000", " targets=0 ", "no device behind raw:"},
		{"target = raw:10.0.2.2:/dumps", " targets=0 ", "no device behind raw:"},
		{"target = raw:raw:LABEL=b", " targets=0 ", "no device behind raw:"},
		{"target = LABEL=card #2", " targets=0 ", "quotes around"},
		{"target = LABEL=\"card", " targets=0 ", "quote"},
		{"target = \"LABEL=card", " targets=0 ", "quote"},
		{"target = UUID=hello", " targets=0 ", "not a UUID"},
		{"target = UUID=0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f", " targets=0 ", "not a UUID"},
		{"target = UUID=0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8fg", " targets=0 ", "not a UUID"},
		{"target = UUID=/dev/sda1", " targets=0 ", "not a UUID"},
		{"target = PARTUUID=6b64756d", " targets=0 ", "not a UUID"},
		{"target = UUID=", " targets=0 ", "nothing behind"},
		{"target = LABEL=\"\"", " targets=0 ", "nothing behind"},
		{"target = LABL=card", " targets=0 ", "unknown tag"},
		{"target = " UUID, " targets=0 ", "a UUID without its tag"},
		{"keep = 1,000", "keep=5 ", "1 to 9999"},
		{"keep = 1.5", "keep=5 ", "1 to 9999"},
		{"keep = -1", "keep=5 ", "1 to 9999"},
		{"keep = 3 4", "keep=5 ", "1 to 9999"},
		{"keep = 3M", "keep=5 ", "1 to 9999"},
		{"keep = 99999999999999999999", "keep=5 ", "1 to 9999"},
		{"keep = 0xfffffffffffffffff", "keep=5 ", "1 to 9999"},
		{"keep = 0x", "keep=5 ", "1 to 9999"},
		{"timeout = 99999999h", "timeout=1800 ", "10 to 86400"},
		{"timeout = 25h", "timeout=1800 ", "10 to 86400"},
		{"free = 5%", "free=16777216 ", "free: not a size"},
		{"free = 16 parsecs", "free=16777216 ", "free: not a size"},
		{"free = 99999999999M", "free=16777216 ", "free: not a size"},
		{"dmesg = maybe", "dmesg=1 ", "yes or no"},
		{"dmesg = 2", "dmesg=1 ", "yes or no"},
		{"path = ../x\ntarget = LABEL=a", "|/var/crash|", "path: "},
		{"path = \"/x\ntarget = LABEL=a", "|/var/crash|", "quote"},
		{"options = \"noatime\ntarget = LABEL=a", "|auto||", "quote"},
		{"keep =", "keep=5 ", "no value"},
		{"keep = # three", "keep=5 ", "no value"},
		{"keep", "keep=5 ", "no ="},
		{"keeep = 3", "keep=5 ", "expected keep?"},
		{"[kdump]\nkeep = 3", "keep=3 ", "conf:1: [kdump]: no sections"},
	};

	CHECK_ROWS(rows, 1);
}

TEST("a line that was meant to open a target and is refused takes its keys with it, by name")
{
	static const char *const openings[] = {
		"taget = /dev/sdb1",
		"targt = LABEL=b",
		"trgaet = LABEL=b",
		"targett = /dev/sdb1",
		"Targte: /dev/sdb1",
		"tagret /dev/sdb1",
		"targets = LABEL=b",
		"target",
		"target =",
		"target = # none",
		"= /dev/sdb1",
		"device = /dev/sdb1",
		"disk = LABEL=b",
		"server = host:/x",
		"LABEL=b",
		"uuid = 1234-ABCD",
		"/dev/sdb1",
		"[target]",
		"[rescue]",
		"target = LABL=b",
		"target = UUID=zzzz",
		"target = \"LABEL=b",
		"target = LABEL=",
		"target = LABEL=card #2",
		"target - /dev/sdb1",
		"target = /dev/",
		"<target> = /dev/sdb1",
		"host:/export",
		"disk = ubi:dumps",
		"disk /dev/sdb1",
	};
	char text[512];

	for (unsigned int i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		bool good;

		snprintf(text, sizeof(text),
			 "target = LABEL=a\nwait = 1\n%s\nfstype = vfat\noptions = sync\n"
			 "path = /x\nwait = 2\nkeep = 3\ntarget = LABEL=c\npath = /c\n",
			 openings[i]);
		read_bytes(text, strlen(text));
		good = CHECK_HAS(state, "<LABEL=a|auto||/var/crash|1><LABEL=c|auto||/c|30> ");
		good &= CHECK_HAS(state, "keep=3 ");
		good &= CHECK_EQ(refused, 5);
		good &= CHECK_HAS(findings, "conf:3: ");
		good &= CHECK_HAS(findings, "conf:4: fstype: ");
		good &= CHECK_HAS(findings, "conf:5: options: ");
		good &= CHECK_HAS(findings, "conf:6: path: ");
		good &= CHECK_HAS(findings, "conf:7: wait: ");
		if (!good)
			test_note("for \"%s\": %s%s", openings[i], findings, state);
	}
}

TEST("a target line with a NUL, or too long a one, takes its keys with it, too")
{
	static const char nul[] = "target=LABEL=a\ntarget=LABEL=b\0\npath=/x\n";
	char text[2048];

	read_bytes(nul, sizeof(nul) - 1);
	CHECK_HAS(state, "<LABEL=a|auto||/var/crash|30> ");
	CHECK_EQ(refused, 2);
	CHECK_HAS(findings, "conf:2: target: a NUL byte");
	snprintf(text, sizeof(text), "target=LABEL=a\ntarget=LABEL=%01500d\npath=/x\n", 1);
	read_bytes(text, strlen(text));
	CHECK_HAS(state, "<LABEL=a|auto||/var/crash|30> ");
	CHECK_EQ(refused, 2);
	CHECK_HAS(findings, "conf:2: target: ");
}

TEST("an unknown key that is no target leaves the keys below it to the target above")
{
	static const char *const lines[] = {"colour = red", "keeep = 3", "patth = /y",
					    "watchdgo = /dev/watchdog1", "???"};
	char text[256];

	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), "target = LABEL=a\n%s\npath = /x\n", lines[i]);
		read_bytes(text, strlen(text));
		if (!CHECK_HAS(state, "<LABEL=a|auto||/x|30> ") || !CHECK_EQ(refused, 1))
			test_note("for \"%s\": %s%s", lines[i], findings, state);
	}
}

TEST("a file in UTF-16 is refused as a whole, with the remedy")
{
	static const char little[] = "\xFF\xFEk\0e\0e\0p\0=\0003\0\n\0";
	static const char big[] = "\xFE\xFF\0k\0e\0e\0p\0=\0003\0\n";
	static const char bare[] = "k\0e\0e\0p\0=\0003\0\n\0";

	read_bytes(little, sizeof(little) - 1);
	CHECK_EQ(refused, 1);
	CHECK_HAS(findings, "conf: UTF-16");
	CHECK_HAS(findings, "iconv");
	CHECK_HAS(state, "keep=5 ");
	read_bytes(big, sizeof(big) - 1);
	CHECK_EQ(refused, 1);
	CHECK_HAS(findings, "conf: UTF-16");
	read_bytes(bare, sizeof(bare) - 1);
	CHECK_EQ(refused, 1);
	CHECK_HAS(findings, "conf: UTF-16");
}

static int read_cmdline(const char *cmdline)
{
	int bad;

	findings[0] = '\0';
	bad = config_read_cmdline(&config, cmdline, take_finding);
	show();
	return bad;
}

TEST("a word of the command line that was meant to open a target takes its keys with it")
{
	static const char *const words[] = {
		"kdump.targt=LABEL=b",	 "kdump.target=LABL=b", "kdump.target",
		"kdump.target=",	 "kdump.TARGTE=/dev/b", "kdump.target=UUID=x",
		"kdump.device=/dev/sdb1"};
	char cmdline[256];

	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		read_bytes("target=LABEL=a\n", 15);
		snprintf(cmdline, sizeof(cmdline), "%s kdump.path=/x kdump.keep=2", words[i]);
		if (!CHECK_EQ(read_cmdline(cmdline), 2) ||
		    !CHECK_HAS(state, "<LABEL=a|auto||/var/crash|30> ") ||
		    !CHECK_HAS(state, "keep=2 ") || !CHECK_HAS(findings, "kdump.path: "))
			test_note("for \"%s\": %s%s", words[i], findings, state);
	}
}

TEST("what a misspelled key names as a target is tried for want of any other")
{
	static const char text[] = "keep = 3\ntaget = \"LABEL=b\"\npath = x\nwait = soon\n";
	static const char two[] = "taget = LABEL=b\npath=/x\ntarget = LABEL=c\n";
	static const char bad[] = "taget = LABEL=b\ntarget = LABL=c\npath=/x\n";
	static const char quote[] = "taget = \"host:/x\n";

	read_bytes(text, sizeof(text) - 1);
	CHECK_EQ(refused, 3);
	CHECK_HAS(state, " targets=0 ");
	CHECK_EQ(read_cmdline("console=ttyAMA0"), 0);
	CHECK_HAS(state, "<LABEL=b|auto||/x|30> ");
	CHECK_HAS(findings, "LABEL=b is tried all the same");
	read_bytes(text, sizeof(text) - 1);
	CHECK_EQ(read_cmdline("kdump.target=LABL=c kdump.taget=soon"), 2);
	CHECK_HAS(state, "<LABEL=b|auto||/x|30> "); /* refused words change nothing */
	read_bytes(text, sizeof(text) - 1);
	CHECK_EQ(read_cmdline("root=/dev/vda2"), 0);
	CHECK_HAS(state, "</dev/vda2|auto||/var/crash|30> ");
	CHECK_STR(findings, "");
	read_bytes(two, sizeof(two) - 1);
	CHECK_EQ(read_cmdline(""), 0);
	CHECK_HAS(state, "<LABEL=c|auto||/var/crash|30> ");
	read_bytes(bad, sizeof(bad) - 1);
	CHECK_EQ(read_cmdline(""), 0);
	CHECK_HAS(state, " targets=0 ");
	read_bytes(quote, sizeof(quote) - 1);
	CHECK_EQ(read_cmdline(""), 0);
	CHECK_HAS(state, " targets=0 ");
}

TEST("words of the command line are mended as lines are, and a key alone is no value")
{
	static const char half[] = "target=LABEL=a\noptions=ro\ntaget=LABEL=b\n";

	read_bytes("target=LABEL=a\noptions=ro\n", 26);
	CHECK_EQ(read_cmdline("KDUMP.Keep=0x3 kdump.on-success=HALT kdump.wait=5s"), 0);
	CHECK_HAS(state, "<LABEL=a|auto|ro|/var/crash|5> ");
	CHECK_HAS(state, "keep=3 ");
	CHECK_HAS(state, "on_success=2 ");
	CHECK_HAS(findings, "command line: kdump.keep: ");
	CHECK_HAS(findings, "taken as keep = 3");
	CHECK_EQ(read_cmdline("kdump.options"), 1);
	CHECK_HAS(state, "<LABEL=a|auto|ro|");
	CHECK_EQ(read_cmdline("kdump.target=\"LABEL=my card\" kdump.path=/x"), 0);
	CHECK_HAS(state, "<LABEL=my card|auto||/x|5> ");
	CHECK_EQ(read_cmdline("kdump.target=LABEL='my card'"), 1);
	CHECK_HAS(findings, "quote");
	read_bytes(half, sizeof(half) - 1);
	CHECK_EQ(read_cmdline("kdump.path=/x"), 0);
	CHECK_HAS(state, "<LABEL=a|auto|ro|/x|30> ");
}
