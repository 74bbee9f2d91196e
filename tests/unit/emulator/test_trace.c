// SPDX-License-Identifier: GPL-2.0
/* The trace: what its lines tell, and that it never stands in anybody's way. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "model.h"

#include "trace.h"
#include "trace_line.h"

#define REQ 0x10000u
#define RSP 0x20000u
#define BUF 0x700000u
#define EVENT_QUEUE (0x404000u + 0x1094u)

uint32_t emu_crc32c(const uint8_t *bytes, size_t len_bytes);

static char path[64];

static struct emu_trace *trace_of(struct model *m)
{
	return emu_box_trace(m->box);
}

static void begin(struct model *m, const char *kinds)
{
	unsigned int mask;

	snprintf(path, sizeof(path), "/tmp/trace-test-%d.jsonl", getpid());
	assert_int_equal(emu_trace_parse_kinds(kinds, &mask), 0);
	assert_int_equal(emu_trace_start(trace_of(m), 0, mask, path, false), 0);
}

static struct json_object *member(struct json_object *obj, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(obj, key, &value))
		fail_msg("no %s in %s", key, json_object_to_json_string(obj));
	return value;
}

static const char *text_of(struct json_object *obj, const char *key)
{
	return json_object_get_string(member(obj, key));
}

static uint64_t number_of(struct json_object *obj, const char *key)
{
	assert_true(json_object_is_type(member(obj, key), json_type_int));
	return json_object_get_uint64(member(obj, key));
}

static void expect_text(struct json_object *obj, const char *key, const char *value)
{
	assert_string_equal(text_of(obj, key), value);
}

static struct json_object *parse(const char *line)
{
	enum json_tokener_error err;
	struct json_object *obj = json_tokener_parse_verbose(line, &err);

	if (!obj)
		fail_msg("no JSON, %s: %s", json_tokener_error_desc(err), line);
	assert_true(number_of(obj, "us") > 0);
	member(obj, "card");
	member(obj, "kind");
	return obj;
}

/* All lines of the trace, which ends; the array is to be put. */
static struct json_object *lines(struct model *m)
{
	struct json_object *list = json_object_new_array();
	char *line = NULL;
	size_t room = 0;
	FILE *in;

	assert_int_equal(emu_trace_stop(trace_of(m), 0), 1);
	in = fopen(path, "re");
	assert_non_null(in);
	while (getline(&line, &room, in) > 0)
		json_object_array_add(list, parse(line));
	free(line);
	fclose(in);
	assert_int_equal(unlink(path), 0);
	expect_text(json_object_array_get_idx(list, 0), "kind", "start");
	return list;
}

static struct json_object *at(struct json_object *list, size_t index)
{
	assert_true(index < json_object_array_length(list));
	return json_object_array_get_idx(list, index);
}

/* Lines of a kind whose member has that text. */
static unsigned int count(struct json_object *list, const char *kind, const char *key,
			  const char *value)
{
	unsigned int found = 0;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (!strcmp(text_of(at(list, i), "kind"), kind) &&
		    (!key || !strcmp(text_of(at(list, i), key), value)))
			found++;
	return found;
}

static void registers_are_told(void **state)
{
	struct model *m = *state;
	struct json_object *all, *line;
	uint64_t wide = 0x1122334455667788;
	uint8_t byte = 7;

	begin(m, "reg");
	wr(m, 0x40254, 0xABC);
	assert_int_equal(rd(m, 0x40254), 0xABC);
	card_store(m->card, 2, 0x2701100, 5);
	emu_card_bar_write(m->card, 0, MISC + 0xC0, &wide, 8);
	emu_card_bar_write(m->card, 0, MISC + 0xC1, &byte, 1);
	all = lines(m);
	assert_int_equal(json_object_array_length(all), 6);
	line = at(all, 1);
	expect_text(line, "op", "store");
	assert_int_equal(number_of(line, "bar"), 0);
	expect_text(line, "offset", "0x40254");
	assert_int_equal(number_of(line, "width"), 4);
	expect_text(line, "value", "0xabc");
	expect_text(line, "name", "engine[0].m2s.packet-length");
	expect_text(at(all, 2), "op", "load");
	expect_text(at(all, 2), "value", "0xabc");
	expect_text(at(all, 3), "name", "core[0].semaphore[0].set");
	expect_text(at(all, 4), "value", "0x1122334455667788");
	assert_int_equal(number_of(at(all, 4), "width"), 8);
	assert_false(json_object_object_get_ex(at(all, 4), "refused", NULL));
	assert_true(json_object_get_boolean(member(at(all, 5), "refused")));
	json_object_put(all);
}

