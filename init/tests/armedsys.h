/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A system that is a folder, "root", with an /etc, a /sys and a /proc of its own, for kdump-init
 * check. Where its target's device is, is the scene's to say; no disk is opened.
 */
#ifndef TESTS_ARMEDSYS_H
#define TESTS_ARMEDSYS_H

/* What the last command said, on both streams. */
extern char armedsys_said[16 * 1024];

/* The filesystem on the card, "ext4" unless a test says otherwise before the system is made. */
extern const char *armedsys_fstype;

/*
 * A board with its dumps on an ext4 partition of a card, whose filesystem and drivers are modules;
 * and the files of an archive for it, in the folder "files". The test counts as skipped where it
 * may make no namespaces.
 */
void armedsys_make(void);

/* Makes the archive of these files, through PACKER, a command of the shell. */
void armedsys_pack(const char *packer);

/* Makes the same system, armed: all is loaded, and enabled. */
void armedsys_arm(void);

/*
 * Runs a command of COUNT words in the system; returns its exit code. The file "mountinfo", where
 * there is one, is that of /proc. With a file "card" there is one on /mnt, of 16 MiB: "full" of
 * 12, "hidden" on its /var by another, or "read-only".
 */
int armedsys_run(int count, const char *const word[]);

/*
 * Checks an armed system after CHANGE, a command of the shell, and wants the exit code CODE and
 * FINDING said; and neither when all is as it was.
 */
void armedsys_expect(const char *change, int code, const char *finding);

#endif
