/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * primitives <IN >OUT: seals a KiB by two keys of 32 bytes, which precede it, as a dump is sealed:
 * X25519, HKDF-SHA-256 and ChaCha20-Poly1305, once each. For `qemu-tests/bench sizes`, which builds
 * it three times: by BEARSSL, by SODIUM, which has to write the same, and by nothing. What a
 * library takes is how much larger than the last of them the program is.
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { KEY = 32, TAG = 16, CHUNK = 1024 };

static uint8_t key[KEY];
static uint8_t point[KEY];
static uint8_t nonce[12];
static uint8_t chunk[CHUNK + TAG];

#if defined(BEARSSL)
#include <bearssl.h>

static void agree(void)
{
	br_ec_c25519_m31.mul(point, KEY, key, KEY, BR_EC_curve25519);
}

static void derive(void)
{
	br_hkdf_context h;

	br_hkdf_init(&h, &br_sha256_vtable, nonce, sizeof(nonce));
	br_hkdf_inject(&h, point, KEY);
	br_hkdf_flip(&h);
	br_hkdf_produce(&h, "info", 4, key, KEY);
}

static void seal(void)
{
	br_poly1305_ctmul_run(key, nonce, chunk, CHUNK, NULL, 0, chunk + CHUNK, br_chacha20_ct_run,
			      1);
}
#elif defined(SODIUM)
#include <sodium/crypto_aead_chacha20poly1305.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_scalarmult.h>

static void agree(void)
{
	uint8_t shared[KEY];

	if (crypto_scalarmult(shared, key, point) == 0)
		memcpy(point, shared, KEY);
}

static void hmac(const uint8_t *by, size_t size, const void *text, size_t length, uint8_t *to)
{
	crypto_auth_hmacsha256_state h;

	crypto_auth_hmacsha256_init(&h, by, size);
	crypto_auth_hmacsha256_update(&h, text, length);
	crypto_auth_hmacsha256_final(&h, to);
}

/* RFC 5869, of one block: it has no HKDF. */
static void derive(void)
{
	hmac(nonce, sizeof(nonce), point, KEY, key);
	hmac(key, KEY, "info\1", 5, key);
}

static void seal(void)
{
	crypto_aead_chacha20poly1305_ietf_encrypt(chunk, NULL, chunk, CHUNK, NULL, 0, NULL, nonce,
						  key);
}
#else
static void agree(void)
{
}

static void derive(void)
{
}

static void seal(void)
{
	memcpy(chunk + CHUNK, nonce, sizeof(nonce));
}
#endif

int main(void)
{
	if (read(0, key, KEY) != KEY || read(0, point, KEY) != KEY ||
	    read(0, chunk, CHUNK) != CHUNK)
		return 1;
	agree();
	derive();
	seal();
	return write(1, chunk, sizeof(chunk)) != sizeof(chunk);
}
