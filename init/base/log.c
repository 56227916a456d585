/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of a capture. Consoles are opened non-blocking and given a bounded time, so that a
 * serial line held by flow control cannot hold the capture. Before log_open_consoles (and on
 * the command line) lines go to standard error.
 */
#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include <linux/kd.h>

enum { LOG_BYTES = 64 * 1024, LINE_BYTES = 320, CONSOLES = 4, CONSOLE_PATIENCE_MS = 250 };

struct shared_log {
	volatile uint32_t used; /* one writer at a time: PID 1 is silent while a worker lives */
	char text[LOG_BYTES - sizeof(uint32_t)];
};

struct console {
	int fd;
	bool terminal; /* a screen or a terminal window: lines can be renewed */
	bool renewed;  /* the cursor stands in a line that log_renew drew */
	bool stuck;    /* it did not take its text in time: no more patience with it */
};

static struct shared_log *shared;
static struct console console[CONSOLES] = {{.fd = STDERR_FILENO}};
static unsigned int consoles = 1;

void log_open(void)
{
	void *map = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	struct winsize size; /* which only a terminal has */

	if (map != MAP_FAILED)
		shared = map;
	console[0].terminal = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
}

/* A screen answers the keyboard ioctl of virtual terminals; a serial line does not. */
static bool is_screen(int fd)
{
	char type;

	return ioctl(fd, KDGKBTYPE, &type) == 0;
}

static void console_add(const char *name)
{
	char path[64];
	int fd;

	if (consoles == CONSOLES || name[0] == '\0')
		return;
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	console[consoles++] = (struct console){.fd = fd, .terminal = is_screen(fd)};
}

/*
 * kdump_console=kmsg: into the kernel's log, and so to its consoles that are no devices, such as
 * netconsole, beside the others. /dev/console is only the last console= of the command line; sysfs
 * names all of them (Documentation/ABI/testing/sysfs-tty).
 */
void log_open_consoles(void)
{
	char active[256] = "";
	char *rest = active;
	char *name;
	int fd = open("/sys/class/tty/console/active", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, active, sizeof(active) - 1);

	if (fd >= 0)
		close(fd); /* read only: nothing to lose */
	active[got > 0 ? (size_t)got : 0] = '\0';
	consoles = 0;
	for (char **e = environ; *e != NULL; e++) { /* words that the kernel does not know */
		size_t n = text_begins(*e, "kdump_console=");

		if (n > 0) {
			console_add(*e + n);
			rest = NULL;
		}
	}
	while ((name = strsep(&rest, " \n")) != NULL)
		console_add(name);
	if (consoles == 0)
		console_add("console");
	if (consoles == 0) /* standard error is better than nothing */
		consoles = 1;
}

static void console_write(struct console *c, const char *text, size_t len)
{
	int patience = c->stuck ? 1 : 4;

	while (len > 0 && patience > 0) {
		ssize_t n = write(c->fd, text, len);
		struct pollfd ready = {.fd = c->fd, .events = POLLOUT};

		if (n > 0) {
			text += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			patience--;
			poll(&ready, 1, c->stuck ? 0 : CONSOLE_PATIENCE_MS); /* write tells */
		} else {
			return;
		}
	}
	c->stuck = len > 0;
}

static void remember(const char *line, size_t len)
{
	uint32_t used;

	if (shared == NULL)
		return;
	used = shared->used;
	if (used > sizeof(shared->text) || len > sizeof(shared->text) - used)
		return;
	memcpy(shared->text + used, line, len);
	shared->used = used + (uint32_t)len;
}

/* Room is left behind the text for a newline; a longer line is cut. */
static size_t format_line(char *line, size_t size, const char *format, va_list args)
{
	int n = vsnprintf(line, size - 1, format, args);
	size_t len = n < 0 ? 0 : (size_t)n;

	if (len > size - 2)
		len = size - 2;
	line[len++] = '\n';
	line[len] = '\0';
	return len;
}

static void say(const char *text, size_t len, bool to_terminals)
{
	static const char name[] = "kdump-init: ";
	static const char erase[] = "\r\033[K";
	char line[sizeof(erase) + sizeof(name) + LINE_BYTES];

	for (unsigned int i = 0; i < consoles; i++) {
		struct console *c = &console[i];
		int n;

		if (c->terminal && !to_terminals)
			continue;
		n = snprintf(line, sizeof(line), "%s%s%.*s", c->renewed ? erase : "", name,
			     (int)len, text);
		c->renewed = false;
		console_write(c, line, (size_t)n);
	}
}

static void log_anywhere(const char *format, va_list args, bool to_terminals)
{
	char line[LINE_BYTES];
	char stamp[24];
	uint64_t now = clock_ms();
	size_t len = format_line(line, sizeof(line), format, args);
	int n = snprintf(stamp, sizeof(stamp), "[%5lu.%03lu] ", (unsigned long)(now / 1000),
			 (unsigned long)(now % 1000));

	remember(stamp, (size_t)n);
	remember(line, len);
	say(line, len, to_terminals);
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_anywhere(format, args, true);
	va_end(args);
}

void log_line_serial(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_anywhere(format, args, false);
	va_end(args);
}

void log_renew(const char *format, ...)
{
	char text[LINE_BYTES];
	char line[LINE_BYTES + 16];
	va_list args;
	int n;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	n = snprintf(line, sizeof(line), "\r%s\033[K", text);
	for (unsigned int i = 0; i < consoles; i++) {
		if (!console[i].terminal)
			continue;
		console_write(&console[i], line, (size_t)n);
		console[i].renewed = true;
	}
}

void log_drain(void)
{
	for (unsigned int i = 0; i < consoles; i++)
		tcdrain(console[i].fd); /* nothing can be done about a console that fails */
}

size_t log_text(const char **text)
{
	size_t used = shared == NULL ? 0 : shared->used;

	*text = shared == NULL ? "" : shared->text;
	return used > sizeof(shared->text) ? 0 : used;
}
