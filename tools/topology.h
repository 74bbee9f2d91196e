/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cards in the order of their links.
 */
#ifndef NEURONNL_TOPOLOGY_H
#define NEURONNL_TOPOLOGY_H

#include <stdio.h>

#include "neuronnl.h"

/**
 * struct node - a card
 * @next: the card to the east, NULL if none is known
 * @row: number of its line or ring
 * @closes: @next is the first one of the row, which is a ring then
 */
struct node {
	struct neuron_device_info device;
	struct neuron_neighbor_info east, west;
	struct node *next;
	unsigned int row;
	bool placed, closes;
};

/**
 * struct topology - all cards
 * @nodes: as the driver lists them
 * @order: row by row, each from west to east
 */
struct topology {
	struct node *nodes, **order;
	unsigned int count, placed, rows;
};

int topology_dot(struct tool *tool);
void topology_svg(FILE *file, const struct topology *topology);

#endif
