/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run finds: the image of a crashed kernel, the pseudo filesystems as plain files, disks
 * with dumps of earlier crashes on them, and a configuration.
 */
#include "tests/pid1/pid1_scene.h"
#include "tests/images/corefile.h"
#include "tests/images/crashlog.h"
#include "tests/images/memimage.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { TEXT = 2048, TINY_KIB = 600 };

#define RECORDS                                                                                    \
	"record 0.0 Booting Linux\nrecord 1.5 a line that is longer than most others are\n"        \
	"record 9.25 sysrq: Trigger a crash\n"                                                     \
	"record 9.5 Kernel panic - not syncing: sysrq triggered crash\n"

/* The first one becomes as long as the log of a kernel that has run for a while. */
static const char *const logs[] = {
	"ring arm text_bits=20\n",
	"ring arm64 text_bits=19 dynamic=1\n" RECORDS,
	"records x86_64 size=1300000\n" RECORDS,
};

static const char *const cores[] = {
	"elf32 arm\nprstatus\nnote OSRELEASE=6.1.0 PAGESIZE=4096 CRASHTIME=1700000000\n"
	"load 0x40000000 900K mixed\nload 0x50000000 600K zero\nload 0x60000000 0x1801 data\n",
	"elf64 x86_64\nprstatus\nload 1M 700K mixed\nload 64M 300K data\n",
};

static const char map[] = "arm kernel=6.1 sparse=1\nram 0x40000000 3M\nfree +512 4\n"
			  "free +600 0\nanon +530\nanon +531\ncache +540\nslab +544 2\n";

/* Lines of the long log, and about how long each is: some 90 KiB, many writes. */
enum { LONG_LINES = 900, LONG_LINE = 90 };

enum { LOGS = sizeof(logs) / sizeof(logs[0]), CORES = sizeof(cores) / sizeof(cores[0]) };

struct pid1_image pid1_image[PID1_IMAGES];

const char *const pid1_paths[] = {"/var/crash", "/crash", "/a/b/c", "/"};

unsigned int pid1_disks(const struct pid1_plan *plan)
{
	return plan->targets + plan->root_apart;
}

const char *pid1_path_of(const struct pid1_plan *plan, unsigned int n)
{
	return pid1_paths[n > plan->targets ? 0 : plan->path];
}

void pid1_path(char path[PID1_PATH], const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(path, PID1_PATH, format, args);
	va_end(args);
	REQUIRE(n > 0 && n < PID1_PATH);
}

static void keep(struct pid1_image *image, const char *name, uint8_t *bytes, size_t size,
		 const char *log)
{
	static struct elfcore core;
	int fd;

	*image = (struct pid1_image){name, bytes, size, 0, log};
	scratch_write_file("image", bytes, size);
	fd = open("image", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0 && elfcore_read(&core, fd) == 0);
	REQUIRE(core.faults == 0 && core.unlisted == 0 && core.data_start < size);
	image->data_start = (size_t)core.data_start;
	close(fd);
	REQUIRE(unlink("image") == 0);
}

/* HEAD, hundreds of lines that can be told apart, and the last words; the caller's to free. */
static char *long_log(const char *head)
{
	size_t size = strlen(head) + (size_t)LONG_LINES * (LONG_LINE + 40) + sizeof(RECORDS);
	char *text = malloc(size);
	size_t n = 0;

	REQUIRE(text != NULL);
	n += (size_t)snprintf(text + n, size - n, "%s", head);
	for (unsigned int i = 0; i < LONG_LINES; i++)
		n += (size_t)snprintf(text + n, size - n, "record 0.%03u line %u of the log%*s.\n",
				      i, i, (int)(LONG_LINE / 2 + i % LONG_LINE / 2), "");
	snprintf(text + n, size - n, "%s", RECORDS);
	return text;
}

