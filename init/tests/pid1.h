/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole binary as PID 1 of a machine that is made of plain files: a namespace with a root of
 * its own, disks that are small tmpfs, and calls that fail, hang or kill when the plan says so
 * (-Wl,--wrap). What the run did is written down in memory that the harness shares with it. The
 * machine underneath is out of reach: reboot(2) and the pseudo files are never passed on.
 */
#ifndef TESTS_PID1_H
#define TESTS_PID1_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum pid1_call {
	CALL_WRITE,
	CALL_READ,
	CALL_PWRITE,
	CALL_PREAD,
	CALL_OPEN,
	CALL_OPENAT,
	CALL_CLOSE,
	CALL_FSYNC,
	CALL_FTRUNCATE,
	CALL_FCNTL,
	CALL_RENAMEAT,
	CALL_MKDIRAT,
	CALL_UNLINKAT,
	CALL_MKDIR,
	CALL_MOUNT,
	CALL_UMOUNT,
	CALL_MMAP,
	CALL_FORK,
	CALL_STATFS,
	CALL_SYNC_RANGE,
	CALL_GETDENTS,
	CALL_ASYNC, /* io_setup, io_submit: what writes beside the worker */
	CALL_EVENTS,
	CALL_ANY, /* of a child */
	CALLS
};

enum pid1_kind {
	STRIKE_ERROR,  /* the call does nothing and fails */
	STRIKE_SHORT,  /* read or written is half of it */
	STRIKE_SIGNAL, /* a child dies in the call */
	STRIKE_TIMER,  /* a child dies some time after its fork */
	STRIKE_HANG,   /* the call of a worker never ends */
	STRIKE_STUCK,  /* nor does SIGKILL end it */
	STRIKES
};

struct pid1_fault {
	enum pid1_call call;
	enum pid1_kind kind;
	unsigned int nth; /* of the calls that it may strike, from 1 */
	bool on;	  /* and all after it */
	int value;	  /* errno, or the signal */
	long delay_us;	  /* of STRIKE_TIMER */
	_Atomic unsigned int seen, struck;
	_Atomic bool in_pid1;
};

enum pid1_disk {
	DISK_GOOD,
	DISK_TINY,
	DISK_ABSENT,
	DISK_FOREIGN,	/* its filesystem is none that the kernel knows */
	DISK_READ_ONLY, /* every call that writes gets EROFS */
	DISK_LINK,	/* a link in PATH leads elsewhere */
	DISK_BLOCKED,	/* a file stands where PATH should be */
	DISKS_OF_A_KIND
};

/* How an order to end the machine goes. */
enum pid1_order { ORDER_WORKS, ORDER_FAILS, ORDER_HANGS, ORDER_IGNORED };

enum pid1_corruption { CORRUPT_NOT, CORRUPT_MEMORY, CORRUPT_ANYTHING };

enum {
	PID1_FAULTS = 3,
	PID1_TARGETS = 3,
	PID1_EARLIER = 3,
	PID1_PIDS = 512,
	PID1_INODES = 512,
	PID1_PATH = 512
};

struct pid1_plan {
	uint64_t seed;
	unsigned int image, format, level, codec, targets, path, earlier, keep;
	unsigned int stall, timeout; /* seconds */
	unsigned int no_vmcore, by_label;
	bool dmesg, iomem, direct, remains;
	enum pid1_corruption corruption;
	enum pid1_disk disk[PID1_TARGETS];
	unsigned int faults;
	struct pid1_fault fault[PID1_FAULTS];
	unsigned int cut; /* the call at which the power goes, 0: never */
	enum pid1_order reboot, sysrq;
	int fatal;	    /* a signal that PID 1 gets where it first waits, 0: none */
	bool fsync_is_lie;  /* fsync of files does nothing, and says that it did */
	bool dirsync_lies;  /* the same of directories */
	bool hangs_early;   /* STRIKE_HANG strikes any child */
	bool leaves_worker; /* a process that stays until the end */
};

/* What is known of a child of PID 1; bits. */
enum {
	CHILD_FORKED = 1,
	CHILD_KILLED = 2, /* by PID 1 */
	CHILD_ENDED = 4,
	CHILD_BURIED = 8,
	CHILD_VICTIM = 16, /* of a fault */
	CHILD_WORKER = 32, /* it has mounted something */
	CHILD_UNKILLABLE = 64,
};

struct pid1_inode {
	_Atomic uint64_t key;
	_Atomic bool unsafe; /* it has changes that no fsync covered */
};

