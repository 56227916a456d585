/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of inodes. Places are taken one after the other and never given back.
 */
#include "tests/durable.h"

#include <stddef.h>

uint64_t durable_key(const struct stat *st)
{
	return ((uint64_t)st->st_dev << 40 ^ (uint64_t)st->st_ino) | UINT64_C(1) << 63;
}

bool durable_mark(struct durable *d, uint64_t key, bool unsafe)
{
	for (unsigned int i = 0; i < DURABLE_INODES; i++) {
		uint64_t none = 0;

		if (d->inode[i].key != key &&
		    !atomic_compare_exchange_strong(&d->inode[i].key, &none, key) && none != key)
			continue;
		d->inode[i].unsafe = unsafe;
		return true;
	}
	return false;
}

bool durable_is_unsafe(const struct durable *d, uint64_t key, bool unknown)
{
	for (unsigned int i = 0; i < DURABLE_INODES; i++) {
		if (d->inode[i].key == key)
			return d->inode[i].unsafe;
	}
	return unknown;
}

uint64_t durable_any_unsafe(const struct durable *d)
{
	for (unsigned int i = 0; i < DURABLE_INODES; i++) {
		if (d->inode[i].unsafe)
			return d->inode[i].key;
	}
	return 0;
}
