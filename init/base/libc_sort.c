/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A heap sort: it needs no memory and no recursion, and no order of its rows, which a damaged
 * header chooses, makes it slower than n log n.
 */
#include "base/libc_text.h"

#include <stdint.h>

struct sort {
	char *rows;
	size_t size;
	int (*compare)(const void *left, const void *right);
};

static void swap(const struct sort *s, size_t a, size_t b)
{
	char *left = s->rows + a * s->size;
	char *right = s->rows + b * s->size;

	for (size_t i = 0; i < s->size; i++) {
		char byte = left[i];

		left[i] = right[i];
		right[i] = byte;
	}
}

static int compare(const struct sort *s, size_t a, size_t b)
{
	return s->compare(s->rows + a * s->size, s->rows + b * s->size);
}

/* The row at PARENT sinks below those of its children, 2n + 1 and 2n + 2, that are greater. */
static void sink(const struct sort *s, size_t parent, size_t count)
{
	size_t child;

	for (; (child = parent * 2 + 1) < count; parent = child) {
		if (child + 1 < count && compare(s, child, child + 1) < 0)
			child++;
		if (compare(s, parent, child) >= 0)
			return;
		swap(s, parent, child);
	}
}

void libc_qsort(void *rows, size_t count, size_t size,
		int (*compare_rows)(const void *left, const void *right))
{
	struct sort s = {.rows = rows, .size = size, .compare = compare_rows};

	for (size_t parent = count / 2; parent > 0; parent--)
		sink(&s, parent - 1, count);
	for (; count > 1; count--) {
		swap(&s, 0, count - 1); /* the greatest of all is where it belongs */
		sink(&s, 0, count - 1);
	}
}
