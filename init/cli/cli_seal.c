/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What commands do about sealed dumps: they cannot read them, and say who can. And the randomness
 * that the capture kernel seals with, from the running system, which has some.
 */
#include "base/io.h"
#include "board/random.h"
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "output/age.h"
#include "store/layout.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

bool cli_is_no_core(const char *file, int fd)
{
	uint8_t head[AGE_HEADER];
	size_t n = io_read_at(fd, head, sizeof(head), 0);

	if (n == 0 && errno == EISDIR) {
		cli_say("%s: a directory: name the " LAYOUT_MEMORY " in it", file);
		return true;
	}
	if (!age_is(head, n))
		return false;
	cli_say("%s: sealed; age -d -i KEY %s >" LAYOUT_MEMORY " opens it, where the key is", file,
		file);
	return true;
}

/*
 * An archive of one file, as the kernel unpacks it: cpio(5), "newc". A header is a magic and
 * thirteen numbers of eight digits; sizes are in bytes.
 */
enum { MAGIC = 6, NUMBERS = 13, DIGITS = 8, MEMBER_ALIGN = 4, ARCHIVE = 512 };
enum { IS_MODE = 1, IS_LINKS = 4, IS_SIZE = 6, IS_NAME_SIZE = 11 };

static size_t put_member(uint8_t *to, const char *name, unsigned int mode, const void *data,
			 size_t size)
{
	size_t length = strlen(name) + 1;
	size_t at = MAGIC + NUMBERS * DIGITS + length;
	const size_t number[NUMBERS] = {
		[IS_MODE] = mode, [IS_LINKS] = 1, [IS_SIZE] = size, [IS_NAME_SIZE] = length};

	at = (at + MEMBER_ALIGN - 1) & ~(size_t)(MEMBER_ALIGN - 1);
	memcpy(to, "070701", MAGIC);
	for (unsigned int i = 0; i < NUMBERS * DIGITS; i++)
		to[MAGIC + i] = (uint8_t) "0123456789ABCDEF"[number[i / DIGITS] >>
								     4 * (DIGITS - 1 - i % DIGITS) &
							     15];
	memcpy(to + MAGIC + NUMBERS * DIGITS, name, length);
	memcpy(to + at, data, size);
	return at + size;
}

_Static_assert(RANDOM_SEED % MEMBER_ALIGN == 0, "the next member stands behind it");

/* getrandom(2) waits until there is some: a system that has just started may have none. */
static int draw(uint8_t seed[RANDOM_SEED])
{
	ssize_t n;

	do
		n = getrandom(seed, RANDOM_SEED, 0);
	while (n < 0 && errno == EINTR);
	return n == RANDOM_SEED ? 0 : n < 0 ? -errno : -EIO;
}

int cli_seed(int argc, char **argv)
{
	static uint8_t archive[ARCHIVE];
	uint8_t seed[RANDOM_SEED];
	size_t at;
	int r = isatty(STDOUT_FILENO) ? -ENOTTY : draw(seed);

	(void)argc;
	(void)argv;
	if (r == 0) {
		at = put_member(archive, RANDOM_PATH + 1, 0100400, seed, sizeof(seed));
		(void)put_member(archive + at, "TRAILER!!!", 0, "", 0); /* zeros behind it */
		r = io_write(STDOUT_FILENO, archive, sizeof(archive));
	}
	if (r == 0)
		return CLI_DONE;
	cli_say("kdump-init seed: %s",
		r == -ENOTTY ? "this is for kdump-load, not for people" : strerror(-r));
	return CLI_FAILED;
}
