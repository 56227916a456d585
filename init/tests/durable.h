/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a power cut would spare, by inode: what is changed in a file, or in the names of a
 * directory, is unsafe until fsync of that. Without locks, so that it may stand in memory that
 * processes share of which any may be killed. Only the wrappers of fsync and of what writes know
 * when to mark.
 */
#ifndef TESTS_DURABLE_H
#define TESTS_DURABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { DURABLE_INODES = 512 };

struct durable {
	struct durable_inode {
		_Atomic uint64_t key; /* 0: it is free */
		_Atomic bool unsafe;  /* it has changes that no fsync covered */
	} inode[DURABLE_INODES];
};

/* The number that a file or directory has here. */
uint64_t durable_key(const struct stat *st);

/* Marks it; false when there is no room for one more. */
bool durable_mark(struct durable *d, uint64_t key, bool unsafe);

/* Is it unsafe? UNKNOWN is the answer for one that was never marked. */
bool durable_is_unsafe(const struct durable *d, uint64_t key, bool unknown);

/* Any that is unsafe, or 0. */
uint64_t durable_any_unsafe(const struct durable *d);

#endif
