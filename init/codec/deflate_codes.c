/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lengths by the algorithm of Moffat and Katajainen (In-place calculation of minimum-redundancy
 * codes, 1995), which needs the counts sorted and nothing but their array.
 */
#include "codec/deflate_codes.h"

#include <string.h>

enum { SMALL = 64 /* counts below are sorted by counting them */ };

/* Used symbols, the rarest first. Returns how many there are. */
static unsigned int sort(const struct deflate_codes *c, unsigned int count,
			 uint16_t sorted[DEFLATE_LITERALS])
{
	uint16_t at[SMALL + 1] = {0};
	unsigned int many; /* where those begin that are counted no more */
	unsigned int n = 0;

	for (unsigned int i = 0; i < count; i++)
		at[c->uses[i] < SMALL ? c->uses[i] : SMALL]++;
	at[0] = 0;
	for (unsigned int i = 1; i <= SMALL; i++) {
		unsigned int here = at[i];

		at[i] = (uint16_t)n;
		n += here;
	}
	many = at[SMALL];
	for (unsigned int i = 0; i < count; i++) {
		unsigned int uses = c->uses[i];
		unsigned int to;

		if (uses == 0)
			continue;
		to = at[uses < SMALL ? uses : SMALL]++;
		if (uses >= SMALL) { /* those are few: each goes down to its place */
			for (; to > many && c->uses[sorted[to - 1]] > uses; to--)
				sorted[to] = sorted[to - 1];
		}
		sorted[to] = (uint16_t)i;
	}
	return n;
}

/*
 * From the N sorted counts in TREE to the number of leaves at each depth. First TREE becomes the
 * inner nodes' parents, then their depths.
 */
static void count_depths(uint16_t *tree, unsigned int n, uint16_t depths[DEFLATE_LITERALS])
{
	unsigned int leaf = 2;
	unsigned int root = 0;
	unsigned int open = 1; /* places at the depth */
	int inner;

	tree[0] = (uint16_t)(tree[0] + tree[1]);
	for (unsigned int next = 1; next + 1 < n; next++) {
		uint16_t sum = 0;

		for (int i = 0; i < 2; i++) {
			if (leaf >= n || (root < next && tree[root] < tree[leaf])) {
				sum = (uint16_t)(sum + tree[root]);
				tree[root++] = (uint16_t)next;
			} else {
				sum = (uint16_t)(sum + tree[leaf++]);
			}
		}
		tree[next] = sum;
	}
	tree[n - 2] = 0;
	for (inner = (int)n - 3; inner >= 0; inner--)
		tree[inner] = (uint16_t)(tree[tree[inner]] + 1);
	memset(depths, 0, DEFLATE_LITERALS * sizeof(*depths));
	inner = (int)n - 2;
	for (unsigned int depth = 0; open > 0; depth++) {
		unsigned int used = 0;

		for (; inner >= 0 && tree[inner] == depth; inner--)
			used++;
		depths[depth] = (uint16_t)(open - used);
		open = 2 * used;
	}
}

/* Codes that are too long become shorter, and others longer until all have room again. */
static void keep_limit(uint16_t depths[DEFLATE_LITERALS], unsigned int limit)
{
	uint32_t taken = 0;

	for (unsigned int i = limit + 1; i < DEFLATE_LITERALS; i++)
		depths[limit] = (uint16_t)(depths[limit] + depths[i]);
	for (unsigned int i = 1; i <= limit; i++)
		taken += (uint32_t)depths[i] << (limit - i);
	for (; taken > UINT32_C(1) << limit; taken--) {
		unsigned int i = limit - 1;

		while (depths[i] == 0)
			i--;
		depths[i]--;
		depths[i + 1] = (uint16_t)(depths[i + 1] + 2);
		depths[limit]--;
	}
}

/* Symbols that are not used join the N in SORTED until there are two. */
static unsigned int have_two(const struct deflate_codes *c, unsigned int n,
			     uint16_t sorted[DEFLATE_LITERALS])
{
	for (unsigned int i = 0; n < 2; i++) {
		if (c->uses[i] != 0)
			continue;
		sorted[1] = sorted[0];
		sorted[0] = (uint16_t)i;
		n++;
	}
	return n;
}

void deflate_codes_make(struct deflate_codes *c, unsigned int count, unsigned int limit)
{
	uint16_t sorted[DEFLATE_LITERALS];
	uint16_t tree[DEFLATE_LITERALS] = {0};
	uint16_t depths[DEFLATE_LITERALS];
	unsigned int n = have_two(c, sort(c, count, sorted), sorted);

	for (unsigned int i = 0; i < n; i++)
		tree[i] = c->uses[sorted[i]];
	count_depths(tree, n, depths);
	keep_limit(depths, limit);
	memset(c->length, 0, count);
	for (unsigned int length = 1; length <= limit; length++) {
		for (unsigned int i = 0; i < depths[length]; i++)
			c->length[sorted[--n]] = (uint8_t)length;
	}
	deflate_codes_assign(c, count);
}

static uint16_t reverse(unsigned int code, unsigned int length)
{
	code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
	code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
	code = (code & 0x0f0f) << 4 | (code >> 4 & 0x0f0f);
	code = (code & 0x00ff) << 8 | (code >> 8 & 0x00ff);
	return (uint16_t)(code >> (16 - length));
}

void deflate_codes_assign(struct deflate_codes *c, unsigned int count)
{
	unsigned int next[DEFLATE_LENGTH_MAX + 1] = {0};
	unsigned int code = 0;

	for (unsigned int i = 0; i < count; i++)
		next[c->length[i]]++;
	next[0] = 0;
	for (unsigned int i = 1; i <= DEFLATE_LENGTH_MAX; i++) {
		unsigned int here = next[i];

		next[i] = code;
		code = (code + here) << 1;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (c->length[i] != 0)
			c->code[i] = reverse(next[c->length[i]]++, c->length[i]);
	}
}
