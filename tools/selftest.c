// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl dev test: does a card work? A table of parts; what a part needs and
 * another context holds is left out, and the line says so.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "selftest.h"

/* docs/hardware, sections 2.3, 3.4.1 and 4.1: what everybody may read. */
#define REG_VERSION	0x78e000u
#define REG_STATUS	0x78e01cu
#define REG_READY	0x80000000u
#define REG_REVISION(nc_id, eng) (0x40604u + (nc_id) * 0x100000u + (eng) * 0x40000u)
#define DMA_REVISION	4

#define MAX_ENGINES	(NEURON_MAX_REG_READS - 2)
#define WIDTH		16

static const char *const mode_names[SELFTEST_MODES] = { "full", "quick", "online" };
static const char *const result_names[SELFTEST_RESULTS] = { "pass", "FAIL", "skip" };
static const char *const result_words[SELFTEST_RESULTS] = { "pass", "fail", "skip" };

/**
 * selftest_says() - end a part with a result and a text
 * @test: run
 * @result: result
 * @format: as of printf()
 *
 * Return: @result.
 */
enum selftest_result selftest_says(struct selftest *test, enum selftest_result result,
				   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(test->text, sizeof(test->text), format, args);
	va_end(args);
	return result;
}

/**
 * selftest_broken() - end a part with what the library could not do
 * @test: run
 * @what: what was tried
 *
 * Return: SELFTEST_FAIL.
 */
enum selftest_result selftest_broken(struct selftest *test, const char *what)
{
	return selftest_says(test, SELFTEST_FAIL, "%s: %s", what,
			     neuron_last_error(test->tool->handle));
}

static const char *name_or(const char *name)
{
	return name ? name : "unknown";
}

static enum selftest_result test_card(struct selftest *test, uint32_t number)
{
	struct neuron_device_info *device = &test->device;

	(void)number;
	if (neuron_device_get(test->tool->handle, device->index, device, sizeof(*device)))
		return selftest_broken(test, "card");
	return selftest_says(test, device->state == NEURON_DEVICE_STATE_READY &&
			     device->health == NEURON_HEALTH_OK ? SELFTEST_PASS : SELFTEST_FAIL,
			     "state %s, health %s",
			     name_or(neuron_device_state_name(device->state)),
			     name_or(neuron_health_name(device->health)));
}

/* Which registers are read: two of the firmware's own, and one of each engine. */
static unsigned int register_list(const struct selftest *test, uint32_t *offsets)
{
	uint32_t each = test->device.engines / test->device.cores;
	unsigned int count = 2;
	uint32_t eng_id;

	offsets[0] = REG_VERSION;
	offsets[1] = REG_STATUS;
	for (eng_id = 0; eng_id < test->device.engines && eng_id < MAX_ENGINES; eng_id++)
		offsets[count++] = REG_REVISION(eng_id / each, eng_id % each);
	return count;
}

/* Return: SELFTEST_PASS if the values are what a card that is ready has. */
static enum selftest_result judge_registers(struct selftest *test, const uint32_t *values,
					    unsigned int count)
{
	unsigned int i;

	if (!(values[1] & REG_READY))
		return selftest_says(test, SELFTEST_FAIL, "status is 0x%" PRIx32 ", not ready",
				     values[1]);
	for (i = 2; i < count; i++)
		if (values[i] != DMA_REVISION)
			return selftest_says(test, SELFTEST_FAIL, "engine %u has revision 0x%"
					     PRIx32 ", not %d", i - 2, values[i], DMA_REVISION);
	return SELFTEST_PASS;
}

/* An answer that had to be asked for again came; one that was wrong is a fault. */
static enum selftest_result judge_counters(struct selftest *test, unsigned int registers,
					   const struct neuron_stats_info *before,
					   const struct neuron_stats_info *after)
{
	uint64_t errors = after->fwio_errors - before->fwio_errors;

	return selftest_says(test, errors ? SELFTEST_FAIL : SELFTEST_PASS,
			     "%u registers read, %" PRIu64 " requests, %" PRIu64 " retries, %"
			     PRIu64 " errors, %" PRIu64 " time-outs", registers,
			     after->fwio_requests - before->fwio_requests,
			     after->fwio_retries - before->fwio_retries, errors,
			     after->fwio_timeouts - before->fwio_timeouts);
}

static enum selftest_result test_firmware(struct selftest *test, uint32_t number)
{
	uint32_t offsets[NEURON_MAX_REG_READS], values[NEURON_MAX_REG_READS];
	struct neuron_stats_info before, after;
	unsigned int rounds = test->mode == SELFTEST_FULL ? 32 : 4;
	unsigned int count, i;
	enum selftest_result result = SELFTEST_PASS;

