// SPDX-License-Identifier: GPL-2.0
/*
 * Control socket, server side: text in, JSON out.
 *
 * One thread serves all connections, so commands of one box never run beside
 * each other, and an answer is about the state that the previous one left.
 */
#include "ctl.h"

#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "trace.h"
#include "unixsock.h"
#include "vfu.h"

#define MAX_CONNS	16
#define MAX_ARGS	32
#define BACKLOG		16
#define ANSWER_FORMAT	(JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* A client that does not read its answer is dropped after this. */
#define SEND_TIMEOUT_S	10

struct conn {
	int fd;
	struct emu_trace_output *follower;	/* NULL: it sends requests */
	size_t used;
	char line[EMU_CTL_LINE_BYTES];
};

/**
 * struct emu_ctl - control socket
 * @box: whose cards are controlled
 * @vfus: their transports, or NULL
 * @listen_fd: named socket, or -1
 * @stop_fd: eventfd that ends the thread
 * @path: name of @listen_fd
 * @thread: serves the connections
 * @conns: connections, @nr_conns of them in use
 * @nr_conns: see @conns
 */
struct emu_ctl {
	struct emu_box *box;
	struct emu_vfu *const *vfus;
	int listen_fd;
	int stop_fd;
	char *path;
	pthread_t thread;
	struct conn conns[MAX_CONNS];
	unsigned int nr_conns;
};

static struct json_object *error_object(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

static struct json_object *error_object(const char *fmt, ...)
{
	struct json_object *obj = json_object_new_object();
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_object_object_add(obj, "error", json_object_new_string(text));
	return obj;
}

static bool is_error(struct json_object *obj)
{
	return json_object_object_get_ex(obj, "error", NULL);
}

/* The model prints its answer; reading it back makes sure that it is JSON. */
static struct json_object *run_card_command(struct emu_card *card, int argc, char **argv)
{
	struct json_object *answer = NULL;
	size_t bytes = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &bytes);
	int ret;

	if (!out)
		return error_object("no memory");
	ret = emu_card_command(card, argc, argv, out);
	if (!fclose(out))
		answer = json_tokener_parse(text);
	free(text);
	if (!json_object_is_type(answer, json_type_object)) {
		json_object_put(answer);
		return error_object("%s: the answer is no JSON object", argv[0]);
	}
	if (ret && !is_error(answer))
		json_object_object_add(answer, "error", json_object_new_string(strerror(-ret)));
	return answer;
}

static void add_u64(struct json_object *obj, const char *key, uint64_t value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}

static struct json_object *show_transport(struct emu_ctl *ctl, unsigned int index)
{
	struct json_object *obj;
	struct emu_vfu_stats st;

	if (!ctl->vfus)
		return error_object("card %u has no transport", index);
	emu_vfu_get_stats(ctl->vfus[index], &st);
	obj = json_object_new_object();
	json_object_object_add(obj, "connected", json_object_new_boolean(st.connected));
	add_u64(obj, "clients", st.clients);
	add_u64(obj, "messages", st.messages);
	add_u64(obj, "refused", st.refused);
	add_u64(obj, "dma-maps", st.dma_maps);
	add_u64(obj, "vectors", st.vectors);
	add_u64(obj, "irqs-sent", st.irqs_sent);
	add_u64(obj, "irqs-lost", st.irqs_lost);
	return obj;
}

static struct json_object *record_error(struct emu_ctl *ctl, unsigned int index, int argc,
					char **argv)
{
	bool correctable = argc == 3 && !strcmp(argv[1], "correctable");
	unsigned long bit;
	char *end;

	if (!ctl->vfus)
		return error_object("card %u has no transport", index);
	if (argc != 3 || (!correctable && strcmp(argv[1], "uncorrectable")))
		return error_object("expected: aer correctable|uncorrectable BIT");
	bit = strtoul(argv[2], &end, 0);
	if (argv[2][0] < '0' || argv[2][0] > '9' || *end || bit > 31 ||
	    !emu_vfu_error(ctl->vfus[index], correctable ? EMU_PCICFG_CORRECTABLE :
			   EMU_PCICFG_UNCORRECTABLE, (unsigned int)bit))
		return error_object("'%s' is no bit of that status register", argv[2]);
	return json_object_new_object();
}

static struct json_object *run_one(struct emu_ctl *ctl, unsigned int index, int argc, char **argv)
{
	if (!strcmp(argv[0], "transport"))
		return show_transport(ctl, index);
	if (!strcmp(argv[0], "aer"))
		return record_error(ctl, index, argc, argv);
	return run_card_command(emu_box_card(ctl->box, index), argc, argv);
}

static struct json_object *run_all(struct emu_ctl *ctl, int argc, char **argv)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *list = json_object_new_array();
	unsigned int count = emu_box_count(ctl->box);
	unsigned int refused = 0;
	struct json_object *one;
	char text[64];
	unsigned int i;

	for (i = 0; i < count; i++) {
		one = run_one(ctl, i, argc, argv);
		refused += is_error(one);
		json_object_array_add(list, one);
	}
	json_object_object_add(obj, "cards", list);
	if (refused) {
		snprintf(text, sizeof(text), "%u of %u cards refused", refused, count);
		json_object_object_add(obj, "error", json_object_new_string(text));
	}
	return obj;
}

