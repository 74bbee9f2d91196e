/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reset, readiness, the device id and the links of a card.
 */
#ifndef NEURON_HW_RESET_H
#define NEURON_HW_RESET_H

#include <linux/types.h>

struct neuron_hw;

/**
 * struct neuron_hw_misc - words of misc RAM
 * @status: readiness and links
 * @reset: not 0 while a reset is asked for
 * @device_id: number that neighbours read
 */
struct neuron_hw_misc {
	u32 status;
	u32 reset;
	u32 device_id;
};

int neuron_hw_reset(struct neuron_hw *hw, unsigned int timeout_ms);
int neuron_hw_misc_read(struct neuron_hw *hw, struct neuron_hw_misc *misc);
int neuron_hw_wait_ready(struct neuron_hw *hw, unsigned int timeout_ms);
void neuron_hw_set_device_id(struct neuron_hw *hw, u32 id);
int neuron_hw_links(struct neuron_hw *hw, u32 *east_up, u32 *west_up, u32 *east_id, u32 *west_id);

#endif
