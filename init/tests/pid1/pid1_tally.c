/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What many runs come to, for a table (qemu-tests/faults-table): dumps that were lost and could be
 * had, lies, hangs, by the words with which the judge blamed each. What is no loss and no hang is
 * taken for a lie.
 */
#include "tests/pid1/pid1_tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	unsigned int lost, lies, hangs;
} tally;

static bool has_one(const char *why, const char *const *words, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (strstr(why, words[i]) != NULL)
			return true;
	}
	return false;
}

void pid1_tally_add(const char *why)
{
	static const char *const hangs[] = {"in time", "left behind"};
	static const char *const losses[] = {"nothing was saved", "is gone",	"is not complete",
					     "is damaged",	  "PID 1 died", "was touched"};

	if (why[0] == '\0')
		return;
	if (has_one(why, hangs, sizeof(hangs) / sizeof(hangs[0])))
		tally.hangs++;
	else if (has_one(why, losses, sizeof(losses) / sizeof(losses[0])))
		tally.lost++;
	else
		tally.lies++;
}

bool pid1_tally_write(uint64_t seed, unsigned int runs, uint64_t longest_us)
{
	const char *path = getenv("PID1_TALLY");
	FILE *file = path == NULL ? NULL : fopen(path, "w");
	bool good;

	if (path == NULL)
		return true;
	if (file == NULL)
		return false;
	good = fprintf(file, "randomized lives of PID 1,host,seed %llu,%u,%u,%u,%u,%.1f\n",
		       (unsigned long long)seed, runs, tally.lost, tally.lies, tally.hangs,
		       (double)longest_us / 1e6) > 0;
	return fclose(file) == 0 && good;
}
