/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is what a run left on its disks what was promised? Judged from outside, by names, by bytes and by
 * the model of what was durable; what PID 1 said of it is only compared with that: pid1_belief.c.
 */
#include "cli/cli_command.h"
#include "tests/pid1/pid1.h"
#include "tests/pid1/pid1_calls.h"
#include "tests/pid1/pid1_look.h"
#include "tests/pid1/pid1_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"
#include "vmcore/kdumpfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { SAID = 4096 };

static const char tail[] = "-incomplete";
static const char *const files[] = {"status", "vmcore", "vmcore-dmesg.txt", "capture.log"};

void blame(struct look *l, const char *format, ...)
{
	va_list args;

	if (l->verdict->why[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(l->verdict->why, sizeof(l->verdict->why), format, args);
	va_end(args);
}

static void found(struct look *l, enum pid1_left left)
{
	if (left > l->here)
		l->here = left;
	if (left > l->verdict->left)
		l->verdict->left = left;
}

static bool is_final(const char *name)
{
	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (strcmp(name, files[i]) == 0)
			return true;
	}
	return false;
}

static bool is_incomplete(const char *name)
{
	char base[64];
	size_t n = strlen(name);

	if (n < sizeof(tail) || n >= sizeof(base) ||
	    strcmp(name + n - (sizeof(tail) - 1), tail) != 0)
		return false;
	snprintf(base, sizeof(base), "%.*s", (int)(n - (sizeof(tail) - 1)), name);
	return is_final(base);
}

/* kdump-init verify; SAID gets its words. */
static int verify(const char *dump, char said[SAID])
{
	char *arguments[] = {(char *)(uintptr_t)dump, NULL};
	int code;

	pid1_collect(said, SAID);
	code = cli_verify(1, arguments);
	pid1_collect(NULL, 0);
	return code;
}

/* With nothing amiss an ELF dump is the image, byte for byte. */
static void check_elf(struct look *l, const char *path, const uint8_t *bytes, size_t size)
{
	const struct pid1_image *image = &pid1_image[l->run->plan.image];

	if (l->run->plan.corruption != CORRUPT_NOT)
		return;
	if (size != image->size)
		blame(l, "%s has %zu bytes, and not %zu", path, size, image->size);
	else if (l->struck == 0 && memcmp(bytes, image->bytes, size) != 0)
		blame(l, "%s is not what the image was", path);
}

static void check_kdump(struct look *l, const char *path)
{
	static struct kdumpfile kdump;
	static struct elfcore core;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || kdumpfile_open(&kdump, fd, &core) != 0 || kdumpfile_check(&kdump) != 0)
		blame(l, "%s has its name, and is no whole kdump file", path);
	if (fd >= 0)
		close(fd);
}

static void check_vmcore(struct look *l, const char *path)
{
	size_t size;
	uint8_t *bytes = scratch_read_file(path, &size);

	if (size >= 8 && memcmp(bytes, "KDUMP   ", 8) == 0)
		check_kdump(l, path);
	else if (size >= 4 && memcmp(bytes, "\177ELF", 4) == 0)
		check_elf(l, path, bytes, size);
	else
		blame(l, "%s has its name, and is no dump", path);
	free(bytes);
}

static void check_text(struct look *l, const char *path, const char *want)
{
	size_t size;
	char *text = (char *)scratch_read_file(path, &size);

	if (size == 0 && struck_pid1(l, CALL_MMAP) && want == NULL)
		; /* it had no memory to remember what it said */
	else if (size == 0 || text[size - 1] != '\n')
		blame(l, "%s has its name, and is cut short", path);
	else if (want != NULL && strcmp(text, want) != 0)
		blame(l, "%s is not what it should be", path);
	free(text);
}

/* The log is what the image says, unless its bytes were changed, or reading them failed. */
static const char *wanted_log(const struct look *l)
{
	if (l->struck > 0 || l->run->plan.corruption != CORRUPT_NOT)
		return NULL;
	return pid1_image[l->run->plan.image].log;
}