static void packets_are_told(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 4, 3, 64);
	struct json_object *all, *line;

	begin(m, "dma,fault");
	ring_copy(&r, DRAM0 + 0x40, dev_host(0x400000), 64);
	ring_wait_empty(&r);
	ring_copy(&r, 0x2000000000, dev_host(0x400000), 32); /* nothing is there */
	until(counter(m, "data_write_faults") == 1);
	ring_program(&r, 0, dev_host(RING_OFF(0)));
	ring_program(&r, S2M, dev_host(RING_OFF(0) + 0x10000));
	r.next[0] = r.next[1] = 0;
	wr(m, udma(4) + 0x204, 1);
	wr(m, udma(4) + S2M + 0x204, 1);
	ring_copy(&r, DRAM0, dev_host(HOST_BYTES), 64); /* nor there, says the client */
	until(counter(m, "data_read_faults") == 1);
	all = lines(m);
	line = at(all, 1);
	expect_text(line, "kind", "dma");
	expect_text(line, "result", "done");
	assert_int_equal(number_of(line, "engine"), 4);
	assert_int_equal(number_of(line, "queue"), 3);
	assert_int_equal(number_of(line, "bytes"), 64);
	assert_int_equal(number_of(line, "m2s-descriptors"), 1);
	expect_text(line, "to", "dram[0]+0x40");
	expect_text(line, "from", "host+0x12400000");
	assert_string_equal(json_object_get_string(at(member(line, "m2s"), 1)), "0x01080003");
	assert_string_equal(json_object_get_string(at(member(line, "s2m"), 2)), "0x00000040");
	expect_text(at(all, 2), "result", "failed");
	line = at(all, 3);
	expect_text(line, "kind", "fault");
	expect_text(line, "half", "s2m");
	expect_text(line, "error", "data-write");
	assert_int_equal(number_of(line, "cause-bit"), 1);
	expect_text(line, "address", "nothing");
	assert_false(json_object_object_get_ex(line, "host", NULL));
	line = at(all, 5);
	expect_text(line, "error", "data-read");
	expect_text(line, "host", "unmapped");
	assert_int_equal(json_object_array_length(all), 6);
	json_object_put(all);
}

static void stores_by_dma_are_told(void **state)
{
	struct model *m = *state;
	struct ring r = ring_make(m, 0, 0, 64);
	struct json_object *all;

	put(m->host + 0x400000, 1);
	begin(m, "reg");
	ring_copy(&r, CORES + 0x2700000 + 4 * 9, dev_host(0x400000), 4);
	ring_wait_empty(&r);
	all = lines(m);
	assert_int_equal(count(all, "reg", "name", "core[0].event[9]"), 1);
	assert_int_equal(count(all, "reg", "name", "engine[0].m2s.queue[0].tail-increment"), 1);
	json_object_put(all);
}

static void request(struct model *m, uint8_t seq, uint8_t command, const void *data, size_t len)
{
	uint8_t *message = m->host + REQ;

	memset(message, 0, 8);
	message[0] = seq;
	message[1] = command;
	message[2] = (uint8_t)(8 + len);
	memcpy(message + 8, data, len);
	put(message + 4, emu_crc32c(message, 8 + len));
	wr(m, MISC + 0x1F0, (uint32_t)(dev_host(REQ) >> 32));
	wr(m, MISC + 0x1F4, (uint32_t)dev_host(REQ));
	wr(m, MISC + 0x1F8, (uint32_t)(dev_host(RSP) >> 32));
	wr(m, MISC + 0x1FC, (uint32_t)dev_host(RSP));
	wr(m, MISC + 0x800, 1);
}

