/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/ and dumps whose files have other names, since they are sealed: they are dumps as others
 * are.
 */
#include "store/dumps.h"
#include "store/retention.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct store store;
static struct retention retention;

/* Whether dump N is there, of those that the shell makes below. */
static bool is_there(unsigned int n)
{
	return scratch_shell("test -d 000%u-*", n);
}

/* As many dumps as go while more than KEEP are beside the new one. */
static unsigned int trim(enum retention_kind kind, unsigned int keep)
{
	char name[STORE_NAME];
	unsigned int gone = 0;

	retention.store = &store;
	REQUIRE(retention_survey(&retention) == 0);
	while (retention_remove(&retention, kind, keep, name) == 1)
		gone++;
	return gone;
}

TEST("retention: sealed dumps count, stay and go as others, with what was opened beside them")
{
	int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(scratch_shell(
		"umask 077; for n in 1 2 3 4 5; do d=000$n-20260101T000000Z; mkdir $d; "
		"echo log >$d/vmcore-dmesg.txt.age; [ $n != 5 ] || continue; "
		"echo core >$d/vmcore.age; "
		"printf 'result=complete\\nsealed=age\\n' >$d/status; done; "
		"echo opened >0001-20260101T000000Z/vmcore; "
		"echo half >0002-20260101T000000Z/vmcore.age-incomplete"));
	REQUIRE(root >= 0 && store_open(&store, root, "/") == 0);
	REQUIRE(store_make(&store, 1767225600) == 0);
	CHECK_EQ(trim(RETENTION_MEMORY, 1), 3);
	CHECK_EQ(retention.swept, 1); /* the half one */
	CHECK(!is_there(1) && !is_there(2) && !is_there(3) && is_there(4) && is_there(5));
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 0); /* it is the newest complete one */
	REQUIRE(store_text(&store, "vmcore-dmesg.txt.age", "log", 3) == 0);
	CHECK_EQ(dumps_present(&store), DUMP_LOG);
	REQUIRE(store_text(&store, "vmcore.age", "core", 4) == 0);
	CHECK_EQ(dumps_present(&store), DUMP_UNFINISHED);
	REQUIRE(store_text(&store, "status", "result=complete\n", 16) == 0);
	CHECK_EQ(dumps_present(&store), DUMP_COMPLETE);
	CHECK_EQ(trim(RETENTION_MEMORY, 0), 1);
	CHECK_EQ(trim(RETENTION_LOG, 0), 1);
	CHECK(!is_there(4) && !is_there(5));
	REQUIRE(store_end(&store) == 0);
	close(root);
}