	(void)number;
	count = register_list(test, offsets);
	if (neuron_stats_get(test->tool->handle, test->device.index, &before, sizeof(before)))
		return selftest_broken(test, "counters");
	for (i = 0; i < rounds && result == SELFTEST_PASS; i++) {
		if (neuron_reg_read(test->ctx, offsets, values, count, SELFTEST_MS))
			return selftest_broken(test, "reading registers");
		result = judge_registers(test, values, count);
	}
	if (result != SELFTEST_PASS)
		return result;
	if (neuron_stats_get(test->tool->handle, test->device.index, &after, sizeof(after)))
		return selftest_broken(test, "counters");
	return judge_counters(test, rounds * count, &before, &after);
}

/* What the other side says of the same link. */
static enum selftest_result judge_peer(struct selftest *test,
				       const struct neuron_neighbor_info *link)
{
	uint32_t port = link->port == NEURON_PORT_EAST ? NEURON_PORT_WEST : NEURON_PORT_EAST;
	struct neuron_neighbor_info peer;

	if (neuron_neighbor_get(test->tool->handle, link->peer_index, port, &peer, sizeof(peer)))
		return selftest_broken(test, "neighbour");
	if (peer.link_state != NEURON_LINK_STATE_UP || strcmp(peer.peer_bus_name, link->bus_name))
		return selftest_says(test, SELFTEST_FAIL, "up to pci/%s, whose %s port is %s to %s",
				     link->peer_bus_name, name_or(neuron_port_name(port)),
				     name_or(neuron_link_state_name(peer.link_state)),
				     peer.peer_bus_name[0] ? peer.peer_bus_name : "nobody");
	selftest_says(test, SELFTEST_PASS, "up to pci/%s", link->peer_bus_name);
	return test->mode == SELFTEST_ONLINE ? SELFTEST_PASS :
	       selftest_transfer(test, link->peer_index);
}

static enum selftest_result test_link(struct selftest *test, uint32_t port)
{
	struct neuron_handle *handle = test->tool->handle;
	struct neuron_neighbor_info before, link;
	uint32_t index = test->device.index;

	if (neuron_neighbor_get(handle, index, port, &before, sizeof(before)))
		return selftest_broken(test, "link");
	if (neuron_neighbor_refresh(test->ctx, SELFTEST_MS))
		return selftest_broken(test, "asking the firmware for links");
	if (neuron_neighbor_get(handle, index, port, &link, sizeof(link)))
		return selftest_broken(test, "link");
	if (link.link_state == NEURON_LINK_STATE_DOWN)
		return before.link_state == NEURON_LINK_STATE_UP ?
		       selftest_says(test, SELFTEST_FAIL, "was up, and is down") :
		       selftest_says(test, SELFTEST_SKIP, "down");
	if (link.link_state != NEURON_LINK_STATE_UP)
		return selftest_says(test, SELFTEST_FAIL, "the firmware does not tell its state");
	if (!NEURON_HAS(&link, NEURON_A_NEIGHBOR_PEER_BUS_NAME))
		return selftest_says(test, SELFTEST_PASS,
				     "up, to a card that this machine does not drive");
	return judge_peer(test, &link);
}

static uint32_t one(const struct selftest *test)
{
	(void)test;
	return 1;
}

static uint32_t ports(const struct selftest *test)
{
	(void)test;
	return NEURON_PORT_WEST + 1;
}

static uint32_t channels(const struct selftest *test)
{
	return test->device.dram_channels < SELFTEST_MAX_CHANNELS ? test->device.dram_channels :
	       SELFTEST_MAX_CHANNELS;
}

static uint32_t engines(const struct selftest *test)
{
	return test->device.engines;
}

static uint32_t cores(const struct selftest *test)
{
	return test->device.cores;
}

/* The first one tells whether the others make sense. */
static const struct selftest_part parts[] = {
	{ "card", NULL, one, test_card, true },
	{ "firmware", NULL, one, test_firmware, true },
	{ "link", "port", ports, test_link, true },
	{ "memory", "channel", channels, selftest_memory, false },
	{ "engine", "eng-id", engines, selftest_engine, false },
	{ "events", "nc-id", cores, selftest_events, false },
	{ "semaphores", "nc-id", cores, selftest_semaphores, false },
	{ "notifications", "nc-id", cores, selftest_notifications, false },
};

static void part_title(char *to, size_t size, const struct selftest_part *part, uint32_t number)
{
	if (!part->key)
		snprintf(to, size, "%s", part->name);
	else if (!strcmp(part->key, "port"))
		snprintf(to, size, "%s %s", part->name, name_or(neuron_port_name(number)));
	else
		snprintf(to, size, "%s %" PRIu32, part->name, number);
}

/* On a terminal, what runs is seen before it has ended. */
static void part_begins(const struct selftest *test, const struct selftest_part *part,
			uint32_t number)
{
	FILE *file = test->tool->out.file;
	char title[40];

	if (test->tool->json || !isatty(fileno(file)))
		return;
	part_title(title, sizeof(title), part, number);
	fprintf(file, "    %-*s  ...", WIDTH, title);
	fflush(file);
}

static void part_json(struct selftest *test, const struct selftest_part *part, uint32_t number,
		      enum selftest_result result)
{
	struct out *out = &test->tool->out;

