/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge is age itself.
 */
#include "tests/sealing.h"

#include "tests/scratch.h"
#include "tests/test.h"

const uint8_t sealing_recipient[AGE_KEY] = {0x36, 0xdc, 0xec, 0x3f, 0x5f, 0x24, 0x73, 0x9a,
					    0x0c, 0x8b, 0x36, 0xcb, 0xb4, 0xff, 0xa2, 0x57,
					    0x29, 0xa9, 0x4a, 0x51, 0xd4, 0x1f, 0xb2, 0x05,
					    0xa3, 0x74, 0x19, 0xfe, 0x7f, 0x5a, 0xdb, 0x2a};

void sealing_keys(struct seal *keys)
{
	uint64_t random = test_random();

	*keys = (struct seal){.recipients = sealing_recipient, .count = 1};
	age_mix((const uint8_t *)&random, sizeof(random), keys->root);
}

bool sealing_open(const char *file)
{
	static const char secret[] = SEALING_SECRET "\n";

	scratch_write_file("key", secret, sizeof(secret) - 1);
	return scratch_shell("age -d -i key %s >opened 2>refused && mv opened %s", file, file);
}
