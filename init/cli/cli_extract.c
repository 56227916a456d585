/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init extract: the dumps of a device without a filesystem, or of an image of one. The device
 * is only read. In the directory each becomes what a capture on a filesystem would have left, by
 * the same steps (store/store.h); one that is there already is left alone.
 */
#include "cli/cli_command.h"

#include "base/io.h"
#include "cli/cli_print.h"
#include "cli/ring_copy.h"
#include "disk/device.h"
#include "output/age.h"
#include "store/dumps.h"
#include "store/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ring ring;
static struct status_text status;
static bool texts_only;

/* The checksum of each file that has one, by its key in the status. */
static const char *const sums[RING_FILES] = {
	[LAYOUT_IS_MEMORY] = "crc32",
	[LAYOUT_IS_LOG] = "log_crc32",
	[LAYOUT_IS_CAPTURE_LOG] = "capture_log_crc32",
};

static void value_of(const char *key, char *value, size_t size)
{
	status_value(&status, key, value, size);
	cli_tame(value);
}

static void tell(const char *name, const struct ring_dump *d, int told)
{
	bool memory = (d->files & DUMP_HAS_MEMORY) != 0;
	char result[32], panic[200];

	value_of("result", result, sizeof(result));
	value_of("panic", panic, sizeof(panic));
	if (told <= 0) /* it was interrupted */
		snprintf(result, sizeof(result), "%s", memory ? "unfinished" : "log-only");
	cli_tell("%s  %s  %" PRIu64 " MiB  %s", name, result,
		 memory ? d->size[LAYOUT_IS_MEMORY] >> 20 : 0, panic);
}

/* Is FILE, called NAME, what the status says, if that says anything of it? And all of it there? */
static bool is_good(const char *dump, unsigned int file, const char *name, uint32_t crc,
		    uint64_t lost)
{
	uint32_t told;

	if (lost > 0) {
		cli_say("%s/%s: %" PRIu64 " bytes of it cannot be read on the device", dump, name,
			lost);
		return false;
	}
	if (!status_hex(&status, sums[file], &told) || told == crc)
		return true;
	cli_say("%s/%s: damaged on the device: not what status says (%s)", dump, name, sums[file]);
	return false;
}

/* What FILE is called in a directory, by what it begins with: a ring knows nothing of sealing. */
static const char *name_of(const struct ring_dump *d, unsigned int file)
{
	uint8_t head[32];
	bool sealed = file != LAYOUT_IS_STATUS && d->size[file] >= sizeof(head) &&
		      ring_read(&ring, d, file, 0, head, sizeof(head)) == 0 &&
		      age_is(head, sizeof(head));

	return layout_files[layout_sealed((enum layout_file)file, sealed)];
}

static int extract_file(struct store *s, const struct ring_dump *d, unsigned int file, bool *good)
{
	const char *name = name_of(d, file);
	uint64_t lost;
	uint32_t crc;
	int fd, r;

	if (file == LAYOUT_IS_STATUS)
		return store_text(s, name, status.text, status.size);
	fd = store_create(s, name);
	if (fd < 0)
		return fd;
	r = ring_copy(&ring, d, file, fd, &crc, &lost);
	if (r != 0) {
		(void)store_discard(s, name, fd); /* R is what to tell */
		return r;
	}
	*good &= is_good(s->name, file, name, crc, lost);
	if (lost == 0)
		return store_commit(s, name, fd);
	close(fd); /* what there is, is called incomplete */
	return -EIO;
}

/* What an extraction that was interrupted left would be in the way. */
static int open_directory(struct store *s)
{
	char name[LAYOUT_FILE_NAME];

	if (mkdirat(s->path_fd, s->name, 0700) != 0 && errno != EEXIST)
		return -errno;
	s->dump_fd = openat(s->path_fd, s->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->dump_fd < 0)
		return -errno;
	for (unsigned int i = 0; i < LAYOUT_FILES; i++) {
		layout_incomplete(name, layout_files[i]);
		(void)unlinkat(s->dump_fd, name, 0); /* else store_create says so */
	}
	return store_sync(s);
}

