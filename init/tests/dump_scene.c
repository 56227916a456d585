/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/dump_scene.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *dump_scene_name(unsigned int n)
{
	static char name[STORE_NAME];

	snprintf(name, sizeof(name), "%04u-20260101T000000Z", n);
	return name;
}

void dump_scene_put(const char *name, const char *file, const char *text)
{
	char path[96];

	if (access(name, F_OK) != 0)
		REQUIRE(mkdir(name, 0700) == 0);
	snprintf(path, sizeof(path), "%s/%s", name, file);
	scratch_write_file(path, text, strlen(text));
}

void dump_scene_make(unsigned int n, const char *result)
{
	char text[96];

	dump_scene_put(dump_scene_name(n), "vmcore-dmesg.txt", "log\n");
	if (result == NULL)
		return;
	if (strcmp(result, "log-only") != 0)
		dump_scene_put(dump_scene_name(n), "vmcore", "core");
	snprintf(text, sizeof(text), "result=%s\nkernel=x\n", result);
	dump_scene_put(dump_scene_name(n), "status", text);
}

void dump_scene_begin(struct store *store, int64_t time)
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(root >= 0);
	REQUIRE(store_open(store, root, "/") == 0);
	REQUIRE(store_make(store, time) == 0);
	close(root);
}
