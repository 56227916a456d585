/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small functions of libc on text and rows do what libc's do: libc itself is the judge, over
 * words that are drawn from few letters, so that parts of them are alike.
 */
#include "base/libc_text.h"

#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char letters[] = "abAB\xff";

/* A word of less than SIZE letters. */
static void draw(char *word, size_t size)
{
	size_t used = test_below(size);

	for (size_t i = 0; i < used; i++)
		word[i] = letters[test_below(sizeof(letters) - 1)];
	word[used] = '\0';
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

TEST("the functions on random words over a small alphabet are libc's")
{
	for (int round = 0; round < 20000; round++) {
		char text[16], word[4], copy[16];
		size_t size = test_below(sizeof(word));
		char letter = letters[test_below(sizeof(letters))];

		draw(text, sizeof(text));
		draw(word, sizeof(word));
		test_note("'%s' in '%s', %zu of it, %d", word, text, size, letter);
		CHECK(libc_strstr(text, word) == strstr(text, word));
		CHECK(libc_strchr(text, letter) == strchr(text, letter));
		CHECK(libc_memchr(text, letter, strlen(text)) ==
		      memchr(text, letter, strlen(text)));
		CHECK(libc_strrchr(text, letter) == strrchr(text, letter));
		CHECK_EQ(libc_strlen(text), strlen(text));
		CHECK_EQ(sign(libc_strncmp(text, word, size)), sign(strncmp(text, word, size)));
		CHECK_EQ(libc_strspn(text, word), strspn(text, word));
		CHECK_EQ(libc_strcspn(text, word), strcspn(text, word));
		CHECK_EQ(sign(libc_strcasecmp(text, word)), sign(strcasecmp(text, word)));
		CHECK_EQ(sign(libc_strncasecmp(text, word, size)),
			 sign(strncasecmp(text, word, size)));
		CHECK(libc_strcpy(copy, text) == copy && strcmp(copy, text) == 0);
	}
}

TEST("memory moves whole, whichever way it overlaps")
{
	enum { BYTES = 64 };
	unsigned char moved[BYTES], as[BYTES];

	for (int round = 0; round < 5000; round++) {
		size_t size = test_below(BYTES / 2);
		size_t from = test_below(BYTES - size), to = test_below(BYTES - size);

		for (size_t i = 0; i < BYTES; i++)
			moved[i] = as[i] = (unsigned char)test_random();
		CHECK(libc_memmove(moved + to, moved + from, size) == moved + to);
		memmove(as + to, as + from, size);
		CHECK_MEM(moved, as, BYTES);
	}
}

/* The judge is glibc: the strverscmp of musl 1.2.3 takes "sda1" to be behind "sdaa". */
#ifdef __GLIBC__
enum { LIBC_KNOWS = 1 };
#else
enum { LIBC_KNOWS = 0 };
#endif

TEST("names of disks are in the order of their numbers, as strverscmp has it")
{
	static const char *const names[] = {
		"",	     "1a",	   "9",		"10",	    "mmcblk0", "mmcblk0boot0",
		"mmcblk0p2", "mmcblk0p10", "mmcblk1p2", "mmcblk10", "nvme0n1", "nvme0n1p3",
		"nvme10n1",  "sd",	   "sda",	"sda-",	    "sda1",    "sda1x",
		"sda2",	     "sda10",	   "sda19",	"sdaa",	    "sdb",     "ubi0",
		"\xff",
	};
	enum { NAMES = sizeof(names) / sizeof(names[0]) };

	for (int i = 0; i < NAMES * NAMES; i++) {
		const char *a = names[i / NAMES], *b = names[i % NAMES];

		test_note("'%s' and '%s'", a, b);
		CHECK_EQ(sign(libc_strverscmp(a, b)), sign(i / NAMES - i % NAMES));
		if (LIBC_KNOWS)
			CHECK_EQ(sign(libc_strverscmp(a, b)), sign(strverscmp(a, b)));
	}
}

TEST("what has no ASCII letter is not a letter of another case")
{
	char a[] = "x", b[] = "x";

	for (int i = 1; i < 128; i++) {
		for (int k = 1; k < 128; k++) {
			a[0] = (char)i;
			b[0] = (char)k;
			if (!CHECK_EQ(libc_strcasecmp(a, b) == 0, strcasecmp(a, b) == 0))
				test_note("%d and %d", i, k);
		}
	}
}

struct row {
	unsigned char key, place, more[3];
};

static int by_key(const void *left, const void *right)
{
	const struct row *a = left;
	const struct row *b = right;

	return a->key != b->key ? a->key - b->key : a->place - b->place;
}

/* Rows in an order that was drawn, or ascending, or descending. */
static void draw_rows(struct row *rows, size_t count, size_t order)
{
	for (size_t i = 0; i < count; i++) {
		rows[i] = (struct row){
			.key = (unsigned char)(order == 0   ? test_below(40)
					       : order == 1 ? i
							    : count - i),
			.place = (unsigned char)i,
			.more = {1, 2, (unsigned char)i},
		};
	}
}

TEST("rows are in the order that qsort puts them in, whole, however they were")
{
	enum { ROWS = 100 };
	struct row rows[ROWS], as[ROWS];

	for (size_t round = 0; round < 2000; round++) {
		size_t count = test_below(ROWS + 1);

		draw_rows(rows, count, round % 3);
		memcpy(as, rows, sizeof(as));
		libc_qsort(rows, count, sizeof(rows[0]), by_key);
		qsort(as, count, sizeof(as[0]), by_key);
		CHECK_MEM(rows, as, count * sizeof(rows[0]));
	}
}

static unsigned int compared;

static int count_compare(const void *left, const void *right)
{
	compared++;
	return *(const int *)left - *(const int *)right;
}

TEST("no order of rows takes more than n log n of them to be compared twice")
{
	enum { ROWS = 1 << 14 };
	static int rows[ROWS];

	for (int order = 0; order < 4; order++) {
		for (int i = 0; i < ROWS; i++)
			rows[i] = order == 0 ? i : order == 1 ? -i : order == 2 ? 0 : i ^ 0x1555;
		compared = 0;
		libc_qsort(rows, ROWS, sizeof(rows[0]), count_compare);
		CHECK(compared <= 2 * 14 * ROWS);
		for (int i = 1; i < ROWS; i++) {
			if (rows[i - 1] > rows[i])
				CHECK_EQ(rows[i - 1], rows[i]);
		}
	}
}

/* Where the host's libc has other words for it than musl, which the binary had them of. */
static bool has_other_words(int error)
{
	static const int others[] = {EIO,	  ENOMEM,    EBUSY,	   ENAMETOOLONG,
				     ELOOP,	  EOVERFLOW, EILSEQ,	   EOPNOTSUPP,
				     ENETUNREACH, ETIMEDOUT, EHOSTUNREACH, EDQUOT};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (others[i] == error)
			return true;
	}
	return false;
}

TEST("an error has the words of libc, or its number")
{
	char number[32];
	unsigned int known = 0;

	for (int error = 1; error < 134; error++) {
		const char *text = libc_strerror(error);

		snprintf(number, sizeof(number), "error %d", error);
		if (strcmp(text, number) == 0)
			continue;
		known++;
		CHECK(text[0] >= 'A' && text[0] <= 'Z' && strlen(text) < 40);
		if (error != EUCLEAN && !has_other_words(error))
			CHECK_STR(text, strerror(error));
	}
	CHECK(known > 35);
	CHECK_STR(libc_strerror(EIO), "I/O error");
	CHECK_STR(libc_strerror(ENOLINK), "Link has been severed");
	CHECK_STR(libc_strerror(EPROTONOSUPPORT), "Protocol not supported");
	CHECK_STR(libc_strerror(EKEYREJECTED), "Key was rejected by service");
	CHECK_STR(libc_strerror(E2BIG), "Argument list too long");
	CHECK_STR(libc_strerror(0), "error 0");
	CHECK_STR(libc_strerror(-5), "error -5");
	CHECK_STR(libc_strerror(123456), "error 123456");
}
