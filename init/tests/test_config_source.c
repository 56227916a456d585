/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config_source: files and kernel command lines, whatever shape they are in.
 */
#include "config/config_source.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config config;
static char findings[8192];

static void take_finding(const char *finding)
{
	size_t n = strlen(findings);

	snprintf(findings + n, sizeof(findings) - n, "%s\n", finding);
}

static int read_text(const char *text)
{
	scratch_write_file("conf", text, strlen(text));
	findings[0] = '\0';
	config_read_init(&config);
	return config_read_file(&config, "conf", take_finding);
}

static int read_cmdline(const char *cmdline)
{
	findings[0] = '\0';
	return config_read_cmdline(&config, cmdline, take_finding);
}

TEST("a bad line is told with its file and line and what was expected, the others count")
{
	CHECK_EQ(
		read_text(
			"keep = 3\n\n# comment\nkeep = many\ntarget=/dev/sda1\ncolour=red\nwait=5"),
		2);
	CHECK_HAS(findings, "conf:4: keep: ");
	CHECK_HAS(findings, "expected a number from 1 to 9999\n");
	CHECK_HAS(findings, "conf:6: colour: no such key");
	CHECK_EQ(config.keep, 3);
	CHECK_STR(config.target[0].name, "/dev/sda1");
	CHECK_EQ(config.target[0].wait, 5);
}

TEST("the last line needs no newline, and lines may end as in DOS")
{
	CHECK_EQ(read_text("keep=3\r\nstall=7\r\ntimeout=11"), 0);
	CHECK_EQ(config.keep, 3);
	CHECK_EQ(config.stall, 7);
	CHECK_EQ(config.timeout, 11);
}

TEST("an empty file is all defaults, a missing one an error of its own")
{
	CHECK_EQ(read_text(""), 0);
	CHECK_EQ(config.keep, 5);
	CHECK_EQ(config_read_file(&config, "no-such-file", take_finding), -ENOENT);
	CHECK_EQ(config_read_file(&config, ".", take_finding), -EISDIR);
	CHECK_STR(findings, "");
}

TEST("whether a file can be all that somebody wrote is remembered")
{
	static const struct {
		const char *text;
		size_t size;
		bool unread;
	} files[] = {
		{"keep = 3\n", 9, false}, {"# nothing\n", 10, false},
		{"nonsense\n", 9, false}, {"", 0, true},
		{"\0\0\0\0", 4, true},	  {"keep = 3\n\0\0", 11, true},
		{"k\0e\0", 4, true},
	};
	static char text[33 * 1024];

	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		config_read_init(&config);
		scratch_write_file("conf", files[i].text, files[i].size);
		CHECK(config_read_file(&config, "conf", take_finding) >= 0);
		CHECK_EQ(config.unread, files[i].unread);
	}
	memset(text, '\n', sizeof(text));
	scratch_write_file("conf", text, sizeof(text));
	CHECK_EQ(config_read_file(&config, "conf", take_finding), 1);
	CHECK(config.unread);
	CHECK_EQ(config_read_file(&config, ".", take_finding), -EISDIR);
	CHECK(config.unread);
	CHECK_EQ(config_read_file(&config, "missing", take_finding), -ENOENT);
	CHECK(config.unread);
}

TEST("a line of any length is one line")
{
	char *text = malloc(20000);

	REQUIRE(text != NULL);
	memset(text, 'x', 19000);
	strcpy(text + 19000, "\nkeep=9\n");
	CHECK_EQ(read_text(text), 1);
	CHECK_HAS(findings, "conf:1: ");
	CHECK_EQ(config.keep, 9);
	free(text);
}

TEST("a file of more than 32 KiB is told, and a line it cuts is not taken in part")
{
	static const char line[] = "options=abcdefghijklmnopqrstuvwxyz\n";
	size_t size = sizeof(line) - 1;
	char *text = malloc(3 * 32 * 1024);

	REQUIRE(text != NULL);
	for (size_t i = 0; i < 2 * 32 * 1024 / size; i++)
		memcpy(text + i * size, line, size + 1);
	CHECK(read_text(text) >= 1);
	CHECK_HAS(findings, "32 KiB");
	CHECK_STR(config.target_defaults.options, "abcdefghijklmnopqrstuvwxyz");
	free(text);
}

TEST("the example of the project is taken without a finding")
{
	const char *top = getenv("PROJECT");
	char path[512];

	config_read_init(&config);
	snprintf(path, sizeof(path), "%s/config/kdump-init.conf", top == NULL ? "." : top);
	CHECK_EQ(config_read_file(&config, path, take_finding), 0);
	CHECK_STR(findings, "");
}

