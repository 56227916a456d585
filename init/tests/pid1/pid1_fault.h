/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong in a run of PID 1: one call of its, and how.
 */
#ifndef TESTS_PID1_PID1_FAULT_H
#define TESTS_PID1_PID1_FAULT_H

#include <stdatomic.h>
#include <stdbool.h>

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
	STRIKE_BUSY,   /* the call takes VALUE seconds, in which the disk works for it */
	STRIKE_HANG,   /* the call of a worker never ends */
	STRIKE_STUCK,  /* nor does SIGKILL end it */
	STRIKES
};

struct pid1_fault {
	enum pid1_call call;
	enum pid1_kind kind;
	unsigned int nth;  /* of the calls that it may strike, from 1 */
	unsigned int more; /* so many after it as well */
	bool on;	   /* and all after it */
	int value;	   /* errno, the signal, or seconds */
	long delay_us;	   /* of STRIKE_TIMER */
	_Atomic unsigned int seen, struck;
	_Atomic bool in_pid1;
};

#endif