/* How to ask, and what a card says of itself. */
static struct json_object *show_help(struct emu_ctl *ctl)
{
	char *argv[] = { "help", NULL };
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "request",
			       json_object_new_string("CARD COMMAND [ARGUMENT...]"));
	json_object_object_add(obj, "CARD", json_object_new_string("0, 1, ... or all"));
	if (emu_box_count(ctl->box))
		json_object_object_add(obj, "card",
				       run_card_command(emu_box_card(ctl->box, 0), 1, argv));
	return obj;
}

static int split(char *line, char **argv)
{
	char *save = NULL;
	char *word;
	int argc = 0;

	for (word = strtok_r(line, " \t\r", &save); word; word = strtok_r(NULL, " \t\r", &save)) {
		if (argc == MAX_ARGS)
			return -E2BIG;
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	return argc;
}

static bool parse_card(struct emu_ctl *ctl, const char *word, unsigned int *card)
{
	unsigned long index;
	char *end;

	*card = EMU_TRACE_ALL_CARDS;
	if (!strcmp(word, "all"))
		return true;
	index = strtoul(word, &end, 10);
	*card = (unsigned int)index;
	return word[0] >= '0' && word[0] <= '9' && !*end && index < emu_box_count(ctl->box);
}

static struct json_object *run_line(struct emu_ctl *ctl, char *line)
{
	char *argv[MAX_ARGS + 1];
	int argc = split(line, argv);
	unsigned int index;

	if (argc < 0)
		return error_object("more than %d words", MAX_ARGS);
	if (argc && !strcmp(argv[0], "help"))
		return show_help(ctl);
	if (argc < 2)
		return error_object("expected: CARD COMMAND [ARGUMENT...], or: help");
	if (!parse_card(ctl, argv[0], &index))
		return error_object("%s: no such card, there are %u", argv[0],
				    emu_box_count(ctl->box));
	if (index == EMU_TRACE_ALL_CARDS)
		return run_all(ctl, argc - 1, argv + 1);
	return run_one(ctl, index, argc - 1, argv + 1);
}

/**
 * emu_ctl_execute() - carry out one request
 * @ctl: control socket
 * @line: the request, without the end of the line
 *
 * Return: the answer, a JSON object in one line without its end, to be freed
 * by the caller; NULL without memory. A refused request has a key "error".
 */
char *emu_ctl_execute(struct emu_ctl *ctl, const char *line)
{
	struct json_object *answer;
	char *copy = strdup(line);
	char *text;

	if (!copy)
		return NULL;
	answer = run_line(ctl, copy);
	text = strdup(json_object_to_json_string_ext(answer, ANSWER_FORMAT));
	json_object_put(answer);
	free(copy);
	return text;
}

static bool send_text(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= n;
	}
	return true;
}

static bool send_object(struct conn *conn, struct json_object *obj)
{
	const char *text = json_object_to_json_string_ext(obj, ANSWER_FORMAT);

	return send_text(conn->fd, text, strlen(text)) && send_text(conn->fd, "\n", 1);
}

/* From now on the connection carries lines of the trace; NULL, or why it does not. */
static struct json_object *begin_follow(struct emu_ctl *ctl, struct conn *conn, int argc,
					char **argv)
{
	unsigned int kinds = EMU_TRACE_ALL_KINDS, card;
	char all[EMU_TRACE_LIST_BYTES];
	int err;

	if (!parse_card(ctl, argv[0], &card))
		return error_object("%s: no such card, there are %u", argv[0],
				    emu_box_count(ctl->box));
	if (argc > 3 && emu_trace_parse_kinds(argv[3], &kinds))
		return error_object("'%.40s' is not a list of all,%s", argv[3],
				    emu_trace_kind_list(EMU_TRACE_ALL_KINDS, all));
	err = emu_trace_follow(emu_box_trace(ctl->box), card, kinds, conn->fd, &conn->follower);
	if (err == -EBUSY)
		return error_object("there are %u outputs already", EMU_TRACE_MAX_OUTPUTS);
	return err ? error_object("%s", strerror(-err)) : NULL;
}

static bool wants_follow(char *copy, char **argv, int *argc)
{
	*argc = split(copy, argv);
	return *argc >= 3 && !strcmp(argv[1], "trace") && !strcmp(argv[2], "follow");
}

static bool answer(struct emu_ctl *ctl, struct conn *conn, const char *line)
{
	struct json_object *obj;
	char *argv[MAX_ARGS + 1];
	char *copy = strdup(line);
	bool ok = true;
	int argc;

	if (!copy)
		return false;
	if (wants_follow(copy, argv, &argc)) {
		obj = begin_follow(ctl, conn, argc, argv);
	} else {
		strcpy(copy, line);
		obj = run_line(ctl, copy);
	}
	if (obj)
		ok = send_object(conn, obj);
	json_object_put(obj);
	free(copy);
	return ok;
}