TEST("kdump. words of the command line win, root= is the last resort")
{
	config_read_init(&config);
	CHECK_EQ(read_cmdline("console=ttyAMA0 root=/dev/vda rw kdump.keep=2 kdump.path=/x"), 0);
	CHECK_EQ(config.keep, 2);
	CHECK_EQ(config.targets, 1);
	CHECK_STR(config.target[0].name, "/dev/vda");
	CHECK_STR(config.target[0].path, "/x");
	REQUIRE(read_text("target=LABEL=file\nkeep=7\n") == 0);
	CHECK_EQ(read_cmdline("root=/dev/vda kdump.target=LABEL=mine kdump.stall=9"), 0);
	CHECK_EQ(config.targets, 1);
	CHECK_STR(config.target[0].name, "LABEL=mine");
	CHECK_EQ(config.keep, 7);
	CHECK_EQ(config.stall, 9);
}

TEST("words without our prefix, and those of the prefix alone, are none of ours")
{
	config_read_init(&config);
	CHECK_EQ(read_cmdline("kdumpXkeep=2 xkdump.keep=3 kdump keep=4 -- kdump.config=/x"), 0);
	CHECK_EQ(config.keep, 5);
	CHECK_EQ(config.targets, 0);
	CHECK_EQ(read_cmdline("kdump.=1 kdump."), 2);
}

TEST("a bad word is told with its key, and is not fatal")
{
	config_read_init(&config);
	CHECK_EQ(read_cmdline("kdump.keep=x kdump.stall kdump.colour=red kdump.wait=4 root=/dev/a"),
		 3);
	CHECK_HAS(findings, "command line: kdump.keep: ");
	CHECK_HAS(findings, "command line: kdump.stall: no value");
	CHECK_HAS(findings, "command line: kdump.colour: no such key");
	CHECK_EQ(config.target[0].wait, 4);
}

TEST("quotes hold words together and are taken away, wherever they stand")
{
	config_read_init(&config);
	CHECK_EQ(read_cmdline("kdump.options=\"a b\" \"kdump.path=/c d\" root=\"/dev/x y\"\n"), 0);
	CHECK_STR(config.target[0].options, "a b");
	CHECK_STR(config.target[0].path, "/c d");
	CHECK_STR(config.target[0].name, "/dev/x y");
	config_read_init(&config);
	CHECK_EQ(read_cmdline("kdump.options=\"never ends kdump.keep=3"), 0);
	CHECK_EQ(config.keep, 5);
	CHECK_STR(config.target_defaults.options, "never ends kdump.keep=3");
}

TEST("words longer than any buffer end in a refusal, not in a cut value")
{
	char *cmdline = malloc(6000);

	REQUIRE(cmdline != NULL);
	strcpy(cmdline, "kdump.target=");
	memset(cmdline + 13, 'a', 5000);
	strcpy(cmdline + 5013, " kdump.keep=3 root=");
	memset(cmdline + 5013 + 19, 'b', 700);
	cmdline[5013 + 19 + 700] = '\0';
	config_read_init(&config);
	CHECK_EQ(read_cmdline(cmdline), 2); /* both are told */
	CHECK_EQ(config.keep, 3);
	CHECK_EQ(config.targets, 0);
	free(cmdline);
}

TEST("a module with more parameters than a word holds is refused, not cut")
{
	char *cmdline = malloc(2000);
	int n;

	REQUIRE(cmdline != NULL);
	n = sprintf(cmdline, "\"kdump.module=/a p=1 ");
	memset(cmdline + n, ' ', 600);
	strcpy(cmdline + n + 600, "lost=1\"");
	config_read_init(&config);
	CHECK_EQ(read_cmdline(cmdline), 1);
	CHECK_EQ(config.modules, 0);
	free(cmdline);
}

TEST("config_cmdline_value gives the last value of exactly that key")
{
	char value[16];

	CHECK(config_cmdline_value("a=1 ab=2 a=3 ba=4", "a", value, sizeof(value)));
	CHECK_STR(value, "3");
	CHECK(config_cmdline_value("root=\"/dev/a b\" x", "root", value, sizeof(value)));
	CHECK_STR(value, "/dev/a b");
	CHECK(!config_cmdline_value("aroot=1 root roots=2", "root", value, sizeof(value)));
	CHECK(!config_cmdline_value("", "root", value, sizeof(value)));
	CHECK(!config_cmdline_value("root=0123456789abcdef", "root", value, sizeof(value)));
	CHECK(config_cmdline_value("root=0123456789abcde", "root", value, sizeof(value)));
	CHECK(config_cmdline_value("  \t root=\n", "root", value, sizeof(value)));
	CHECK_STR(value, "");
}

/* The only target that CMDLINE gives, without a configuration. */
static void check_root(const char *cmdline, const char *name, const char *fstype,
		       const char *options)
{
	config_read_init(&config);
	CHECK_EQ(read_cmdline(cmdline), 0);
	if (!CHECK_EQ(config.targets, 1) || !CHECK_STR(config.target[0].name, name) ||
	    !CHECK_STR(config.target[0].fstype, fstype) ||
	    !CHECK_STR(config.target[0].options, options))
		test_note("for %s", cmdline);
}

