/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtdoops.mtddev= is a name or a number, and mtdoops.record_size= a multiple of 4096, which it is
 * by itself (mtdoops_init of the driver).
 */
#include "worker/mtdoops.h"

#include "base/io.h"
#include "base/text.h"
#include "board/pseudofs.h"
#include "config/config_source.h"
#include "disk/flash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

enum { VALUE = 80 /* bytes, as the driver has them for its name */, UNIT = 4096 };

int mtdoops_open(uint32_t *record)
{
	char cmdline[2048], value[VALUE], name[VALUE + 8], entry[FLASH_ENTRY];
	const char *digits = value;
	uint64_t size;

	*record = UNIT;
	(void)pseudofs_read("/proc/cmdline", cmdline,
			    sizeof(cmdline)); /* "" when it is not there */
	if (config_cmdline_value(cmdline, "mtdoops.record_size", value, VALUE) &&
	    text_number(&digits, 10, &size) && size >= UNIT && size % UNIT == 0 &&
	    size <= UINT32_MAX)
		*record = (uint32_t)size;
	if (!config_cmdline_value(cmdline, "mtdoops.mtddev", value, VALUE))
		return -ENOENT;
	snprintf(name, sizeof(name), "mtd%s", value);
	if (!flash_listed(name, entry)) {
		snprintf(name, sizeof(name), "mtd:%s", value);
		if (!flash_listed(name, entry))
			return -ENODEV;
	}
	snprintf(name, sizeof(name), "/dev/%s", entry);
	return io_result(open(name, O_RDONLY | O_CLOEXEC));
}
