/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log on its way to a file, with an eye on why the kernel died.
 */
#include "worker/capture.h"

#include "base/io.h"
#include "base/log.h"
#include "vmcore/dmesg.h"
#include "vmcore/vmcore.h"
#include "worker/capture_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Only the first LINE bytes of a line are scanned; the log is written PIECE bytes at a time. */
enum { LINE = 256, PIECE = 8192 };

struct log_writer {
	struct capture *capture;
	int fd;
	int error; /* the -errno of a write that failed, or 0 */
	size_t used, line_used;
	char line[LINE];   /* the line that is being read, up to line_used */
	char reason[LINE]; /* why the kernel died, in its own words; "" while that is not known */
	char piece[PIECE]; /* what is not written yet, up to USED */
};

static struct log_writer writer;

static int flush(struct log_writer *w)
{
	w->error = io_write(w->fd, w->piece, w->used);
	if (w->error != 0)
		return w->error;
	w->used = 0;
	*w->capture->progress = *w->capture->progress + 1;
	return 0;
}

/* How the lines begin that say why; an oops comes before the panic that it causes. */
static const char *const reasons[] = {
	"Unable to handle kernel",
	"Unhandled fault",
	"Unhandled prefetch abort",
	"kernel BUG at",
	"Internal error:",
	"BUG:",
	"Kernel panic",
};

static void keep_first(char *kept, size_t size, const char *text)
{
	if (text != NULL && kept[0] == '\0')
		snprintf(kept, size, "%s", text);
}

static void scan_line(struct log_writer *w)
{
	struct status *s = w->capture->status;

	w->line[w->line_used] = '\0';
	w->line_used = 0;
	for (unsigned int i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		keep_first(w->reason, sizeof(w->reason), strstr(w->line, reasons[i]));
	keep_first(s->panic, sizeof(s->panic), strstr(w->line, "Kernel panic"));
}

static int take_text(void *arg, const char *text, size_t size)
{
	struct log_writer *w = arg;
	int r = 0;

	for (size_t i = 0; i < size && r == 0; i++) {
		if (text[i] == '\n')
			scan_line(w);
		else if (w->line_used < LINE - 1)
			w->line[w->line_used++] = text[i];
		w->piece[w->used++] = text[i];
		if (w->used == PIECE)
			r = flush(w);
	}
	return r;
}

const char *capture_reason(int error)
{
	switch (error) {
	case -ENOKEY:
		return "VMCOREINFO does not tell where to look";
	case -ENOTSUP:
		return "this machine is not known";
	case -EBADMSG:
		return "what is there makes no sense";
	case -ENXIO:
		return "the addresses lead nowhere";
	default:
		return strerror(-error);
	}
}

int capture_log(struct capture *c, int fd)
{
	struct vmcore *v = c->image;
	struct dmesg dmesg = {.emit = take_text, .arg = &writer};
	int error = v->translate_error;

	writer.capture = c;
	writer.fd = fd;
	writer.error = 0;
	writer.used = 0;
	writer.line_used = 0;
	writer.reason[0] = '\0';
	if (error == 0)
		error = dmesg_write(&dmesg, &v->translate, &v->info);
	if (writer.error == 0)
		(void)flush(&writer); /* its error is looked at here */
	if (writer.error != 0)
		return writer.error;
	if (error != 0)
		log_line("the log cannot be read: %s", capture_reason(error));
	if (dmesg.torn > 0)
		log_line("%u records of the log were torn and are left out", dmesg.torn);
	if (dmesg.records == 0)
		return -ENODATA;
	/* an oops in an interrupt starts the capture kernel before there is a panic */
	keep_first(c->status->panic, sizeof(c->status->panic),
		   writer.reason[0] != '\0' ? writer.reason : NULL);
	log_line("the log: %u lines", dmesg.records);
	if (writer.reason[0] != '\0')
		log_line("why it died: %s", writer.reason);
	return 0;
}
