/* SPDX-License-Identifier: GPL-2.0 */
/* The state of a card as JSON, for people and tests. */
#ifndef NEURON_EMU_SHOW_H
#define NEURON_EMU_SHOW_H

struct emu_card;
struct json_object;

struct json_object *emu_show_card(struct emu_card *card);

#endif
