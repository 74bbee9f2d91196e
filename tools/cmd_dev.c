// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl dev: cards.
 */
#include <inttypes.h>
#include <stdio.h>

#include "neuronnl.h"

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

static int dev_reset(struct tool *tool, struct args *args)
{
	uint32_t expect = NEURON_ANY_RESET_COUNT;
	struct neuron_ctx *ctx;
	int status;

	status = tool_option(args, "expect", &expect);
	if (!status)
		status = tool_open(tool, args, "reset", &ctx);
	if (status)
		return status;
	status = neuron_device_reset(ctx, expect, RESET_MS) ? tool_refused(tool) : EXIT_DONE;
	neuron_ctx_close(ctx);
	return status;
}

static const struct command commands[] = {
	{ "show", dev_show }, { "reset", dev_reset }, { NULL, NULL },
};

const struct object object_dev = {
	.name = "dev", .commands = commands,
	.help =
"Usage: neuronnl dev show [ [ dev ] DEV ]\n"
"       neuronnl dev reset [ dev ] DEV [ expect N ]\n"
"where  DEV := { INDEX | pci/ADDRESS | ADDRESS }\n"
"Shows cards; with -d all attributes, with -s the driver's counters, too. Reset\n"
"takes rings and queues from all who use the card; with expect only if it was\n"
"reset N times so far (reset-count).\n",
};
