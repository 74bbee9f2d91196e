// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl neighbor: links between cards, also as a graph.
 */
#include <inttypes.h>
#include <stdio.h>

#include "topology.h"

#define REFRESH_MS	30000

#define S(kind, attr, key, member, flags, name) \
	SHOW(kind, NEURON_A_NEIGHBOR_##attr, key, struct neuron_neighbor_info, member, flags, name)

const struct show show_neighbor[] = {
	S(SHOW_U32, DEV_INDEX, "dev-index", index, OUT_HEAD, NULL),
	S(SHOW_STR, BUS_NAME, "bus-name", bus_name, OUT_HEAD, NULL),
	S(SHOW_U64, HOTPLUG_SEQ, "hotplug-seq", hotplug_seq, OUT_DETAIL, NULL),
	S(SHOW_ENUM, PORT, "port", port, OUT_HEAD, neuron_port_name),
	S(SHOW_ENUM, LINK_STATE, "link-state", link_state, 0, neuron_link_state_name),
	S(SHOW_U32, PEER_INDEX, "peer-index", peer_index, 0, NULL),
	S(SHOW_STR, PEER_BUS_NAME, "peer-bus-name", peer_bus_name, 0, NULL),
	S(SHOW_U64, AGE_MS, "age-ms", age_ms, OUT_DETAIL, NULL),
};

const size_t show_neighbor_count = COUNT(show_neighbor);

static int show_one(const struct neuron_neighbor_info *info, void *arg)
{
	const char *port = neuron_port_name(info->port);
	struct tool *tool = arg;
	char heading[96];

	snprintf(heading, sizeof(heading), "%" PRIu32 ": pci/%s %s", info->index, info->bus_name,
		 port ? port : "port");
	out_object(&tool->out, NULL, heading);
	out_info(&tool->out, show_neighbor, show_neighbor_count, info);
	out_object_end(&tool->out);
	return 0;
}

static int list(struct tool *tool, int index)
{
	return neuron_neighbor_list(tool->handle, index, show_one, tool);
}

struct what {
	int dev;
	bool dot;
};

static const struct arg what_args[] = {
	ARG(ARG_DEV, "dev", struct what, dev, ARG_BARE),
	ARG(ARG_FLAG, "--dot", struct what, dot, 0),
	{ .key = NULL },
};

static int neighbor_show(struct tool *tool, struct args *args)
{
	struct what what = { .dot = false };
	int status = args_parse(tool, args, &what, NULL);
	int err;

	if (status)
		return status;
	if (what.dot)
		return topology_dot(tool);
	out_array(&tool->out, "neighbor");
	err = list(tool, what.dev);
	out_array_end(&tool->out);
	return tool_finish(tool, err);
}

struct refresh {
	struct session_item *ctx;
	int timeout;
};

static const struct arg refresh_args[] = {
	ARG(ARG_CTX, "dev", struct refresh, ctx, ARG_BARE | ARG_NEEDED),
	ARG(ARG_MS, "timeout", struct refresh, timeout, 0),
	{ .key = NULL },
};

static int neighbor_refresh(struct tool *tool, struct args *args)
{
	struct refresh what = { .timeout = REFRESH_MS };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	return tool_background(tool, what.ctx, NULL,
			       neuron_neighbor_refresh(what.ctx->ctx, what.timeout));
}

static const struct command commands[] = {
	{
		.name = "show", .run = neighbor_show, .args = what_args,
		.about = "Shows the ports of cards and what is linked there; with --dot all cards as\n"
			 "    \"topology show --dot\" does.",
		.ops = OPS(NEURON_CMD_NEIGHBOR_GET),
	},
	{
		.name = "refresh", .run = neighbor_refresh, .args = refresh_args,
		.about = "Has the firmware of a card asked what is linked at both of its ports.",
		.ops = OPS(NEURON_CMD_NEIGHBOR_REFRESH),
	},
	{ .name = NULL },
};

const struct object object_neighbor = {
	.name = "neighbor", .commands = commands, .about = "links between cards",
};
