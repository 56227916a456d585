/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header is text: for each recipient an ephemeral share and the wrapped key of the file, then
 * the MAC of all that; behind it the nonce of the content. Lines of 48 bytes and more in base64
 * would be folded; none of ours is that long.
 */
#include "output/age.h"

#include <string.h>

#ifdef WITH_SEAL
#include <bearssl.h>
#endif

static const char intro[] = "age-encryption.org/v1\n";
static const char stanza[] = "-> X25519 ";
static const char end[] = "---";

enum {
	INTRO = sizeof(intro) - 1,
	STANZA = sizeof(stanza) - 1,
	END = sizeof(end) - 1,
	BASE64 = 43, /* letters that 32 bytes come to, without padding */
	WRAPPED = AGE_FILE_KEY + AGE_TAG,
	STANZA_SIZE = STANZA + BASE64 + 1 + BASE64 + 1,
	HEADER_MAX = INTRO + AGE_RECIPIENTS * STANZA_SIZE + END + 1 + BASE64 + 1 + AGE_NONCE,
};

_Static_assert((int)HEADER_MAX <= (int)AGE_HEADER, "it holds any");

bool age_is(const uint8_t *data, size_t size)
{
	return size >= INTRO && memcmp(data, intro, INTRO) == 0;
}

uint64_t age_size(unsigned int count, uint64_t size)
{
	uint64_t chunks = (size + AGE_CHUNK - 1) / AGE_CHUNK;

	return INTRO + (uint64_t)count * STANZA_SIZE + END + 1 + BASE64 + 1 + AGE_NONCE + size +
	       (chunks > 0 ? chunks : 1) * AGE_TAG;
}

#ifdef WITH_SEAL

bool age_built_in(void)
{
	return true;
}

static void hkdf(const void *ikm, size_t size, const void *salt, size_t salt_size, const char *info,
		 uint8_t *out, size_t out_size)
{
	br_hkdf_context h;

	br_hkdf_init(&h, &br_sha256_vtable, salt, salt_size);
	br_hkdf_inject(&h, ikm, size);
	br_hkdf_flip(&h);
	br_hkdf_produce(&h, info, strlen(info), out, out_size);
}

void age_mix(const uint8_t *bytes, size_t size, uint8_t root[AGE_KEY])
{
	hkdf(bytes, size, NULL, 0, "kdump-init/root", root, AGE_KEY);
}

void age_secret_of(const uint8_t root[AGE_KEY], uint32_t file, struct age_secret *secret)
{
	const uint8_t number[] = {(uint8_t)(file >> 24), (uint8_t)(file >> 16),
				  (uint8_t)(file >> 8), (uint8_t)file};

	hkdf(root, AGE_KEY, number, sizeof(number), "kdump-init/file", (uint8_t *)secret,
	     sizeof(*secret));
}

/* Base64 of 32 bytes without padding (RFC 4648), and the end of the line. Returns what is behind.
 */
static uint8_t *put_base64(uint8_t *to, const uint8_t *from)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bits = 0, value = 0;

	for (unsigned int i = 0; i <= AGE_KEY; i++) {
		value = value << 8 | (i < AGE_KEY ? from[i] : 0);
		for (bits += 8; bits >= 6 && (i < AGE_KEY || bits > 8); bits -= 6)
			*to++ = (uint8_t)letters[value >> (bits - 6) & 63];
	}
	*to++ = '\n';
	return to;
}

static uint8_t *put(uint8_t *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return to + size;
}

/*
 * POINT times SCALAR, to SHARED. False for nothing but zeros, which a point of low order gives:
 * RFC 7748, 6.1.
 */
static bool multiply(uint8_t shared[AGE_KEY], const uint8_t *point, const uint8_t *scalar)
{
	uint8_t any = 0;

	memcpy(shared, point, AGE_KEY);
	(void)br_ec_c25519_m31.mul(shared, AGE_KEY, scalar, AGE_KEY, BR_EC_curve25519);
	for (unsigned int i = 0; i < AGE_KEY; i++)
		any |= shared[i];
	return any != 0;
}

static void seal(const uint8_t *key, const uint8_t *nonce, uint8_t *data, size_t size)
{
	br_poly1305_ctmul_run(key, nonce, data, size, NULL, 0, data + size, br_chacha20_ct_run, 1);
}

/* The file's key for one recipient, by an ephemeral key agreement. NULL: it is none. */
static uint8_t *put_stanza(uint8_t *to, const uint8_t *recipient, const uint8_t *scalar,
			   const uint8_t *file_key)
{
	static const uint8_t zeros[12];
	static const uint8_t base[AGE_KEY] = {9};
	uint8_t shared[AGE_KEY], key[AGE_KEY], wrapped[WRAPPED];
	uint8_t shares[2 * AGE_KEY]; /* the ephemeral one, and the recipient */

	memcpy(shares + AGE_KEY, recipient, AGE_KEY);
	if (!multiply(shares, base, scalar) || !multiply(shared, recipient, scalar))
		return NULL;
	hkdf(shared, sizeof(shared), shares, sizeof(shares), "age-encryption.org/v1/X25519", key,
	     sizeof(key));
	memcpy(wrapped, file_key, AGE_FILE_KEY);
	seal(key, zeros, wrapped, AGE_FILE_KEY);
	to = put_base64(put(to, stanza, STANZA), shares);
	return put_base64(to, wrapped);
}

static void header_mac(const uint8_t *file_key, const uint8_t *header, size_t size, uint8_t *mac)
{
	uint8_t key[AGE_KEY];
	br_hmac_key_context k;
	br_hmac_context h;

	hkdf(file_key, AGE_FILE_KEY, NULL, 0, "header", key, sizeof(key));
	br_hmac_key_init(&k, &br_sha256_vtable, key, sizeof(key));
	br_hmac_init(&h, &k, 0);
	br_hmac_update(&h, header, size);
	(void)br_hmac_out(&h, mac); /* always 32 bytes */
}

size_t age_begin(struct age *a, const uint8_t *recipients, unsigned int count,
		 const struct age_secret *secret, uint8_t *header)
{
	uint8_t mac[AGE_KEY];
	uint8_t *to = put(header, intro, INTRO);

	for (unsigned int i = 0; i < count && to != NULL; i++)
		to = put_stanza(to, recipients + (size_t)i * AGE_KEY, secret->scalar[i],
				secret->file_key);
	if (to == NULL || count == 0)
		return 0;
	to = put(to, end, END);
	header_mac(secret->file_key, header, (size_t)(to - header), mac);
	*to++ = ' ';
	to = put_base64(to, mac);
	hkdf(secret->file_key, AGE_FILE_KEY, secret->nonce, AGE_NONCE, "payload", a->key, AGE_KEY);
	to = put(to, secret->nonce, AGE_NONCE);
	return (size_t)(to - header);
}

void age_chunk(const struct age *a, uint64_t index, bool last, uint8_t *chunk, size_t size)
{
	uint8_t nonce[12] = {0};

	for (unsigned int i = 0; i < sizeof(index); i++)
		nonce[10 - i] = (uint8_t)(index >> 8 * i);
	nonce[11] = last;
	seal(a->key, nonce, chunk, size);
}

#else

bool age_built_in(void)
{
	return false;
}

size_t age_begin(struct age *a, const uint8_t *recipients, unsigned int count,
		 const struct age_secret *secret, uint8_t *header)
{
	(void)a;
	(void)recipients;
	(void)count;
	(void)secret;
	(void)header;
	return 0;
}

#endif
