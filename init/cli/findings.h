/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kdump-init check finds out: a line each on standard error, or for machines one JSON object
 * on standard output. Findings are told when they are made, and only counted here.
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdbool.h>

enum finding_level {
	LOSES,	  /* a crash now would give no dump */
	MAY_LOSE, /* it may, or the next one after a reboot */
	NOTE,	  /* no more than that, or it could not be checked */
	LINE,	  /* of the configuration; it was mended, or is refused */
};

/* From here on findings are the members of a JSON object, which findings_end closes. */
void findings_as_json(void);

/* Tells a finding without a newline; it is cut where it is longer than a line may be. */
void finding(enum finding_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* COUNT lines of SOURCE were refused, each loses what it says. They were told as LINE. */
void finding_refused(const char *source, unsigned int count);

/* How many findings of LEVEL there were. */
unsigned int findings_of(enum finding_level level);

/* Ends the JSON object. Returns 0, or the -errno of writing it. */
int findings_end(bool ready);

#endif
