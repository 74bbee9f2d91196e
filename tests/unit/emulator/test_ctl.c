// SPDX-License-Identifier: GPL-2.0
/* Control socket: requests in text, answers in JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "ctl.h"
#include "fake_card.h"
#include "trace.h"
#include "unixsock.h"
#include "vfu.h"

/* Only guards against a server that hangs. */
#define GUARD_S	60

static struct emu_box box;
static struct emu_ctl *ctl;
static char dir[32];
static char path[64];

static struct emu_trace_tap taps[FAKE_CARDS];

static int setup(void **state)
{
	unsigned int i;

	(void)state;
	box.trace = emu_trace_create(FAKE_CARDS);
	for (i = 0; i < FAKE_CARDS; i++)
		emu_trace_connect(box.trace, &taps[i], i);
	ctl = emu_ctl_create(&box, NULL);
	assert_non_null(ctl);
	strcpy(dir, "/tmp/ctl-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/ctl.sock", dir);
	assert_int_equal(emu_ctl_listen(ctl, path), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	emu_ctl_destroy(ctl);
	emu_trace_destroy(box.trace);
	assert_int_equal(access(path, F_OK), -1);
	return rmdir(dir);
}

static void expect(const char *request, const char *answer)
{
	char *text = emu_ctl_execute(ctl, request);

	assert_string_equal(text, answer);
	free(text);
}

static void expect_error(const char *request, const char *part)
{
	char *text = emu_ctl_execute(ctl, request);
	struct json_object *obj = json_tokener_parse(text);
	struct json_object *error;

	assert_true(json_object_object_get_ex(obj, "error", &error));
	assert_non_null(strstr(json_object_get_string(error), part));
	json_object_put(obj);
	free(text);
}

static void words_reach_the_card_and_the_answer_fits_one_line(void **state)
{
	(void)state;
	expect("0 show", "{\"words\":[\"show\"]}");
	expect("  2\tinject  fwio drop ", "{\"words\":[\"inject\",\"fwio\",\"drop\"]}");
	expect("0 show\r", "{\"words\":[\"show\"]}");
}

static void all_asks_every_card(void **state)
{
	(void)state;
	expect("all show",
	       "{\"cards\":[{\"words\":[\"show\"]},{\"words\":[\"show\"]},{\"words\":[\"show\"]}]}");
	expect("all fail",
	       "{\"cards\":[{\"error\":\"as asked\"},{\"error\":\"as asked\"},"
	       "{\"error\":\"as asked\"}],\"error\":\"3 of 3 cards refused\"}");
}

static void a_refusal_always_has_an_error(void **state)
{
	(void)state;
	expect_error("1 fail", "as asked");
	expect_error("1 silent", "No such device");
	expect_error("1 garbage", "no JSON");
}

static void requests_without_sense_are_refused(void **state)
{
	char many[512] = "0";
	int i;

	(void)state;
	expect_error("", "expected");
	expect_error("0", "expected");
	expect_error("show", "expected");
	expect_error("3 show", "no such card");
	expect_error("-1 show", "no such card");
	expect_error("1x show", "no such card");
	expect_error("99999999999999999999 show", "no such card");
	expect_error("0 transport", "no transport");
	expect_error("0 aer correctable 0", "no transport");
	for (i = 0; i < 33; i++)
		strcat(many, " x");
	expect_error(many, "more than 32 words");
}

static void help_tells_of_both_layers(void **state)
{
	char *text = emu_ctl_execute(ctl, "help");

	(void)state;
	assert_non_null(strstr(text, "\"request\":"));
	assert_non_null(strstr(text, "\"card\":{\"words\":[\"help\"]}"));
	free(text);
}

static void check_answer(struct emu_ctl *own, const char *request, const char *part)
{
	char *text = emu_ctl_execute(own, request);

	assert_non_null(strstr(text, part));
	free(text);
}

static void check_aer(struct emu_ctl *own)
{
	check_answer(own, "1 aer correctable 0", "{}");
	check_answer(own, "1 aer uncorrectable 14", "{}");
	check_answer(own, "1 aer uncorrectable 0", "no bit of that status register");
	check_answer(own, "1 aer uncorrectable x", "no bit of that status register");
	check_answer(own, "1 aer", "expected: aer");
	check_answer(own, "1 aer fatal 14", "expected: aer");
}

static void transport_counts_are_those_of_the_card(void **state)
{
	const struct emu_opts opts = {
		.irq_mode = EMU_IRQ_MSI, .device_id = 0x7064, .bar4_bytes = EMU_DRAM_BYTES,
	};
	struct emu_vfu *vfus[FAKE_CARDS];
	struct emu_ctl *own;
	char *text;
	int i;

	(void)state;
	for (i = 0; i < FAKE_CARDS; i++) {
		fake_card_init(&box.cards[i]);
		vfus[i] = emu_vfu_create(&box.cards[i], &opts, i);
	}
	own = emu_ctl_create(&box, vfus);
	assert_int_equal(emu_hostmem_map(box.cards[1].hm, 0, 4096, -1, 0, 3), 0);
	text = emu_ctl_execute(own, "1 transport");
	assert_string_equal(text, "{\"connected\":false,\"clients\":0,\"messages\":0,\"refused\":0,"
			    "\"dma-maps\":1,\"vectors\":0,\"irqs-sent\":0,\"irqs-lost\":0}");
	free(text);
	check_aer(own);
	emu_ctl_destroy(own);
	for (i = 0; i < FAKE_CARDS; i++) {
		emu_vfu_destroy(vfus[i]);
		fake_card_fini(&box.cards[i]);
	}
}

static int dial(void)
{
	const struct timeval guard = { .tv_sec = GUARD_S };
	int fd = emu_unix_connect(path);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof(guard));
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void hear(int fd, const char *text)
{
	char buf[512];
	size_t len = strlen(text);

	assert_int_equal(recv(fd, buf, len, MSG_WAITALL), len);
	assert_memory_equal(buf, text, len);
}

static void a_connection_carries_several_requests(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, "0 a\n1 b\n2 ");
	hear(fd, "{\"words\":[\"a\"]}\n{\"words\":[\"b\"]}\n");
	say(fd, "c\n");
	hear(fd, "{\"words\":[\"c\"]}\n");
	close(fd);
}

