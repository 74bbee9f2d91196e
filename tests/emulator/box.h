/* SPDX-License-Identifier: GPL-2.0 */
/* The cards of one process, their links, and the threads that they share. */
#ifndef NEURON_EMU_BOX_H
#define NEURON_EMU_BOX_H

#include <stdatomic.h>

#include "card_priv.h"
#include "clock.h"
#include "pool.h"

struct emu_box {
	struct emu_opts opts;
	struct emu_clock clock;
	struct emu_pool pool;
	struct emu_trace *trace;
	unsigned int nr_cards;		/* spare ones included */
	struct emu_card **card;
	/* link[i] joins the east side of card i with the west side of the next one */
	atomic_bool *link_up;
};

struct emu_card *emu_box_configured(struct emu_card *card, enum emu_side side);
struct emu_card *emu_box_neighbour(struct emu_card *card, enum emu_side side);
int emu_box_set_link(struct emu_card *card, enum emu_side side, bool up);
void emu_box_links_changed(struct emu_card *card);

#endif
