/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config: what the name of a target begins with, and the filesystem that goes with it, or not.
 */
#include "config/config_source.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

static struct config config;
static char findings[4096];
static char state[2048];
static int refused;

static void take_finding(const char *finding)
{
	size_t n = strlen(findings);

	snprintf(findings + n, sizeof(findings) - n, "%s\n", finding);
}

/* "<target|fstype>" of each, and how many there are. */
static void show(void)
{
	size_t n = 0;

	for (unsigned int i = 0; i < config.targets; i++)
		n += (size_t)snprintf(state + n, sizeof(state) - n, "<%s|%s|>",
				      config.target[i].name, config.target[i].fstype);
	snprintf(state + n, sizeof(state) - n, " targets=%u ", config.targets);
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

#define CHECK_ROWS(rows, bad) check_rows(rows, sizeof(rows) / sizeof((rows)[0]), bad)

TEST("what a name begins with is taken in capitals, too, and told in small letters")
{
	static const struct row rows[] = {
		{"target = TCP:10.0.2.2:7000", "<tcp:10.0.2.2:7000|auto|",
		 "taken as target = tcp:10.0.2.2:7000"},
		{"target = Tcp:Desk", "<tcp:Desk|", "conf:1: target: not how it is spelled"},
		{"target = TCP:[fd00::1]:7000", "<tcp:[fd00::1]:7000|", "tcp:[fd00::1]"},
		{"target = tcp://10.0.2.2:7000", "<tcp:10.0.2.2:7000|", "tcp:10.0.2.2:7000"},
		{"target = UBI0:Dumps", "<ubi0:Dumps|", "taken as target = ubi0:Dumps"},
		{"target = Ubi:Dumps", "<ubi:Dumps|", "taken as target = ubi:Dumps"},
		{"target = UBI0_1", "<ubi0_1|", "taken as target = ubi0_1"},
		{"target = MTD5", "<mtd5|", "taken as target = mtd5"},
		{"target = MTD:Dumps", "<mtd:Dumps|", "taken as target = mtd:Dumps"},
		{"target = /DEV/sda1", "</dev/sda1|", "taken as target = /dev/sda1"},
		{"target = /dev/UBI0_1", "</dev/ubi0_1|", "taken as target = /dev/ubi0_1"},
		{"target = NFS:10.0.2.2:/dumps", "<10.0.2.2:/dumps|", "10.0.2.2:/dumps"},
		{"target = nfs://desk/srv/dumps", "<desk:/srv/dumps|", "desk:/srv/dumps"},
		{"target = nfs://[fd00::1]/srv", "<[fd00::1]:/srv|", "[fd00::1]:/srv"},
		{"target = nfs = desk:/srv", "<desk:/srv|", "desk:/srv"},
		{"target = nfs:/srv", "<nfs:/srv|", NULL},
		{"target = TCP:/srv", "<TCP:/srv|", NULL},
		{"target = tcp:desk", "<tcp:desk|", NULL},
		{"target = ubi0:dumps", "<ubi0:dumps|", NULL},
		{"target = mtd:dumps", "<mtd:dumps|", NULL},
		{"target = UBIQUITY:/srv", "<UBIQUITY:/srv|", NULL},
		{"target = Mtdata\nfstype = 9p", "<Mtdata|9p|", NULL},
		{"target = devices\nfstype = 9p", "<devices|9p|", NULL},
	};

	CHECK_ROWS(rows, 0);
}

TEST("what a name begins with names something, in capitals, too, or is refused")
{
	static const struct row rows[] = {
		{"target = TCP:", " targets=0 ", "tcp:HOST:PORT"},
		{"target = TCP:10.0.2.2:port", " targets=0 ", "tcp:HOST:PORT"},
		{"target = tcp:/10.0.2.2", " targets=0 ", "tcp:HOST:PORT"},
		{"target = raw:TCP:10.0.2.2:7000", " targets=0 ", "no device behind raw:"},
		{"target = RAW:NFS:10.0.2.2:/x", " targets=0 ", "no device behind raw:"},
		{"target = nfs://desk:2049/srv", " targets=0 ", "not HOST:/EXPORT"},
		{"target = NFS://desk", " targets=0 ", "not HOST:/EXPORT"},
		{"target = /DEV/", " targets=0 ", "no name"},
	};

	CHECK_ROWS(rows, 1);
}

TEST("an fstype that is none for its target is refused at its line, and the target stays")
{
	static const struct row refusals[] = {
		{"target = raw:LABEL=b\nfstype = ext4", "<LABEL=b|raw|", "conf:2: fstype: "},
		{"fstype = raw\ntarget = raw:LABEL=b\nfstype = ext4", "<LABEL=b|raw|",
		 "conf:3: fstype: its target is raw"},
		{"fstype = raw\ntarget = RAW:LABEL=b\nfstype = auto", "<LABEL=b|raw|", "conf:3: "},
		{"target = tcp:desk\nfstype = ext4", "<tcp:desk|auto|", "conf:2: fstype: "},
		{"target = TCP:desk\nfstype = raw", "<tcp:desk|auto|", "a stream"},
		{"target = tcp:desk\nfstype = nfs", "<tcp:desk|auto|", "a stream"},
		{"target = desk:/srv\nfstype = raw", "<desk:/srv|auto|", "no disk"},
		{"target = desk:/srv\nfstype = ext4", "<desk:/srv|auto|", "no disk"},
		{"target = ubi0:dumps\nfstype = ext4", "<ubi0:dumps|auto|", "no disk"},
		{"target = /dev/ubi0_1\nfstype = raw", "</dev/ubi0_1|auto|", "no disk"},
		{"target = mtd5\nfstype = vfat", "<mtd5|auto|", "no disk"},
		{"target = LABEL=b\nfstype = nfs", "<LABEL=b|auto|", "a disk"},
		{"target = PARTUUID=6b64756d-02\nfstype = ubifs", "<PARTUUID=6b64756d-02|auto|",
		 "a disk"},
	};
	static const struct row goods[] = {
		{"fstype = raw\ntarget = LABEL=b\nfstype = ext4", "<LABEL=b|ext4|", NULL},
		{"target = LABEL=b\nfstype = raw", "<LABEL=b|raw|", NULL},
		{"target = raw:LABEL=b\nfstype = raw", "<LABEL=b|raw|", NULL},
		{"target = desk:/srv\nfstype = nfs4", "<desk:/srv|nfs4|", NULL},
		{"target = ubi0:dumps\nfstype = ubifs", "<ubi0:dumps|ubifs|", NULL},
		{"target = mtdblock5\nfstype = vfat", "<mtdblock5|vfat|", NULL},
		{"target = /dev/root\nfstype = 9p", "</dev/root|9p|", NULL},
		{"target = LABEL=a:/b\nfstype = ext4", "<LABEL=a:/b|ext4|", NULL},
	};

	CHECK_ROWS(refusals, 1);
	CHECK_ROWS(goods, 0);
}

TEST("an fstype for all targets is left out for one that it is none for, and that is told")
{
	static const struct row rows[] = {
		{"fstype = ext4\ntarget = raw:LABEL=b", "<LABEL=b|raw|",
		 "conf:2: target: the fstype"},
		{"fstype = ext4\ntarget = tcp:desk", "<tcp:desk|auto|",
		 "taken as target = tcp:desk"},
		{"fstype = raw\ntarget = desk:/srv", "<desk:/srv|auto|",
		 "taken as target = desk:/srv"},
		{"fstype = nfs\ntarget = LABEL=b", "<LABEL=b|auto|", "taken as target = LABEL=b"},
		{"fstype = ext4\ntarget = LABEL=b", "<LABEL=b|ext4|", NULL},
		{"fstype = raw\ntarget = raw:LABEL=b", "<LABEL=b|raw|", NULL},
	};
	static const char text[] = "target = LABEL=a\ntarget = tcp:desk\n";

	CHECK_ROWS(rows, 0);
	read_bytes(text, strlen(text));
	CHECK_EQ(config_read_cmdline(&config, "kdump.fstype=ext4", take_finding), 1);
	show();
	CHECK_HAS(state, "<LABEL=a|auto|><tcp:desk|auto|");
	CHECK_HAS(findings, "kdump.fstype: not one for all targets");
	read_bytes("target = LABEL=a\ntarget = desk:/srv\n", 36);
	CHECK_EQ(config_read_cmdline(&config, "kdump.fstype=EXT4", take_finding), 1);
	show();
	CHECK_HAS(state, "<LABEL=a|auto|><desk:/srv|auto|");
}
