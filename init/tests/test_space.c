/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * space and capture: room is asked for before it is needed, no more of it than that, and a dump
 * does not take what is to stay free. (What goes for it: test_retention.c, faults_save.c.)
 */
#include "codec/codec.h"
#include "disk/mount.h"
#include "tests/images/corefile.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/capture_output.h"
#include "worker/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct corefile source;
static uint32_t progress;
static struct status status;
static struct capture capture;

/* Room that is given piece by piece. */
static struct {
	uint64_t piece, left, most;
	unsigned int asked;
} store_of_room;

static bool give(struct capture_output *out, uint64_t needed)
{
	CHECK(needed > out->room);
	store_of_room.asked++;
	store_of_room.most = needed > store_of_room.most ? needed : store_of_room.most;
	if (store_of_room.left < store_of_room.piece)
		return false;
	store_of_room.left -= store_of_room.piece;
	out->room += store_of_room.piece;
	return true;
}

static void open_core(const char *load)
{
	char text[128];

	snprintf(text, sizeof(text), "elf32 arm\nprstatus\nnote OSRELEASE=6.1.0\n%s\n", load);
	corefile_build(&source, text);
	close(corefile_open(&source, "core"));
	status_init(&status);
	capture = (struct capture){.status = &status, .progress = &progress};
	REQUIRE(capture_open(&capture, "core") == 0);
}

static void close_core(void)
{
	capture_close(&capture);
	corefile_free(&source);
}

static struct capture_output output(uint64_t room)
{
	return (struct capture_output){
		.fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
		.sparse = true,
		.room = room,
		.limit = UINT64_MAX,
		.more_room = give,
	};
}

static uint64_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

TEST("a compressed dump gets room while it grows, and not much more than it takes")
{
	enum { MIB = 1 << 20 };
	struct capture_output out;

	open_core("load 0x40000000 16M data");
	out = output(0);
	store_of_room.piece = MIB;
	store_of_room.left = 64 * MIB;
	CHECK_EQ(capture_kdump(&capture, &out, 0, CODEC_NONE), 0);
	CHECK(store_of_room.asked >= 16);
	CHECK(size_of(out.fd) > 16 * MIB && size_of(out.fd) <= out.room);
	CHECK(out.room < size_of(out.fd) + 2 * MIB);
	CHECK(store_of_room.most <= size_of(out.fd) + 2 * MIB);
	close(out.fd);
	close_core();
}

TEST("a compressed dump asks for no more than it can come to, and goes on without")
{
	struct capture_output out;

	open_core("load 0x40000000 16M data\nload 0x50000000 16M zero");
	out = output(3 << 20);
	store_of_room.piece = 1;
	CHECK_EQ(capture_kdump(&capture, &out, 0, CODEC_ZLIB), 0); /* nobody holds it back here */
	CHECK(store_of_room.asked > 0);
	CHECK(store_of_room.most < 33 << 20); /* all pages, and their table */
	close(out.fd);
	close_core();
}

TEST("a compressed dump that has room enough asks for none")
{
	struct capture_output out;

	open_core("load 0x40000000 16M zero");
	out = output(4 << 20);
	CHECK_EQ(capture_kdump(&capture, &out, 0, CODEC_ZLIB), 0);
	CHECK_EQ(store_of_room.asked, 0);
	close(out.fd);
	close_core();
}

TEST("an ELF dump asks for what it takes before it writes, and does not begin without")
{
	struct capture_output out;

	open_core("load 0x40000000 2M data\nload 0x50000000 8M zero");
	out = output(1 << 20);
	store_of_room.piece = 700 << 10;
	store_of_room.left = 700 << 10;
	CHECK_EQ(capture_elf(&capture, &out), -ENOSPC);
	CHECK_EQ(store_of_room.asked, 2);
	CHECK(store_of_room.most > 2 << 20 && store_of_room.most < 3 << 20);
	CHECK_EQ(size_of(out.fd), 0);
	store_of_room.left = 700 << 10;
	CHECK_EQ(capture_elf(&capture, &out), 0);
	CHECK(size_of(out.fd) > 10 << 20);
	close(out.fd);
	close_core();
}

/* A dump of before that nothing is to happen to. */
static void make_old(const char *name)
{
	char path[64];

	REQUIRE(mkdir(name, 0700) == 0);
	snprintf(path, sizeof(path), "%s/vmcore", name);
	scratch_write_file(path, "core", 4);
	snprintf(path, sizeof(path), "%s/status", name);
	scratch_write_file(path, "result=complete\n", 16);
}

static void tell_nothing(void)
{
}

TEST("with all there is to stay free no memory is written, nothing goes in vain, and it ends")
{
	static struct config config = {
		.format = FORMAT_KDUMP, .compress = CODEC_ZLIB, .free = UINT64_MAX, .keep = 5};
	static const struct config_target target = {.name = "test", .path = "/"};
	const struct attempt attempt = {.target = &target, .number = 1};
	struct worker_shared shared = {0};
	const struct worker worker = {
		.config = &config, .attempt = &attempt, .shared = &shared, .tell = tell_nothing};
	const struct mount mount = {.dir = ".", .sparse = true};
	struct save save = {
		.worker = &worker, .mount = &mount, .capture = &capture, .status = &status};
	unsigned int before;

	make_old("0001-20260101T000000Z");
	make_old("0002-20260101T000000Z");
	open_core("load 0x40000000 8M data");
	before = scratch_count_entries(".");
	CHECK_EQ(save_dump(&save), WORKER_NO_SPACE);
	CHECK_EQ(scratch_count_entries("."), before);
	CHECK(access("0001-20260101T000000Z/status", F_OK) == 0);
	scratch_write_file("later", "no limit any more", 17);
	config.free = 0;
	save.store = (struct store){0};
	CHECK_EQ(save_dump(&save), WORKER_DONE);
	CHECK_EQ(shared.saved, 1);
	close_core();
}
