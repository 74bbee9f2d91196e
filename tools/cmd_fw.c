// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl fw: what is asked of the firmware, and registers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fw_words.h"

#define FW_MS	30000	/* the driver itself gives up earlier */

#define S(kind, attr, key, member, flags) \
	SHOW(kind, NEURON_A_STATS_##attr, key, struct neuron_stats_info, member, flags, NULL)

static const struct show shows[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD),
	S(SHOW_STR, BUS_NAME, "bus-name", bus_name, OUT_HEAD),
	S(SHOW_U64, FWIO_REQUESTS, "fwio-requests", fwio_requests, 0),
	S(SHOW_U64, FWIO_RETRIES, "fwio-retries", fwio_retries, 0),
	S(SHOW_U64, FWIO_TIMEOUTS, "fwio-timeouts", fwio_timeouts, 0),
	S(SHOW_U64, FWIO_ERRORS, "fwio-errors", fwio_errors, 0),
	S(SHOW_U64, FWIO_STALE, "fwio-stale", fwio_stale, 0),
};

static int show_one(const struct neuron_stats_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[80];

	snprintf(heading, sizeof(heading), "%" PRIu32 ": pci/%s", info->index, info->bus_name);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, shows, COUNT(shows), info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_stats_list(tool->handle, index, show_one, tool);
}

static int fw_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "fw", list);
}

struct read {
	struct session_item *ctx;
	struct args_list offsets;
	uint32_t bar, count;
	bool raw;
	int timeout;
};

static const struct arg read_args[] = {
	ARG(ARG_CTX, "dev", struct read, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_LIST, "offset", struct read, offsets, ARG_NEEDED),
	ARG(ARG_U32, "count", struct read, count, 0),
	ARG(ARG_FLAG, "raw", struct read, raw, 0),
	ARG(ARG_U32, "bar", struct read, bar, 0),
	ARG(ARG_MS, "timeout", struct read, timeout, 0),
	{ .key = NULL },
};

#define WORD_BYTES	4

/* struct regs - registers of one request */
struct regs {
	unsigned int count;
	uint32_t offset[NEURON_MAX_REG_READS], value[NEURON_MAX_REG_READS];
};

/* @count words from each offset on. */
static int spread(const struct read *what, struct regs *regs)
{
	uint64_t offset;
	uint32_t i, j;

	regs->count = 0;
	for (i = 0; i < what->offsets.count; i++)
		for (j = 0; j < what->count; j++) {
			offset = what->offsets.value[i] + (uint64_t)j * WORD_BYTES;
			if (regs->count == NEURON_MAX_REG_READS || offset > UINT32_MAX)
				return tool_usage("at most %d registers are read at a time, within "
						  "4 GiB", NEURON_MAX_REG_READS);
			regs->offset[regs->count++] = (uint32_t)offset;
		}
	return regs->count ? EXIT_DONE : tool_usage("\"count\": at least 1");
}

static int show_regs(struct tool *tool, const struct read *what, const struct regs *regs)
{
	uint32_t dev = neuron_ctx_device(what->ctx->ctx);
	struct out *out = &tool->out;
	char heading[96];
	unsigned int i;

	out_array(out, "fw");
	for (i = 0; i < regs->count; i++) {
		snprintf(heading, sizeof(heading), "dev %" PRIu32 " bar %" PRIu32 " offset 0x%08"
			 PRIx32 ": 0x%08" PRIx32, dev, what->bar, regs->offset[i], regs->value[i]);
		out_object(out, NULL, heading);
		out_number(out, "dev-index", dev, OUT_HEAD);
		out_number(out, "bar", what->bar, OUT_HEAD);
		out_number(out, "offset", regs->offset[i], OUT_HEAD);
		out_number(out, "value", regs->value[i], OUT_HEAD);
		out_object_end(out);
	}
	out_array_end(out);
	return tool_finish(tool, 0);
}

