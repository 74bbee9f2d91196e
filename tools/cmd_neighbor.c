// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl neighbor: links between cards, also as a graph.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neuronnl.h"

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

struct links {
	struct neuron_neighbor_info *items;
	size_t count;
};

static int collect(const struct neuron_neighbor_info *info, void *arg)
{
	struct links *links = arg;
	struct neuron_neighbor_info *items;

	items = realloc(links->items, (links->count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	links->items = items;
	items[links->count++] = *info;
	return 0;
}

static bool has_peer(const struct neuron_neighbor_info *link)
{
	return link->link_state == NEURON_LINK_STATE_UP &&
	       NEURON_HAS(link, NEURON_A_NEIGHBOR_PEER_BUS_NAME);
}

/* A link is drawn from its east end, or from the west one if that alone knows. */
static bool drawn_elsewhere(const struct links *links, const struct neuron_neighbor_info *link)
{
	const struct neuron_neighbor_info *other;
	size_t i;

	for (i = 0; link->port == NEURON_PORT_WEST && i < links->count; i++) {
		other = &links->items[i];
		if (other->port == NEURON_PORT_EAST && has_peer(other) &&
		    !strcmp(other->bus_name, link->peer_bus_name) &&
		    !strcmp(other->peer_bus_name, link->bus_name))
			return true;
	}
	return false;
}

static void print_edges(const struct links *links)
{
	const struct neuron_neighbor_info *link;
	bool east;
	size_t i;

	for (i = 0; i < links->count; i++) {
		link = &links->items[i];
		if (!has_peer(link) || drawn_elsewhere(links, link))
			continue;
		east = link->port == NEURON_PORT_EAST;
		printf("\t\"%s\" -- \"%s\" [taillabel=\"%s\", headlabel=\"%s\"];\n",
		       link->bus_name, link->peer_bus_name, east ? "east" : "west",
		       east ? "west" : "east");
	}
}

static int print_node(const struct neuron_device_info *info, void *arg)
{
	const int *index = arg;

	if (*index == NEURON_ALL_DEVICES || (uint32_t)*index == info->index)
		printf("\t\"%s\" [label=\"neuron%" PRIu32 "\\n%s\"];\n", info->bus_name,
		       info->index, info->bus_name);
	return 0;
}

static int show_dot(struct tool *tool, struct args *args)
{
	struct links links = { 0 };
	int index, status, err;

	if (tool->json)
		return tool_usage("--dot is no JSON: leave out -j");
	status = tool_device(tool, args, &index);
	if (status)
		return status;
	printf("graph neuron {\n\tnode [shape=box];\n");
	err = neuron_device_list(tool->handle, print_node, &index);
	if (!err)
		err = neuron_neighbor_list(tool->handle, index, collect, &links);
	if (!err)
		print_edges(&links);
	printf("}\n");
	free(links.items);
	return tool_finish(tool, err);
}

static int neighbor_show(struct tool *tool, struct args *args)
{
	if (args_take(args, "--dot") || args_take(args, "-dot") || args_take(args, "dot"))
		return show_dot(tool, args);
	return tool_list(tool, args, "neighbor", list);
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
		.name = "show", .run = neighbor_show, .more = "[ --dot ]",
		.about = "Shows links between cards; with --dot as a graph for graphviz.",
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
