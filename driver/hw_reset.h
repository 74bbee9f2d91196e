/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reset, readiness, the device id and the links of a card.
 */
#ifndef NEURON_HW_RESET_H
#define NEURON_HW_RESET_H

#include <linux/types.h>

struct neuron_hw;

int neuron_hw_reset(struct neuron_hw *hw, unsigned int timeout_ms);
int neuron_hw_wait_ready(struct neuron_hw *hw, unsigned int timeout_ms);
void neuron_hw_set_device_id(struct neuron_hw *hw, u32 id);
int neuron_hw_links(struct neuron_hw *hw, u32 *east_up, u32 *west_up, u32 *east_id, u32 *west_id);

#endif
