/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture whose target is another machine: what is there at the end is what a disk would have
 * got, and nothing is called complete that the other side has not called durable.
 */
#include "cli/cli.h"
#include "cli/receive.h"
#include "disk/mount.h"
#include "store/layout.h"
#include "store/stream.h"
#include "tests/images/crashlog.h"
#include "tests/page_flags.h"
#include "tests/scratch.h"
#include "tests/sealing.h"
#include "tests/test.h"
#include "worker/capture.h"
#include "worker/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct config config;
static struct worker_shared shared;
static unsigned int frames_left; /* until the receiver dies */
static struct seal *sealed;	 /* by whom; NULL: in the clear */

/* The call of send(2) that fails, and with what; 0: none. Each before it takes a part only. */
static unsigned int failing_send, sends;
static int send_error;

ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __real_send(int fd, const void *data, size_t size, int flags);

ssize_t __wrap_send(int fd, const void *data, size_t size, int flags)
{
	if (failing_send == 0)
		return __real_send(fd, data, size, flags);
	if (++sends % 3 == 1) {
		errno = EINTR;
		return -1;
	}
	if (sends >= failing_send) {
		errno = send_error;
		return -1;
	}
	return __real_send(fd, data, size > 1 && sends % 3 == 2 ? size / 2 : size, flags);
}

static void tell_nothing(void)
{
}

static void count_frame(const struct receive *r)
{
	(void)r;
	if (frames_left-- == 1)
		_exit(0);
}

/* The desk, in a process of its own. */
static void keep_dump(int fd)
{
	static struct store store;
	struct receive r = {.in = fd, .out = fd, .store = &store};
	int at = open("desk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	signal(SIGPIPE, SIG_IGN);
	if (at < 0 || store_open(&store, at, "") != 0)
		_exit(1);
	r.moved = frames_left > 0 ? count_frame : NULL;
	(void)receive_dump(&r);
	if (r.files == 0)
		store_drop(&store);
	_exit(store_end(&store) == 0 ? 0 : 1);
}

/* A desk whose files cannot become larger than this. */
static void keep_little(int fd)
{
	const struct rlimit most = {.rlim_cur = 16 * 1024, .rlim_max = 16 * 1024};

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &most) != 0)
		_exit(1);
	keep_dump(fd);
}

/* Somebody else, who has something to say. */
static void say_noise(int fd)
{
	static const char noise[] = "SSH-2.0-of-another-service, with a banner of some length\r\n";

	_exit(write(fd, noise, sizeof(noise)) > 0 ? 0 : 1);
}

static void hang_up(int fd)
{
	close(fd);
	_exit(0);
}

static const char memory_text[] = "ring arm count_bits=8 text_bits=12\n"
				  "record 1.0 a board\nrecord 2.0 that crashed\n";

static enum worker_end save_to(struct stream *stream, enum attempt_kind kind)
{
	static const struct config_target target = {.name = "tcp:desk", .fstype = "auto"};
	const struct attempt attempt = {.kind = kind, .target = &target, .number = 1};
	const struct worker worker = {
		.config = &config, .attempt = &attempt, .shared = &shared, .tell = tell_nothing};
	const struct mount mount = {.sparse = true};
	struct status s;
	struct capture capture = {.status = &s, .progress = &shared.progress, .seal = sealed};
	struct save save = {.worker = &worker,
			    .mount = &mount,
			    .stream = stream,
			    .capture = &capture,
			    .status = &s};
	struct crashlog *c = crashlog_build(memory_text);
	enum worker_end end;

	scratch_write_file("core", c->core.bytes, c->core.size);
	status_init(&s);
	s.sealed = sealed != NULL;
	REQUIRE(capture_open(&capture, "core") == 0);
	end = save_dump(&save);
	capture_close(&capture);
	crashlog_free(c);
	return end;
}

/* One capture, to a DESK at the other end of a connection. */
static enum worker_end send_to(void (*desk)(int fd), enum attempt_kind kind)
{
	static struct stream stream;
	enum worker_end end;
	int pair[2];
	pid_t child;

	REQUIRE(mkdir("desk", 0700) == 0 || errno == EEXIST);
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	shared = (struct worker_shared){0};
	child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		close(pair[0]);
		desk(pair[1]);
	}
	close(pair[1]);
	stream_begin(&stream, pair[0]);
	end = save_to(&stream, kind);
	close(pair[0]);
	REQUIRE(waitpid(child, NULL, 0) == child);
	return end;
}

static void set_config(uint32_t format, uint32_t codec)
{
	config_read_init(&config);
	config.format = format;
	config.compress = codec;
	config.level = 0;
	config.free = 0;
}

/* "desk/NAME" of the one dump that is there, or NULL. */
static const char *only_dump(void)
{
	static char path[160];
	DIR *d = opendir("desk");
	const struct dirent *e;
	unsigned int n = 0;

	REQUIRE(d != NULL);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "desk/%.100s", e->d_name);
		n++;
	}
	closedir(d);
	CHECK(n <= 1);
	return n == 1 ? path : NULL;
}

static bool has(const char *dump, const char *file)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dump, file);
	return access(path, F_OK) == 0;
}

static int verify(const char *dump)
{
	char *words[] = {(char *)(uintptr_t) "kdump-init", (char *)(uintptr_t) "verify",
			 (char *)(uintptr_t)dump, NULL};

	return cli_main(3, words);
}

