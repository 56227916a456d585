/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/stream_scene.h"

#include "store/layout.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

uint8_t stream_scene_bytes[STREAM_SCENE_BYTES];
size_t stream_scene_size;

static uint32_t sequence;

enum { MEMORY = 200000, PATCH = 4096, HOLE = 64 * 1024, TAIL = 8192 };

static const char log_text[] = "Kernel panic - not syncing: a crash that is made up\n";
static const char status_text[] = "result=complete\npanic=made up\n";

void stream_scene_begin(void)
{
	stream_scene_size = 0;
	sequence = 0;
}

void stream_scene_add(enum stream_kind kind, unsigned int file, uint64_t at, const void *data,
		      uint32_t size)
{
	uint8_t *head = stream_scene_bytes + stream_scene_size;
	struct stream_frame f = {.kind = (uint8_t)kind,
				 .file = (uint8_t)file,
				 .sequence = sequence,
				 .at = at,
				 .size = size};

	sequence++;
	REQUIRE(stream_scene_size + STREAM_HEAD + size <= STREAM_SCENE_BYTES);
	stream_pack(head, &f, data);
	if (size > 0)
		memcpy(head + STREAM_HEAD, data, size);
	stream_scene_size += STREAM_HEAD + size;
}

uint8_t *stream_scene_file(unsigned int file, size_t *size)
{
	const char *text = file == LAYOUT_IS_STATUS ? status_text : log_text;
	uint8_t *data;

	*size = file == LAYOUT_IS_MEMORY ? MEMORY + HOLE + TAIL : strlen(text);
	data = calloc(1, *size);
	REQUIRE(data != NULL);
	if (file != LAYOUT_IS_MEMORY) {
		memcpy(data, text, *size);
		return data;
	}
	for (size_t i = 0; i < MEMORY; i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	memset(data + MEMORY + HOLE, 0, TAIL);
	return data;
}

static void add_text(unsigned int file)
{
	size_t size;
	uint8_t *text = stream_scene_file(file, &size);

	stream_scene_add(STREAM_PUT, file, 0, text, 10);
	stream_scene_add(STREAM_PUT, file, 10, text + 10, (uint32_t)size - 10);
	stream_scene_add(STREAM_COMMIT, file, size, NULL, 0);
	free(text);
}

/* The beginning comes last, as that of a kdump file does. */
static void add_memory(void)
{
	size_t size;
	uint8_t *data = stream_scene_file(LAYOUT_IS_MEMORY, &size);

	stream_scene_add(STREAM_PUT, LAYOUT_IS_MEMORY, PATCH, data + PATCH, 100000);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_MEMORY, PATCH + 100000, data + PATCH + 100000,
			 MEMORY - PATCH - 100000);
	stream_scene_add(STREAM_PUT, LAYOUT_IS_MEMORY, 0, data, PATCH);
	stream_scene_add(STREAM_COMMIT, LAYOUT_IS_MEMORY, size, NULL, 0);
	free(data);
}

void stream_scene_dump(void)
{
	stream_scene_begin();
	stream_scene_add(STREAM_MAKE, STREAM_VERSION, 1700000000, NULL, 0);
	add_text(LAYOUT_IS_LOG);
	add_memory();
	add_text(LAYOUT_IS_CAPTURE_LOG);
	add_text(LAYOUT_IS_STATUS);
}

int stream_scene_receive(struct receive *r, const char *dir, size_t size, char name[STORE_NAME])
{
	static struct store store;
	int in = memfd_create("stream", MFD_CLOEXEC);
	int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int made = mkdir(dir, 0700);
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error;

	REQUIRE(made == 0 || at >= 0);
	REQUIRE(in >= 0 && out >= 0 && store_open(&store, at, "") == 0);
	REQUIRE(write(in, stream_scene_bytes, size) == (ssize_t)size &&
		lseek(in, 0, SEEK_SET) == 0);
	r->in = in;
	r->out = out;
	r->store = &store;
	error = receive_dump(r);
	memcpy(name, store.name, STORE_NAME);
	if (r->files == 0)
		store_drop(&store);
	CHECK_EQ(store_end(&store), 0);
	close(in);
	close(out);
	close(at);
	return error;
}
