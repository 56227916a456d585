/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Archives as cpio(1) and gzip(1) write them are read; whatever is torn or changed is told.
 */
#include "cli/archive.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct archive archive;
static char told[1024];

/* Reads all of FILE; the names and first bytes are in TOLD. Returns 0 or -errno. */
static int read_archive(const char *file, const char **packing)
{
	int fd = open(file, O_RDONLY);
	struct archive_entry e;
	int r;

	REQUIRE(fd >= 0);
	told[0] = '\0';
	r = archive_open(&archive, fd, packing);
	while (r == 0 && (r = archive_next(&archive, &e)) == 1) {
		char text[16] = "";
		size_t used = strlen(told);
		int64_t n = archive_read(&archive, text, sizeof(text) - 1);

		snprintf(told + used, sizeof(told) - used, "%s%s=%u:%s ", e.name,
			 S_ISDIR(e.mode) ? "/" : "", (unsigned int)e.size, text);
		r = n < 0 ? (int)n : 0;
	}
	close(fd);
	return r;
}

/* a.cpio and a.cpio.gz, of three files. */
static void make_archive(void)
{
	REQUIRE(scratch_shell("mkdir -p files/etc && cd files && printf 'target = x' >etc/c && "
			      "printf '\\177ELF' >init && head -c 100000 /dev/urandom >big && "
			      "printf '.\\netc\\netc/c\\nbig\\ninit\\n' | "
			      "bsdtar --no-recursion --format=newc -cf ../a.cpio -T - && "
			      "cd .. && gzip -9nk a.cpio"));
}

TEST("archive: names, sizes and contents, plain and packed")
{
	const char *packing = "";

	make_archive();
	CHECK_EQ(read_archive("a.cpio", &packing), 0);
	CHECK_HAS(told, "etc/=0: etc/c=10:target = x big=100000:");
	CHECK_HAS(told, " init=4:\177ELF ");
	CHECK_EQ(read_archive("a.cpio.gz", &packing), 0);
	CHECK_HAS(told, " init=4:\177ELF ");
	REQUIRE(scratch_shell("gzip -c <a.cpio >named.gz && gzip -cN a.cpio >named.gz"));
	CHECK_EQ(read_archive("named.gz", &packing), 0);
}

TEST("archive: one that is cut anywhere is torn")
{
	const char *packing = "";
	size_t size;
	uint8_t *all;

	make_archive();
	for (int packed = 0; packed < 2; packed++) {
		all = scratch_read_file(packed ? "a.cpio.gz" : "a.cpio", &size);
		for (int i = 0; i < 50; i++) {
			scratch_write_file("cut", all, test_below(packed ? size : size - 2048));
			if (!CHECK_EQ(read_archive("cut", &packing), -EBADMSG))
				test_note("run %d", i);
		}
		free(all);
	}
}

/* A change that is none: what is copied from another distance may be the same bytes. */
static bool is_unpacked_as_before(const char *file)
{
	return scratch_shell("gzip -dc <%s 2>/dev/null | cmp -s - a.cpio", file);
}

TEST("archive: a changed byte of a packed one is told")
{
	const char *packing = "";
	size_t size;
	uint8_t *all;
	int r;

	make_archive();
	all = scratch_read_file("a.cpio.gz", &size);
	for (int i = 0; i < 50; i++) {
		size_t at = i < 8 ? size - 1 - (size_t)i : 10 + test_below(size - 10);

		all[at] ^= 1;
		scratch_write_file("changed", all, size);
		r = read_archive("changed", &packing);
		if (i < 8 || r != 0 || !is_unpacked_as_before("changed"))
			CHECK_EQ(r, -EBADMSG);
		all[at] ^= 1;
	}
	free(all);
}

TEST("archive: garbage is none, and another packing is named")
{
	const char *packing = "";

	REQUIRE(scratch_shell("head -c 5000 /dev/zero >zeros; echo text >text; : >empty; "
			      "xz --check=crc32 -k text; zstd -q text"));
	CHECK_EQ(read_archive("zeros", &packing), -EBADMSG);
	CHECK_EQ(read_archive("text", &packing), -EBADMSG);
	CHECK_EQ(read_archive("empty", &packing), -EBADMSG);
	CHECK_EQ(read_archive("text.xz", &packing), -ENOTSUP);
	CHECK_STR(packing, "xz");
	CHECK_EQ(read_archive("text.zst", &packing), -ENOTSUP);
	CHECK_STR(packing, "zstd");
}
