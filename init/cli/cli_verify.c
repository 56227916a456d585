/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-init verify: a dump's status against its files. Reads everything once, changes nothing.
 */
#include "cli/cli_command.h"
#include "cli/cli_print.h"
#include "output/crc.h"
#include "store/layout.h"
#include "store/status.h"
#include "vmcore/elfcore.h"
#include "vmcore/kdumpfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };

static _Alignas(8) uint8_t block[BLOCK];
static struct status_text status;

static int complain(const char *dir, const char *file, const char *problem)
{
	cli_say("%s/%s: %s", dir, file, problem);
	return CLI_NO;
}

static int crc_of(int fd, uint32_t *crc)
{
	ssize_t n;

	*crc = 0;
	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			*crc = crc_update(*crc, block, (size_t)n);
	}
	return 0;
}

static struct elfcore core;
static struct kdumpfile kdump;

/* Returns what is wrong with the layout of an ELF core, or NULL. */
static const char *fault_of_elf(int fd)
{
	if (elfcore_read(&core, fd, block, ELFCORE_HEADERS) != 0)
		return "no ELF core";
	if (core.faults > 0 || core.unlisted > 0)
		return "its headers claim what is not in the file";
	return NULL;
}

/*
 * The same for a kdump-compressed dump. It must hold as many pages as were saved, and as many of
 * zeros besides as could not be read.
 */
static const char *fault_of_kdump(int fd)
{
	uint64_t saved;
	uint64_t unreadable = 0;
	int r = kdumpfile_open(&kdump, fd, &core);

	if (r == -ENOEXEC)
		return "no kdump-compressed dump";
	if (r == -ENOTSUP)
		return "of a machine or version that is not known";
	if (r == 0 && kdumpfile_check(&kdump) != 0)
		return "its page descriptors claim what is not in the file";
	if (r != 0)
		return "its headers or bitmaps claim what is not in the file";
	(void)status_number(&status, "pages_unreadable", &unreadable); /* none: 0 */
	if (!status_number(&status, "pages_saved", &saved) || kdump.saved < saved ||
	    kdump.saved - saved > unreadable)
		return "it does not hold as many pages as status says (pages_saved)";
	return NULL;
}

/*
 * Unpacks every page of a kdump-compressed dump, whose structure is sound: checksums speak of the
 * bytes that were written, not of what can be read of them.
 */
static int check_pages(const char *dir)
{
	uint64_t bad;
	uint64_t unknown;
	int r = kdumpfile_unpack(&kdump, &bad, &unknown);

	if (r != 0)
		return complain(dir, LAYOUT_MEMORY, strerror(-r));
	if (bad != 0) {
		cli_say("%s/" LAYOUT_MEMORY ": %llu of %llu pages cannot be unpacked", dir,
			(unsigned long long)bad, (unsigned long long)kdump.saved);
		return CLI_NO;
	}
	if (unknown != 0) {
		cli_say("%s/" LAYOUT_MEMORY
			": size, structure and crc32 are right; %llu pages were not looked into: "
			"their codec is not built in (make host has all)",
			dir, (unsigned long long)unknown);
		return CLI_FAILED;
	}
	return CLI_DONE;
}

static bool is_kdump(void)
{
	return status_is(&status, "format", "kdump");
}

static const char *fault_of_layout(int fd)
{
	return is_kdump() ? fault_of_kdump(fd) : fault_of_elf(fd);
}

static int check_vmcore(const char *dir, int fd)
{
	const char *fault;
	uint64_t size;
	struct stat st;
	uint32_t told;
	uint32_t crc;
	int r;

	if (!status_number(&status, "dump_bytes", &size) || !status_crc32(&status, &told))
		return complain(dir, LAYOUT_STATUS, "dump_bytes or crc32 is missing");
	if (fstat(fd, &st) != 0)
		return complain(dir, LAYOUT_MEMORY, strerror(errno));
	if ((uint64_t)st.st_size != size)
		return complain(dir, LAYOUT_MEMORY, "not as long as status says (dump_bytes)");
	fault = fault_of_layout(fd);
	if (fault != NULL)
		return complain(dir, LAYOUT_MEMORY, fault);
	if (crc_of(fd, &crc) != 0)
		return complain(dir, LAYOUT_MEMORY, strerror(errno));
	if (crc != told)
		return complain(dir, LAYOUT_MEMORY, "its content is not what was written (crc32)");
	r = is_kdump() ? check_pages(dir) : CLI_DONE;
	if (r != CLI_DONE)
		return r;
	cli_tell("%s/" LAYOUT_MEMORY ": good, %llu bytes, crc32 %08x", dir,
		 (unsigned long long)size, (unsigned int)crc);
	return CLI_DONE;
}

/* A log-only dump has its log; all others have a vmcore. */
static int check_files(const char *dir, int dir_fd)
{
	enum status_result result = status_result(&status);
	bool log_only = result == STATUS_LOG_ONLY;
	const char *file = log_only ? LAYOUT_LOG : LAYOUT_MEMORY;
	int fd;
	int r;

	if (result == STATUS_NONE)
		return complain(dir, LAYOUT_STATUS, "no result in it");
	if (result == STATUS_ODD)
		return complain(dir, LAYOUT_STATUS, "its result is unknown");
	fd = openat(dir_fd, file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(dir, file, strerror(errno));
	r = log_only ? CLI_DONE : check_vmcore(dir, fd);
	close(fd); /* read only */
	if (r == CLI_DONE && result == STATUS_PARTIAL)
		return complain(dir, file,
				"as it was written, but not all of the memory (partial)");
	if (log_only)
		cli_tell("%s: good, the log only", dir);
	return r;
}

int cli_verify(int argc, char **argv)
{
	const char *dir = argv[0];
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	(void)argc;
	if (fd < 0) {
		cli_say("%s: %s", dir, strerror(errno));
		return CLI_FAILED;
	}
	r = status_load(fd, &status);
	if (r < 0)
		r = complain(dir, LAYOUT_STATUS, strerror(-r));
	else if (r == 0)
		r = complain(dir, LAYOUT_STATUS, "missing: this dump is not complete");
	else
		r = check_files(dir, fd);
	close(fd); /* read only */
	return r;
}
