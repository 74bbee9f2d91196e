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

/* What was asked for, and how the answer is printed. */
struct request {
	bool for_people;
	bool own_help;
	bool help;
	bool follow;
};

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

static const char help_text[] =
"usage: neuron-emu ctl [--text|--json] SOCKET CARD COMMAND [ARGUMENT...]\n"
"       neuron-emu ctl [--text|--json] SOCKET help\n"
"\n"
"Sends one request to the control socket of an emulator (DIR/ctl.sock) and prints\n"
"the answer: JSON in one line, or, with --text or when standard output is a\n"
"terminal, for people. CARD is a number or \"all\". \"help\" lists the commands.\n"
"\n"
"  --text  print for people, wherever it goes\n"
"  --json  print the answer as it came, wherever it goes\n"
"  --help  print this\n"
"\n"
"Exit status: 0 done; 1 refused, the answer has \"error\"; 2 no answer, or the\n"
"request makes no sense. \"trace follow\" ends with the emulator or by a signal.\n";

static void print_forms(const char *command, struct json_object *forms)
{
	const char *line, *end;

	json_object_object_foreach(forms, args, what) {
		printf("  CARD %s%s%s\n", command, *args ? " " : "", args);
		for (line = json_object_get_string(what); (end = strchr(line, '\n')); line = end + 1)
			printf("        %.*s\n", (int)(end - line), line);
		printf("        %s\n", line);
	}
}

/* Of a newer or older emulator the list may look otherwise: then it is only JSON. */
static bool print_help(struct json_object *answer)
{
	struct json_object *card;

	if (!json_object_object_get_ex(answer, "card", &card) ||
	    !json_object_is_type(card, json_type_object))
		return false;
	json_object_object_foreach(card, name, forms)
		if (!json_object_is_type(forms, json_type_object) || !*name)
			return false;
	printf("CARD is 0, 1, ... or all.\n");
	json_object_object_foreach(card, command, its_forms)
		print_forms(command, its_forms);
	return true;
}

static void print_answer(const struct request *request, const char *text,
			 struct json_object *answer)
{
	struct json_object *error;

	if (!request->for_people)
		fputs(text, stdout);
	else if (json_object_object_get_ex(answer, "error", &error))
		fprintf(stderr, "neuron-emu ctl: %s\n", json_object_get_string(error));
	else if (request->help && print_help(answer))
		return;
	else if (json_object_object_length(answer))
		printf("%s\n", json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PRETTY |
			JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
}

static int judge(const struct request *request, const char *text)
{
	struct json_object *obj = json_tokener_parse(text);
	int ret = EXIT_NO_ANSWER;

	if (json_object_is_type(obj, json_type_object)) {
		ret = json_object_object_get_ex(obj, "error", NULL) ? EXIT_REFUSED : 0;
		print_answer(request, text, obj);
	}
	json_object_put(obj);
	return ret;
}

/* A follower's lines are printed as they come; the first one tells a refusal. */
static int copy_lines(FILE *in, char **text, size_t *room)
{
	while (getline(text, room, in) > 0) {
		fputs(*text, stdout);
		if (fflush(stdout))
			return EXIT_NO_ANSWER;
	}
	return 0;
}

static int receive(const struct request *request, int fd)
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
		ret = judge(request, text);
	if (!ret && request->follow) {
		fflush(stdout);
		ret = copy_lines(in, &text, &room);
	}
	if (ret == EXIT_NO_ANSWER)
		fprintf(stderr, "neuron-emu ctl: no answer\n");
	free(text);
	fclose(in);
	return ret;
}

static int ask(const struct request *request, const char *path, const char *line, int len)
{
	int fd = emu_unix_connect(path);
	int ret = fd < 0 ? fd : send_line(fd, line, len);

	if (!ret)
		return receive(request, fd);
	fprintf(stderr, "neuron-emu ctl: %s: %s\n", path, strerror(-ret));
	if (fd >= 0)
		close(fd);
	return EXIT_NO_ANSWER;
}

/* Options come before the socket; answers how many words they are, or -1. */
static int parse_options(struct request *request, int argc, char **argv)
{
	int i;

	request->for_people = isatty(STDOUT_FILENO);
	for (i = 0; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--text"))
			request->for_people = true;
		else if (!strcmp(argv[i], "--json"))
			request->for_people = false;
		else if (!strcmp(argv[i], "--help"))
			request->own_help = true;
		else
			return -1;
	}
	return i;
}

/**
 * emu_ctl_client() - send one request and print its answer
 * @argc: number of words
 * @argv: options, name of the control socket, card, command and its arguments
 *
 * Return: exit status: 0; 1 when the request was refused (the answer, which has
 * a key "error", is printed all the same); 2 when there was no answer.
 */
int emu_ctl_client(int argc, char **argv)
{
	struct request request = { 0 };
	char line[EMU_CTL_LINE_BYTES];
	int skip = parse_options(&request, argc, argv);
	int len;

	if (request.own_help) {
		fputs(help_text, stdout);
		return 0;
	}
	if (skip < 0 || argc - skip < 2) {
		fprintf(stderr, "usage: neuron-emu ctl SOCKET CARD COMMAND [ARGUMENT...]\n"
			"see neuron-emu ctl --help\n");
		return EXIT_NO_ANSWER;
	}
	argc -= skip;
	argv += skip;
	request.help = !strcmp(argv[1], "help");
	request.follow = argc > 3 && !strcmp(argv[2], "trace") && !strcmp(argv[3], "follow");
	if (request.follow)
		request.for_people = false; /* lines for jq, and for eyes as well */
	len = join_words(argc - 1, argv + 1, line);
	if (len < 0) {
		fprintf(stderr, "neuron-emu ctl: %s\n", len == -E2BIG ?
			"request too long" : "empty argument, or one with white space");
		return EXIT_NO_ANSWER;
	}
	return ask(&request, argv[0], line, len);
}
