/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ubi_ctrl is where include/uapi/mtd/ubi-user.h has it.
 */
#include "disk/ubi.h"

#include "base/io.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <mtd/ubi-user.h>

/* POSIX has int for the request, as musl does; the requests themselves are unsigned. */
#ifdef __GLIBC__
typedef unsigned long request;
#else
typedef int request;
#endif

static int ask(request what, void *argument)
{
	int fd = io_result(open("/dev/ubi_ctrl", O_RDONLY | O_CLOEXEC));
	int r;

	if (fd < 0)
		return fd;
	r = io_result(ioctl(fd, what, argument));
	close(fd); /* nothing is written through it */
	return r;
}

int ubi_attach(unsigned int mtd, int number, uint32_t vid_offset)
{
	struct ubi_attach_req attach = {
		.ubi_num = number,
		.mtd_num = (int32_t)mtd,
		.vid_hdr_offset = (int32_t)vid_offset,
	};
	int r = ask((request)UBI_IOCATT, &attach);

	return r < 0 ? r : attach.ubi_num;
}

void ubi_detach(int number)
{
	int32_t device = number;

	(void)ask((request)UBI_IOCDET, &device); /* one that stays attached is in nobody's way */
}