	out_object(out, NULL, "");
	out_number(out, "dev-index", test->device.index, 0);
	out_string(out, "bus-name", test->device.bus_name, 0);
	out_string(out, "part", part->name, 0);
	if (part->key && !strcmp(part->key, "port"))
		out_string(out, part->key, name_or(neuron_port_name(number)), 0);
	else if (part->key)
		out_number(out, part->key, number, 0);
	out_string(out, "result", result_words[result], 0);
	out_string(out, "text", test->text, 0);
	out_object_end(out);
}

static void part_ends(struct selftest *test, const struct selftest_part *part, uint32_t number,
		      enum selftest_result result)
{
	FILE *file = test->tool->out.file;
	char title[40];

	test->counts[result]++;
	if (test->tool->json) {
		part_json(test, part, number, result);
		return;
	}
	part_title(title, sizeof(title), part, number);
	fprintf(file, "%s    %-*s  %s%s%s%s\n", isatty(fileno(file)) ? "\r" : "", WIDTH, title,
		result_names[result], test->text[0] ? "  (" : "", test->text,
		test->text[0] ? ")" : "");
	fflush(file);
}

static void run_part(struct selftest *test, const struct selftest_part *part)
{
	enum selftest_result result;
	uint32_t number;

	for (number = 0; number < part->count(test); number++) {
		part_begins(test, part, number);
		test->text[0] = '\0';
		if (part != parts && test->device.state != NEURON_DEVICE_STATE_READY)
			result = selftest_says(test, SELFTEST_SKIP, "the card is not ready");
		else
			result = part->run(test, number);
		part_ends(test, part, number, result);
	}
}

static void run_parts(struct selftest *test)
{
	FILE *file = test->tool->out.file;
	size_t i;

	if (!test->tool->json)
		fprintf(file, "%" PRIu32 ": pci/%s %s test\n", test->device.index,
			test->device.bus_name, mode_names[test->mode]);
	for (i = 0; i < COUNT(parts); i++)
		if (parts[i].online || test->mode != SELFTEST_ONLINE)
			run_part(test, &parts[i]);
	if (!test->tool->json)
		fprintf(file, "%" PRIu32 ": pci/%s %s: %u passed, %u failed, %u skipped\n",
			test->device.index, test->device.bus_name,
			test->counts[SELFTEST_FAIL] ? "FAILED" : "works",
			test->counts[SELFTEST_PASS], test->counts[SELFTEST_FAIL],
			test->counts[SELFTEST_SKIP]);
}

/* struct what - words of the command line; @dev is a card, for ARG_NEEDED is set */
struct what {
	int dev;
	bool mode[SELFTEST_MODES];
};

const struct arg selftest_args[] = {
	ARG(ARG_DEV, "dev", struct what, dev, ARG_BARE | ARG_NEEDED),
	ARG(ARG_FLAG, "full", struct what, mode[SELFTEST_FULL], 0),
	ARG(ARG_FLAG, "quick", struct what, mode[SELFTEST_QUICK], 0),
	ARG(ARG_FLAG, "online", struct what, mode[SELFTEST_ONLINE], 0),
	{ .key = NULL },
};

static int choose_mode(struct selftest *test, const struct what *what)
{
	enum selftest_mode mode;
	int count = 0;

	for (mode = SELFTEST_FULL; mode < SELFTEST_MODES; mode++)
		if (what->mode[mode]) {
			test->mode = mode;
			count++;
		}
	return count > 1 ? tool_usage("\"full\", \"quick\" and \"online\" exclude each other") :
	       EXIT_DONE;
}

/* A context of its own, for what it does must not mix with what a session has. */
static int open_card(struct selftest *test, struct args *args)
{
	struct neuron_handle *handle = test->tool->handle;
	struct what what = { .dev = NEURON_ALL_DEVICES };
	int status = args_parse(test->tool, args, &what, NULL);

	if (!status)
		status = choose_mode(test, &what);
	if (status)
		return status;
	if (neuron_device_get(handle, (uint32_t)what.dev, &test->device, sizeof(test->device)) ||
	    neuron_ctx_open(handle, (uint32_t)what.dev, &test->ctx))
		return tool_refused(test->tool);
	if (!neuron_ctx_set_label(test->ctx, "self-test"))
		return EXIT_DONE;
	status = tool_refused(test->tool);
	neuron_ctx_close(test->ctx);
	return status;
}

/**
 * selftest_run() - dev test
 * @tool: run
 * @args: words
 *
 * Return: exit status; EXIT_REFUSED if a part failed.
 */
int selftest_run(struct tool *tool, struct args *args)
{
	struct selftest test = { .tool = tool };
	int status, written;

	out_array(&tool->out, "test");
	status = open_card(&test, args);
	if (!status) {
		run_parts(&test);
		selftest_buffers_free(&test);
		neuron_ctx_close(test.ctx);
		status = test.counts[SELFTEST_FAIL] ? EXIT_REFUSED : EXIT_DONE;
	}
	out_array_end(&tool->out);
	written = tool_finish(tool, 0);
	return status ? status : written;
}
