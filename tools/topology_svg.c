// SPDX-License-Identifier: GPL-2.0
/*
 * The picture of "neuronnl topology --svg": a row for each line or ring of
 * cards. So plain a drawing needs no library to lay it out, and none to have.
 */
#include <inttypes.h>

#include "topology.h"

#define BOX_WIDTH	150
#define BOX_HEIGHT	64
#define GAP		60
#define MARGIN		20
#define ROW_HEIGHT	(BOX_HEIGHT + 60)

static unsigned int longest_row(const struct topology *topology)
{
	unsigned int i, length = 0, longest = 0;

	for (i = 0; i < topology->count; i++) {
		if (i && topology->order[i]->row != topology->order[i - 1]->row)
			length = 0;
		length++;
		if (length > longest)
			longest = length;
	}
	return longest;
}

static void text(FILE *file, unsigned int x, unsigned int y, const char *what)
{
	fprintf(file, "    <text x=\"%u\" y=\"%u\">%s</text>\n", x, y, what);
}

static void box(FILE *file, const struct node *node, unsigned int x, unsigned int y)
{
	const char *state = neuron_device_state_name(node->device.state);
	const char *health = neuron_health_name(node->device.health);
	char line[64];

	fprintf(file, "  <g id=\"neuron%" PRIu32 "\">\n", node->device.index);
	fprintf(file, "    <rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"6\"/>\n", x, y,
		BOX_WIDTH, BOX_HEIGHT);
	snprintf(line, sizeof(line), "neuron%" PRIu32, node->device.index);
	text(file, x + BOX_WIDTH / 2, y + 20, line);
	text(file, x + BOX_WIDTH / 2, y + 38, node->device.bus_name);
	snprintf(line, sizeof(line), "%s, %s", state ? state : "unknown",
		 health ? health : "unknown");
	text(file, x + BOX_WIDTH / 2, y + 56, line);
	fprintf(file, "  </g>\n");
}

/* To the box on the right, or from the last one of a ring below all to the first. */
static void link_east(FILE *file, const struct node *node, unsigned int first_x, unsigned int x,
		      unsigned int y)
{
	unsigned int middle = y + BOX_HEIGHT / 2, below = y + BOX_HEIGHT + 20;

	fprintf(file, "  <path class=\"link\" d=\"");
	if (node->closes)
		fprintf(file, "M%u %u V%u H%u V%u", x + BOX_WIDTH / 2, y + BOX_HEIGHT, below,
			first_x + BOX_WIDTH / 2, y + BOX_HEIGHT);
	else
		fprintf(file, "M%u %u H%u", x + BOX_WIDTH, middle, x + BOX_WIDTH + GAP);
	fprintf(file, "\"><title>%s east, %s west</title></path>\n", node->device.bus_name,
		node->next->device.bus_name);
}

static void head(FILE *file, const struct topology *topology)
{
	unsigned int length = longest_row(topology);
	unsigned int width = 2 * MARGIN + length * BOX_WIDTH + (length ? length - 1 : 0) * GAP;
	unsigned int height = 2 * MARGIN + topology->rows * ROW_HEIGHT;

	fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\">\n", width, height, width, height);
	fprintf(file, "  <title>neuron cards and their links</title>\n");
	fprintf(file, "  <style>text { font: 13px sans-serif; text-anchor: middle } "
		"rect { fill: #eef; stroke: #336 } .link { fill: none; stroke: #336; "
		"stroke-width: 2 }</style>\n");
}

/**
 * topology_svg() - draw cards and links
 * @file: where to
 * @topology: cards
 */
void topology_svg(FILE *file, const struct topology *topology)
{
	const struct node *node;
	unsigned int i, x = MARGIN, y;

	head(file, topology);
	for (i = 0; i < topology->count; i++) {
		node = topology->order[i];
		if (i && node->row != topology->order[i - 1]->row)
			x = MARGIN;
		y = MARGIN + node->row * ROW_HEIGHT;
		if (node->next)
			link_east(file, node, MARGIN, x, y);
		box(file, node, x, y);
		x += BOX_WIDTH + GAP;
	}
	fprintf(file, "</svg>\n");
}