TEST("root= is the target in any form, mounted as rootfstype= and rootflags= say")
{
	check_root("root=/dev/vda2 ro", "/dev/vda2", "auto", "");
	check_root("root=PARTUUID=1-02/PARTNROFF=1", "PARTUUID=1-02/PARTNROFF=1", "auto", "");
	check_root("root=b302 rootfstype=ext4,f2fs", "b302", "ext4,f2fs", "");
	check_root("root=ZFS=rpool/ROOT", "ZFS=rpool/ROOT", "auto", "");
	check_root("root=/dev/vda2 rootflags=subvol=@,compress=no rootfstype=btrfs", "/dev/vda2",
		   "btrfs", "subvol=@,compress=no");
	check_root("root=\"LABEL=two words\"", "LABEL=two words", "auto", "");
	check_root("root=UUID=\"AB-CD\" root=/dev/vda1", "/dev/vda1", "auto", "");
	check_root("root=/dev/vda2 rootfstype=ext4 kdump.fstype=ext3 rootflags=a kdump.options=b",
		   "/dev/vda2", "ext3", "b");
}

TEST("a panic at the first fault is no option for a capture, wherever it stands in rootflags=")
{
	check_root("root=a rootflags=errors=panic", "a", "auto", "");
	check_root("root=a rootflags=x,errors=panic,y", "a", "auto", "x,y");
	check_root("root=a rootflags=errors=panic,errors=panic,y", "a", "auto", "y");
	check_root("root=a rootflags=data=journal,errors=remount-ro", "a", "auto",
		   "data=journal,errors=remount-ro");
	check_root("root=a rootflags=xerrors=panic,errors=panics", "a", "auto",
		   "xerrors=panic,errors=panics");
}

TEST("/dev/nfs is the server and directory of nfsroot=, if it says both")
{
	check_root("root=/dev/nfs nfsroot=10.0.0.1:/srv,v3,tcp", "10.0.0.1:/srv", "nfs", "v3,tcp");
	check_root("root=/dev/nfs nfsroot=/srv ip=10.0.0.2:10.0.0.1::::eth0:off", "10.0.0.1:/srv",
		   "nfs", "");
	check_root("root=/dev/nfs nfsroot=/srv ip=dhcp", "/dev/nfs", "auto", "");
	check_root("root=/dev/nfs nfsroot=/srv/%s ip=:10.0.0.1", "/dev/nfs", "auto", "");
	check_root("root=/dev/nfs", "/dev/nfs", "auto", "");
}

TEST("beside targets root= gets the row of log_to_root, unless it is one of them by name")
{
	static const struct {
		const char *file, *cmdline;
	} none[] = {
		{"target=LABEL=x\ntarget=/dev/vda2\n", "root=/dev/vda2"},
		{"target=10.0.0.1:/srv\n", "root=/dev/nfs nfsroot=10.0.0.1:/srv,v3"},
		{"target=LABEL=x\nlog_to_root=no\n", "root=/dev/vda2"},
		{"target=LABEL=x\n", "quiet"},
		{"", "root=/dev/vda2"},
	};
	const struct config_target *t = &config.target[CONFIG_ROOT];

	CHECK_EQ(read_text("path=/crash\nfstype=vfat\noptions=ro\nwait=7\ntarget=LABEL=x\n"), 0);
	CHECK_EQ(read_cmdline("root=/dev/vda2 rootfstype=ext4 rootflags=sync,errors=panic"), 0);
	CHECK_STR(t->name, "/dev/vda2");
	CHECK_STR(t->fstype, "ext4");
	CHECK_STR(t->options, "sync,");
	CHECK_STR(t->path, "/var/crash");
	CHECK_EQ(t->wait, 7);
	CHECK_EQ(config.targets, 1);
	for (unsigned int i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		CHECK_EQ(read_text(none[i].file), 0);
		CHECK_EQ(read_cmdline(none[i].cmdline), 0);
		CHECK_STR(t->name, "");
	}
}

TEST("root= is kept beside targets of the configuration, and what does not fit is told")
{
	char *text = malloc(700);

	REQUIRE(text != NULL);
	CHECK_EQ(read_text("target=LABEL=x\n"), 0);
	CHECK_EQ(read_cmdline("root=/dev/vda2 rootfstype=ext4 rootflags=sync"), 0);
	CHECK_EQ(config.targets, 1);
	CHECK_STR(config.target[0].fstype, "auto");
	CHECK_STR(config.target[0].options, "");
	CHECK_STR(config.root, "/dev/vda2");
	config_read_init(&config);
	snprintf(text, 700, "root=/dev/vda2 rootflags=%0300d", 0);
	CHECK_EQ(read_cmdline(text), 1);
	CHECK_HAS(findings, "rootflags=: longer than 255 characters; expected ");
	CHECK_EQ(config.targets, 1);
	CHECK_STR(config.target[0].options, "");
	config_read_init(&config);
	snprintf(text, 700, "root=/dev/%0300d", 0);
	CHECK_EQ(read_cmdline(text), 1);
	CHECK_HAS(findings, "root=: longer");
	CHECK_EQ(config.targets, 0);
	free(text);
}