static void check_file(struct look *l, const char *dump, const char *name)
{
	char path[PID1_PATH];
	struct stat st;

	pid1_path(path, "%s/%s", dump, name);
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 07777) != 0600) {
		blame(l, "%s is no file of mode 0600", path);
		return;
	}
	if (is_incomplete(name))
		return;
	if (!is_final(name))
		blame(l, "%s: no file of a dump has that name", path);
	else if (pid1_is_unsafe(l->run, path))
		blame(l, "%s has its name without fsync", path);
	else if (strcmp(name, "vmcore") == 0)
		check_vmcore(l, path);
	else
		check_text(l, path, strcmp(name, files[2]) == 0 ? wanted_log(l) : NULL);
	if (strcmp(name, "vmcore-dmesg.txt") == 0)
		found(l, LEFT_LOG);
}

/* Has the directory, and the one above it, been fsynced after the last name they got? */
static bool is_durable(const struct look *l, const char *dump)
{
	char above[PID1_PATH];

	snprintf(above, sizeof(above), "%s", dump);
	*strrchr(above, '/') = '\0';
	return !pid1_is_unsafe(l->run, dump) && !pid1_is_unsafe(l->run, above);
}

/* A number that STATUS tells, in BASE; 0 where it tells none. */
static unsigned long number_in(const char *status, const char *key, int base)
{
	const char *at = strstr(status, key);

	return at == NULL ? 0 : strtoul(at + strlen(key), NULL, base);
}

/* The memory against its status, by zlib: verify, which is asked next, is no judge of itself. */
static void check_told(struct look *l, const char *dump, const char *status)
{
	char path[PID1_PATH];
	size_t size;
	uint8_t *bytes;

	pid1_path(path, "%s/vmcore", dump);
	if (access(path, F_OK) != 0)
		return; /* what that means, verify and the result tell */
	bytes = scratch_read_file(path, &size);
	if (number_in(status, "\ndump_bytes=", 10) != size)
		blame(l, "%s is not as long as its status says", path);
	else if (number_in(status, "\ncrc32=", 16) != crc32_z(0, bytes, size))
		blame(l, "%s has not the checksum that its status says", path);
	free(bytes);
}

/* A status is there: then all of it is. */
static void check_status(struct look *l, const char *dump)
{
	char path[PID1_PATH];
	char said[SAID];
	int code = verify(dump, said);
	size_t size;
	char *status;

	pid1_path(path, "%s/status", dump);
	status = (char *)scratch_read_file(path, &size);
	if (strncmp(status, "result=failed\n", 14) == 0)
		found(l, LEFT_REPORT);
	else if (strncmp(status, "result=log-only\n", 16) == 0)
		found(l, LEFT_LOG_ONLY);
	else if (strncmp(status, "result=partial\n", 15) == 0)
		found(l, LEFT_PARTIAL);
	else
		found(l, LEFT_COMPLETE);
	check_told(l, dump, status);
	if (code != CLI_DONE && strstr(said, "(partial)") == NULL &&
	    strstr(said, "(failed)") == NULL && strstr(said, "(pages_unreadable)") == NULL)
		blame(l, "%s has a status, and is not whole: %s", dump, said);
	l->durable |= is_durable(l, dump);
	free(status);
}

/* A record of pstore that bears its name is what it is there. */
static void check_records(struct look *l, const char *dump)
{
	char path[PID1_PATH];
	DIR *dir;
	const struct dirent *e;

	pid1_path(path, "%s/pstore", dump);
	dir = opendir(path);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		bool console = strcmp(e->d_name, "console-ramoops-0") == 0;
		size_t n = strlen(e->d_name);

		if (e->d_name[0] == '.' ||
		    (n > strlen(tail) && strcmp(e->d_name + n - strlen(tail), tail) == 0))
			continue;
		pid1_path(path, "%s/pstore/%s", dump, e->d_name);
		if (!console && strcmp(e->d_name, "dmesg-efi-1") != 0)
			blame(l, "%s: no record has that name", path);
		else if (pid1_is_unsafe(l->run, path))
			blame(l, "%s has its name without fsync", path);
		else
			check_text(l, path, console ? "what was said\n" : "Panic#1 Part1\n");
	}
	if (dir == NULL || !l->run->plan.records)
		blame(l, "%s is none", path);
	if (dir != NULL)
		closedir(dir);
}

void check_dump(struct look *l, const char *dump)
{
	DIR *dir = opendir(dump);
	const struct dirent *e;
	char status[PID1_PATH];
	struct stat st;

	if (dir == NULL || lstat(dump, &st) != 0 || (st.st_mode & 07777) != 0700) {
		blame(l, "%s is no directory of mode 0700", dump);
		return;
	}
	pid1_path(status, "%s/status", dump);
	if (access(status, F_OK) == 0)
		check_status(l, dump);
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, "pstore") == 0)
			check_records(l, dump);
		else if (e->d_name[0] != '.')
			check_file(l, dump, e->d_name);
	}
	closedir(dir);
}