static void mailbox_is_told(void **state)
{
	struct model *m = *state;
	uint64_t addrs[10] = { APB + MISC + 0x1C, APB + 0x40604 };
	struct json_object *all, *line;

	begin(m, "fwio");
	request(m, 7, 1, addrs, 16);
	request(m, 8, 1, addrs, sizeof(addrs)); /* DRAM cannot be read */
	request(m, 9, 2, "metrics", 8);
	control(m, "inject fwio drop");
	request(m, 10, 2, "metrics", 8);
	control(m, "inject fwio bad-crc");
	request(m, 11, 2, "metrics", 8);
	all = lines(m);
	line = at(all, 1);
	expect_text(line, "op", "request");
	expect_text(line, "command", "read");
	assert_int_equal(number_of(line, "sequence"), 7);
	assert_int_equal(number_of(line, "count"), 2);
	assert_string_equal(json_object_get_string(at(member(line, "names"), 1)),
			    "engine[0].m2s.revision");
	line = at(all, 2);
	expect_text(line, "op", "answer");
	assert_int_equal(number_of(line, "error"), 0);
	assert_string_equal(json_object_get_string(at(member(line, "values"), 0)), "0x80000000");
	assert_string_equal(json_object_get_string(at(member(line, "values"), 1)), "0x4");
	assert_int_equal(number_of(at(all, 3), "count"), 10);
	assert_int_equal(json_object_array_length(member(at(all, 3), "addresses")),
			 EMU_TRACE_FWIO_VALUES);
	assert_int_equal(number_of(at(all, 4), "error"), 1);
	expect_text(at(all, 5), "command", "metric");
	expect_text(at(all, 8), "op", "dropped");
	expect_text(at(all, 9), "op", "bad-crc");
	assert_int_equal(json_object_array_length(all), 10);
	json_object_put(all);
}

static void event(struct model *m, unsigned int id, uint32_t value)
{
	card_store(m->card, 2, 0x2700000 + 4 * id, value);
}

static void records_and_interrupts_are_told(void **state)
{
	struct model *m = *state;
	struct json_object *all, *line;

	begin(m, "record,irq");
	event(m, 5, 1); /* no queue yet */
	wr(m, EVENT_QUEUE, (uint32_t)dev_host(BUF));
	wr(m, EVENT_QUEUE + 4, (uint32_t)(dev_host(BUF) >> 32));
	wr(m, EVENT_QUEUE + 8, 4096);
	event(m, 5, 0);
	event(m, 5, 1);
	control(m, "inject nq overflow");
	event(m, 6, 1);
	all = lines(m);
	expect_text(at(all, 1), "result", "no-queue");
	line = at(all, 2);
	expect_text(line, "result", "written");
	expect_text(line, "type", "event");
	assert_int_equal(number_of(line, "id"), 5);
	assert_int_equal(number_of(line, "value"), 0);
	assert_int_equal(number_of(line, "phase"), 1);
	expect_text(line, "address", "0x400012700000");
	expect_text(at(all, 3), "name", "core[0].nq");
	expect_text(at(all, 4), "address", "0x400012700010");
	expect_text(at(all, 6), "result", "full");
	json_object_put(all);
}

static void resets_are_told(void **state)
{
	struct model *m = *state;
	struct json_object *all;

	begin(m, "reset");
	wr(m, MISC + 0x1EC, 1);
	wr(m, MISC + 0x800, 1);
	until(rd(m, MISC + 0x1EC) == 0);
	emu_card_reset(m->card, EMU_RESET_FLR);
	all = lines(m);
	assert_int_equal(json_object_array_length(all), 4);
	expect_text(at(all, 1), "op", "begin");
	expect_text(at(all, 1), "what", "device");
	expect_text(at(all, 2), "op", "end");
	expect_text(at(all, 3), "what", "power-on");
	json_object_put(all);
}

