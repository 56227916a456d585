/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First the archive is read to its end, then what was found in it is judged.
 */
#include "cli/archive_check.h"

#include "base/bytes.h"
#include "base/io.h"
#include "cli/archive.h"
#include "cli/archive_list.h"
#include "cli/drivers_check.h"
#include "cli/kernel_config.h"
#include "cli/unpack.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As kdump-mkinitramfs packs them; its line that separates the configuration from the modules. */
#define MODULES_FOLDER "lib/modules/"
#define MODULES_MARK   "# Modules, in load order"

enum { MODULES = 128, MODULE_NAME = 56, CONFIG_MOST = 32 * 1024, ELF_HEAD = 20 };

/* What was found in the archive. */
static struct {
	struct archive archive;
	struct archive_entry entry;
	bool has_init, is_ours, has_config, same_config, same_list;
	uint8_t elf[ELF_HEAD]; /* the head of its /init */
	char release[64];      /* of the kernel that its modules are for */
	char module[MODULES][MODULE_NAME];
	unsigned int modules;
	char config[CONFIG_MOST];
} found;

static const struct archive_check *judged;

static void tell(enum finding_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(enum finding_level level, const char *format, ...)
{
	char text[500];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	finding(level, "archive %.150s: %s", judged->file, text);
}

#define loss(...) tell(LOSES, __VA_ARGS__)

/* Module names are one with - and _; so that they compare, as the kernel has them. */
static void kernel_name(char name[MODULE_NAME], const char *from, size_t length)
{
	if (length > MODULE_NAME - 1)
		length = MODULE_NAME - 1;
	memcpy(name, from, length);
	name[length] = '\0';
	for (char *p = name; *p != '\0'; p++)
		*p = *p == '-' ? '_' : *p;
}

/* lib/modules/RELEASE/NAME.ko */
static void note_module(const char *path)
{
	const char *release = path + strlen(MODULES_FOLDER);
	const char *name = strchr(release, '/');
	const char *end = name == NULL ? NULL : strstr(name, ".ko");

	if (end == NULL || found.modules == MODULES)
		return;
	snprintf(found.release, sizeof(found.release), "%.*s", (int)(name - release), release);
	kernel_name(found.module[found.modules++], name + 1, (size_t)(end - name - 1));
}

/* A kdump-init names its configuration; a piece of its name may end one block of the file. */
static int note_init(void)
{
	static const char mark[] = CONFIG_PATH;
	enum { BLOCK = 4096, KEPT = sizeof(mark) - 2 };
	char block[KEPT + BLOCK];
	size_t kept = 0;
	int64_t n;

	found.has_init = true;
	memset(found.elf, 0, sizeof(found.elf));
	for (bool first = true; (n = archive_read(&found.archive, block + kept, BLOCK)) > 0;
	     first = false) {
		size_t size = kept + (size_t)n;

		if (first)
			memcpy(found.elf, block, size < ELF_HEAD ? size : ELF_HEAD);
		for (size_t at = 0; at + sizeof(mark) - 1 <= size; at++)
			found.is_ours |= memcmp(block + at, mark, sizeof(mark) - 1) == 0;
		kept = size < KEPT ? size : KEPT;
		memmove(block, block + size - kept, kept);
	}
	return (int)n;
}

/* Is what the archive has what the file has, followed by no more than the modules? */
static int note_config(void)
{
	char text[CONFIG_MOST];
	bool there;
	size_t size = archive_list_text(judged->config_file, text, sizeof(text), &there);
	int64_t n = archive_read(&found.archive, found.config, sizeof(found.config) - 1);
	const char *rest = found.config + size;

	if (n < 0)
		return (int)n;
	found.config[n] = '\0';
	found.has_config = true;
	if (*rest == '\n' && size > 0 && text[size - 1] != '\n')
		rest++; /* the packer ended the last line */
	found.same_config =
		(size_t)n >= size && memcmp(text, found.config, size) == 0 &&
		(*rest == '\0' || strncmp(rest, MODULES_MARK, strlen(MODULES_MARK)) == 0);
	found.same_list = found.same_config && archive_list_same(judged->config_file, rest);
	return 0;
}

static int note_entry(void)
{
	if (strcmp(found.entry.name, "init") == 0)
		return note_init();
	if (strcmp(found.entry.name, CONFIG_PATH + 1) == 0)
		return note_config();
	if (strncmp(found.entry.name, MODULES_FOLDER, strlen(MODULES_FOLDER)) == 0)
		note_module(found.entry.name);
	return 0;
}

/* All that is in the archive, from FD. Returns 0 or as archive_next. */
static int read_entries(int fd, const char **packing)
{
	int r = archive_open(&found.archive, fd, packing);

	while (r == 0 && (r = archive_next(&found.archive, &found.entry)) == 1)
		r = note_entry();
	return r;
}

/* The same of one that another program unpacks; -ENOENT where that is not here. */
static int read_packed(int fd, const char *packing)
{
	const char *within = "";
	struct unpack u;
	int r = unpack_begin(&u, fd, packing);
	int end;

	if (r != 0)
		return r;
	r = read_entries(u.fd, &within);
	end = unpack_end(&u);
	return end == -ENOENT || r == 0 ? end : r == -ENOTSUP ? -EBADMSG : r;
}

/* A capture kernel that cannot unpack it has no /init. */
static void judge_packing(const char *packing)
{
	char name[16] = "RD_";
	char value[KERNEL_CONFIG_VALUE];
	size_t used = strlen(name);

	for (const char *p = packing; *p != '\0' && used < sizeof(name) - 1; p++)
		name[used++] = (char)toupper((unsigned char)*p);
	if (judged->release[0] != '\0' && packing[0] != '\0' && kernel_config(name, value) &&
	    strcmp(value, "y") != 0)
		loss("packed by %s, and kernel %s cannot unpack that (CONFIG_%s): make it again with "
		     "kdump-mkinitramfs",
		     packing, judged->release, name);
}

/* Returns whether it could be read to its end; else why not is reported. */
static bool read_archive(void)
{
	const char *packing = "";
	int fd = open(judged->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = fd < 0 ? -errno : read_entries(fd, &packing);

	if (r == -ENOTSUP) {
		r = read_packed(fd, packing);
		if (r == -ENOENT)
			tell(NOTE,
			     "packed by %s: what it holds was not checked, since neither %s nor "
			     "bsdtar is here",
			     packing, unpack_program(packing));
	}
	if (r == 0 || (r == -ENOENT && fd >= 0))
		judge_packing(found.archive.stream.packed && packing[0] == '\0' ? "gzip" : packing);
	else
		loss("%s; make it with kdump-mkinitramfs, then load it with kdump-load",
		     r == -EBADMSG ? "it is torn, or no archive" : strerror(-r));
	if (fd >= 0)
		close(fd); /* read only */
	return r == 0;
}

/* What this program runs on is what the capture kernel has to run. */
static void judge_init(void)
{
	uint8_t own[ELF_HEAD] = {0};
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)io_read(fd, own, sizeof(own)); /* zeros are no ELF file either */
		close(fd);			     /* read only */
	}
	if (!found.has_init || !found.is_ours)
		loss("%s kdump-init: make one with kdump-mkinitramfs",
		     found.has_init ? "its /init is not" : "it has no /init, which should be");
	else if (memcmp(found.elf, own, 6) != 0 || memcmp(found.elf + 18, own + 18, 2) != 0)
		/* e_ident's class and byte order, and e_machine (elf(5)) */
		loss("its /init is a program of another machine (ELF machine %u, this one has %u)",
		     (unsigned int)bytes_get(found.elf + 18, 2),
		     (unsigned int)bytes_get(own + 18, 2));
}

