/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By what the names begin with: ext4, nfs4, ntfs3.
 */
#include "base/fstype.h"

#include "base/text.h"

bool fstype_is_of_disk(const char *fstype)
{
	return text_begins(fstype, "raw|ext|vfat|fat|msdos|exfat|f2fs|xfs|btrfs|ntfs|jfs|bcachefs|"
				   "reiserfs|nilfs2|ocfs2|udf") != 0;
}

bool fstype_is_of_share(const char *fstype)
{
	return text_begins(fstype, "tcp|nfs|cifs|ceph|9p|virtiofs|ubifs|jffs2") != 0;
}
