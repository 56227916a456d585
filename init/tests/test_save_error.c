/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker/save_error: what the log says of an error that is this program's own, or means more than
 * its name.
 */
#include "worker/save_error.h"

#include "tests/test.h"

#include <errno.h>
#include <string.h>

TEST("save_error: memory that is too far apart for a filter is told in words, with what helps")
{
	CHECK_HAS(save_error_text(-E2BIG), "further apart than the 8 TiB");
	CHECK_HAS(save_error_text(-E2BIG), "format = elf");
	CHECK_EQ(save_error_end(-E2BIG), WORKER_FAILED);
}

TEST("save_error: what the kernel made read-only is told as that, anything else by its name")
{
	CHECK_HAS(save_error_text(-EROFS), "has become read-only");
	CHECK_STR(save_error_text(-EIO), strerror(EIO));
}