static int setup_two(void **state)
{
	struct emu_opts opts = model_opts(true);

	opts.nr_cards = 2;
	opts.topology = EMU_TOPOLOGY_LINE;
	*state = model_create(&opts);
	return 0;
}

static void cards_are_told_apart(void **state)
{
	struct model *m = *state;
	struct emu_card *other = emu_box_card(m->box, 1);
	struct json_object *all;

	begin(m, "link");
	control(m, "link east down");
	emu_card_detach(other);
	card_store(other, 0, MISC + 0xC0, 1);
	all = lines(m);
	/* Each end of the link tells its own card; only card 0 is traced. */
	assert_int_equal(json_object_array_length(all), 3);
	expect_text(at(all, 1), "side", "east");
	assert_false(json_object_get_boolean(member(at(all, 1), "up")));
	json_object_put(all);

	begin(m, "link");
	assert_int_equal(emu_trace_start(trace_of(m), 1, EMU_TRACE_ALL_KINDS, path, false), 0);
	card_store(other, 0, MISC + 0xC0, 1);
	assert_int_equal(emu_trace_stop(trace_of(m), 1), 1);
	card_store(other, 0, MISC + 0xC0, 2);
	all = lines(m);
	assert_int_equal(count(all, "reg", "card", "1"), 1);
	json_object_put(all);
}

static void only_what_is_wanted_is_told(void **state)
{
	struct model *m = *state;
	struct json_object *all;

	wr(m, MISC + 0xC0, 1);
	begin(m, "fwio");
	wr(m, MISC + 0xC0, 1);
	assert_int_equal(emu_trace_start(trace_of(m), 0, 1u << EMU_TRACE_REG, path, false), 0);
	wr(m, MISC + 0xC0, 2);
	all = lines(m);
	wr(m, MISC + 0xC0, 3);
	assert_int_equal(json_object_array_length(all), 3);
	expect_text(at(all, 1), "kinds", "reg");
	expect_text(at(all, 2), "value", "0x2");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(emu_trace_stop(trace_of(m), 0), 0);
	json_object_put(all);
}

static uint64_t lost_before(const char *text)
{
	struct json_object *line = parse(text), *value;
	uint64_t lost = 0;

	if (json_object_object_get_ex(line, "lost", &value))
		lost = json_object_get_uint64(value);
	json_object_put(line);
	return lost;
}

/* The reader takes nothing until far more has happened than any buffer holds. */
static void a_blocked_reader_blocks_nobody(void **state)
{
	struct model *m = *state;
	struct emu_trace_output *follower;
	struct emu_trace_status status[EMU_TRACE_MAX_OUTPUTS];
	uint64_t told = 0, lost = 0, i;
	char *text = NULL;
	size_t room = 0;
	int fd[2];
	FILE *in;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
	assert_int_equal(emu_trace_follow(trace_of(m), 0, 1u << EMU_TRACE_REG, fd[0], &follower), 0);
	do {
		for (i = 0; i < 1000; i++, told++)
			wr(m, MISC + 0xC0, (uint32_t)told);
		assert_int_equal(emu_trace_get_status(trace_of(m), 0, status), 1);
	} while (!status[0].lost);
	assert_null(status[0].path);
	in = fdopen(fd[1], "r");
	for (i = 0; i < status[0].lines; i++) {
		assert_true(getline(&text, &room, in) > 0);
		lost += lost_before(text);
	}
	/* The next one fits, and says how many did not, unless an earlier one has. */
	wr(m, MISC + 0xC0, (uint32_t)told++);
	assert_true(getline(&text, &room, in) > 0);
	lost += lost_before(text);
	assert_int_equal(lost, status[0].lost);
	/* One of the lines that were read is that of the beginning. */
	assert_int_equal(status[0].lines - 1 + lost + 1, told);
	emu_trace_unfollow(trace_of(m), follower);
	assert_int_equal(emu_trace_get_status(trace_of(m), 0, status), 0);
	free(text);
	fclose(in);
	close(fd[0]);
}

