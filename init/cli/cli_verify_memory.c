/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a dump against its status: size, structure, how many pages, what was read and what
 * could not be, CRC-32, and of a compressed dump each page, unpacked.
 */
#include "cli/cli_verify.h"

#include "base/io.h"
#include "output/age.h"
#include "store/layout.h"
#include "vmcore/elfcore.h"
#include "vmcore/kdumpfile.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A dump of which more than one page in so many could not be read is not good, although it is what
 * was written. (A few such pages are common: memory that a device or firmware has closed.)
 */
enum { UNREADABLE_SHARE = 4 };

static struct elfcore core;
static struct kdumpfile kdump;

static uint64_t number(const struct verify *v, const char *key)
{
	uint64_t n = 0;

	(void)status_number(&v->status, key, &n); /* none: 0 */
	return n;
}

/* Returns what is wrong with the layout of an ELF core, or NULL. */
static const char *fault_of_elf(int fd)
{
	if (elfcore_read(&core, fd) != 0)
		return "no ELF core";
	if (core.faults > 0 || core.unlisted > 0)
		return "its headers claim what is not in the file";
	return NULL;
}

/*
 * The same for a kdump-compressed dump. It must hold as many pages as were saved, and as many of
 * zeros besides as could not be read.
 */
static const char *fault_of_kdump(const struct verify *v, int fd)
{
	uint64_t saved;
	int r = kdumpfile_open(&kdump, fd, &core);

	if (r == -ENOEXEC)
		return "no kdump-compressed dump";
	if (r == -ENOTSUP)
		return "of a machine or version that is not known";
	if (r == 0 && kdumpfile_check(&kdump) != 0)
		return "its page descriptors claim what is not in the file";
	if (r != 0)
		return "its headers or bitmaps claim what is not in the file";
	if (!status_number(&v->status, "pages_saved", &saved) || kdump.saved < saved ||
	    kdump.saved - saved > number(v, "pages_unreadable"))
		return "it does not hold as many pages as status says (pages_saved)";
	return NULL;
}

/*
 * Do the counts of status fit to each other, and to as much memory as the file speaks of? Pages of
 * the notes can be unreadable as well, and are zeros then, as those of memory are.
 */
static const char *fault_of_counts(const struct verify *v, bool is_elf, uint64_t zero_blocks)
{
	uint64_t pages, there;
	uint64_t excluded = number(v, "pages_excluded");
	uint64_t unreadable = number(v, "pages_unreadable");
	uint64_t notes = core.data_start / VERIFY_BLOCK + 1;
	uint64_t most = 0;

	for (unsigned int i = 0; i < core.segments - core.faults; i++)
		most += core.segment[i].size / VERIFY_BLOCK + 2; /* it begins and ends within one */
	if (is_elf && zero_blocks < most)
		most = zero_blocks;
	if (unreadable > most + notes)
		return "status says that more pages could not be read than can be (pages_unreadable)";
	if (status_number(&v->status, "pages", &pages)) {
		there = pages > excluded ? pages - excluded : 0;
		if (number(v, "pages_saved") != (there > unreadable ? there - unreadable : 0))
			return "the numbers of pages in status contradict each other (pages)";
	}
	if (status_result(&v->status) == STATUS_COMPLETE && number(v, "segments_left_out") > 0)
		return "complete, and without some segments, says status (segments_left_out)";
	return NULL;
}

/*
 * Unpacks every page of a kdump-compressed dump, whose structure is sound: checksums speak of the
 * bytes that were written, not of what can be read of them.
 */
static enum cli_exit check_pages(struct verify *v)
{
	uint64_t bad;
	uint64_t unknown;
	int r = kdumpfile_unpack(&kdump, &bad, &unknown);

	if (r != 0)
		return verify_tell(v, CLI_FAILED, v->memory, "cannot be read: %s", strerror(-r));
	if (bad != 0)
		return verify_tell(v, CLI_NO, v->memory, "%llu of %llu pages cannot be unpacked",
				   (unsigned long long)bad, (unsigned long long)kdump.saved);
	if (unknown != 0)
		return verify_tell(
			v, CLI_FAILED, v->memory,
			"size, structure and crc32 are right; %llu pages were not looked "
			"into: their codec is not built in (make host has all)",
			(unsigned long long)unknown);
	return CLI_DONE;
}

