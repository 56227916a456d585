/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of cli/receive. The input is frames, eight bytes each, whose checksums are put right
 * unless a bit says that they are sent as they are. Contract: whatever comes, the only names that
 * are made are those of one dump; what has a final name is what was answered with "done"; and each
 * answer is one.
 */
#include "base/bytes.h"
#include "cli/receive.h"
#include "store/layout.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAME = 8, FRAMES = 64, DATA = 512 };

static char desk[256];
static int desk_fd = -1, in_fd = -1, out_fd = -1;
static struct store store;

/* In the place of libc's: nobody cuts the power here, and a disk would take most of the time. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int sync_file_range(int fd, off_t from, off_t size, unsigned int flags)
{
	(void)fd;
	(void)from;
	(void)size;
	(void)flags;
	return 0;
}

int posix_fadvise(int fd, off_t from, off_t size, int advice)
{
	(void)fd;
	(void)from;
	(void)size;
	(void)advice;
	return 0;
}

static void remove_desk(void)
{
	(void)rmdir(desk);
}

static void begin(void)
{
	const char *where = getenv("TEST_DIR");

	if (desk_fd < 0) {
		snprintf(desk, sizeof(desk), "%s/fuzz-XXXXXX", where != NULL ? where : "/tmp");
		HOLDS(atexit(remove_desk) == 0);
		HOLDS(mkdtemp(desk) != NULL);
		desk_fd = open(desk, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		in_fd = memfd_create("in", MFD_CLOEXEC);
		out_fd = memfd_create("out", MFD_CLOEXEC);
		HOLDS(desk_fd >= 0 && in_fd >= 0 && out_fd >= 0);
	}
	HOLDS(ftruncate(in_fd, 0) == 0 && ftruncate(out_fd, 0) == 0);
	HOLDS(lseek(in_fd, 0, SEEK_SET) == 0 && lseek(out_fd, 0, SEEK_SET) == 0);
}

/* One frame: kind, file, where, how much, and what is wrong with it. */
static void put_frame(const uint8_t *from, uint32_t sequence)
{
	static const uint64_t bases[] = {0, 0, 0, 1 << 20, UINT64_C(1) << 44, UINT64_MAX - 300};
	static uint8_t data[DATA];
	uint8_t head[STREAM_HEAD];
	struct stream_frame f = {
		.kind = from[0] % 7,
		.file = from[1] % 8 < 6 ? from[1] % 8 : from[1],
		.sequence = sequence + (from[2] == 0xff),
		.at = bases[from[3] % 6] + from[4],
		.size = from[0] % 7 == STREAM_PUT || from[5] == 0xff ? from[5] : 0,
	};

	if (f.kind == STREAM_MAKE && from[1] % 8 < 6)
		f.file = STREAM_VERSION;
	memset(data, from[6], sizeof(data));
	stream_pack(head, &f, data);
	if (from[2] == 0xfe)
		head[from[7] % STREAM_HEAD] ^= 0x40;
	HOLDS(write(in_fd, head, sizeof(head)) == sizeof(head));
	HOLDS(write(in_fd, data, f.size) == (ssize_t)f.size);
}

static unsigned int file_named(const char *name)
{
	unsigned int i = 0;

	while (i < LAYOUT_FILES && strcmp(layout_files[i], name) != 0)
		i++;
	return i;
}

/* Removes the dump, after a look at its names; true when there was one. */
static void look_at(const struct receive *r, const char *name)
{
	int fd = openat(desk_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	uint32_t found = 0;

	HOLDS(d != NULL && strcmp(name, store.wish) == 0);
	while ((e = readdir(d)) != NULL) {
		unsigned int file = file_named(e->d_name);
		const char *end = strstr(e->d_name, LAYOUT_INCOMPLETE);

		if (e->d_name[0] == '.')
			continue;
		HOLDS(file < LAYOUT_FILES || (end != NULL && strcmp(end, LAYOUT_INCOMPLETE) == 0));
		if (file < LAYOUT_FILES)
			found |= UINT32_C(1) << file;
		HOLDS(unlinkat(fd, e->d_name, 0) == 0);
	}
	HOLDS(found == r->files);
	HOLDS(!r->complete || (found & 1) != 0);
	closedir(d);
	HOLDS(unlinkat(desk_fd, name, AT_REMOVEDIR) == 0);
}

static unsigned int look_at_all(const struct receive *r)
{
	int fd = openat(desk_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	unsigned int count = 0;

	HOLDS(d != NULL);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		look_at(r, e->d_name);
		count++;
	}
	closedir(d);
	return count;
}

/* Every answer is whole, and the last one is to the frame that ended it, or to one before. */
static void look_at_answers(const struct receive *r)
{
	uint8_t head[STREAM_HEAD];
	struct stream_frame f;

	HOLDS(lseek(out_fd, 0, SEEK_SET) == 0);
	while (read(out_fd, head, sizeof(head)) == sizeof(head)) {
		HOLDS(stream_unpack(head, &f) && stream_is_whole(head, &f, NULL));
		HOLDS(f.kind == STREAM_ANSWER && f.file < STREAM_ANSWERS && f.size == 0);
		HOLDS(f.sequence < r->sequence);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receive r = {.store = &store};

	begin();
	for (uint32_t i = 0; i < FRAMES && (i + 1) * FRAME <= size; i++)
		put_frame(data + (size_t)i * FRAME, i);
	HOLDS(write(in_fd, data, size % FRAME) == (ssize_t)(size % FRAME));
	HOLDS(lseek(in_fd, 0, SEEK_SET) == 0);
	HOLDS(store_open(&store, desk_fd, "") == 0);
	r.in = in_fd;
	r.out = out_fd;
	(void)receive_dump(&r);
	HOLDS(!r.writes && (!r.complete || store.name[0] != '\0'));
	HOLDS(store_end(&store) == 0);
	HOLDS(look_at_all(&r) == (store.name[0] != '\0' ? 1 : 0));
	look_at_answers(&r);
	return 0;
}
