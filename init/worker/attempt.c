/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is cheaper than what. PID 1 makes its list of attempts by this, and a worker that finds no
 * room goes on by it in the same directory.
 */
#include "worker/attempt.h"

#include "codec/codec.h"

/* What had no room, or no time on a slow card, is packed by what leaves a quarter less than lzo. */
uint32_t attempt_codec(const struct config *c, enum attempt_kind kind)
{
	bool larger = c->compress == CODEC_NONE || c->compress == CODEC_LZO;

	return kind == ATTEMPT_FILTERED && larger ? CODEC_ZLIB : c->compress;
}

/* Is a filtered dump, which is packed by attempt_codec, less than the one that is configured? */
static bool can_filter(const struct config *c)
{
	return c->format == FORMAT_ELF || c->level != CONFIG_LEVEL_MAX ||
	       c->compress != attempt_codec(c, ATTEMPT_FILTERED);
}

bool attempt_cheaper(const struct config *config, enum attempt_kind *kind)
{
	if (*kind == ATTEMPT_FULL && can_filter(config))
		*kind = ATTEMPT_FILTERED;
	else if (*kind < ATTEMPT_LOG && config->dmesg != 0)
		*kind = ATTEMPT_LOG;
	else
		return false;
	return true;
}
