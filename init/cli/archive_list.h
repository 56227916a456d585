/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of modules that stands beside the configuration, kdump-init/modules, and what an archive
 * tells of the one that it was made with.
 */
#ifndef CLI_ARCHIVE_LIST_H
#define CLI_ARCHIVE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A file's first bytes, as a text. Returns how many; 0, and *THERE false, where there is none. */
size_t archive_list_text(const char *path, char *text, size_t size, bool *there);

/*
 * Does PACKED, the archive's own lines, tell of the list beside CONFIG_FILE? Without one there it
 * may be of the desk where it was packed.
 */
bool archive_list_same(const char *config_file, const char *packed);

#endif