TEST("stream: what arrives is a dump like any other, in each format, with each codec")
{
	static const uint32_t codecs[] = {PAGE_RAW, PAGE_ZLIB, PAGE_LZO};

	for (unsigned int i = 0; i < 4; i++) {
		const char *dump;

		set_config(i < 3 ? FORMAT_KDUMP : FORMAT_ELF, codecs[i % 3]);
		CHECK_EQ(send_to(keep_dump, ATTEMPT_FULL), WORKER_DONE);
		CHECK_EQ(shared.saved, 1);
		dump = only_dump();
		REQUIRE(dump != NULL);
		CHECK_EQ(verify(dump), CLI_DONE);
		CHECK(scratch_shell("grep -q 'that crashed' %s/vmcore-dmesg.txt && "
				    "grep -qx result=complete %s/status",
				    dump, dump));
		if (i == 3)
			CHECK(scratch_shell("cmp core %s/vmcore", dump));
		scratch_remove("desk");
	}
}

TEST("stream: a sealed dump is one there, too, by its names")
{
	static struct seal keys;
	char file[200];

	sealed = &keys;
	for (unsigned int format = FORMAT_ELF; format <= FORMAT_KDUMP; format++) {
		const char *dump;

		sealing_keys(&keys);
		set_config(format, PAGE_ZLIB);
		CHECK_EQ(send_to(keep_dump, ATTEMPT_FULL), WORKER_DONE);
		dump = only_dump();
		REQUIRE(dump != NULL);
		CHECK(!has(dump, LAYOUT_MEMORY) && !has(dump, LAYOUT_LOG));
		CHECK_EQ(verify(dump), CLI_DONE);
		CHECK(scratch_shell("! grep -q -r -a 'that crashed' %s", dump));
		snprintf(file, sizeof(file), "%s/" LAYOUT_SEALED_LOG, dump);
		CHECK(sealing_open(file) && scratch_shell("grep -q 'that crashed' %s", file));
		snprintf(file, sizeof(file), "%s/" LAYOUT_SEALED_MEMORY, dump);
		CHECK(sealing_open(file));
		if (format == FORMAT_ELF)
			CHECK(scratch_shell("cmp core %s", file));
		scratch_remove("desk");
	}
}

TEST("stream: a memory that has no room there is followed by the log alone")
{
	const char *dump;

	set_config(FORMAT_ELF, PAGE_RAW);
	CHECK_EQ(send_to(keep_little, ATTEMPT_FULL), WORKER_DONE);
	dump = only_dump();
	REQUIRE(dump != NULL);
	CHECK(!has(dump, "vmcore") && !has(dump, "vmcore-incomplete"));
	CHECK(scratch_shell("grep -qx result=log-only %s/status", dump));
	CHECK_EQ(verify(dump), CLI_DONE);
}

/* Nobody was told that it is complete, and whatever has a final name is whole. */
static void check_lost(const char *dump)
{
	CHECK_EQ(shared.saved, 0);
	if (dump == NULL)
		return;
	CHECK(!has(dump, "vmcore") || has(dump, "vmcore-dmesg.txt"));
	if (has(dump, "vmcore-dmesg.txt"))
		CHECK(scratch_shell("grep -q 'that crashed' %s/vmcore-dmesg.txt", dump));
	if (has(dump, "vmcore"))
		CHECK(scratch_shell("cmp core %s/vmcore", dump));
}

TEST("stream: where the desk dies after any frame, the next target has its turn")
{
	enum worker_end end = WORKER_IO;
	const char *dump;

	for (unsigned int frames = 1; end != WORKER_DONE; frames++) {
		set_config(FORMAT_ELF, PAGE_RAW);
		frames_left = frames;
		test_note("%u frames", frames);
		end = send_to(keep_dump, ATTEMPT_FULL);
		dump = only_dump();
		if (end != WORKER_DONE && CHECK_EQ(end, WORKER_IO))
			check_lost(dump);
		CHECK(end != WORKER_DONE || (dump != NULL && has(dump, "status")));
		REQUIRE(frames < 40);
		scratch_remove("desk");
	}
}

TEST("stream: a send that fails, whichever it is, ends the attempt; a part, or a signal, does not")
{
	static const int errors[] = {ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOBUFS};
	enum worker_end end = WORKER_IO;

	for (failing_send = 1; end != WORKER_DONE; failing_send++) {
		const char *dump;

		set_config(FORMAT_ELF, PAGE_RAW);
		sends = 0;
		send_error = errors[failing_send % 4];
		test_note("send number %u", failing_send);
		end = send_to(keep_dump, ATTEMPT_FULL);
		dump = only_dump();
		if (end != WORKER_DONE && CHECK_EQ(end, WORKER_IO)) {
			check_lost(dump);
			CHECK(dump == NULL || !has(dump, "status"));
		} else if (CHECK(dump != NULL)) {
			CHECK_EQ(verify(dump), CLI_DONE);
		}
		REQUIRE(failing_send < 2000);
		scratch_remove("desk");
	}
	CHECK(failing_send > 30);
}

TEST("stream: who is no desk ends the attempt, and gets nothing of the memory")
{
	set_config(FORMAT_ELF, PAGE_RAW);
	CHECK_EQ(send_to(say_noise, ATTEMPT_FULL), WORKER_IO);
	CHECK_EQ(send_to(hang_up, ATTEMPT_FULL), WORKER_IO);
	CHECK_EQ(shared.saved, 0);
	CHECK(only_dump() == NULL);
}

TEST("stream: a log alone, as an attempt that saves nothing else")
{
	const char *dump;

	set_config(FORMAT_ELF, PAGE_RAW);
	CHECK_EQ(send_to(keep_dump, ATTEMPT_LOG), WORKER_DONE);
	dump = only_dump();
	REQUIRE(dump != NULL);
	CHECK_EQ(verify(dump), CLI_DONE);
}
