/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of store/ ask of each other, and nobody else does.
 */
#ifndef STORE_STORE_PARTS_H
#define STORE_STORE_PARTS_H

#include "base/desk.h"
#include "store/store.h"

struct stat;

/*
 * Did a run like this one make what ST tells of? It belongs to the same owner, and nobody else may
 * write it. Where the filesystem has neither owners nor modes, all is ours.
 */
bool store_owns(const struct store *s, const struct stat *st);

/* What store.h says of these, in a ring (ring_store.c). */
int ring_store_make(struct store *s, int64_t seconds);
int ring_store_commit(struct store *s, const char *file, int fd);
int ring_store_text(struct store *s, const char *text, size_t size);

/* The same on another machine (stream_store.c). */
NET_ONLY int stream_store_make(struct store *s, int64_t seconds);
NET_ONLY int stream_store_commit(struct store *s, const char *file, int fd);

/* The number of FILE in a ring, where what is sealed has that of the same file in the clear. */
unsigned int ring_store_index(const char *file);

/*
 * Is FILE in the directory of a dump, and of it? What is no regular file is none of ours. Returns 1
 * and, unless BYTES is NULL, how many bytes it takes on the disk; 0; or -errno.
 */
int store_has(int dump_fd, const char *file, uint64_t *bytes);

/*
 * fsync of a directory. No error: a network filesystem that has none for directories. Returns 0 or
 * -errno.
 */
int store_sync_directory(int fd);

#endif
