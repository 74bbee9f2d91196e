// SPDX-License-Identifier: GPL-2.0
/*
 * neuronnl topology: cards and their links as a picture. Each card has two
 * ports, so that what is linked is a line or a ring: cards are put into an order
 * in which neighbours follow each other, to the east.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topology.h"

static const char *name_or(const char *name)
{
	return name ? name : "unknown";
}

static int add_node(const struct neuron_device_info *info, void *arg)
{
	struct topology *topology = arg;
	struct node *nodes;

	nodes = realloc(topology->nodes, (topology->count + 1) * sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	topology->nodes = nodes;
	nodes[topology->count++] = (struct node){ .device = *info };
	return 0;
}

static struct node *find(const struct topology *topology, const char *bus_name)
{
	unsigned int i;

	for (i = 0; i < topology->count; i++)
		if (!strcmp(topology->nodes[i].device.bus_name, bus_name))
			return &topology->nodes[i];
	return NULL;
}

static int add_port(const struct neuron_neighbor_info *info, void *arg)
{
	struct node *node = find(arg, info->bus_name);

	if (!node)
		return 0;
	if (info->port == NEURON_PORT_EAST)
		node->east = *info;
	else
		node->west = *info;
	return 0;
}

static struct node *peer(const struct topology *topology, const struct neuron_neighbor_info *port)
{
	if (port->link_state != NEURON_LINK_STATE_UP ||
	    !NEURON_HAS(port, NEURON_A_NEIGHBOR_PEER_BUS_NAME))
		return NULL;
	return find(topology, port->peer_bus_name);
}

/* The card to the east, by what either of the two knows. */
static struct node *east_of(const struct topology *topology, const struct node *node)
{
	struct node *found = peer(topology, &node->east);
	unsigned int i;

	for (i = 0; !found && i < topology->count; i++)
		if (peer(topology, &topology->nodes[i].west) == node)
			found = &topology->nodes[i];
	return found;
}

static bool has_west(const struct topology *topology, const struct node *node)
{
	unsigned int i;

	for (i = 0; i < topology->count; i++)
		if (topology->nodes[i].next == node)
			return true;
	return false;
}

/* Puts a card and those that follow it to the east behind each other. */
static void follow(struct topology *topology, struct node *node)
{
	unsigned int row = topology->rows++;
	struct node *first = node;

	for (; node && !node->placed; node = node->next) {
		node->placed = true;
		node->row = row;
		topology->order[topology->placed++] = node;
		node->closes = node->next == first;
	}
}

static int place(struct topology *topology)
{
	unsigned int i, pass;

	topology->order = calloc(topology->count + 1, sizeof(*topology->order));
	if (!topology->order)
		return -ENOMEM;
	for (i = 0; i < topology->count; i++)
		topology->nodes[i].next = east_of(topology, &topology->nodes[i]);
	/* Lines from their west ends first; what is left are rings. */
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < topology->count; i++)
			if (!topology->nodes[i].placed &&
			    (pass || !has_west(topology, &topology->nodes[i])))
				follow(topology, &topology->nodes[i]);
	return 0;
}

static int topology_read(struct tool *tool, struct topology *topology)
{
	int err = neuron_device_list(tool->handle, add_node, topology);

	if (!err)
		err = neuron_neighbor_list(tool->handle, NEURON_ALL_DEVICES, add_port, topology);
	return err ? err : place(topology);
}

static const char *state_of(const struct node *node)
{
	return name_or(neuron_device_state_name(node->device.state));
}

static void print_dot(FILE *file, const struct topology *topology)
{
	const struct node *node;
	unsigned int i;

	fprintf(file, "graph neuron {\n\tnode [shape=box];\n");
	for (i = 0; i < topology->count; i++) {
		node = topology->order[i];
		fprintf(file, "\t\"%s\" [label=\"neuron%" PRIu32 "\\n%s\\n%s\"];\n",
			node->device.bus_name, node->device.index, node->device.bus_name,
			state_of(node));
	}
	for (i = 0; i < topology->count; i++) {
		node = topology->order[i];
		if (node->next)
			fprintf(file, "\t\"%s\" -- \"%s\" [taillabel=\"east\", "
				"headlabel=\"west\"];\n", node->device.bus_name,
				node->next->device.bus_name);
	}
	fprintf(file, "}\n");
}

static bool starts_row(const struct topology *topology, unsigned int i)
{
	return !i || topology->order[i]->row != topology->order[i - 1]->row;
}

static bool row_closes(const struct topology *topology, unsigned int row)
{
	unsigned int i;

	for (i = 0; i < topology->count; i++)
		if (topology->order[i]->row == row && topology->order[i]->closes)
			return true;
	return false;
}

