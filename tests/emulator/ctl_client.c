// SPDX-License-Identifier: GPL-2.0
/* Control socket, client side: the "ctl" sub-command. */
#include "ctl.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unixsock.h"

#define EXIT_REFUSED	1
#define EXIT_NO_ANSWER	2

static int join_words(int argc, char **argv, char *line)
{
	size_t used = 0;
	size_t len;
	int i;

	for (i = 0; i < argc; i++) {
		len = strlen(argv[i]);
		if (!len || strpbrk(argv[i], " \t\r\n"))
			return -EINVAL;
		if (used + len + 1 > EMU_CTL_LINE_BYTES)
			return -E2BIG;
		memcpy(line + used, argv[i], len);
		line[used + len] = i + 1 < argc ? ' ' : '\n';
		used += len + 1;
	}
	return used;
}

static int send_line(int fd, const char *line, size_t len)
{
	while (len) {
		ssize_t n = send(fd, line, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		line += n;
		len -= n;
	}
	return 0;
}

/* Prints the answer as it came. */
static int judge(const char *text)
{
	struct json_object *obj = json_tokener_parse(text);
	int ret = EXIT_NO_ANSWER;

	if (json_object_is_type(obj, json_type_object)) {
		fputs(text, stdout);
		ret = json_object_object_get_ex(obj, "error", NULL) ? EXIT_REFUSED : 0;
	}
	json_object_put(obj);
	return ret;
}

static int receive(int fd)
{
	FILE *in = fdopen(fd, "r");
	char *text = NULL;
	size_t room = 0;
	int ret = EXIT_NO_ANSWER;

	if (!in) {
		close(fd);
		return ret;
	}
	if (getline(&text, &room, in) > 0)
		ret = judge(text);
	if (ret == EXIT_NO_ANSWER)
		fprintf(stderr, "neuron-emu ctl: no answer\n");
	free(text);
	fclose(in);
	return ret;
}

/**
 * emu_ctl_client() - send one request and print its answer
 * @argc: number of words
 * @argv: name of the control socket, card, command and its arguments
 *
 * Return: exit status: 0; 1 when the request was refused (the answer, which has
 * a key "error", is printed all the same); 2 when there was no answer.
 */
int emu_ctl_client(int argc, char **argv)
{
	char line[EMU_CTL_LINE_BYTES];
	int len;
	int ret;
	int fd;

	if (argc < 2) {
		fprintf(stderr, "usage: neuron-emu ctl SOCKET CARD COMMAND [ARGUMENT...]\n");
		return EXIT_NO_ANSWER;
	}
	len = join_words(argc - 1, argv + 1, line);
	if (len < 0) {
		fprintf(stderr, "neuron-emu ctl: %s\n", len == -E2BIG ?
			"request too long" : "empty argument, or one with white space");
		return EXIT_NO_ANSWER;
	}
	fd = emu_unix_connect(argv[0]);
	ret = fd < 0 ? fd : send_line(fd, line, len);
	if (ret < 0) {
		fprintf(stderr, "neuron-emu ctl: %s: %s\n", argv[0], strerror(-ret));
		if (fd >= 0)
			close(fd);
		return EXIT_NO_ANSWER;
	}
	return receive(fd);
}
