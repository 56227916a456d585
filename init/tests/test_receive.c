/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli/receive: what came is what was sent, what was cut off has no final name, and what nobody has
 * a right to send changes nothing.
 */
#include "store/layout.h"
#include "tests/scratch.h"
#include "tests/stream_scene.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SENT = LAYOUT_IS_CAPTURE_LOG + 1 }; /* the first files of layout_files */

static char name[STORE_NAME];

static struct receive receive_first(size_t size, int want)
{
	struct receive r = {.in = -1};

	CHECK_EQ(stream_scene_receive(&r, "desk", size, name), want);
	return r;
}

static bool is_there(const char *file, const char *more)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "desk/%s/%s%s", name, file, more);
	return lstat(path, &st) == 0;
}

/* The file has its final name and is, byte for byte, what it was. */
static void check_same(unsigned int file)
{
	char path[160];
	size_t size, want;
	uint8_t *got, *sent = stream_scene_file(file, &want);

	snprintf(path, sizeof(path), "desk/%s/%s", name, layout_files[file]);
	got = scratch_read_file(path, &size);
	if (CHECK_EQ(size, want))
		CHECK_MEM(got, sent, want);
	CHECK(!is_there(layout_files[file], LAYOUT_INCOMPLETE));
	free(got);
	free(sent);
}

TEST("receive: a dump that was sent is the directory that was meant, holes and patches in place")
{
	struct receive r;

	stream_scene_dump();
	r = receive_first(stream_scene_size, 0);
	CHECK(r.complete && r.ended);
	CHECK_STR(name, "0001-20231114T221320Z");
	for (unsigned int i = 0; i < SENT; i++)
		check_same(i);
	(void)receive_first(stream_scene_size, 0);
	CHECK_STR(name, "0002-20231114T221320Z");
	CHECK_EQ(scratch_count_entries("desk"), 2);
}

/* Whatever has its final name is whole; a status only where all the others are there. */
static void check_cut(size_t size)
{
	struct receive r = {.in = -1};
	int e = stream_scene_receive(&r, "desk", size, name);

	CHECK(!r.complete || size == stream_scene_size);
	CHECK(e == 0 || e == -ECONNRESET);
	for (unsigned int i = 0; i < SENT && name[0] != '\0'; i++) {
		bool there = is_there(layout_files[i], "");

		CHECK_EQ(there, r.files >> i & 1);
		if (there)
			check_same(i);
		if (there && i == LAYOUT_IS_STATUS)
			CHECK_EQ(r.files, (1 << SENT) - 1);
	}
	CHECK(r.files != 0 || scratch_count_entries("desk") <= 1);
	scratch_remove("desk");
}

TEST("receive: a stream that is cut off anywhere leaves no final name on what is not whole")
{
	stream_scene_dump();
	for (size_t size = 0; size < stream_scene_size; size += 1 + test_below(3000)) {
		test_note("after %zu of %zu bytes", size, stream_scene_size);
		check_cut(size);
	}
	check_cut(stream_scene_size - 1);
}

TEST("receive: a bit that fell over on the way ends the stream before it gets into a file")
{
	stream_scene_dump();
	for (unsigned int i = 0; i < 60; i++) {
		size_t at = test_below(stream_scene_size);
		uint8_t bit = (uint8_t)(1 << test_below(8));
		struct receive r = {.in = -1};
		int e;

		stream_scene_bytes[at] ^= bit;
		e = stream_scene_receive(&r, "desk", stream_scene_size, name);
		stream_scene_bytes[at] ^= bit;
		test_note("bit %u of byte %zu: %d", bit, at, e);
		CHECK(e == -EBADMSG || e == -ECONNRESET);
		CHECK(!r.complete);
		for (unsigned int f = 0; f < SENT && name[0] != '\0'; f++) {
			if (is_there(layout_files[f], ""))
				check_same(f);
		}
		scratch_remove("desk");
	}
}

struct step {
	enum stream_kind kind;
	unsigned int file;
	uint64_t at;
	uint32_t size;
};

/* Sends the steps, and checks that they end with ERROR and that no file has a final name. */
static void check_refused(int error, const struct step *step, unsigned int count)
{
	static const uint8_t data[16] = "0123456789abcde";
	struct receive r;

	stream_scene_begin();
	for (unsigned int i = 0; i < count; i++)
		stream_scene_add(step[i].kind, step[i].file, step[i].at, data, step[i].size);
	r = receive_first(stream_scene_size, error);
	CHECK_EQ(r.files, 0);
	CHECK(!r.complete);
	scratch_remove("desk");
}

#define REFUSED(error, ...)                                                                        \
	check_refused(error, (const struct step[]){__VA_ARGS__},                                   \
		      sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step))
#define MAKE                                                                                       \
	{                                                                                          \
		STREAM_MAKE, STREAM_VERSION, 0, 0                                                  \
	}