struct pid1_run {
	struct pid1_plan plan;
	_Atomic bool dark;   /* there is no power any more */
	_Atomic bool done;   /* the order came that ends the machine */
	_Atomic int command; /* of reboot(2) */
	_Atomic int sysrq;   /* the first letter that was tried */
	_Atomic unsigned int reboots, sysrqs;
	_Atomic bool by_pid1; /* the last reboot(2) was its own */
	_Atomic unsigned int calls, workers;
	_Atomic uint64_t log_dir;
	_Atomic unsigned int logs; /* that were durable under their name */
	_Atomic uint8_t child[PID1_PIDS];
	struct pid1_inode inode[PID1_INODES];
	_Atomic bool is_broken;
	char broken[160]; /* the first promise that was broken on the way */
};

/* The run that this process belongs to; NULL in the harness, where all calls are as ever. */
extern struct pid1_run *pid1_now;

/* STRIKE_TIMER, for this child, and its timer. */
extern struct pid1_fault *pid1_aimed;
void pid1_arm(struct pid1_fault *f);

/* Writes down a broken promise. */
void pid1_break(struct pid1_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* pid1_wrap.c: does a fault strike this call? Those that end the process do so in here. */
struct pid1_fault *pid1_strikes(enum pid1_call call);
bool pid1_fails(enum pid1_call call); /* for calls that only fail; sets errno */

/* pid1_model.c: what was made durable, by inode. */
void pid1_mark(int fd, bool unsafe);
bool pid1_is_unsafe(const struct pid1_run *run, const char *path);
void pid1_named(int dir_fd, const char *from, const char *to);
void pid1_synced(int fd);

/* pid1_machine.c: are reboot(2) and all else that could touch this machine wrapped? */
bool pid1_is_safe(void);
void pid1_leave_worker(void);

/* Collects what the harness itself writes to standard output and standard error; NULL: ends. */
void pid1_collect(char *text, size_t size);

/* pid1_draw.c */
struct pid1_plan pid1_draw(uint64_t seed);
/* One good disk with an earlier dump, an image with a log, nothing in the way. */
struct pid1_plan pid1_quiet(void);
void pid1_describe(const struct pid1_run *run, char *text, size_t size);

/* pid1_scene.c: images, and the root directory DIR of a run. */
enum { PID1_IMAGES = 6 };

struct pid1_image {
	const char *name;
	uint8_t *bytes;
	size_t size, data_start;
	const char *log; /* what is printed of it, NULL: nothing can be */
};

extern struct pid1_image pid1_image[PID1_IMAGES];
extern const char *const pid1_paths[];
void pid1_images(void);

/* A path; one that does not fit ends the test. */
void pid1_path(char path[PID1_PATH], const char *format, ...) __attribute__((format(printf, 2, 3)));

void pid1_build(const struct pid1_plan *plan, const char *dir);
void pid1_clear(const char *dir);
/* The name of earlier dump N. */
void pid1_earlier(unsigned int n, char *name, size_t size);

/* pid1_world.c: runs INSIDE in namespaces of our own; what it returns, or -1 where there are none.
 */
int pid1_world(int (*inside)(void));
/* Starts the product as PID 1 in DIR. Returns its process. */
pid_t pid1_start(struct pid1_run *run, const char *dir);

/* pid1_judge.c */
enum pid1_end { END_ORDERED, END_CUT, END_DIED, END_HUNG };
enum pid1_left { LEFT_NOTHING, LEFT_LOG, LEFT_LOG_ONLY, LEFT_PARTIAL, LEFT_COMPLETE, LEFT_KINDS };

struct pid1_verdict {
	enum pid1_left left;
	bool saved;    /* PID 1 believed so */
	char why[400]; /* the promise that was broken, "" for none */
};

void pid1_judge(struct pid1_run *run, const char *dir, enum pid1_end end,
		struct pid1_verdict *verdict);

/*
 * pid1.c: builds, starts, waits and judges one run of that plan. TAMPER sees DIR in between. Where
 * reboot(2) is to hang, the run is given less time than PID 1 gives it.
 */
struct pid1_verdict pid1_one(const struct pid1_plan *plan, void (*tamper)(const char *dir));

/* The same of COUNT plans at once, each with PATIENCE_S seconds. */
void pid1_several(const struct pid1_plan *plans, unsigned int count, unsigned int patience_s,
		  struct pid1_verdict *verdicts);

/* Run N of those that were judged last. */
const struct pid1_run *pid1_last(unsigned int n);

/* Calls INSIDE in the world as a test; skips it where there can be none. */
void pid1_test(int (*inside)(void));

#endif
