/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump on its way to kdump-init receive, over a connection that is there (README.md has the
 * protocol). The directory, its names and its fsyncs are on the other side; a step is done here
 * once that side has said that it is durable there.
 */
#ifndef STORE_STREAM_H
#define STORE_STREAM_H

#include "base/desk.h"
#include "output/remote.h"
#include "store/stream_frame.h"

#include <stdbool.h>

struct stream {
	struct remote remote;
	int fd;		   /* of the connection, the caller's */
	uint32_t sequence; /* of the next frame */
	uint32_t number;   /* of the dump, once there is one */
	uint8_t file;	   /* an index of layout_files: what is being sent */
	uint64_t end;	   /* bytes of it so far, holes included */
	uint64_t room;	   /* that the other side had when it last answered */
	int refused;	   /* why it takes no more of this file, -errno, or 0 */
	int error;	   /* of the connection, -errno: nothing is sent after it */
};

/* Begins on the connected socket FD. Nothing is sent. */
NET_ONLY void stream_begin(struct stream *s, int fd);

/* Has the directory made for a crash at TIME, seconds since 1970. Returns 0 or -errno. */
NET_ONLY int stream_make(struct stream *s, int64_t time);

/* Begins FILE, an index of layout_files. Returns a descriptor to be closed, or -errno. */
NET_ONLY int stream_create(struct stream *s, unsigned int file);

/* Has FILE, of SIZE bytes, made durable under its name. Returns 0 or -errno. */
NET_ONLY int stream_commit(struct stream *s, unsigned int file, uint64_t size);

/* Has FILE, whole or not, and a status removed. Returns 0 or -errno. */
NET_ONLY int stream_drop(struct stream *s, unsigned int file);

#endif