/* What is not in BAR 0 is in no allow-list. */
static int fw_read(struct tool *tool, struct args *args)
{
	struct read what = { .count = 1, .timeout = FW_MS };
	struct regs regs;
	int status = args_parse(tool, args, &what, NULL);
	int err;

	if (!status)
		status = spread(&what, &regs);
	if (status)
		return status;
	err = what.raw || what.bar ?
	      neuron_reg_read_raw(what.ctx->ctx, what.bar, regs.offset, regs.value, regs.count,
				  what.timeout) :
	      neuron_reg_read(what.ctx->ctx, regs.offset, regs.value, regs.count, what.timeout);
	return err ? tool_refused(tool) : show_regs(tool, &what, &regs);
}

struct store {
	struct session_item *ctx;
	uint32_t bar, offset, value;
};

/* The last two are of each store. */
#define STORE_OWN	2

static const struct arg write_args[] = {
	ARG(ARG_CTX, "dev", struct store, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U32, "bar", struct store, bar, 0),
	ARG(ARG_U32, "offset", struct store, offset, ARG_NEEDED),
	ARG(ARG_U32, "value", struct store, value, ARG_NEEDED),
	{ .key = NULL },
};

static int fw_write(struct tool *tool, struct args *args)
{
	struct neuron_reg_store list[NEURON_MAX_REG_WRITES];
	struct store what = { 0 };
	unsigned int count = 0;
	int status = args_parse(tool, args, &what, NULL);

	while (!status) {
		if (count == NEURON_MAX_REG_WRITES)
			return tool_usage("at most %d registers are written at a time",
					  NEURON_MAX_REG_WRITES);
		list[count++] = (struct neuron_reg_store){ what.offset, what.value };
		if (!args_take(args, "entry"))
			break;
		status = args_parse_table(tool, args, &write_args[STORE_OWN], &what, NULL);
	}
	if (!status)
		status = args_end(args);
	if (!status && neuron_reg_write(what.ctx->ctx, what.bar, list, count))
		status = tool_refused(tool);
	return status;
}

struct counters {
	struct session_item *ctx;
	uint32_t engine;
	const char *names;
	int timeout;
};

static const struct arg counters_args[] = {
	ARG(ARG_CTX, "dev", struct counters, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U32, "engine", struct counters, engine, 0, .attr = "eng-id"),
	ARG(ARG_STRING, "counter", struct counters, names, 0, .value = "NAME,..."),
	ARG(ARG_MS, "timeout", struct counters, timeout, 0),
	{ .key = NULL },
};

#define COUNTERS_ENGINE	1	/* its place in the table */

static void show_count(struct out *out, uint32_t dev, const struct counters *what,
		       uint32_t counter, uint64_t count)
{
	bool of_engine = counter_is_of_engine(counter);
	const char *name = neuron_counter_name(counter);
	char heading[128], engine[32] = "";

	if (of_engine)
		snprintf(engine, sizeof(engine), " engine %" PRIu32, what->engine);
	snprintf(heading, sizeof(heading), "dev %" PRIu32 "%s %s: %" PRIu64, dev, engine, name,
		 count);
	out_object(out, NULL, heading);
	out_number(out, "dev-index", dev, OUT_HEAD);
	if (of_engine)
		out_number(out, "eng-id", what->engine, OUT_HEAD);
	out_string(out, "counter", name, OUT_HEAD);
	out_number(out, "count", count, OUT_HEAD);
	out_object_end(out);
}

static int which_counters(const struct counters *what, bool engine, struct counter_list *list)
{
	unsigned int i;
	int status;

	if (!what->names) {
		counters_all(list, engine);
		return EXIT_DONE;
	}
	status = counters_parse(what->names, list);
	for (i = 0; !status && i < list->count; i++)
		if (counter_is_of_engine(list->value[i]) && !engine)
			status = tool_usage("\"engine\" is missing: \"%s\" is counted by engine",
					    neuron_counter_name(list->value[i]));
	return status;
}

