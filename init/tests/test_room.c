/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * save, space and retention on a filesystem of a size that the test chooses: old dumps with memory
 * go only where it is proved that the new one fits then, and what is protected stays whole. The
 * filesystem tells its size by a wrapped fstatfs, protection is a wrapped unlinkat, and a machine
 * that is slow a wrapped clock_ms.
 */
#include "base/clock.h"
#include "codec/codec.h"
#include "disk/mount.h"
#include "tests/images/corefile.h"
#include "tests/page_flags.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/capture_output.h"
#include "worker/save.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

int __wrap_fstatfs(int fd, struct statfs *fs);
int __real_fstatfs(int fd, struct statfs *fs);
int __wrap_unlinkat(int fd, const char *name, int flags);
int __real_unlinkat(int fd, const char *name, int flags);
uint64_t __wrap_clock_ms(void);
uint64_t __real_clock_ms(void);
uint64_t __wrap_clock_cpu_ms(void);

static uint64_t capacity; /* of the filesystem; 0: the real one */
static uint64_t used;
static bool is_fat;
/* Nothing may be removed from directories of this name; by a server, the kernel here knows not. */
static const char *protected_dir;
static bool by_server;

static int add(const char *path, const struct stat *st, int type, struct FTW *unused)
{
	(void)path;
	(void)type;
	(void)unused;
	used += (uint64_t)st->st_blocks * 512;
	return 0;
}

int __wrap_fstatfs(int fd, struct statfs *fs)
{
	int r = __real_fstatfs(fd, fs);

	if (is_fat)
		fs->f_type = MSDOS_SUPER_MAGIC;
	if (r != 0 || capacity == 0)
		return r;
	used = 0;
	nftw("disk", add, 10, FTW_PHYS);
	fs->f_bsize = fs->f_frsize = 4096;
	fs->f_blocks = (fsblkcnt_t)(capacity / 4096);
	fs->f_bfree = fs->f_bavail = used > capacity ? 0 : (fsblkcnt_t)((capacity - used) / 4096);
	return 0;
}

int __wrap_unlinkat(int fd, const char *name, int flags)
{
	char link[64], path[512] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (protected_dir != NULL && readlink(link, path, sizeof(path) - 1) > 0 &&
	    strstr(path, protected_dir) != NULL && !(by_server && flags == AT_REMOVEDIR) &&
	    (!by_server || strcmp(name, "vmcore") == 0)) {
		errno = EPERM;
		return -1;
	}
	return __real_unlinkat(fd, name, flags);
}

static uint64_t step_ms; /* that each look at the clock takes */
static uint64_t cpu_ms;	 /* the same of that for the processor */

uint64_t __wrap_clock_cpu_ms(void)
{
	static uint64_t passed;

	passed += cpu_ms;
	return passed;
}

uint64_t __wrap_clock_ms(void)
{
	static uint64_t passed;

	passed += step_ms;
	return __real_clock_ms() + passed;
}

static const char *name_of(unsigned int n)
{
	static char name[64];

	snprintf(name, sizeof(name), "disk/%04u-20260101T000000Z", n);
	return name;
}

static void put(unsigned int n, const char *file, const char *text, unsigned int mib)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", name_of(n), file);
	scratch_write_file(path, text, strlen(text));
	fd = open(path, O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0 && (mib == 0 || fallocate(fd, 0, 0, (off_t)mib * MIB) == 0));
	close(fd);
}

/* Complete dumps 1 to N, each of MIB. */
static void make_old(unsigned int n, unsigned int mib)
{
	REQUIRE(mkdir("disk", 0755) == 0);
	for (unsigned int i = 1; i <= n; i++) {
		REQUIRE(mkdir(name_of(i), 0700) == 0);
		put(i, "vmcore", "core", mib);
		put(i, "status", "result=complete\nkernel=x\n", 0);
	}
}

static bool is_whole(unsigned int n)
{
	char path[128];
	uint8_t *text;
	size_t size;
	bool same;

	snprintf(path, sizeof(path), "%s/vmcore", name_of(n));
	if (access(path, F_OK) != 0)
		return false;
	snprintf(path, sizeof(path), "%s/status", name_of(n));
	if (access(path, F_OK) != 0)
		return false;
	text = scratch_read_file(path, &size);
	same = strncmp((char *)text, "result=complete\n", 16) == 0;
	free(text);
	return same;
}

static void tell_nothing(void)
{
}

static struct config config;
static struct status status;
static struct worker_shared shared;

