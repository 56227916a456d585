/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recipient as age-keygen prints it: "age", a 1, and in letters of five bits each the 32 bytes of
 * an X25519 key and a checksum of six letters (Bech32: BIP 173). The checksum finds any four
 * letters that were mistyped, so that no dump is sealed for nobody.
 */
#include "config/config_seal.h"

#include "config/config.h"

#include <string.h>
#include <strings.h>

enum {
	PREFIX = 4,   /* "age1" */
	LETTERS = 52, /* of the key; the last one has four bits, which are zero, too many */
	CHECKSUM = 6,
	LETTER_BITS = 5,
};

static const char prefix[] = "age1";

bool config_seal_like(const char *text)
{
	return strncasecmp(text, prefix, PREFIX) == 0;
}

bool config_seal_secret(const char *text)
{
	return strcasestr(text, "age-secret-key-") != NULL;
}

bool config_seal_within(const char *text, size_t size)
{
	static const char wide[] = "a\0g\0e\0001"; /* as either byte order has it */
	size_t i = 0;

	while (i + sizeof(wide) - 1 <= size && memcmp(text + i, prefix, PREFIX) != 0 &&
	       memcmp(text + i, wide, sizeof(wide) - 1) != 0)
		i++; /* a recipient has more letters behind that */
	return i + sizeof(wide) - 1 <= size;
}

#ifdef WITH_SEAL

/* The remainder of BIP 173's BCH code, once the letter VALUE was added to it. */
static uint32_t add_letter(uint32_t sum, uint32_t value)
{
	static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
					     0x2a1462b3};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned int i = 0; i < LETTER_BITS; i++)
		sum ^= (top >> i & 1) != 0 ? generator[i] : 0;
	return sum;
}

/* The remainder after the letters of "age", as BIP 173 spreads them. */
static uint32_t sum_of_prefix(void)
{
	uint32_t sum = 1;

	for (unsigned int i = 0; i < PREFIX - 1; i++)
		sum = add_letter(sum, (uint32_t)prefix[i] >> LETTER_BITS);
	sum = add_letter(sum, 0);
	for (unsigned int i = 0; i < PREFIX - 1; i++)
		sum = add_letter(sum, (uint32_t)prefix[i] & 31);
	return sum;
}

/* Reads TEXT into KEY. Returns what is wrong with it, or NULL. */
static const char *read_key(const char *text, uint8_t key[CONFIG_SEAL_KEY])
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	uint32_t sum = sum_of_prefix();
	uint32_t value = 0, bits = 0, used = 0;

	for (unsigned int i = 0; i < LETTERS + CHECKSUM; i++) {
		const char *letter = memchr(letters, text[i], sizeof(letters) - 1);

		if (letter == NULL)
			return "a letter that no recipient has";
		sum = add_letter(sum, (uint32_t)(letter - letters));
		value = value << LETTER_BITS | (uint32_t)(letter - letters);
		bits += LETTER_BITS;
		if (bits >= 8 && used < CONFIG_SEAL_KEY) {
			bits -= 8;
			key[used++] = (uint8_t)(value >> bits);
		}
		if (i == LETTERS - 1 && (value & ((1U << bits) - 1)) != 0)
			return "not as any program writes it";
	}
	return sum == 1 ? NULL : "mistyped: its checksum is wrong";
}

static const char *take(struct config *c, struct config_line *l)
{
	uint8_t key[CONFIG_SEAL_KEY];
	const char *problem;

	if (l->value[0] == '\0')
		return "no value";
	if (strncmp(l->value, prefix, PREFIX) != 0)
		return "no recipient";
	if (strlen(l->value) != PREFIX + LETTERS + CHECKSUM)
		return "not as long as an X25519 recipient";
	problem = read_key(l->value + PREFIX, key);
	if (problem != NULL)
		return problem;
	for (unsigned int i = 0; i < c->seals; i++) {
		if (memcmp(c->seal[i], key, sizeof(key)) == 0)
			return NULL;
	}
	if (c->seals == CONFIG_SEALS) {
		config_line_refuse(l, "too many", "no more than 8 recipients");
		return l->problem;
	}
	memcpy(c->seal[c->seals++], key, sizeof(key));
	return NULL;
}

const char *config_seal_take(struct config *c, struct config_line *l, bool word)
{
	unsigned int before = c->seals;
	const char *problem;

	if (word && !c->seals_replaced)
		c->seals = 0;
	problem = take(c, l);
	if (problem != NULL)
		c->seals = before;
	else
		c->seals_replaced |= word;
	return problem;
}

#else

const char *config_seal_take(struct config *c, struct config_line *l, bool word)
{
	(void)c;
	(void)l;
	(void)word;
	return "not built in (WITH_SEAL)";
}

#endif