TEST("receive: what comes out of turn, or reaches beyond what there can be, is refused")
{
	REFUSED(-EPROTO, {STREAM_PUT, LAYOUT_IS_LOG, 0, 5});
	REFUSED(-EPROTO, {STREAM_COMMIT, LAYOUT_IS_STATUS, 0, 0});
	REFUSED(-EPROTO, {STREAM_MAKE, STREAM_VERSION + 1, 0, 0});
	REFUSED(-EPROTO, MAKE, MAKE);
	REFUSED(-EPROTO, MAKE, {STREAM_PUT, LAYOUT_FILES, 0, 5});
	REFUSED(-EPROTO, MAKE, {STREAM_COMMIT, 255, 0, 0});
	REFUSED(-EPROTO, MAKE, {STREAM_DROP, 255, 0, 0});
	REFUSED(-EPROTO, MAKE, {STREAM_ANSWER, 0, 0, 0});
	REFUSED(-EPROTO, MAKE, {(enum stream_kind)77, 0, 0, 0});
	REFUSED(-EPROTO, MAKE, {STREAM_PUT, LAYOUT_IS_LOG, UINT64_MAX - 2, 5});
	REFUSED(-EPROTO, MAKE, {STREAM_PUT, LAYOUT_IS_MEMORY, INT64_MAX, 5});
	REFUSED(-EPROTO, MAKE, {STREAM_COMMIT, LAYOUT_IS_MEMORY, UINT64_MAX, 0});
	REFUSED(-EPROTO, MAKE, {STREAM_PUT, LAYOUT_IS_LOG, 0, 5},
		{STREAM_COMMIT, LAYOUT_IS_LOG, 4, 0});
	REFUSED(-EPROTO, MAKE, {STREAM_PUT, LAYOUT_IS_LOG, 0, 5},
		{STREAM_PUT, LAYOUT_IS_STATUS, 0, 5});
	REFUSED(-EPROTO, MAKE, {STREAM_PUT, LAYOUT_IS_LOG, 0, 5},
		{STREAM_DROP, LAYOUT_IS_STATUS, 0, 0});
	REFUSED(-EBADMSG, MAKE, {STREAM_COMMIT, LAYOUT_IS_LOG, 5, 5});
	REFUSED(-EBADMSG, {STREAM_MAKE, STREAM_VERSION, 0, 5});
}

TEST("receive: what is given up while it is written anew leaves what was whole before")
{
	struct receive r;

	stream_scene_begin();
	stream_scene_add(STREAM_MAKE, STREAM_VERSION, 0, NULL, 0);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_LOG, 0, "first", 5);
	stream_scene_add(STREAM_COMMIT, LAYOUT_IS_LOG, 5, NULL, 0);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_LOG, 0, "again", 5);
	stream_scene_add(STREAM_DROP, LAYOUT_IS_LOG, 0, NULL, 0);
	r = receive_first(stream_scene_size, 0);
	CHECK_EQ(r.files, 1 << LAYOUT_IS_LOG);
	CHECK(is_there(LAYOUT_LOG, "") && !is_there(LAYOUT_LOG, LAYOUT_INCOMPLETE));
}

TEST("receive: nothing is taken behind a status")
{
	struct receive r;

	stream_scene_dump();
	stream_scene_add(STREAM_DROP, LAYOUT_IS_MEMORY, 0, NULL, 0);
	r = receive_first(stream_scene_size, -EPROTO);
	CHECK(r.complete);
	check_same(LAYOUT_IS_MEMORY);
	check_same(LAYOUT_IS_STATUS);
}

TEST("receive: noise is no stream, and leaves no directory")
{
	for (unsigned int i = 0; i < 100; i++) {
		stream_scene_size = 1 + test_below(100);
		for (size_t j = 0; j < stream_scene_size; j++)
			stream_scene_bytes[j] = (uint8_t)test_random();
		(void)receive_first(stream_scene_size,
				    stream_scene_size < STREAM_HEAD ? -ECONNRESET : -EBADMSG);
	}
	CHECK_EQ(scratch_count_entries("desk"), 0);
}

TEST("receive: a sequence that has a frame too many, or lacks one, is none")
{
	static const char text[] = "text";

	for (unsigned int twice = 0; twice < 2; twice++) {
		size_t from, size;

		stream_scene_begin();
		stream_scene_add(STREAM_MAKE, STREAM_VERSION, 0, NULL, 0);
		from = stream_scene_size;
		stream_scene_add(STREAM_PUT, LAYOUT_IS_LOG, 0, text, 4);
		size = stream_scene_size - from;
		if (twice != 0) {
			memcpy(stream_scene_bytes + from + size, stream_scene_bytes + from, size);
			stream_scene_size += size;
		} else {
			stream_scene_size = from;
		}
		stream_scene_add(STREAM_COMMIT, LAYOUT_IS_LOG, 4, NULL, 0);
		CHECK_EQ(receive_first(stream_scene_size, -EBADMSG).files, 0);
	}
}

TEST("receive: what leaves too little room is refused, and what was begun can be dropped")
{
	struct receive r = {.in = -1, .free = UINT64_MAX};

	stream_scene_begin();
	stream_scene_add(STREAM_MAKE, STREAM_VERSION, 0, NULL, 0);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_LOG, 0, "text", 4);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_LOG, 4, "more", 4);
	stream_scene_add(STREAM_COMMIT, LAYOUT_IS_LOG, 8, NULL, 0);
	stream_scene_add(STREAM_DROP, LAYOUT_IS_LOG, 0, NULL, 0);
	CHECK_EQ(stream_scene_receive(&r, "desk", stream_scene_size, name), 0);
	CHECK(r.ended && r.files == 0);
	CHECK_EQ(scratch_count_entries("desk"), 0);
}
