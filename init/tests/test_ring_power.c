/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/ring under power cuts: the writes of many captures are recorded, with every fsync. A cut at
 * any of them leaves what was durable, and of the writes since then any sectors, or none. Whatever
 * has a valid header then is whole.
 */
#include "tests/ring_scene.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1 << 20, SECTOR = 512 };

static uint8_t *disk; /* the image "cut" */

static uint8_t *map_disk(uint64_t bytes)
{
	int fd = open("cut", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	void *at;

	REQUIRE(fd >= 0 && ftruncate(fd, (off_t)bytes) == 0);
	at = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	REQUIRE(at != MAP_FAILED);
	close(fd);
	return at;
}

static void apply(const struct ring_write *o)
{
	if (o->size > 0)
		memcpy(disk + o->at, o->bytes, o->size);
}

/* Some sectors of what was written since the last fsync before operation END, in any order. */
static void apply_some(unsigned int from, unsigned int end, unsigned int of_four)
{
	for (unsigned int i = from; i < end; i++) {
		const struct ring_write *o = &ring_scene_writes[i];

		for (size_t at = 0; at < o->size; at += SECTOR) {
			size_t n = o->size - at < SECTOR ? o->size - at : SECTOR;

			if (test_below(4) < of_four)
				memcpy(disk + o->at + at, o->bytes + at, n);
		}
	}
}

/* Cuts the power at each operation; LEAST complete dumps are there once as many were. */
static void replay(uint64_t bytes, uint8_t fill, unsigned int least)
{
	uint8_t *durable = malloc((size_t)bytes);
	unsigned int synced = 0;
	unsigned int had = 0;

	REQUIRE(durable != NULL);
	disk = map_disk(bytes);
	memset(disk, fill, (size_t)bytes);
	memcpy(durable, disk, (size_t)bytes);
	for (unsigned int end = 0; end <= ring_scene_count; end++) {
		for (unsigned int draw = 0; draw < 4; draw++) {
			struct ring_scene_found f;

			test_note("cut at operation %u of %u, draw %u", end, ring_scene_count,
				  draw);
			apply_some(synced, end, draw + (draw == 3));
			f = ring_scene_look("cut");
			CHECK(f.complete >= (had < least ? had : least));
			memcpy(disk, durable, (size_t)bytes);
		}
		if (end == ring_scene_count || ring_scene_writes[end].size > 0)
			continue;
		for (; synced < end; synced++)
			apply(&ring_scene_writes[synced]);
		memcpy(durable, disk, (size_t)bytes);
		had = ring_scene_look("cut").complete;
	}
	munmap(disk, (size_t)bytes);
	free(durable);
}

static void forget(void)
{
	while (ring_scene_count > 0)
		free(ring_scene_writes[--ring_scene_count].bytes);
}

TEST("a power cut at any write leaves whole dumps only, and the newest of before where two fit")
{
	ring_scene_device(5 * MIB, 0);
	ring_scene_record = true;
	for (unsigned int i = 0; i < 9; i++) {
		enum attempt_kind kind = i % 4 == 3 ? ATTEMPT_LOG : ATTEMPT_FULL;

		CHECK_EQ(ring_scene_crash(kind, 20000, i % 3 == 0 ? 20 : 18, NULL), WORKER_DONE);
	}
	ring_scene_record = false;
	test_note("%u operations", ring_scene_count);
	CHECK(ring_scene_count > 100);
	replay(5 * MIB, 0, 1);
	forget();
}

TEST("a power cut leaves the previous dump or none, where the device holds only one")
{
	ring_scene_device(4 * MIB, 0xff);
	ring_scene_record = true;
	for (unsigned int i = 0; i < 4; i++)
		CHECK_EQ(ring_scene_crash(ATTEMPT_FULL, 20000, 21, NULL), WORKER_DONE);
	ring_scene_record = false;
	replay(4 * MIB, 0xff, 0);
	forget();
}
