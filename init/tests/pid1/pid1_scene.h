/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine of a run: its memory, its root directory, its disks, and the world it is in.
 */
#ifndef TESTS_PID1_PID1_SCENE_H
#define TESTS_PID1_PID1_SCENE_H

#include "tests/pid1/pid1_run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* pid1_scene.c: images, and the root directory DIR of a run. */
enum { PID1_IMAGES = 6 };

struct pid1_image {
	const char *name;
	uint8_t *bytes;
	size_t size, data_start;
	const char *log; /* what is printed of it, NULL: nothing can be */
};

extern struct pid1_image pid1_image[PID1_IMAGES];
extern const char *const pid1_paths[];
void pid1_images(void);

/* How many disks there are; and the directory of dumps on disk N, from 1. */
unsigned int pid1_disks(const struct pid1_plan *plan);
const char *pid1_path_of(const struct pid1_plan *plan, unsigned int n);

/* A path; one that does not fit ends the test. */
void pid1_path(char path[PID1_PATH], const char *format, ...) __attribute__((format(printf, 2, 3)));

void pid1_build(const struct pid1_plan *plan, const char *dir);
void pid1_clear(const char *dir);
/* Has PID 1 seen to it that the kernel reboots after a panic, as the one of its exit? */
bool pid1_panic_reboots(const char *dir);
/* The name of earlier dump N. */
void pid1_earlier(unsigned int n, char *name, size_t size);

/* pid1_ring.c: a file that stands for a device with a ring of dumps. */
void pid1_ring_make(const struct pid1_plan *plan, const char *device);

/* pid1_owners.c: what is built already gets what is not ours, and what is protected. */
#define PID1_STRANGER "99999999-20990101T000000Z"
void pid1_owners(struct pid1_run *run, const char *dir);
bool pid1_stranger_is_well(const char *path);

/* pid1_world.c: runs INSIDE in namespaces of our own. Returns what that does, -1 without any. */
int pid1_world(int (*inside)(void));
/* Starts the product as PID 1 in DIR. Returns its process. */
pid_t pid1_start(struct pid1_run *run, const char *dir);

#endif
