/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Completion entries as numbers, docs/hardware, section 3.9.5: assumed for this
 * silicon (A11), since nobody is known to have used them. Pure: also built in user
 * space.
 */
#ifndef NEURON_COMPL_H
#define NEURON_COMPL_H

#include <linux/types.h>

/* An entry of the receive half, as engines are set up; one of the transmit half is a word. */
#define NEURON_COMPL_WORDS	4

bool neuron_compl_is_new(u32 word0, u32 ring_id);
bool neuron_compl_tells_error(u32 word0);
bool neuron_compl_rx_tells_error(u32 word0);
u32 neuron_compl_rx_bytes(u32 word0, u32 word1);
u32 neuron_compl_blank(u32 ring_id);

#endif