/* What a port without a known neighbour leads to. */
static void print_end(FILE *file, const char *side, const struct neuron_neighbor_info *port)
{
	fprintf(file, "   |  %s: %s\n", side,
		port->link_state == NEURON_LINK_STATE_UP ? "up, nobody known behind it" :
		name_or(neuron_link_state_name(port->link_state)));
}

static void print_text(FILE *file, const struct topology *topology)
{
	const struct node *node;
	unsigned int i;
	bool ring;

	for (i = 0; i < topology->count; i++) {
		node = topology->order[i];
		ring = row_closes(topology, node->row);
		if (starts_row(topology, i)) {
			fprintf(file, "%s%s\n", i ? "\n" : "", ring ? "ring" : "line");
			if (!ring)
				print_end(file, "west", &node->west);
		}
		fprintf(file, "%s %" PRIu32 ": pci/%s %s\n", ring && starts_row(topology, i) ?
			",->" : ring ? "|  " : "   ", node->device.index, node->device.bus_name,
			state_of(node));
		if (node->closes)
			fprintf(file, "'-- east to west\n");
		else if (node->next)
			fprintf(file, "%s  |  east to west\n", ring ? "|" : " ");
		else
			print_end(file, "east", &node->east);
	}
}

static void port_json(struct out *out, const char *key, const struct neuron_neighbor_info *port)
{
	const char *state = neuron_link_state_name(port->link_state);

	out_object(out, key, "");
	if (state)
		out_string(out, "link-state", state, 0);
	else
		out_number(out, "link-state", port->link_state, 0);
	if (NEURON_HAS(port, NEURON_A_NEIGHBOR_PEER_INDEX))
		out_number(out, "peer-index", port->peer_index, 0);
	if (NEURON_HAS(port, NEURON_A_NEIGHBOR_PEER_BUS_NAME))
		out_string(out, "peer-bus-name", port->peer_bus_name, 0);
	out_object_end(out);
}

static void print_json(struct out *out, const struct topology *topology)
{
	const struct node *node;
	unsigned int i;

	for (i = 0; i < topology->count; i++) {
		node = topology->order[i];
		out_object(out, NULL, "");
		out_number(out, "row", node->row, 0);
		out_number(out, "dev-index", node->device.index, 0);
		out_string(out, "bus-name", node->device.bus_name, 0);
		out_string(out, "state", state_of(node), 0);
		port_json(out, "west", &node->west);
		port_json(out, "east", &node->east);
		out_object_end(out);
	}
}

static int draw(struct tool *tool, void (*picture)(FILE *file, const struct topology *topology))
{
	struct topology topology = { .count = 0 };
	int err;

	if (tool->json && picture)
		return tool_usage("A picture is no JSON: leave out -j");
	out_array(&tool->out, "topology");
	err = topology_read(tool, &topology);
	if (!err && tool->json)
		print_json(&tool->out, &topology);
	else if (!err)
		(picture ? picture : print_text)(tool->out.file, &topology);
	out_array_end(&tool->out);
	free(topology.order);
	free(topology.nodes);
	return tool_finish(tool, err);
}

/**
 * topology_dot() - draw cards and links for graphviz
 * @tool: run
 *
 * Return: exit status.
 */
int topology_dot(struct tool *tool)
{
	return draw(tool, print_dot);
}

struct what {
	bool dot, svg;
};

static const struct arg shape_args[] = {
	ARG(ARG_FLAG, "--dot", struct what, dot, 0),
	ARG(ARG_FLAG, "--svg", struct what, svg, 0),
	{ .key = NULL },
};

static int topology_show(struct tool *tool, struct args *args)
{
	struct what what = { .dot = false };
	int status = args_parse(tool, args, &what, NULL);

	if (status)
		return status;
	if (what.dot && what.svg)
		return tool_usage("--dot and --svg: one picture at a time");
	return what.dot ? topology_dot(tool) : draw(tool, what.svg ? topology_svg : NULL);
}

static const struct command commands[] = {
	{
		.name = "show", .run = topology_show, .args = shape_args,
		.about = "Draws cards and the links between them: as text, for graphviz (--dot), or as\n"
			 "    an SVG picture. Lines and rings of cards go from west to east.",
		.ops = OPS(NEURON_CMD_DEVICE_GET, NEURON_CMD_NEIGHBOR_GET),
	},
	{ .name = NULL },
};

const struct object object_topology = {
	.name = "topology", .commands = commands, .about = "a picture of cards and links",
};