/* One attempt to save a core of LOAD, with ROOM beside what is there. */
static enum worker_end save_with(const char *load, uint64_t room)
{
	static const struct config_target target = {.name = "test", .path = "/"};
	static struct corefile source;
	static struct capture capture;
	static struct save save;
	struct attempt attempt = {.target = &target, .number = 1};
	struct worker worker = {
		.config = &config, .attempt = &attempt, .shared = &shared, .tell = tell_nothing};
	struct mount mount = {.dir = "disk", .sparse = true};
	enum worker_end end;
	struct statfs fs;
	char text[128];
	int fd = open("disk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	capacity = UINT64_C(1) << 40;
	REQUIRE(fd >= 0 && fstatfs(fd, &fs) == 0);
	close(fd);
	capacity = used + room;
	snprintf(text, sizeof(text), "elf32 arm\nprstatus\nnote OSRELEASE=6.1.0\n%s\n", load);
	corefile_build(&source, text);
	close(corefile_open(&source, "core"));
	status_init(&status);
	capture = (struct capture){.status = &status, .progress = &shared.progress};
	REQUIRE(capture_open(&capture, "core") == 0);
	status.crash_time = 1767225600; /* as name_of has it */
	save = (struct save){
		.worker = &worker, .mount = &mount, .capture = &capture, .status = &status};
	end = save_dump(&save);
	capture_close(&capture);
	corefile_free(&source);
	return end;
}

static const uint32_t codecs[] = {PAGE_RAW, PAGE_ZLIB, PAGE_LZO};

/* Calls TRY for each format, level and codec, on a fresh disk. */
static void in_all_ways(void (*try)(void))
{
	for (unsigned int level = 0; level <= 2; level++) {
		for (unsigned int i = 0; i < 3; i++) {
			config = (struct config){.format = level < 2 ? FORMAT_KDUMP : FORMAT_ELF,
						 .level = level % 2,
						 .compress = codecs[i],
						 .keep = 9};
			shared = (struct worker_shared){0};
			test_note("level %u, codec %u", level, i);
			try();
			capacity = 0;
			scratch_remove("disk");
		}
	}
}

static void fits_beside_one(void)
{
	make_old(4, 9);
	CHECK_EQ(save_with("load 0x40000000 8M data", MIB), WORKER_DONE);
	CHECK(!is_whole(1) && is_whole(2) && is_whole(3) && is_whole(4) && is_whole(5));
}

TEST("room: as many old dumps go as the new one needs, in each format, at each level")
{
	in_all_ways(fits_beside_one);
}

static void fits_never(void)
{
	make_old(3, 8);
	CHECK_EQ(save_with("load 0x40000000 20M data", MIB), WORKER_NO_SPACE);
	CHECK(is_whole(1) && is_whole(2) && is_whole(3));
	CHECK_EQ(scratch_count_entries("disk"), 3);
}

TEST("room: where nothing would be enough nothing goes, in each format, at each level")
{
	in_all_ways(fits_never);
}

static void fits_once_packed(void)
{
	make_old(3, 4);
	CHECK_EQ(save_with("load 0x40000000 3M data\nload 0x50000000 60M zero", MIB), WORKER_DONE);
	CHECK(!is_whole(1) && is_whole(2) && is_whole(3) && is_whole(4));
}

TEST("room: what only its true size can tell is found out, and then one goes")
{
	in_all_ways(fits_once_packed);
}

static void needs_none(void)
{
	make_old(3, 4);
	CHECK_EQ(save_with("load 0x40000000 1M data\nload 0x50000000 60M zero", 4 * MIB),
		 WORKER_DONE);
	CHECK(is_whole(1) && is_whole(2) && is_whole(3) && is_whole(4));
}

TEST("room: where there is enough nothing goes")
{
	in_all_ways(needs_none);
}

static void one_is_protected(void)
{
	make_old(4, 9);
	protected_dir = "/0001-";
	CHECK_EQ(save_with("load 0x40000000 8M data", MIB), WORKER_DONE);
	CHECK(is_whole(1) && !is_whole(2) && is_whole(3) && is_whole(4) && is_whole(5));
	protected_dir = NULL;
}

TEST("room: a protected dump is no room and stays as it was; the next one goes")
{
	in_all_ways(one_is_protected);
}

static void only_protected(void)
{
	make_old(2, 9);
	protected_dir = "/0001-";
	CHECK_EQ(save_with("load 0x40000000 8M data", MIB), WORKER_NO_SPACE);
	CHECK(is_whole(1) && is_whole(2));
	protected_dir = NULL;
}

TEST("room: where only a protected dump could make room none is lost")
{
	in_all_ways(only_protected);
}

TEST("room: a memory that a server does not let go keeps its status")
{
	config = (struct config){.format = FORMAT_ELF, .keep = 9};
	make_old(4, 9);
	protected_dir = "/0001-";
	by_server = true;
	CHECK_EQ(save_with("load 0x40000000 8M data", MIB), WORKER_DONE);
	CHECK(is_whole(1) && !is_whole(2) && is_whole(3) && is_whole(5));
}

TEST("room: a dump whose memory has another name elsewhere frees nothing, and does not go for it")
{
	config = (struct config){.format = FORMAT_ELF, .keep = 9};
	make_old(4, 9);
	REQUIRE(link("disk/0001-20260101T000000Z/vmcore", "disk/mine") == 0);
	CHECK_EQ(save_with("load 0x40000000 8M data", MIB), WORKER_DONE);
	CHECK(is_whole(1) && !is_whole(2) && is_whole(3) && is_whole(5));
}

static unsigned int asked;

static bool give_room(struct capture_output *out, uint64_t needed)
{
	if (needed > 10 * MIB)
		return false; /* not proved to be enough */
	asked++;
	out->room = needed;
	return true;
}

TEST("room: where finding out the true size takes half of the time that is left none is asked for")
{
	static struct capture capture;
	struct capture_output out = {.room = MIB,
				     .limit = UINT64_MAX,
				     .removable = UINT64_C(1) << 30,
				     .more_room = give_room};
	struct corefile source;

	test_needs("namespaces"); /* there the clock is the real one */
	corefile_build(&source, "elf32 arm\nprstatus\nload 0x40000000 900K data\n"
				"load 0x50000000 60M zero\n");
	close(corefile_open(&source, "core"));
	capture = (struct capture){.status = &status, .progress = &shared.progress};
	REQUIRE(capture_open(&capture, "core") == 0);
	out.fd = open("out", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	step_ms = 1000;
	out.deadline_ms = clock_ms() + 60000;
	CHECK_EQ(capture_kdump(&capture, &out, 0, CODEC_ZLIB), -ETIME);
	CHECK_EQ(asked, 0);
	out.deadline_ms = clock_ms() + 600000;
	CHECK_EQ(capture_kdump(&capture, &out, 0, CODEC_ZLIB), 0);
	CHECK_EQ(asked, 1);
	step_ms = 0;
	close(out.fd);
	capture_close(&capture);
	corefile_free(&source);
}

static int in_time(bool repacks, bool busy)
{
	static struct capture capture;
	struct capture_output out = {.room = UINT64_MAX, .limit = UINT64_MAX, .repacks = repacks};
	int r;

	capture = (struct capture){.status = &status, .progress = &shared.progress};
	REQUIRE(capture_open(&capture, "core") == 0);
	out.fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	step_ms = 1000;
	cpu_ms = busy ? 100000 : 0;
	out.deadline_ms = clock_ms() + 60000;
	r = capture_kdump(&capture, &out, 0, CODEC_LZO);
	step_ms = cpu_ms = 0;
	close(out.fd);
	capture_close(&capture);
	return r;
}

/* The first pages take their time, those to come are zero, which nobody knows but who knew all. */
TEST("a dump that only a slower codec makes smaller is given up for it where the target is slow")
{
	struct corefile source;

	test_needs("namespaces"); /* there the clock is the real one */
	corefile_build(&source, "elf32 arm\nprstatus\nload 0x40000000 900K data\n"
				"load 0x50000000 60M zero\n");
	close(corefile_open(&source, "core"));
	CHECK_EQ(in_time(false, false), -ETIME);
	CHECK_EQ(in_time(true, false), -ETIME);
	CHECK_EQ(in_time(true, true), 0);
	corefile_free(&source);
}

TEST("a page that cannot be read counts once, also where the zero pages to come are counted first")
{
	static struct capture capture;
	struct capture_output out = {.room = UINT64_MAX, .limit = UINT64_MAX, .sparse = true};
	struct corefile source;

	test_needs("namespaces"); /* there the clock is the real one */
	corefile_build(&source, "elf32 arm\nprstatus\nload 0x40000000 8M data\n"
				"load 0x50000000 60M zero\n");
	close(corefile_open(&source, "core"));
	capture = (struct capture){.status = &status, .progress = &shared.progress};
	REQUIRE(capture_open(&capture, "core") == 0);
	REQUIRE(truncate("core", (off_t)(source.size - (size_t)4 * 4096)) == 0);
	out.fd = open("out", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	step_ms = 1000;
	out.deadline_ms = clock_ms() + 500000;
	CHECK_EQ(capture_elf(&capture, &out), 0);
	CHECK_EQ(status.pages_unreadable, 4);
	step_ms = 0;
	close(out.fd);
	capture_close(&capture);
	corefile_free(&source);
}

/* What a survey takes for foreign while no directory of this run could be made. */
static unsigned int foreign_before_any(void)
{
	static struct retention retention;
	static struct store store;
	int root = open("disk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(root >= 0 && store_open(&store, root, "/") == 0);
	close(root);
	retention.store = &store;
	CHECK_EQ(retention_survey(&retention), 0);
	store_end(&store);
	return retention.foreign;
}

TEST("FAT with umask=0 that is full to the last cluster: what lies there is ours all the same")
{
	make_old(2, 0);
	REQUIRE(chmod("disk", 0777) == 0);
	REQUIRE(chmod(name_of(1), 0777) == 0 && chmod(name_of(2), 0777) == 0);
	CHECK_EQ(foreign_before_any(), 2);
	is_fat = true;
	CHECK_EQ(foreign_before_any(), 0);
	is_fat = false;
}
