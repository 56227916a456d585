/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subvolume DIRECTORY NAME: makes a subvolume of btrfs, as btrfs-subvolume(8) does. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include <linux/btrfs.h>

int main(int argc, char **argv)
{
	struct btrfs_ioctl_vol_args args = {0};
	int fd = argc == 3 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;

	if (fd < 0)
		return 2;
	snprintf(args.name, sizeof(args.name), "%s", argv[2]);
	return ioctl(fd, BTRFS_IOC_SUBVOL_CREATE, &args) != 0;
}