void check_verified(struct look *l, const char *dump)
{
	char said[SAID];

	if (verify(dump, said) != CLI_DONE)
		blame(l, "an earlier dump is damaged: %s", said);
}

/*
 * The newest may go for a newer one that is whole, the others for room; undisturbed, that is room
 * for memory which is saved there then. What chattr +i protects stays as it is.
 */
static bool may_be_gone(const struct look *l, unsigned int n)
{
	const struct pid1_run *run = l->run;

	if (n == 0 && run->plan.protect != PROTECT_NOT)
		return false;
	if (was_undisturbed(l) && l->here < LEFT_PARTIAL)
		return false;
	return n != run->plan.earlier - 1 || l->verdict->left >= LEFT_PARTIAL;
}

/* Those that are there verify; the newest is there, unless a newer one is whole. */
static void check_earlier(struct look *l, const char *path)
{
	for (unsigned int i = 0; i < l->run->plan.earlier; i++) {
		bool gone = may_be_gone(l, i); /* or on its way */
		char dump[PID1_PATH];
		char name[40];
		char said[SAID];

		pid1_earlier(i, name, sizeof(name));
		pid1_path(dump, "%s/%s", path, name);
		if (access(dump, F_OK) != 0) {
			if (!gone)
				blame(l, "%s is gone, and nothing newer is whole", dump);
			continue;
		}
		if (verify(dump, said) != CLI_DONE && !(gone && strstr(said, "missing") != NULL))
			blame(l, "an earlier dump is damaged: %s", said);
	}
}

/* Only a path that is there before the run has one. */
static bool has_stranger(const struct look *l, unsigned int n)
{
	const struct pid1_plan *p = &l->run->plan;

	return p->stranger != STRANGER_NOT &&
	       (p->earlier > 0 || p->remains || strcmp(pid1_path_of(p, n), "/") == 0);
}

bool is_earlier(const struct look *l, const char *name)
{
	char earlier[40];

	for (unsigned int i = 0; i < l->run->plan.earlier; i++) {
		pid1_earlier(i, earlier, sizeof(earlier));
		if (strcmp(name, earlier) == 0)
			return true;
	}
	return l->run->plan.remains && strcmp(name, "0007-20260202T000000Z") == 0;
}

/* The directory that holds the dumps. What else is in it must be what was there. */
static void check_path(struct look *l, unsigned int n, const char *path, bool configured)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	char entry[PID1_PATH];

	l->here = LEFT_NOTHING;
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		pid1_path(entry, "%s/%s", path, e->d_name);
		if (e->d_name[0] == '.' || is_earlier(l, e->d_name) ||
		    (l->struck > 0 && strcmp(e->d_name, "var") == 0) ||
		    strcmp(e->d_name, PID1_STRANGER) == 0 || strcmp(e->d_name, "0012-mine") == 0 ||
		    strcmp(e->d_name, "outside") == 0 || strcmp(e->d_name, "witness") == 0)
			continue;
		if (strspn(e->d_name, "0123456789") < 4 || e->d_name[4] != '-')
			blame(l, "%s was not to be made", entry);
		else if (strlen(e->d_name) >= sizeof(PID1_STRANGER) - 1)
			blame(l, "%s got its number from what is not ours", entry);
		else
			check_dump(l, entry);
	}
	if (dir != NULL)
		closedir(dir);
	else if (configured && l->run->plan.earlier > 0)
		blame(l, "%s is gone", path);
	if (dir == NULL || !configured)
		return;
	check_earlier(l, path);
	if (has_stranger(l, n) && !pid1_stranger_is_well(path))
		blame(l, "%s: what is not ours was touched", path);
	pid1_path(entry, "%s/0012-mine/vmcore-incomplete", path);
	if (l->run->plan.remains && access(entry, F_OK) != 0)
		blame(l, "%s is gone", entry);
}