static int fw_counters(struct tool *tool, struct args *args)
{
	struct counters what = { .timeout = FW_MS };
	uint64_t counts[NEURON_MAX_COUNTERS], given;
	struct counter_list list;
	unsigned int i;
	int status = args_parse(tool, args, &what, &given);

	if (!status)
		status = which_counters(&what, given >> COUNTERS_ENGINE & 1, &list);
	if (status)
		return status;
	if (neuron_counters_get(what.ctx->ctx, what.engine, list.value, counts, list.count,
				what.timeout))
		return tool_refused(tool);
	out_array(&tool->out, "fw");
	for (i = 0; i < list.count; i++)
		show_count(&tool->out, neuron_ctx_device(what.ctx->ctx), &what, list.value[i],
			   counts[i]);
	out_array_end(&tool->out);
	return tool_finish(tool, 0);
}

struct metric {
	struct session_item *ctx;
	const char *text, *hex, *file;
	int timeout;
};

static const struct arg metric_args[] = {
	ARG(ARG_CTX, "dev", struct metric, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_STRING, "text", struct metric, text, 0, .attr = "metric"),
	ARG(ARG_STRING, "hex", struct metric, hex, 0, .value = "BYTES"),
	ARG(ARG_FILE, "file", struct metric, file, 0),
	ARG(ARG_MS, "timeout", struct metric, timeout, 0),
	{ .key = NULL },
};

static int metric_bytes(const struct metric *what, unsigned char *to, size_t *size)
{
	if (!what->text + !what->hex + !what->file != 2)
		return tool_usage("the statistics are one of \"text\", \"hex\" and \"file\"");
	if (what->hex)
		return bytes_hex(what->hex, to, NEURON_MAX_METRIC_BYTES, size);
	if (what->file)
		return bytes_file(what->file, to, NEURON_MAX_METRIC_BYTES, size);
	*size = strlen(what->text);
	if (*size > NEURON_MAX_METRIC_BYTES)
		return tool_usage("\"text\": more than %d bytes", NEURON_MAX_METRIC_BYTES);
	memcpy(to, what->text, *size);
	return EXIT_DONE;
}

static int fw_metric(struct tool *tool, struct args *args)
{
	unsigned char bytes[NEURON_MAX_METRIC_BYTES];
	struct metric what = { .timeout = FW_MS };
	size_t size = 0;
	int status = args_parse(tool, args, &what, NULL);

	if (!status)
		status = metric_bytes(&what, bytes, &size);
	if (status)
		return status;
	return tool_background(tool, what.ctx, NULL,
			       neuron_metric_post(what.ctx->ctx, bytes, size, what.timeout));
}

static const struct command commands[] = {
	{
		.name = "show", .run = fw_show, .args = show_args,
		.about = "Shows what the driver counted of its requests to the firmware.",
		.ops = OPS(NEURON_CMD_STATS_GET),
	},
	{
		.name = "read", .run = fw_read, .args = read_args,
		.about = "Has the firmware read registers: each of these, and N words from each on.\n"
			 "    Anyone who may use the card reads states, pointers, counters and versions;\n"
			 "    with \"raw\", or of BAR 2, everything, which takes CAP_SYS_RAWIO.",
		.ops = OPS(NEURON_CMD_REG_READ),
	},
	{
		.name = "write", .run = fw_write, .args = write_args,
		.more = "[ entry offset N value N ]...",
		.about = "Stores to registers, in order, without the firmware. It takes CAP_SYS_RAWIO\n"
			 "    and taints the kernel; what the driver owns is refused. Everything is checked\n"
			 "    before the first store.",
		.ops = OPS(NEURON_CMD_REG_WRITE),
	},
	{
		.name = "counters", .run = fw_counters, .args = counters_args,
		.about = "Reads counters of the hardware: all of the card, with \"engine\" all of an\n"
			 "    engine, or those that are named.",
		.ops = OPS(NEURON_CMD_COUNTERS_GET),
	},
	{
		.name = "metric", .run = fw_metric, .args = metric_args,
		.about = "Hands runtime statistics to the firmware, which publishes them: text, bytes in\n"
			 "    hexadecimal, or a file, 128 bytes at most.",
		.ops = OPS(NEURON_CMD_METRIC_POST),
	},
	{ .name = NULL },
};

const struct object object_fw = {
	.name = "fw", .commands = commands, .about = "firmware and registers",
};
