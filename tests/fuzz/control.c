// SPDX-License-Identifier: GPL-2.0
/* The control socket: an input is text, one request per line. */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl.h"
#include "fuzz.h"
#include "unixsock.h"
#include "vfu.h"

#define MAX_CARDS	4u
#define MAX_LINES	64u
#define MAX_TEXT	2048u
#define PATH_BYTES	64u

struct control {
	struct emu_box *box;
	struct emu_vfu *vfus[MAX_CARDS];
	struct emu_ctl *ctl;
};

static void check_answer(const char *text)
{
	struct json_object *obj;

	fuzz_expect(text, "there is an answer");
	fuzz_no_secret(text, strlen(text), "an answer");
	fuzz_expect(!strchr(text, '\n'), "an answer is one line");
	obj = json_tokener_parse(text);
	fuzz_expect(json_object_is_type(obj, json_type_object), "an answer is a JSON object");
	json_object_put(obj);
}

/*
 * Requests may name files. A slash becomes harmless; these letters stand for files that an
 * input can ask for: one of its own, and two that take or refuse everything.
 */
static char *name_files(const char *from, size_t *bytes, const char *scratch)
{
	size_t len = *bytes;
	char *text = calloc(1, len * PATH_BYTES + 1), *at = text;
	const char *name;
	size_t i;

	fuzz_expect(text, "there is memory left");
	for (i = 0; i < len; i++) {
		name = from[i] == '@' ? scratch : from[i] == '#' ? "/dev/null" :
		       from[i] == '%' ? "/dev/full" : NULL;
		if (name)
			at = stpcpy(at, name);
		else
			*at++ = from[i] == '/' ? '_' : from[i];
	}
	*bytes = (size_t)(at - text);
	return text;
}

static void execute_lines(struct control *c, char *text)
{
	char *save = NULL, *line, *answer;
	unsigned int lines = 0;

	for (line = strtok_r(text, "\n", &save); line && lines < MAX_LINES;
	     line = strtok_r(NULL, "\n", &save), lines++) {
		answer = emu_ctl_execute(c->ctl, line);
		check_answer(answer);
		free(answer);
	}
}

/* Bytes as they are, no zero excluded; the answers only have to come to an end. */
static void talk(int sock, const char *text, size_t len)
{
	struct pollfd pfd = { .fd = sock };
	char buf[4096];
	ssize_t got = 1;

	while (got > 0) {
		pfd.events = POLLIN | (len ? POLLOUT : 0);
		if (poll(&pfd, 1, -1) < 0)
			continue;
		if (len && pfd.revents & POLLOUT) {
			got = send(sock, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
			if (got < 0)
				break;
			text += got;
			len -= (size_t)got;
			if (!len)
				shutdown(sock, SHUT_WR);
		}
		if (pfd.revents & (POLLIN | POLLHUP)) {
			got = recv(sock, buf, sizeof(buf), 0);
			if (got > 0)
				fuzz_no_secret(buf, (size_t)got, "an answer");
		}
		got = got ? got : len ? 1 : 0;
	}
}

static void by_socket(struct control *c, const char *text, size_t len)
{
	char path[PATH_BYTES];
	int sock;

	snprintf(path, sizeof(path), "/tmp/fuzz-control-%d.sock", (int)getpid());
	fuzz_expect(!emu_ctl_listen(c->ctl, path), "a socket can be made");
	sock = emu_unix_connect(path);
	fuzz_expect(sock >= 0, "who listens can be connected to");
	if (len)
		talk(sock, text, len);
	close(sock);
}

static void create(struct control *c, const struct emu_opts *opts, bool transport)
{
	unsigned int i;

	c->box = emu_box_create(opts);
	fuzz_expect(c->box, "a box can be made");
	for (i = 0; i < emu_box_count(c->box); i++) {
		emu_card_attach(emu_box_card(c->box, i));
		if (!transport)
			continue;
		c->vfus[i] = emu_vfu_create(emu_box_card(c->box, i), opts, i);
		fuzz_expect(c->vfus[i], "a server can be made");
	}
	c->ctl = emu_ctl_create(c->box, transport ? c->vfus : NULL);
	fuzz_expect(c->ctl, "a control socket can be made");
}

static void destroy(struct control *c)
{
	unsigned int i;

	emu_ctl_destroy(c->ctl);
	for (i = 0; i < emu_box_count(c->box); i++)
		emu_vfu_destroy(c->vfus[i]);
	emu_box_destroy(c->box);
}

/**
 * LLVMFuzzerTestOneInput() - carry out some requests
 * @data: what kind of box and how to ask, one letter; then lines of text
 * @size: length
 * Return: 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	uint8_t kind = fuzz_u8(&in);
	struct emu_opts opts = {
		.nr_cards = 1 + (kind & 1), .dma_inline = kind & 2, .irq_mode = EMU_IRQ_MSI,
		.device_id = 0x7064, .bar4_bytes = EMU_DRAM_BYTES,
	};
	unsigned int open_fds = fuzz_open_fds();
	char scratch[PATH_BYTES], text[MAX_TEXT] = { 0 }, *named;
	struct control control = { 0 };
	size_t len = fuzz_bytes(&in, text, sizeof(text));

	snprintf(scratch, sizeof(scratch), "/tmp/fuzz-control-%d.trace", (int)getpid());
	named = name_files(text, &len, scratch);
	create(&control, &opts, kind & 4);
	if (kind & 0x80)
		by_socket(&control, named, len);
	else
		execute_lines(&control, named);
	destroy(&control);
	free(named);
	unlink(scratch);
	fuzz_expect(fuzz_open_fds() == open_fds, "no descriptor is left open");
	return 0;
}