/* They stay until the harness ends. */
void pid1_images(void)
{
	static struct corefile core[CORES];
	struct memimage *m;
	struct stat st;
	uint8_t *bytes;

	for (unsigned int i = 0; i < LOGS; i++) {
		char *text = i == 0 ? long_log(logs[i]) : NULL;
		const struct crashlog *c = crashlog_build(text == NULL ? logs[i] : text);

		keep(&pid1_image[i], text == NULL ? "with a log" : "with a long log", c->core.bytes,
		     c->core.size, c->expected);
		free(text);
	}
	for (unsigned int i = 0; i < CORES; i++) {
		corefile_build(&core[i], cores[i]);
		keep(&pid1_image[LOGS + i], "of memory", core[i].bytes, core[i].size, NULL);
	}
	m = memimage_build(map);
	REQUIRE(fstat(memimage_file(m), &st) == 0);
	bytes = malloc((size_t)st.st_size);
	REQUIRE(bytes != NULL);
	REQUIRE(pread(memimage_file(m), bytes, (size_t)st.st_size, 0) == st.st_size);
	keep(&pid1_image[LOGS + CORES], "with struct pages", bytes, (size_t)st.st_size, NULL);
	memimage_free(m);
}

static void say(const char *dir, const char *file, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(const char *dir, const char *file, const char *format, ...)
{
	char path[PID1_PATH];
	char text[TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	pid1_path(path, "%s/%s", dir, file);
	scratch_write_file(path, text, strlen(text));
}

/* Makes DIR/NAME with all that is above it. */
static void make_directory(const char *dir, const char *name)
{
	char path[PID1_PATH];
	char *slash = path + strlen(dir);

	pid1_path(path, "%s/%s", dir, name);
	while (slash != NULL && slash[1] != '\0') {
		slash = strchr(slash + 1, '/');
		if (slash != NULL)
			*slash = '\0';
		REQUIRE(mkdir(path, 0700) == 0 || errno == EEXIST);
		if (slash != NULL)
			*slash = '/';
	}
}

static void make_device(const struct pid1_plan *plan, const char *dir, unsigned int n)
{
	static uint8_t block[4096];
	char path[PID1_PATH];

	pid1_path(path, "sys/class/block/vda%u", n);
	make_directory(dir, path);
	pid1_path(path, "sys/class/block/vda%u/dev", n);
	say(dir, path, "254:%u\n", n);
	pid1_path(path, "sys/class/block/vda%u/stat", n);
	say(dir, path, "%8u %8u %8u\n", 3, 0, 24);
	memset(block, 0, sizeof(block));
	memcpy(block + 1024 + 56, "\x53\xef", 2);
	snprintf((char *)block + 1024 + 120, 16, "disk%u", n);
	pid1_path(path, "%s/dev/kdump-254-%u", dir, n);
	if (plan->disk[n - 1] == DISK_RAW)
		pid1_ring_make(plan, path);
	else
		scratch_write_file(path, block, sizeof(block));
}

void pid1_earlier(unsigned int n, char *name, size_t size)
{
	snprintf(name, size, "%04u-20260101T00000%uZ", n + 1, n);
}

static void make_earlier(const char *path, unsigned int n, unsigned int kib)
{
	struct corefile c;
	char text[80];
	char dir[PID1_PATH];
	char name[40];

	pid1_earlier(n, name, sizeof(name));
	pid1_path(dir, "%s/%s", path, name);
	REQUIRE(mkdir(dir, 0700) == 0);
	snprintf(text, sizeof(text), "elf32 arm\nnote A=1\nload 0x40000000 %uK data\n", kib);
	corefile_build(&c, text);
	say(dir, "status",
	    "result=complete\nkernel=6.1.0\nformat=elf\ndump_bytes=%zu\ncrc32=%08lx\n", c.size,
	    crc32(0, c.bytes, (uInt)c.size));
	pid1_path(dir, "%s/%s/vmcore", path, name);
	scratch_write_file(dir, c.bytes, c.size);
	corefile_free(&c);
}

/* What is on the disk that is not ours to touch, and what captures before left in PATH. */
static void fill_disk(const struct pid1_plan *plan, const char *disk, unsigned int n)
{
	const char *path = pid1_path_of(plan, n) + 1;
	enum pid1_disk kind = plan->disk[n - 1];
	char dir[PID1_PATH];

	make_directory(disk, "outside");
	say(disk, "witness", "not ours\n");
	if (kind == DISK_LINK || kind == DISK_BLOCKED) {
		pid1_path(dir, "%s/%.*s", disk, (int)strcspn(path, "/"), path);
		if (kind == DISK_LINK)
			REQUIRE(symlink("outside", dir) == 0);
		else
			scratch_write_file(dir, "a file\n", 7);
		return;
	}
	if (kind == DISK_RAW || (plan->earlier == 0 && !plan->remains))
		return;
	make_directory(disk, path);
	pid1_path(dir, "%s/%s", disk, path);
	for (unsigned int i = 0; i < plan->earlier; i++)
		make_earlier(dir, i, plan->earlier_kib);
	if (!plan->remains)
		return;
	make_directory(dir, "0007-20260202T000000Z");
	make_directory(dir, "0012-mine");
	say(dir, "0012-mine/vmcore-incomplete", "not ours by name\n");
	say(dir, "0007-20260202T000000Z/vmcore-incomplete", "cut short");
}

static void make_volume(const char *dir, unsigned int n)
{
	char name[40];

	snprintf(name, sizeof(name), "sys/class/ubi/ubi0_%u", n);
	make_directory(dir, name);
	snprintf(name, sizeof(name), "sys/class/ubi/ubi0_%u/name", n);
	say(dir, name, "disk%u\n", n);
}

static void make_disk(const struct pid1_plan *plan, const char *dir, unsigned int n)
{
	enum pid1_disk kind = plan->disk[n - 1];
	char disk[PID1_PATH];
	char size[32];

	pid1_path(disk, "%s/disk%u", dir, n);
	snprintf(size, sizeof(size), "size=%uk,mode=755",
		 kind == DISK_TINY ? (unsigned int)TINY_KIB : 65536U);
	REQUIRE(mkdir(disk, 0755) == 0);
	REQUIRE(mount("tmpfs", disk, "tmpfs", MS_NOSUID | MS_NODEV, size) == 0);
	fill_disk(plan, disk, n);
	if (kind != DISK_ABSENT && plan->flash)
		make_volume(dir, n);
	else if (kind != DISK_ABSENT)
		make_device(plan, dir, n);
}

static void make_vmcore(const struct pid1_plan *plan, const char *dir)
{
	const struct pid1_image *image = &pid1_image[plan->image];
	size_t from = plan->corruption == CORRUPT_MEMORY ? image->data_start : 0;
	size_t room =
		(plan->corruption == CORRUPT_ANYTHING && (plan->seed & 1) != 0 ? image->data_start
									       : image->size) -
		from;
	uint64_t random = plan->seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	char path[PID1_PATH];
	int fd;

	pid1_path(path, "%s/proc/vmcore", dir);
	scratch_write_file(path, image->bytes, plan->bad_headers ? 20 : image->size);
	if (plan->corruption == CORRUPT_NOT)
		return;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	for (unsigned int i = 0; i < 40; i++) {
		random ^= random << 13; /* xorshift64, Marsaglia 2003 */
		random ^= random >> 7;
		random ^= random << 17;
		REQUIRE(pwrite(fd, &random, 1 + random % 8, (off_t)(from + (random >> 9) % room)) >
			0);
	}
	close(fd);
}

/*
 * Where the file cannot be read, the command line still leads to a disk and to an end; but not to
 * one without a filesystem, on which no system is.
 */
static void make_config(const struct pid1_plan *plan, const char *dir)
{
	static const char *const formats[] = {"elf", "kdump", "none"};
	static const char *const codecs[] = {"none", "zlib", "lzo", "zstd"};
	char targets[512] = "", loop[64] = "";
	unsigned int root = plan->disk[0] == DISK_RAW ? PID1_DISKS + 1 : 1;
	size_t used = 0;

	for (unsigned int n = plan->targets; n > 0; n--)
		root = plan->disk[n - 1] == DISK_GOOD ? n : root;
	if (plan->root_apart)
		root = plan->targets + 1;
	for (unsigned int n = 1; n <= plan->targets; n++)
		used += (size_t)snprintf(targets + used, sizeof(targets) - used,
					 "target = %s%u\npath = %s\nwait = %u\n",
					 plan->disk[n - 1] == DISK_RAW ? "raw:/dev/vda"
					 : plan->by_label	       ? "LABEL=disk"
					 : plan->flash		       ? "ubi:disk"
								       : "/dev/vda",
					 n, pid1_paths[plan->path], plan->seed % 5 == 0);
	if (plan->loop > 0)
		snprintf(loop, sizeof(loop), "loop_crashes = %u\non_loop = %s\n", plan->loop,
			 plan->on_loop);
	make_directory(dir, "etc");
	say(dir, "etc/kdump-init.conf",
	    "format = %s\nlevel = %u\ncompress = %s\ndmesg = %s\nkeep = %u\nfree = 0\n%s%s%s",
	    formats[plan->format], plan->level, codecs[plan->codec], plan->dmesg ? "yes" : "no",
	    plan->keep, plan->no_log_to_root ? "log_to_root = no\n" : "", loop, targets);
	REQUIRE(plan->bad_lines == 0 ||
		scratch_shell("yes what is this | head -n %u >>%s/etc/kdump-init.conf",
			      plan->bad_lines, dir));
	say(dir, "proc/cmdline",
	    "console=ttyAMA0 root=/dev/vda%u elfcorehdr=0x1000 kdump.stall=%u kdump.timeout=%u kdump.wait=1 "
	    "kdump.on_failure=poweroff\n",
	    root, plan->stall, plan->timeout);
}

void pid1_build(const struct pid1_plan *plan, const char *dir)
{
	REQUIRE(mkdir(dir, 0755) == 0);
	make_directory(dir, "dev");
	make_directory(dir, "proc/self");
	make_directory(dir, "proc/sys/kernel");
	make_directory(dir, "sys/class/block");
	for (unsigned int n = 1; n <= pid1_disks(plan); n++)
		make_disk(plan, dir, n);
	say(dir, "dev/null", "%s", "");
	say(dir, "dev/console", "%s", "");
	say(dir, "proc/filesystems", "nodev\tproc\n\text4\n\tvfat\n");
	say(dir, "proc/sys/kernel/panic", "0\n");
	say(dir, "proc/sysrq-trigger", "%s", "");
	say(dir, "proc/self/oom_score_adj", "0\n");
	if (plan->records) {
		make_directory(dir, "sys/fs/pstore");
		say(dir, "sys/fs/pstore/dmesg-efi-1", "%s", "Panic#1 Part1\n");
		say(dir, "sys/fs/pstore/console-ramoops-0", "%s", "what was said\n");
	}
	if (plan->sealing)
		say(dir, "kdump-init.seed", "%s", "32 bytes that nobody else can know");
	if (plan->watchdog)
		say(dir, "dev/watchdog0", "%s", "");
	if (plan->iomem)
		say(dir, "proc/iomem", "48000000-48ffffff : System RAM\n");
	if (!plan->no_vmcore)
		make_vmcore(plan, dir);
	make_config(plan, dir);
}

bool pid1_panic_reboots(const char *dir)
{
	char path[PID1_PATH];
	size_t size;
	char *text;
	bool reboots;

	pid1_path(path, "%s/proc/sys/kernel/panic", dir);
	text = (char *)scratch_read_file(path, &size);
	reboots = size > 0 && text[0] != '0';
	free(text);
	return reboots;
}

void pid1_clear(const char *dir)
{
	char disk[PID1_PATH];

	for (unsigned int n = 1; n <= PID1_DISKS; n++) {
		pid1_path(disk, "%s/disk%u", dir, n);
		(void)umount2(disk, MNT_DETACH); /* not all of them need be there */
	}
	scratch_remove(dir);
	pid1_path(disk, "%s.err", dir);
	scratch_remove(disk);
}