static void connections_do_not_disturb_each_other(void **state)
{
	int fd[20];
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		fd[i] = dial();
	for (i = 0; i < 20; i++)
		say(fd[i], "0 x\n");
	/* More than are served at once: the others wait for a place. */
	for (i = 0; i < 20; i++) {
		hear(fd[i], "{\"words\":[\"x\"]}\n");
		close(fd[i]);
	}
}

static void a_line_that_is_too_long_is_refused(void **state)
{
	static char line[EMU_CTL_LINE_BYTES + 1];
	int fd = dial();
	char byte;

	(void)state;
	memset(line, 'x', EMU_CTL_LINE_BYTES);
	say(fd, line);
	hear(fd, "{\"error\":\"line too long\"}\n");
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

/* One line of the trace, without its time. */
static void hear_line(int fd, const char *text)
{
	char line[512], *tail;
	size_t len = 0;

	while (len + 1 < sizeof(line) && recv(fd, line + len, 1, 0) == 1 && line[len] != '\n')
		len++;
	line[len] = 0;
	tail = strchr(line, ',');
	assert_non_null(tail);
	if (strncmp(tail, text, strlen(text)))
		assert_string_equal(tail, text);
}

static void a_follower_hears_what_it_asked_for(void **state)
{
	int fd = dial(), other = dial();

	(void)state;
	say(fd, "1 trace follow irq,link\n");
	hear_line(fd, ",\"card\":1,\"kind\":\"start\",\"kinds\":\"irq,link\"");
	EMU_TRACE(&taps[0], LINK, link, .up = true);
	EMU_TRACE(&taps[1], RESET, reset, .step = "begin", .what = "device");
	EMU_TRACE(&taps[1], LINK, link, .up = true);
	hear_line(fd, ",\"card\":1,\"kind\":\"link\",\"side\":\"west\",\"up\":true}");
	/* It sends no requests any more, and disturbs nobody who does. */
	say(fd, "0 x\n");
	say(other, "0 y\n");
	hear(other, "{\"words\":[\"y\"]}\n");
	EMU_TRACE(&taps[1], IRQ, irq, .source = 1, .result = "sent");
	hear_line(fd, ",\"card\":1,\"kind\":\"irq\",\"source\":1,"
		  "\"name\":\"engine[0].completion\",\"result\":\"sent\"}");
	close(fd);
	/* When the server has seen that it went, nothing is traced any more. */
	while (emu_trace_wants(&taps[1], EMU_TRACE_LINK)) {
		say(other, "0 y\n");
		hear(other, "{\"words\":[\"y\"]}\n");
	}
	close(other);
}

static void bad_followers_are_refused(void **state)
{
	int fd = dial(), many[EMU_TRACE_MAX_OUTPUTS], i;

	(void)state;
	say(fd, "3 trace follow\n0 trace follow music\n0 a\n");
	hear(fd, "{\"error\":\"3: no such card, there are 3\"}\n"
	     "{\"error\":\"'music' is not a list of all,reg,fwio,dma,fault,record,irq,reset,link\"}\n"
	     "{\"words\":[\"a\"]}\n");
	for (i = 0; i < (int)EMU_TRACE_MAX_OUTPUTS; i++) {
		many[i] = dial();
		say(many[i], "all trace follow\n");
		hear_line(many[i], ",\"card\":\"all\",\"kind\":\"start\"");
	}
	say(fd, "all trace follow\n");
	hear(fd, "{\"error\":\"there are 8 outputs already\"}\n");
	while (i--)
		close(many[i]);
	close(fd);
}

/* Exit status of the client; what it printed goes to out. */
static int run_words(int argc, char **argv, char *out, size_t room)
{
	int saved = dup(1);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int saved_err = dup(2);
	FILE *file = tmpfile();
	int ret;

	fflush(stdout);
	dup2(fileno(file), 1);
	dup2(null, 2);
	ret = emu_ctl_client(argc, argv);
	fflush(stdout);
	dup2(saved, 1);
	dup2(saved_err, 2);
	rewind(file);
	out[fread(out, 1, room - 1, file)] = 0;
	fclose(file);
	close(saved);
	close(saved_err);
	close(null);
	return ret;
}

static int run_client(char *request, char *out, size_t room)
{
	char *argv[16] = { path };
	char *save = NULL;
	int argc = 1;
	char *word;

	for (word = strtok_r(request, "|", &save); word; word = strtok_r(NULL, "|", &save))
		argv[argc++] = word;
	return run_words(argc, argv, out, room);
}

static void the_client_prints_the_answer_and_tells_by_its_status(void **state)
{
	char out[256];
	char ok[] = "0|link|up";
	char refused[] = "0|fail";
	char spaces[] = "0|two words";
	char none[] = "";
	char gone[] = "0|show";

	(void)state;
	assert_int_equal(run_client(ok, out, sizeof(out)), 0);
	assert_string_equal(out, "{\"words\":[\"link\",\"up\"]}\n");
	assert_int_equal(run_client(refused, out, sizeof(out)), 1);
	assert_string_equal(out, "{\"error\":\"as asked\"}\n");
	assert_int_equal(run_client(spaces, out, sizeof(out)), 2);
	assert_int_equal(run_client(none, out, sizeof(out)), 2);
	strcat(path, "x");
	assert_int_equal(run_client(gone, out, sizeof(out)), 2);
	assert_string_equal(out, "");
	path[strlen(path) - 1] = 0;
}

static void the_client_prints_for_people_when_asked(void **state)
{
	char *own_help[] = { "--help" };
	char *unknown[] = { "--loud", path, "0", "show" };
	char *text[] = { "--text", path, "0", "show" };
	char *json[] = { "--text", "--json", path, "0", "show" };
	char *refused[] = { "--text", path, "0", "fail" };
	char out[2048];

	(void)state;
	assert_int_equal(run_words(1, own_help, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "usage: neuron-emu ctl"));
	assert_int_equal(run_words(4, unknown, out, sizeof(out)), 2);
	assert_int_equal(run_words(4, text, out, sizeof(out)), 0);
	assert_string_equal(out, "{\n  \"words\": [\n    \"show\"\n  ]\n}\n");
	assert_int_equal(run_words(5, json, out, sizeof(out)), 0);
	assert_string_equal(out, "{\"words\":[\"show\"]}\n");
	assert_int_equal(run_words(4, refused, out, sizeof(out)), 1);
	assert_string_equal(out, ""); /* the reason is on standard error */
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(words_reach_the_card_and_the_answer_fits_one_line),
		T(all_asks_every_card),
		T(a_refusal_always_has_an_error),
		T(requests_without_sense_are_refused),
		T(help_tells_of_both_layers),
		T(transport_counts_are_those_of_the_card),
		T(a_connection_carries_several_requests),
		T(connections_do_not_disturb_each_other),
		T(a_line_that_is_too_long_is_refused),
		T(a_follower_hears_what_it_asked_for),
		T(bad_followers_are_refused),
		T(the_client_prints_the_answer_and_tells_by_its_status),
		T(the_client_prints_for_people_when_asked),
	};

	return cmocka_run_group_tests_name("ctl", tests, NULL, NULL);
}
