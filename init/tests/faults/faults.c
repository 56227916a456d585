/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One whole dump, as save.c makes it, in which call number N fails: N = 1, 2, 3 ... until
 * nothing failed any more. Each time promise 2 is checked: a final name is only on a file whose
 * bytes are exactly the source's, that was fsynced before its rename; success is reported only
 * after the fsync of the directory; a failure that matters is reported; nothing leaks. A
 * kdump-compressed dump is, byte for byte, the one that is made when nothing fails; that one is
 * judged by its pages.
 */
#include "tests/faults/faults.h"

#include "output/elf_writer.h"
#include "output/kdump_writer.h"
#include "output/sink.h"
#include "store/store.h"
#include "tests/images/corefile.h"
#include "tests/page_flags.h"
#include "tests/scratch.h"
#include "tests/sealing.h"
#include "tests/test.h"
#include "vmcore/elfcore.h"
#include "vmcore/filter.h"
#include "vmcore/kdumpfile.h"
#include "vmcore/vmcore.h"
#include "vmcore/window.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { CALLS_MAX = 2000 };

static const char log_text[] = "[    1.000] everything that was said\n";
static const char status_text[] = "result=complete\n";

/* The dump being made, and what it should be. */
static struct {
	struct corefile source;
	int vmcore;
	struct store store;
	struct elfcore core;
	struct window window;
	struct sink sink;
	struct sink_sealed *sealed; /* NULL: in the clear */
	struct elf_writer writer;
	struct vmcore image, again; /* the source, and the kdump-compressed dump of it */
	struct kdumpfile kdump;
	struct filter filter;
	struct kdump_writer kdump_writer;
	int (*copy)(int fd, bool direct, bool sparse);
	const uint8_t *want;
	size_t want_size;
} dump;

static unsigned int commits; /* steps of the dump that said they succeeded */
static struct sink_sealed sealed;
static _Alignas(SINK_BLOCK) uint8_t reserve[SINK_RESERVE];
static _Alignas(SINK_BLOCK) uint8_t scratch[WINDOW_READ_BYTES];

static int copy_elf(int fd, bool direct, bool sparse)
{
	struct sink_options options = {
		.direct = direct, .sparse = sparse, .expected_size = dump.writer.size};
	int r = sink_start(&dump.sink, fd, &options, reserve);
	int end;

	if (r != 0)
		return r;
	r = elf_writer_run(&dump.writer, &dump.core, &dump.window, &dump.sink);
	end = sink_finish(&dump.sink);
	return r != 0 ? r : end;
}

static int copy_kdump(int fd, bool direct, bool sparse)
{
	struct sink_options options = {.direct = direct, .sparse = sparse, .sealed = dump.sealed};
	int r = filter_open(&dump.filter, &dump.image, &dump.window, LEVEL_ZERO, 0, NULL);
	int end;

	dump.kdump_writer.sealed = dump.sealed != NULL;
	if (r == 0)
		r = kdump_writer_plan(&dump.kdump_writer, &dump.image, &dump.filter, PAGE_ZLIB);
	options.expected_size = dump.kdump_writer.size_limit;
	if (r == 0)
		r = sink_start(&dump.sink, fd, &options, reserve);
	if (r != 0)
		return r;
	r = kdump_writer_run(&dump.kdump_writer, &dump.window, &dump.sink);
	end = sink_finish(&dump.sink);
	return r != 0 ? r : end;
}

/* The same each time, which no product does: dumps are compared with the reference. */
static int copy_sealed(int fd, bool direct, bool sparse)
{
	static struct seal keys;

	keys = (struct seal){.recipients = sealing_recipient, .count = 1};
	sealed.keys = &keys;
	dump.sealed = &sealed;
	return copy_kdump(fd, direct, sparse);
}

static int save_memory(bool direct, bool sparse)
{
	int fd = store_create(&dump.store, "vmcore");
	int r;

	if (fd < 0)
		return fd;
	elf_writer_plan(&dump.writer, &dump.core);
	window_open(&dump.window, dump.vmcore, dump.core.file_size, scratch);
	window_exclude(&dump.window, 0, dump.core.data_start);
	r = dump.copy(fd, direct, sparse);
	window_close(&dump.window);
	if (r == 0)
		return store_commit(&dump.store, "vmcore", fd);
	close(fd); /* read by nobody: the wrapper counts it as save.c's */
	return r;
}

/* Whenever a step says it succeeded, everything up to it is durable. */
static int durable(int r)
{
	const char *what = "";

	commits += r == 0;
	if (r == 0 && !CHECK(faults_all_durable(&what)))
		test_note("not durable after success was reported: %s", what);
	return r;
}

