/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan of a run: each target with what is configured, then with less, then the log.
 */
#include "codec/codec.h"
#include "config/config.h"
#include "pid1/attempts.h"
#include "tests/test.h"
#include "worker/save.h"
#include "worker/save_parts.h"

#include <stdio.h>
#include <string.h>

static struct config config;

static void configure(enum config_format format, uint32_t level, uint32_t codec, uint32_t dmesg,
		      unsigned int targets)
{
	config_read_init(&config);
	config.format = format;
	config.level = level;
	config.compress = codec;
	config.dmesg = dmesg;
	config.targets = targets;
}

/* The plan as text: a letter for each kind, the target behind it. */
static const char *plan(void)
{
	static char text[128];
	struct attempt list[ATTEMPTS_MAX];
	unsigned int count = attempts_plan(&config, list);
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < count; i++) {
		CHECK_EQ(list[i].number, i + 1);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%c%u ",
					 "FfL"[list[i].kind],
					 (unsigned int)(list[i].target - config.target));
	}
	return text;
}

TEST("attempts: elf is followed by a filtered dump and by the log")
{
	configure(FORMAT_ELF, 31, CODEC_ZLIB, 1, 1);
	CHECK_STR(plan(), "F0 f0 L0 ");
}

TEST("attempts: a kdump that leaves everything out already is not tried twice")
{
	configure(FORMAT_KDUMP, 31, CODEC_ZLIB, 1, 1);
	CHECK_STR(plan(), "F0 L0 ");
	configure(FORMAT_KDUMP, 1, CODEC_ZLIB, 1, 1);
	CHECK_STR(plan(), "F0 f0 L0 ");
	configure(FORMAT_KDUMP, 31, CODEC_NONE, 1, 1);
	CHECK_STR(plan(), "F0 f0 L0 ");
	configure(FORMAT_KDUMP, 31, codec_named("zstd")->flag, 1, 1);
	CHECK_STR(plan(), "F0 L0 ");
	configure(FORMAT_KDUMP, 31, CODEC_LZO, 1, 1); /* zlib leaves less */
	CHECK_STR(plan(), "F0 f0 L0 ");
}

TEST("attempts: without the log there is none of it, unless nothing else is wanted")
{
	configure(FORMAT_ELF, 31, CODEC_ZLIB, 0, 1);
	CHECK_STR(plan(), "F0 f0 ");
	configure(FORMAT_NONE, 31, CODEC_ZLIB, 0, 1);
	CHECK_STR(plan(), "L0 ");
}

TEST("attempts: what only another codec makes smaller is told from what leaves more out")
{
	struct worker worker = {.config = &config};
	struct save save = {.worker = &worker, .kind = ATTEMPT_FULL};

	configure(FORMAT_KDUMP, 31, CODEC_LZO, 1, 1);
	CHECK(save_repacks(&save));
	save.kind = ATTEMPT_FILTERED;
	CHECK(!save_repacks(&save));
	save.kind = ATTEMPT_FULL;
	configure(FORMAT_KDUMP, 31, CODEC_ZLIB, 1, 1);
	CHECK(!save_repacks(&save));
	configure(FORMAT_KDUMP, 1, CODEC_LZO, 1, 1);
	CHECK(!save_repacks(&save));
	configure(FORMAT_ELF, 31, CODEC_LZO, 1, 1);
	CHECK(!save_repacks(&save));
}

TEST("attempts: all kinds on one target come before the next target")
{
	configure(FORMAT_ELF, 31, CODEC_ZLIB, 1, 2);
	CHECK_STR(plan(), "F0 f0 L0 F1 f1 L1 ");
}

TEST("attempts: the log on root= comes after all targets, where the log is wanted")
{
	configure(FORMAT_ELF, 31, CODEC_ZLIB, 1, 2);
	snprintf(config.target[CONFIG_ROOT].name, sizeof(config.target[0].name), "/dev/vda2");
	CHECK_STR(plan(), "F0 f0 L0 F1 f1 L1 L8 ");
	config.dmesg = 0;
	CHECK_STR(plan(), "F0 f0 F1 f1 ");
	config.format = FORMAT_NONE;
	CHECK_STR(plan(), "L0 L1 L8 ");
}

TEST("attempts: the largest plan fits")
{
	struct attempt list[ATTEMPTS_MAX];

	configure(FORMAT_ELF, 31, CODEC_ZLIB, 1, CONFIG_TARGETS);
	snprintf(config.target[CONFIG_ROOT].name, sizeof(config.target[0].name), "/dev/vda2");
	CHECK_EQ(attempts_plan(&config, list), ATTEMPTS_MAX);
}
