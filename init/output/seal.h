/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Content that is sealed while it flows: it goes in piece by piece and comes out as an age file, a
 * chunk of 64 KiB at a time.
 */
#ifndef OUTPUT_SEAL_H
#define OUTPUT_SEAL_H

#include "output/age.h"

/* Who can open the files of a run, and what makes each of them unlike any other. */
struct seal {
	const uint8_t *recipients; /* COUNT of them, of AGE_KEY bytes; the caller's */
	unsigned int count;
	uint8_t root[AGE_KEY]; /* of age_mix */
	uint32_t file;	       /* the number of the next one; none comes twice with the same root */
};

/* A file that is being sealed. 64 KiB in memory, and nothing else of the content. */
struct seal_stream {
	struct age age;
	uint64_t chunk; /* the number of the one that is being filled, from 0 */
	uint32_t used;	/* bytes of it so far */
	int (*put)(void *arg, const uint8_t *data, size_t size);
	void *arg;
	uint8_t data[AGE_CHUNK + AGE_TAG];
};

/*
 * Begins a file of its own key by KEYS; PUT gets its bytes, in order, with ARG, and returns 0 or
 * -errno. Returns 0; -ENOKEY when it cannot be sealed for all recipients; or as PUT.
 */
int seal_begin(struct seal_stream *s, struct seal *keys,
	       int (*put)(void *arg, const uint8_t *data, size_t size), void *arg);

/* Appends SIZE bytes, zeros where DATA is NULL. Returns as PUT. */
int seal_write(struct seal_stream *s, const uint8_t *data, uint64_t size);

/*
 * At the end of a chunk: PUT gets what there is, and COUNT chunks are left to be sealed with
 * age_chunk. Content has to follow. Returns as PUT.
 */
int seal_skip(struct seal_stream *s, uint64_t count);

/* The last chunk. Returns as PUT. */
int seal_end(struct seal_stream *s);

/*
 * How long a file of SIZE bytes is once it is sealed, and how much content a file of SIZE bytes may
 * have. SEAL may be NULL: it is not.
 */
#ifdef WITH_SEAL
uint64_t seal_size(const struct seal *keys, uint64_t size);
uint64_t seal_content(const struct seal *keys, uint64_t size);
#else
static inline uint64_t seal_size(const struct seal *seal, uint64_t size)
{
	(void)seal;
	return size;
}
#define seal_content seal_size
#endif

#endif