static bool refuse_long_line(struct conn *conn)
{
	static const char text[] = "{\"error\":\"line too long\"}\n";

	send_text(conn->fd, text, sizeof(text) - 1);
	return false;
}

/* Answer all complete lines, keep the rest. False: the connection is done. */
static bool conn_read(struct emu_ctl *ctl, struct conn *conn)
{
	ssize_t n = recv(conn->fd, conn->line + conn->used, sizeof(conn->line) - conn->used, 0);
	char *line = conn->line;
	char *end;

	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	if (conn->follower)
		return true; /* it listens, and is not listened to */
	conn->used += n;
	while (!conn->follower && (end = memchr(line, '\n', conn->line + conn->used - line))) {
		*end = '\0';
		if (!answer(ctl, conn, line))
			return false;
		line = end + 1;
	}
	conn->used -= line - conn->line;
	memmove(conn->line, line, conn->used);
	return conn->used < sizeof(conn->line) || refuse_long_line(conn);
}

static void conn_add(struct emu_ctl *ctl)
{
	const struct timeval timeout = { .tv_sec = SEND_TIMEOUT_S };
	int fd = accept4(ctl->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct conn *conn;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	conn = &ctl->conns[ctl->nr_conns++];
	conn->fd = fd;
	conn->used = 0;
	conn->follower = NULL;
}

static void conn_drop(struct emu_ctl *ctl, unsigned int at)
{
	if (ctl->conns[at].follower)
		emu_trace_unfollow(emu_box_trace(ctl->box), ctl->conns[at].follower);
	close(ctl->conns[at].fd);
	ctl->conns[at] = ctl->conns[--ctl->nr_conns];
}

static void *ctl_thread(void *arg)
{
	struct emu_ctl *ctl = arg;
	struct pollfd pfd[MAX_CONNS + 2];
	unsigned int i;

	for (;;) {
		for (i = 0; i < ctl->nr_conns; i++)
			pfd[i] = (struct pollfd){ .fd = ctl->conns[i].fd, .events = POLLIN };
		pfd[i++] = (struct pollfd){ .fd = ctl->stop_fd, .events = POLLIN };
		pfd[i] = (struct pollfd){ .fd = ctl->listen_fd, .events = POLLIN };

		/* Connections beyond the limit wait in the backlog. */
		if (poll(pfd, i + (ctl->nr_conns < MAX_CONNS), -1) < 0)
			continue;
		if (pfd[i - 1].revents)
			return NULL;
		if (ctl->nr_conns < MAX_CONNS && pfd[i].revents & POLLIN)
			conn_add(ctl);
		/* Downwards: what takes the place of a dropped one was looked at. */
		for (i--; i-- > 0; )
			if (pfd[i].revents && !conn_read(ctl, &ctl->conns[i]))
				conn_drop(ctl, i);
	}
}

/**
 * emu_ctl_create() - prepare the control of a box
 * @box: whose cards; must outlive the control socket
 * @vfus: one transport per card, likewise, or NULL
 *
 * Return: for emu_ctl_execute() and emu_ctl_listen(), or NULL without memory.
 */
struct emu_ctl *emu_ctl_create(struct emu_box *box, struct emu_vfu *const *vfus)
{
	struct emu_ctl *ctl = calloc(1, sizeof(*ctl));

	if (!ctl)
		return NULL;
	ctl->box = box;
	ctl->vfus = vfus;
	ctl->listen_fd = -1;
	ctl->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (ctl->stop_fd < 0) {
		free(ctl);
		return NULL;
	}
	return ctl;
}

/**
 * emu_ctl_destroy() - close all connections, remove the socket, free
 * @ctl: control socket, or NULL
 *
 * Context: waits for a command that is being carried out.
 */
void emu_ctl_destroy(struct emu_ctl *ctl)
{
	const uint64_t one = 1;

	if (!ctl)
		return;
	if (ctl->listen_fd >= 0) {
		while (write(ctl->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
		pthread_join(ctl->thread, NULL);
		while (ctl->nr_conns)
			conn_drop(ctl, 0);
		close(ctl->listen_fd);
		unlink(ctl->path);
	}
	close(ctl->stop_fd);
	free(ctl->path);
	free(ctl);
}

/**
 * emu_ctl_listen() - serve requests on a named socket
 * @ctl: control socket that does not listen yet
 * @path: its name, removed by emu_ctl_destroy()
 *
 * Return: 0 once clients can connect, or -errno, see emu_unix_listen().
 */
int emu_ctl_listen(struct emu_ctl *ctl, const char *path)
{
	int ret;

	ctl->path = strdup(path);
	if (!ctl->path)
		return -ENOMEM;
	ret = emu_unix_listen(path, BACKLOG);
	if (ret < 0)
		goto err_path;
	ctl->listen_fd = ret;
	ret = -pthread_create(&ctl->thread, NULL, ctl_thread, ctl);
	if (ret)
		goto err_socket;
	return 0;

err_socket:
	close(ctl->listen_fd);
	ctl->listen_fd = -1;
	unlink(path);
err_path:
	free(ctl->path);
	ctl->path = NULL;
	return ret;
}