static void an_end_does_not_wait_for_a_blocked_reader(void **state)
{
	struct model *m = *state;
	struct emu_trace_output *follower;
	unsigned int i;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
	assert_int_equal(emu_trace_follow(trace_of(m), 0, 1u << EMU_TRACE_REG, fd[0], &follower), 0);
	for (i = 0; i < 3 * EMU_TRACE_EVENTS; i++)
		wr(m, MISC + 0xC0, i);
	emu_trace_unfollow(trace_of(m), follower);
	close(fd[0]);
	close(fd[1]);
}

static void a_reader_that_goes_ends_its_output_only(void **state)
{
	struct model *m = *state;
	struct emu_trace_output *follower;
	struct emu_trace_status status[EMU_TRACE_MAX_OUTPUTS];
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
	close(fd[1]);
	assert_int_equal(emu_trace_follow(trace_of(m), 0, 1u << EMU_TRACE_REG, fd[0], &follower), 0);
	do {
		wr(m, MISC + 0xC0, 1);
		assert_int_equal(emu_trace_get_status(trace_of(m), 0, status), 1);
	} while (!status[0].error);
	assert_int_equal(status[0].error, EPIPE);
	assert_int_equal(rd(m, MISC + 0xC0), 1);
	emu_trace_unfollow(trace_of(m), follower);
	close(fd[0]);
}

static void bad_outputs_are_refused(void **state)
{
	struct model *m = *state;
	struct emu_trace *trace = trace_of(m);
	unsigned int i, kinds;
	char name[64];

	assert_int_equal(emu_trace_start(trace, 0, 1, "/nonexistent/trace", false), -ENOENT);
	snprintf(name, sizeof(name), "/tmp/trace-test-%d.fifo", getpid());
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_int_equal(emu_trace_start(trace, 0, 1, name, false), -ENXIO);
	unlink(name);
	for (i = 0; i <= EMU_TRACE_MAX_OUTPUTS; i++) {
		snprintf(name, sizeof(name), "/tmp/trace-test-%d.%u", getpid(), i);
		assert_int_equal(emu_trace_start(trace, 0, 1, name, false),
				 i < EMU_TRACE_MAX_OUTPUTS ? 0 : -EBUSY);
		unlink(name);
	}
	assert_int_equal(emu_trace_stop(trace, EMU_TRACE_ALL_CARDS), EMU_TRACE_MAX_OUTPUTS);
	assert_int_equal(emu_trace_parse_kinds("reg,", &kinds), -EINVAL);
	assert_int_equal(emu_trace_parse_kinds("", &kinds), -EINVAL);
	assert_int_equal(emu_trace_parse_kinds("re", &kinds), -EINVAL);
	assert_int_equal(emu_trace_parse_kinds("all", &kinds), 0);
	assert_int_equal(kinds, EMU_TRACE_ALL_KINDS);
}