static bool is_there(const struct store *s, const struct ring_dump *d, unsigned int file)
{
	struct stat st;

	return fstatat(s->dump_fd, name_of(d, file), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Has another dump the directory, as of a device whose numbers began anew? */
static bool is_another(const struct store *s)
{
	static struct status_text there;

	return status_load(s->dump_fd, &there) > 0 &&
	       (there.size != status.size || memcmp(there.text, status.text, there.size) != 0);
}

/*
 * The status comes last, as in a capture, and where memory is wanted only behind files that are
 * whole. What cannot be had of one file costs no other.
 */
static enum cli_exit extract_dump(struct store *s, const struct ring_dump *d, const char *dir)
{
	bool good = true;
	int r = open_directory(s);
	bool goes_on;

	if (r == 0 && is_another(s))
		r = -EEXIST;
	goes_on = r == 0;
	for (unsigned int i = RING_FILES; i-- > 0 && goes_on;) {
		int error = 0;

		if ((d->files >> i & 1) != 0 && !is_there(s, d, i) &&
		    !(texts_only && i == LAYOUT_IS_MEMORY))
			error = extract_file(s, d, i, &good);
		r = r != 0 ? r : error;
		goes_on = r == 0 || texts_only || i - 1 != LAYOUT_IS_STATUS;
	}
	if (s->dump_fd >= 0)
		close(s->dump_fd); /* its files are durable */
	s->dump_fd = -1;
	if (r != 0)
		cli_say("%s/%s: %s", dir, s->name, strerror(-r));
	return r != 0 ? CLI_FAILED : good ? CLI_DONE : CLI_NO;
}

/* Lists all dumps, and makes each of them in the directory of S, unless S is NULL. */
static enum cli_exit each(struct store *s, const char *dir)
{
	enum cli_exit answer = CLI_DONE;

	for (unsigned int i = 0; i < ring.dumps; i++) {
		const struct ring_dump *d = &ring.dump[i];
		enum cli_exit e = CLI_DONE;
		char name[STORE_NAME];
		int told = ring_status(&ring, d, &status);

		layout_name(name, sizeof(name), d->number, d->time);
		tell(name, d, told);
		if (told < 0) {
			cli_say("%s: its status cannot be read: %s", name, strerror(-told));
			e = CLI_FAILED;
		} else if (s != NULL) {
			memcpy(s->name, name, sizeof(name));
			e = extract_dump(s, d, dir);
		}
		answer = e > answer ? e : answer;
	}
	if (ring.dumps == 0)
		cli_say("no dump is there");
	return answer;
}

static enum cli_exit extract_to(const char *dir)
{
	static struct store s;
	enum cli_exit answer;
	int r = mkdir(dir, 0700) != 0 && errno != EEXIST ? -errno : 0;
	int fd = r == 0 ? io_result(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) : r;

	r = fd < 0 ? fd : store_open(&s, fd, "");
	if (fd >= 0)
		close(fd); /* read only */
	if (r != 0) {
		cli_say("%s: %s", dir, strerror(-r));
		return CLI_FAILED;
	}
	answer = each(&s, dir);
	(void)store_end(&s); /* each step was made durable */
	return answer;
}

/* Reads all of one dump, and makes nothing. */
static enum cli_exit check_dump(const char *name)
{
	const struct ring_dump *d = ring_find(&ring, name);
	int r = d == NULL ? -ENOENT : ring_status(&ring, d, &status);
	bool good = r > 0;

	if (r == 0)
		cli_say("%s: it has no status", name);
	for (unsigned int i = 1; i < RING_FILES && r > 0; i++) {
		uint64_t lost;
		uint32_t crc;

		if ((d->files >> i & 1) == 0)
			continue;
		(void)ring_copy(&ring, d, i, -1, &crc, &lost); /* nothing is written */
		good &= is_good(name, i, name_of(d, i), crc, lost);
		r = lost > 0 ? -EIO : r;
	}
	if (r < 0)
		cli_say("%s: %s", name, strerror(-r));
	return r < 0 ? CLI_FAILED : good ? CLI_DONE : CLI_NO;
}

/* A path, or the name of a target. */
static int open_ring(const char *name)
{
	static struct device d;
	struct stat st;

	name += strncmp(name, "raw:", 4) == 0 ? 4 : 0;
	if (stat(name, &st) == 0 || device_find(name, &d) != 0)
		return ring_open(&ring, name, false);
	return ring_open(&ring, d.path, false);
}

int cli_extract(int argc, char **argv)
{
	bool checks = argc == 3 && strcmp(argv[0], "--check") == 0;
	enum cli_exit answer;
	int error;

	texts_only = argc == 3 && strcmp(argv[0], "--texts") == 0;
	if (argc < 1 || argc > 3 || (argc == 3 && !checks && !texts_only))
		return cli_usage();
	argv += argc == 3;
	error = open_ring(argv[0]);
	if (error != 0) {
		cli_say("%s: %s", argv[0],
			error == -EEXIST ? "it holds no dumps of kdump-init" : ring_reason(error));
		return CLI_FAILED;
	}
	if (checks)
		answer = check_dump(argv[1]);
	else
		answer = argc > 1 ? extract_to(argv[1]) : each(NULL, NULL);
	ring_close(&ring);
	return (int)answer;
}