static bool has_module(const char *name)
{
	for (unsigned int i = 0; i < found.modules; i++) {
		if (strcmp(found.module[i], name) == 0)
			return true;
	}
	return false;
}

static void lacks(const char *what)
{
	loss("it lacks %s", what);
}

void archive_check(const struct archive_check *a)
{
	judged = a;
	memset(&found, 0, sizeof(found));
	if (!read_archive())
		return;
	judge_init();
	if (a->release[0] != '\0' && found.modules > 0 && strcmp(found.release, a->release) != 0) {
		loss("its modules are for kernel %s, and %s would get them: make it again with "
		     "kdump-mkinitramfs -k %s",
		     found.release, a->release, a->release);
		return;
	}
	if (!found.has_config || !found.same_config) {
		tell(found.has_config ? a->stale : LOSES,
		     "its configuration is not that of %.100s: make it again with "
		     "kdump-mkinitramfs, and load it with kdump-load",
		     a->config_file);
		return; /* its targets are others */
	}
	if (!found.same_list)
		tell(MAY_LOSE,
		     "its modules are not those that kdump-init/modules beside %.100s lists: make it "
		     "again with kdump-mkinitramfs, and load it with kdump-load",
		     a->config_file);
	if (a->release[0] == '\0') {
		tell(NOTE, "it is for another kernel than the running one: whether it has the "
			   "drivers of the targets was not checked");
		return;
	}
	drivers_check(&(struct drivers_check){a->config, has_module, lacks});
}