/* Whatever an event holds, its line is JSON and fits. */
static void any_event_makes_json(void **state)
{
	char line[EMU_TRACE_LINE_BYTES];
	struct emu_trace_event event;
	unsigned int kind, round;
	uint32_t seed = 1;

	(void)state;
	for (kind = 0; kind <= EMU_TRACE_START; kind++) {
		for (round = 0; round < 200; round++) {
			fill(&event, sizeof(event), seed++);
			event.kind = kind;
			event.time_us = 1;
			event.reg.store = round & 1;
			event.reg.refused = round & 2;
			event.reg.by_dma = round & 4;
			if (kind == EMU_TRACE_FWIO) {
				event.fwio.step = "request";
				event.fwio.answer = round & 1;
			} else if (kind == EMU_TRACE_DMA) {
				event.dma.result = "done";
			} else if (kind == EMU_TRACE_FAULT) {
				event.fault.host = round & 1 ? "unmapped" : NULL;
			} else if (kind == EMU_TRACE_RECORD) {
				event.record.result = "written";
			} else if (kind == EMU_TRACE_IRQ) {
				event.irq.result = "sent";
			} else if (kind == EMU_TRACE_RESET) {
				event.reset.step = "begin";
				event.reset.what = "device";
			} else if (kind == EMU_TRACE_LINK) {
				event.link.east = event.link.up = round & 1;
			}
			assert_true(emu_trace_line(&event, line) < sizeof(line) - 1);
			json_object_put(parse(line));
		}
	}
}

static void command_begins_and_ends(void **state)
{
	struct model *m = *state;
	struct json_object *answer, *output;
	char line[128];

	snprintf(path, sizeof(path), "/tmp/trace-test-%d.jsonl", getpid());
	json_object_put(control_on(m->card, "trace start", -EINVAL)); /* no file */
	json_object_put(control_on(m->card, "trace start register", -EINVAL));
	json_object_put(control_on(m->card, "trace start /nonexistent/trace", -ENOENT));
	json_object_put(control_on(m->card, "trace stop", -ENOENT));
	json_object_put(control_on(m->card, "trace", -EINVAL));
	snprintf(line, sizeof(line), "trace start reg,irq %s", path);
	control(m, line);
	wr(m, MISC + 0xC0, 1);
	answer = control_on(m->card, "trace status", 0);
	output = at(member(answer, "outputs"), 0);
	expect_text(output, "file", path);
	expect_text(output, "kinds", "reg,irq");
	assert_int_equal(number_of(output, "lines"), 2);
	assert_int_equal(number_of(output, "lost"), 0);
	json_object_put(answer);
	control(m, "trace stop");
	answer = control_on(m->card, "trace status", 0);
	assert_int_equal(json_object_array_length(member(answer, "outputs")), 0);
	json_object_put(answer);
	assert_int_equal(unlink(path), 0);
}

static void words_are_no_files(void **state)
{
	struct model *m = *state;

	/* Not a list in two words, and not a file called "fault". */
	json_object_put(control_on(m->card, "trace start dma, fault", -EINVAL));
	json_object_put(control_on(m->card, "trace start dma fault", -EINVAL));
	assert_int_not_equal(access("fault", F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE_MODE("loads and stores are told with width, value and name",
			 registers_are_told),
		BOTH_MODES("packets are told, done or failed, and the fault's address",
			   packets_are_told),
		BOTH_MODES("register stores that descriptors make are told",
			   stores_by_dma_are_told),
		ONE_MODE("requests, answers and silence of the firmware are told",
			 mailbox_is_told),
		ONE_MODE("records and interrupts are told", records_and_interrupts_are_told),
		ONE_MODE("resets are told, begin and end", resets_are_told),
		{ "cards are traced apart, also into one file", cards_are_told_apart, setup_two,
		  model_teardown, NULL },
		ONE_MODE("only wanted kinds are told, only between start and stop",
			 only_what_is_wanted_is_told),
		ONE_MODE("a reader that blocks loses lines, which are counted",
			 a_blocked_reader_blocks_nobody),
		ONE_MODE("ending a trace does not wait for a blocked reader",
			 an_end_does_not_wait_for_a_blocked_reader),
		ONE_MODE("a reader that goes ends its output, nothing else",
			 a_reader_that_goes_ends_its_output_only),
		ONE_MODE("outputs that cannot be are refused at once", bad_outputs_are_refused),
		PLAIN("every event makes a line of JSON that fits", any_event_makes_json),
		ONE_MODE("the trace command starts, tells and stops", command_begins_and_ends),
		ONE_MODE("the trace command opens no file without a slash", words_are_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