/* What can be said of a dump that is what was written: how much of the memory that is. */
static void judge(struct verify *v, const struct verify_sum *sum)
{
	uint64_t unreadable = number(v, "pages_unreadable");
	uint64_t saved = number(v, "pages_saved");

	if (status_result(&v->status) == STATUS_PARTIAL) {
		verify_tell(v, CLI_NO, v->memory,
			    "as it was written, but not all of the memory (partial)");
		return;
	}
	if (unreadable > 0 && unreadable > (saved + unreadable) / UNREADABLE_SHARE) {
		verify_tell(v, CLI_NO, v->memory,
			    "as it was written, but too little of the memory: %llu pages could not "
			    "be read and are zeros, %llu could (pages_unreadable)",
			    (unsigned long long)unreadable, (unsigned long long)saved);
		return;
	}
	verify_tell(v, CLI_DONE, v->memory, "good, %llu bytes, crc32 %08x",
		    (unsigned long long)sum->bytes, (unsigned int)sum->crc);
	if (unreadable > 0)
		verify_tell(v, CLI_DONE, v->memory,
			    "good but for %llu pages that could not be read and are zeros in it "
			    "(pages_unreadable)",
			    (unsigned long long)unreadable);
}

/* All that can be said without the key: it is what was written, and what age would open. */
static void check_sealed(struct verify *v, int fd, uint64_t size, uint32_t crc)
{
	uint8_t head[AGE_HEADER];
	size_t n = io_read_at(fd, head, sizeof(head), 0);
	struct verify_sum sum;
	int r = verify_read(fd, size, &sum);

	if (r != 0)
		verify_tell(v, CLI_FAILED, v->memory, "cannot be read: %s", strerror(-r));
	else if (sum.crc != crc || sum.bytes != size)
		verify_tell(v, CLI_NO, v->memory, "its content is not what was written (crc32)");
	else if (!age_is(head, n))
		verify_tell(v, CLI_NO, v->memory, "no age file");
	else
		judge(v, &sum);
	if (v->answer == CLI_DONE)
		verify_tell_sealed(v, v->memory);
}

static void check_memory(struct verify *v, int fd, uint64_t size, uint32_t crc)
{
	bool is_elf = !status_is(&v->status, "format", "kdump");
	const char *fault = is_elf ? fault_of_elf(fd) : fault_of_kdump(v, fd);
	struct verify_sum sum;
	int r;

	if (fault != NULL) {
		verify_tell(v, CLI_NO, v->memory, "%s", fault);
		return;
	}
	r = verify_read(fd, size, &sum);
	if (r != 0) {
		verify_tell(v, CLI_FAILED, v->memory, "cannot be read: %s", strerror(-r));
		return;
	}
	if (sum.crc != crc || sum.bytes != size) {
		verify_tell(v, CLI_NO, v->memory, "its content is not what was written (crc32)");
		return;
	}
	fault = fault_of_counts(v, is_elf, sum.zero_blocks);
	if (fault != NULL)
		verify_tell(v, CLI_NO, v->memory, "%s", fault);
	else if (is_elf || check_pages(v) == CLI_DONE)
		judge(v, &sum);
}

void verify_memory(struct verify *v)
{
	struct stat st = {0};
	uint64_t size;
	uint32_t crc;
	int fd = verify_open(v, v->memory);

	if (fd < 0)
		return;
	if (!status_number(&v->status, "dump_bytes", &size) || !status_crc32(&v->status, &crc))
		verify_tell(v, CLI_NO, LAYOUT_STATUS, "dump_bytes or crc32 is missing");
	else if (!status_is(&v->status, "format", "elf") &&
		 !status_is(&v->status, "format", "kdump"))
		verify_tell(v, CLI_NO, LAYOUT_STATUS, "its format is unknown");
	else if (fstat(fd, &st) != 0)
		verify_tell(v, CLI_FAILED, v->memory, "%s", strerror(errno));
	else if ((uint64_t)st.st_size != size)
		verify_tell(v, CLI_NO, v->memory, "not as long as status says (dump_bytes)");
	else if (v->sealed)
		check_sealed(v, fd, size, crc);
	else
		check_memory(v, fd, size, crc);
	close(fd); /* read only */
}
