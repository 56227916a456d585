/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sealing, byte for byte: the files of age's published test vectors (C2SP CCTV, age/testdata) are
 * made again here. Their generator draws all that is random from the keystream of ChaCha20 under a
 * key of words, and its content is either "age" or what turns the ciphertext to zeros.
 */
#include "output/age.h"
#include "tests/sealing.h"
#include "tests/test.h"

#include <bearssl.h>
#include <stdio.h>
#include <string.h>

/* The vector "x25519": its content is "age". */
static const uint8_t x25519[] = "age-encryption.org/v1\n"
				"-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n"
				"hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n"
				"--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n"
				"\xee\xcf\x62\xc7\xce\x91\xb4\x33\x27\x4e\x68\xd4\xf2\xf9\x13\x4c"
				"\xb7\x4c\x5b\xfe\xf7\xbe\xaa\x52\xc8\xf0\xbc\x0e\x99\x2c\x1e\x83"
				"\x31\xfb\x66";

static uint8_t file[AGE_HEADER + 3 * (AGE_CHUNK + AGE_TAG)];

/* As the generator draws it. */
static void draw(struct age_secret *secret)
{
	static const char key[] = "TEST RANDOMNESS TEST RANDOMNESS!";
	static const uint8_t nonce[12];
	uint8_t stream[AGE_KEY + AGE_NONCE] = {0};

	br_chacha20_ct_run(key, nonce, 0, stream, sizeof(stream));
	memcpy(secret->file_key, "YELLOW SUBMARINE", AGE_FILE_KEY);
	memcpy(secret->nonce, stream + AGE_KEY, AGE_NONCE);
	memcpy(secret->scalar[0], stream, AGE_KEY);
}

static void check_sum(uint64_t size, const char *hex)
{
	br_sha256_context sha;
	uint8_t sum[br_sha256_SIZE];
	char text[2 * sizeof(sum) + 1];

	br_sha256_init(&sha);
	br_sha256_update(&sha, file, (size_t)size);
	br_sha256_out(&sha, sum);
	for (unsigned int i = 0; i < sizeof(sum); i++)
		sprintf(text + 2 * i, "%02x", sum[i]);
	CHECK_STR(text, hex);
}

/* A file of CHUNKS whole chunks whose ciphertext is zeros. Returns its size. */
static size_t seal_chunks(unsigned int chunks)
{
	struct age_secret secret;
	struct age a;
	size_t at;

	draw(&secret);
	at = age_begin(&a, sealing_recipient, 1, &secret, file);
	for (unsigned int i = 0; i < chunks; i++) {
		uint8_t nonce[12] = {0};

		nonce[10] = (uint8_t)i;
		nonce[11] = i + 1 == chunks;
		br_chacha20_ct_run(a.key, nonce, 1, file + at, AGE_CHUNK);
		age_chunk(&a, i, i + 1 == chunks, file + at, AGE_CHUNK);
		at += AGE_CHUNK + AGE_TAG;
	}
	return at;
}

TEST("a file for one recipient is that of age's test vector")
{
	struct age_secret secret;
	struct age a;
	size_t size;

	draw(&secret);
	size = age_begin(&a, sealing_recipient, 1, &secret, file);
	memcpy(file + size, "age", 3);
	age_chunk(&a, 0, true, file + size, 3);
	size += 3 + AGE_TAG;
	CHECK_EQ(size, sizeof(x25519) - 1);
	CHECK_EQ(size, age_size(1, 3));
	CHECK_MEM(file, x25519, sizeof(x25519) - 1);
	CHECK(age_is(file, size));
	CHECK(!age_is(file, 21));
}

TEST("a file without content is that of age's test vector")
{
	struct age_secret secret;
	struct age a;
	size_t size;

	draw(&secret);
	size = age_begin(&a, sealing_recipient, 1, &secret, file);
	age_chunk(&a, 0, true, file + size, 0);
	CHECK_EQ(size + AGE_TAG, age_size(1, 0));
	check_sum(size + AGE_TAG,
		  "3145e2396062932b6e04d1c19e28dc3365658ce8d7fe73da536bbb5d42b0cbbb");
}

TEST("whole chunks, the last of them marked, are those of age's test vectors")
{
	CHECK_EQ(seal_chunks(1), age_size(1, AGE_CHUNK));
	check_sum(age_size(1, AGE_CHUNK),
		  "506c0deadb7a57383ae096a883bea2464752b73a61525bccefb40bc6de468e09");
	CHECK_EQ(seal_chunks(3), age_size(1, 3 * AGE_CHUNK));
	check_sum(age_size(1, 3 * AGE_CHUNK),
		  "6aa4208daef65083050368dd3ee5600138477aa8cc2476fafce592e6b2885dc8");
}

/* The point of age's vector "x25519_low_order", of order 8, as a recipient. */
TEST("nothing is sealed for a recipient with which any key agreement gives zeros")
{
	static uint8_t low[2 * AGE_KEY] = {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24,
					   0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
					   0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86,
					   0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0xd7};
	struct age_secret secret;
	struct age a;

	draw(&secret);
	memmove(low + AGE_KEY, low, AGE_KEY);
	memcpy(low, sealing_recipient, AGE_KEY);
	memcpy(secret.scalar[1], secret.scalar[0], AGE_KEY);
	CHECK_EQ(age_begin(&a, low, 1, &secret, file), age_size(1, 0) - AGE_TAG);
	CHECK_EQ(age_begin(&a, low, 2, &secret, file), 0);
	CHECK_EQ(age_begin(&a, low, 0, &secret, file), 0);
}

TEST("two files of a run, and two runs, share no part of what makes them secret")
{
	static const uint8_t bytes[2][40] = {"as much randomness as there is", "other"};
	struct age_secret secret[4];
	uint8_t root[AGE_KEY];

	for (unsigned int i = 0; i < 4; i++) {
		age_mix(bytes[i / 2], sizeof(bytes[0]), root);
		age_secret_of(root, i % 2, &secret[i]);
	}
	for (unsigned int i = 0; i < 4; i++) {
		const uint8_t *one = (const uint8_t *)&secret[i];

		for (unsigned int k = 0; k < 4 * sizeof(secret[0]) / 16; k++) {
			const uint8_t *other = (const uint8_t *)secret + (size_t)k * 16;

			for (unsigned int at = 0; at < sizeof(secret[0]); at += 16)
				CHECK(one + at == other || memcmp(one + at, other, 16) != 0);
		}
	}
	age_mix(bytes[0], sizeof(bytes[0]), root);
	age_secret_of(root, 1, &secret[0]);
	CHECK_MEM(&secret[0], &secret[1], sizeof(secret[0]));
}
