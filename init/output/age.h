/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file format age v1 (age-encryption.org/v1, C2SP's age.md), as far as writing goes: a header
 * with the file's key for each X25519 recipient, and the content in chunks, each sealed by itself
 * with ChaCha20-Poly1305 under a nonce that is its number. Memory in, memory out. All primitives
 * are BearSSL's.
 */
#ifndef OUTPUT_AGE_H
#define OUTPUT_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	AGE_RECIPIENTS = 8, /* of one file, at most */
	AGE_KEY = 32,	    /* bytes of a recipient, and of most keys */
	AGE_FILE_KEY = 16,
	AGE_NONCE = 16,
	AGE_CHUNK = 64 * 1024, /* bytes of the content that are sealed together */
	AGE_TAG = 16,	       /* bytes that they are longer then */
	AGE_HEADER = 1200,     /* bytes that hold any header, with the nonce behind it */
};

/* POINTER where sealing is built in (WITH_SEAL), else NULL: what hangs on it is left out then. */
#ifdef WITH_SEAL
#define SEALED_ONLY(pointer) (pointer)
#else
#define SEALED_ONLY(pointer) ((void)(pointer), (void *)NULL)
#endif

/* What makes a file unlike any other: random, and used for one file only. */
struct age_secret {
	uint8_t file_key[AGE_FILE_KEY];
	uint8_t nonce[AGE_NONCE];		 /* of the key of the content */
	uint8_t scalar[AGE_RECIPIENTS][AGE_KEY]; /* of the key agreement with each recipient */
};

/* What seals the chunks of one file. */
struct age {
	uint8_t key[AGE_KEY];
};

/*
 * Begins a file that each of COUNT recipients, of AGE_KEY bytes, can open, and writes its header to
 * HEADER, which has AGE_HEADER bytes. Returns the bytes of it; 0: a recipient is no key that
 * anything can be sealed for (a point of low order), or nothing of this is built in.
 */
size_t age_begin(struct age *a, const uint8_t *recipients, unsigned int count,
		 const struct age_secret *secret, uint8_t *header);

/*
 * Seals SIZE bytes in place, AGE_CHUNK of them unless it is the LAST; CHUNK has AGE_TAG bytes more
 * of room. INDEX counts from 0. No chunk may be sealed twice with different content.
 */
void age_chunk(const struct age *a, uint64_t index, bool last, uint8_t *chunk, size_t size);

/* How long a file for COUNT recipients with SIZE bytes of content is, in bytes. */
uint64_t age_size(unsigned int count, uint64_t size);

/*
 * Mixes SIZE bytes, however the randomness is spread in them, to AGE_KEY bytes (HKDF-SHA-256); and
 * makes what the file number FILE needs of those, for COUNT recipients. Other numbers give what
 * tells nothing of it.
 */
void age_mix(const uint8_t *bytes, size_t size, uint8_t root[AGE_KEY]);
void age_secret_of(const uint8_t root[AGE_KEY], uint32_t file, struct age_secret *secret);

/* Is it built in (WITH_SEAL)? */
bool age_built_in(void);

/* Does a file that begins with SIZE bytes of DATA say that it is one of age? */
bool age_is(const uint8_t *data, size_t size);

#endif