/* save.c's begin_dump, save_memory and commit. Returns 0 or the first -errno. */
static int make_dump(int root, bool direct, bool sparse, int *end)
{
	int r = store_open(&dump.store, root, "/var/crash");

	if (r == 0) {
		r = durable(store_make(&dump.store, 1700000000));
		if (r != 0)
			(void)store_end(&dump.store); /* the first error is the one to tell */
	}

	*end = 0;
	if (r != 0)
		return r;
	r = durable(save_memory(direct, sparse));
	if (r == 0)
		r = durable(store_text(&dump.store, "capture.log", log_text, strlen(log_text)));
	if (r == 0)
		r = durable(store_text(&dump.store, "status", status_text, strlen(status_text)));
	*end = store_end(&dump.store);
	return r;
}

static void check_content(const char *path, const char *name)
{
	size_t size = 0;
	uint8_t *data = scratch_read_file(path, &size);
	const void *want = dump.want;
	size_t want_size = dump.want_size;

	if (strcmp(name, "vmcore") != 0) {
		want = strcmp(name, "status") == 0 ? status_text : log_text;
		want_size = strlen(want);
	}
	if (CHECK_EQ(size, want_size))
		CHECK_MEM(data, want, size);
	free(data);
}

/* Returns how many files of the dump carry their final name, each of which must be whole. */
static unsigned int check_final_names(const char *top)
{
	char path[256];
	unsigned int final = 0;
	const struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/var/crash/0001-20231114T221320Z", top);
	dir = opendir(path);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		char file[600];

		if (e->d_name[0] == '.' || strstr(e->d_name, "-incomplete") != NULL)
			continue;
		final++;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		check_content(file, e->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return final;
}

/* Makes one dump under F and judges it. Returns whether the fault was reached. */
static bool try_fault(const struct fault *f, bool direct, bool sparse)
{
	unsigned int before = scratch_count_entries("/proc/self/fd");
	struct fault_hit hit;
	const char *promise;
	unsigned int named;
	bool good;
	int root;
	int end;
	int r;

	REQUIRE(mkdir("top", 0755) == 0);
	root = open("top", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(root >= 0);
	REQUIRE(elfcore_read(&dump.core, dump.vmcore) == 0);
	commits = 0;
	faults_begin(f);
	r = make_dump(root, direct, sparse, &end);
	faults_end();
	close(root);
	hit = faults_hit();
	promise = faults_broken_promise();
	good = CHECK(promise == NULL);
	good &= CHECK_EQ(scratch_count_entries("/proc/self/fd"), before);
	good &= CHECK_EQ(scratch_count_aio(), 0);
	if (hit.call != NULL && hit.matters)
		good &= CHECK(r < 0 || end < 0);
	if (hit.call == NULL || (!hit.matters && f->kind != FAULT_TORN))
		good &= CHECK_EQ(r, 0);
	named = check_final_names("top");
	/* where even the rename back fails, a name may stay on a file that is whole */
	if (!f->from_there_on || named != commits)
		good &= CHECK_EQ(named, commits > 0 ? commits - 1 : 0);
	if (!good)
		test_note("call %u (%s%s%s) with kind %d, errno %d%s; result %d, %d; %s", f->call,
			  hit.call == NULL ? "none" : hit.call, hit.reason == NULL ? "" : ": ",
			  hit.reason == NULL ? "" : hit.reason, (int)f->kind, f->error,
			  f->from_there_on ? " from there on" : "", r, end,
			  promise == NULL ? "no promise broken" : promise);
	scratch_remove("top");
	return hit.call != NULL;
}

/* Every call in turn, until there is none left to fail. */
static void sweep(enum fault_kind kind, int error, bool from_there_on, bool direct, bool sparse)
{
	struct fault f = {.kind = kind, .error = error, .from_there_on = from_there_on, .call = 1};

	while (f.call < CALLS_MAX && try_fault(&f, direct, sparse))
		f.call++;
	CHECK(f.call < CALLS_MAX);
	CHECK(f.call > 3);
}

/* Are the pages of the dump those of the source? */
static void check_pages(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const uint8_t *want, *page;
	uint64_t seen = 0;

	REQUIRE(fd >= 0);
	REQUIRE(vmcore_open(&dump.again, fd, &dump.kdump) == 0);
	REQUIRE(kdumpfile_check(&dump.kdump) == 0);
	window_open(&dump.window, dump.vmcore, dump.image.elf.file_size, scratch);
	for (unsigned int i = 0; i < dump.image.frames.ranges; i++) {
		const struct frame_range *r = &dump.image.frames.range[i];

		for (uint64_t pfn = r->first; pfn < r->end; pfn++, seen++) {
			REQUIRE(vmcore_page(&dump.image, &dump.window, pfn, &want) == 0);
			REQUIRE(vmcore_page(&dump.again, NULL, pfn, &page) == 0);
			CHECK_MEM(page, want, COREFILE_PAGE);
		}
	}
	window_close(&dump.window);
	CHECK_EQ(seen, dump.kdump.saved);
	close(fd);
}

/*
 * The kdump-compressed dump of the source when nothing fails, which all others are to be; the
 * caller's to free.
 */
static uint8_t *make_reference(int (*copy)(int fd, bool direct, bool sparse))
{
	int fd = open("reference", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint8_t *bytes;

	REQUIRE(fd >= 0);
	REQUIRE(vmcore_open(&dump.image, dump.vmcore, NULL) == 0);
	window_open(&dump.window, dump.vmcore, dump.image.elf.file_size, scratch);
	window_exclude(&dump.window, 0, dump.image.elf.data_start);
	REQUIRE(copy(fd, false, false) == 0);
	window_close(&dump.window);
	close(fd);
	bytes = scratch_read_file("reference", &dump.want_size);
	CHECK_EQ(dump.sink.crc32, crc32_z(0, bytes, dump.want_size));
	CHECK(dump.sealed == NULL || sealing_open("reference"));
	check_pages("reference");
	dump.copy = copy;
	dump.want = bytes;
	return bytes;
}

static void sweep_all_ways(enum fault_kind kind, int error, bool from_there_on)
{
	uint8_t *reference;

	corefile_build(&dump.source, "elf32 arm\nprstatus\nnote OSRELEASE=6.1.0\n"
				     "load 0x40000000 600K data\nload 0x50000000 300K mixed\n"
				     "load 0x60000000 200K zero\nload 0x70000000 0x1801 data\n");
	dump.vmcore = corefile_open(&dump.source, "core");
	dump.copy = copy_elf;
	dump.want = dump.source.bytes;
	dump.want_size = dump.source.size;
	sweep(kind, error, from_there_on, true, true);
	sweep(kind, error, from_there_on, false, true);
	sweep(kind, error, from_there_on, false, false);
	reference = make_reference(copy_kdump);
	sweep(kind, error, from_there_on, true, true);
	sweep(kind, error, from_there_on, false, false);
	free(reference);
	reference = make_reference(copy_sealed);
	sweep(kind, error, from_there_on, true, true);
	sweep(kind, error, from_there_on, false, false);
	free(reference);
	dump.sealed = NULL;
	close(dump.vmcore);
	corefile_free(&dump.source);
}

TEST("when one call fails with EIO no final name lies")
{
	sweep_all_ways(FAULT_ERROR, EIO, false);
}

TEST("when one call fails with ENOSPC no final name lies")
{
	sweep_all_ways(FAULT_ERROR, ENOSPC, false);
}

TEST("when a call and all after it fail with EIO no final name lies")
{
	sweep_all_ways(FAULT_ERROR, EIO, true);
}

TEST("one short write is continued")
{
	sweep_all_ways(FAULT_SHORT, 0, false);
}

TEST("when all writes are short from one on, the dump is whole all the same")
{
	sweep_all_ways(FAULT_SHORT, 0, true);
}

TEST("a write torn off the block grid is continued or reported, never believed")
{
	sweep_all_ways(FAULT_TORN, 0, false);
}

TEST("a write that writes nothing is reported")
{
	sweep_all_ways(FAULT_ZERO, 0, false);
}

TEST("an interrupted write is repeated")
{
	sweep_all_ways(FAULT_ERROR, EINTR, false);
}

TEST("EINVAL for a direct write, or for the fsync of a directory, is no failure")
{
	sweep_all_ways(FAULT_ERROR, EINVAL, false);
	sweep_all_ways(FAULT_ERROR, EINVAL, true);
}

TEST("when filling in the table of pages fails, on time or late, no final name lies")
{
	uint8_t *reference;

	corefile_build(&dump.source, "elf64 x86_64\nnote OSRELEASE=6.1.0\nload 1M 66M zero\n"
				     "load 128M 700K data\n");
	for (size_t at = 0; at < dump.source.load[0].size; at += 200 * COREFILE_PAGE)
		memset(dump.source.bytes + dump.source.load[0].offset + at, 0x3c, 100);
	dump.vmcore = corefile_open(&dump.source, "core");
	for (unsigned int seals = 0; seals < 2; seals++) {
		reference = make_reference(seals == 0 ? copy_kdump : copy_sealed);
		CHECK(dump.kdump_writer.done > 2 * KDUMP_DESCS);
		sweep(FAULT_ERROR, EIO, false, true, true);
		sweep(FAULT_SHORT, 0, false, false, false);
		free(reference);
	}
	close(dump.vmcore);
	corefile_free(&dump.source);
}
