/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flags of a page descriptor by the format's description (DUMP_DH_COMPRESSED_* in
 * diskdump_mod.h of makedumpfile). They stand here once more so that a wrong number in the rows of
 * codec/codec.c shows.
 */
#ifndef TESTS_PAGE_FLAGS_H
#define TESTS_PAGE_FLAGS_H

enum { PAGE_RAW = 0, PAGE_ZLIB = 0x01, PAGE_LZO = 0x02, PAGE_SNAPPY = 0x04, PAGE_ZSTD = 0x20 };

#endif
