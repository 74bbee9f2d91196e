// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl dev: cards.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"
#include "selftest.h"

#define RESET_MS	300000	/* the driver itself gives up after two minutes */

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_DEVICE_##attr, key, struct neuron_device_info, member, flags, name)

const struct show show_device[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_STR, BUS_NAME, "bus-name", bus_name, OUT_HEAD, NULL),
	S(SHOW_U64, HOTPLUG_SEQ, "hotplug-seq", hotplug_seq, OUT_DETAIL, NULL),
	S(SHOW_U64, HEALTH_SEQ, "health-seq", health_seq, OUT_DETAIL, NULL),
	S(SHOW_U64, USAGE_SEQ, "usage-seq", usage_seq, OUT_DETAIL, NULL),
	S(SHOW_U32, VENDOR_ID, "vendor-id", vendor_id, OUT_DETAIL | OUT_HEX, NULL),
	S(SHOW_U32, DEVICE_ID, "device-id", device_id, OUT_DETAIL | OUT_HEX, NULL),
	S(SHOW_U32, REVISION, "revision", revision, OUT_DETAIL, NULL),
	S(SHOW_ENUM, ARCH, "arch", arch, 0, neuron_arch_name),
	S(SHOW_ENUM, STATE, "state", state, 0, neuron_device_state_name),
	S(SHOW_ENUM, HEALTH, "health", health, 0, neuron_health_name),
	S(SHOW_FLAGS, FLAGS, "flags", flags, OUT_DETAIL, neuron_device_flag_name),
	S(SHOW_U32, CORES, "cores", cores, 0, NULL),
	S(SHOW_U32, ENGINES, "engines", engines, 0, NULL),
	S(SHOW_U32, QUEUES_PER_ENGINE, "queues-per-engine", queues_per_engine, OUT_DETAIL, NULL),
	S(SHOW_U32, CONTEXTS, "contexts", contexts, 0, NULL),
	S(SHOW_U32, LINKS_UP, "links-up", links_up, 0, NULL),
	S(SHOW_U32, DRAM_CHANNELS, "dram-channels", dram_channels, OUT_DETAIL, NULL),
	S(SHOW_U64, DRAM_BYTES, "dram-bytes", dram_bytes, OUT_BYTES, NULL),
	S(SHOW_U64, DRAM_USED, "dram-used", dram_used, OUT_BYTES, NULL),
	S(SHOW_U64, HOST_USED, "host-used", host_used, OUT_DETAIL | OUT_BYTES, NULL),
	S(SHOW_U32, DRAM_REGIONS, "dram-regions", dram_regions, OUT_DETAIL, NULL),
	S(SHOW_S32, NUMA_NODE, "numa-node", numa_node, OUT_DETAIL, NULL),
	S(SHOW_U32, RESET_COUNT, "reset-count", reset_count, OUT_DETAIL, NULL),
};

const size_t show_device_count = COUNT(show_device);

static int with_statistics(struct tool *tool, uint32_t index)
{
	struct neuron_stats_info stats;
	int err = neuron_stats_get(tool->handle, index, &stats, sizeof(stats));

	if (err)
		return err;
	out_object(&tool->out, "stats", "  stats:");
	show_stats(&tool->out, &stats);
	out_object_end(&tool->out);
	return 0;
}

static int show_one(const struct neuron_device_info *info, void *arg)
{
	struct tool *tool = arg;
	char heading[80];
	int err = 0;

	snprintf(heading, sizeof(heading), "%" PRIu32 ": pci/%s", info->index, info->bus_name);
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, show_device, show_device_count, info);
	if (tool->statistics)
		err = with_statistics(tool, info->index);
	out_object_end(&tool->out);
	return err;
}

static int list(struct tool *tool, int index)
{
	struct neuron_device_info info;
	int err;

	if (index == NEURON_ALL_DEVICES)
		return neuron_device_list(tool->handle, show_one, tool);
	err = neuron_device_get(tool->handle, (uint32_t)index, &info, sizeof(info));
	return err ? err : show_one(&info, tool);
}

static int dev_show(struct tool *tool, struct args *args)
{
	return tool_list(tool, args, "dev", list);
}

struct reset {
	struct session_item *ctx;
	uint32_t expect;
	int timeout;
};

static const struct arg reset_args[] = {
	ARG(ARG_CTX, "dev", struct reset, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U32, "expect", struct reset, expect, 0, .attr = "expect-reset-count"),
	ARG(ARG_MS, "timeout", struct reset, timeout, 0),
	{ .key = NULL },
};

static int dev_reset(struct tool *tool, struct args *args)
{
	struct reset what = { .expect = NEURON_ANY_RESET_COUNT, .timeout = RESET_MS };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	return tool_background(tool, what.ctx, NULL,
			       neuron_device_reset(what.ctx->ctx, what.expect, what.timeout));
}

struct set {
	struct session_item *ctx;
	uint32_t regions;
};

static const struct arg set_args[] = {
	ARG(ARG_CTX, "dev", struct set, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_U32, "regions", struct set, regions, ARG_NEEDED, .attr = "dram-regions"),
	{ .key = NULL },
};

static int dev_set(struct tool *tool, struct args *args)
{
	struct set what = { .regions = 0 };
	int status = args_parse(tool, args, &what, NULL);

	if (!status && neuron_device_set_regions(what.ctx->ctx, what.regions))
		status = tool_refused(tool);
	return status;
}

static const struct command commands[] = {
	{
		.name = "show", .run = dev_show, .args = show_args,
		.about = "Shows cards; with -d all attributes, with -s the counters of the driver, too.",
		.ops = OPS(NEURON_CMD_DEVICE_GET, NEURON_CMD_STATS_GET),
	},
	{
		.name = "reset", .run = dev_reset, .args = reset_args,
		.about = "Takes rings and queues from all who use the card, and clears its memory. With\n"
			 "    expect only if the card was reset N times so far (reset-count).",
		.ops = OPS(NEURON_CMD_DEVICE_RESET),
	},
	{
		.name = "set", .run = dev_set, .args = set_args,
		.about = "Cuts each DRAM channel into 1, 2 or 4 regions, while no memory of the card is\n"
			 "    allocated.",
		.ops = OPS(NEURON_CMD_DEVICE_SET),
	},
	{
		.name = "test", .run = selftest_run, .args = selftest_args,
		.about = "Tests a card, a line per part; what others hold is left out. quick moves less\n"
			 "    data, online changes nothing on the card.",
		.ops = SELFTEST_OPS,
	},
	{ .name = NULL },
};

const struct object object_dev = {
	.name = "dev", .commands = commands, .about = "cards",
};