/* Nothing is beside the way that leads to PATH; the default path is a way, too. */
static void check_outside(struct look *l, const char *disk, const char *top)
{
	DIR *dir = opendir(disk);
	const struct dirent *e;
	char path[PID1_PATH];
	size_t size;
	char *text;

	REQUIRE(dir != NULL);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.' || strcmp(e->d_name, "outside") == 0 ||
		    strcmp(e->d_name, "witness") == 0 || top[0] == '\0' ||
		    (strncmp(e->d_name, top, strlen(e->d_name)) == 0 &&
		     strcspn(top, "/") == strlen(e->d_name)) ||
		    (l->struck > 0 && strcmp(e->d_name, "var") == 0))
			continue;
		blame(l, "%s/%s was written outside the path", disk, e->d_name);
	}
	closedir(dir);
	pid1_path(path, "%s/outside", disk);
	if (scratch_count_entries(path) != 0)
		blame(l, "%s is not empty", path);
	pid1_path(path, "%s/witness", disk);
	text = (char *)scratch_read_file(path, &size);
	if (strcmp(text, "not ours\n") != 0)
		blame(l, "%s was changed", path);
	free(text);
}

static void check_disk(struct look *l, const char *dir, unsigned int n)
{
	const char *top = pid1_path_of(&l->run->plan, n) + 1;
	enum pid1_disk kind = l->run->plan.disk[n - 1];
	char disk[PID1_PATH];
	char path[PID1_PATH];

	snprintf(disk, sizeof(disk), "%s/disk%u", dir, n);
	check_outside(l, disk, top);
	if (kind == DISK_RAW) {
		check_ring(l, dir, n);
	} else if (kind != DISK_LINK && kind != DISK_BLOCKED) {
		pid1_path(path, "%s%s%s", disk, top[0] == '\0' ? "" : "/", top);
		check_path(l, n, path, true);
	}
	pid1_path(path, "%s/var/crash", disk);
	if (strcmp(top, "var/crash") != 0 && access(path, F_OK) == 0)
		check_path(l, n, path, false);
}

/*
 * What root= got, which is no target, was for want of anything else; and nothing but a log. Where
 * the configuration could not be read it is the target.
 */
static void check_root(struct look *l, const char *dir)
{
	const struct pid1_plan *p = &l->run->plan;
	enum pid1_left before = l->verdict->left;

	if (!p->root_apart)
		return;
	l->here = LEFT_NOTHING;
	check_disk(l, dir, p->targets + 1);
	if (l->struck > 0)
		return;
	if (l->here > LEFT_LOG_ONLY)
		blame(l, "there is memory on root=");
	if (l->here > LEFT_NOTHING && p->no_log_to_root)
		blame(l, "root= was written to, and log_to_root = no");
	if (l->here > LEFT_NOTHING && p->cut == 0 && before >= LEFT_LOG_ONLY)
		blame(l, "root= was written to, and a target had taken it");
}

/* Sanitizers speak there; PID 1 does only where it has no console, or dies. */
static void check_errors(struct look *l, const char *dir)
{
	static const char ours[] = "kdump-init: ";
	char path[PID1_PATH];
	size_t size;
	char *text;

	pid1_path(path, "%s.err", dir);
	text = (char *)scratch_read_file(path, &size);
	for (char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line != '\0') {
		if (strncmp(line, ours, sizeof(ours) - 1) == 0 &&
		    strncmp(line, "kdump-init: fatal", 17) != 0)
			continue;
		if (l->run->plan.fatal == 0) {
			blame(l, "something was said on standard error");
			test_note("%.3000s", text);
			break;
		}
	}
	free(text);
}

void pid1_judge(struct pid1_run *run, const char *dir, enum pid1_end end,
		struct pid1_verdict *verdict)
{
	struct look l = {.run = run, .verdict = verdict};

	*verdict = (struct pid1_verdict){LEFT_NOTHING, false, ""};
	for (unsigned int i = 0; i < run->plan.faults; i++)
		l.struck += run->plan.fault[i].struck > 0;
	if (run->is_broken)
		blame(&l, "%.150s", run->broken);
	if (end == END_DIED)
		blame(&l, "PID 1 died");
	if (end == END_HUNG)
		blame(&l, "PID 1 did not end the machine in time");
	for (unsigned int n = 1; n <= run->plan.targets; n++)
		check_disk(&l, dir, n);
	check_root(&l, dir);
	check_errors(&l, dir);
	if (end == END_ORDERED)
		check_belief(&l);
	else if (end == END_CUT && run->logs > 0 && verdict->left < LEFT_LOG)
		blame(&l, "the log was durable before the power cut, and is gone");
}
