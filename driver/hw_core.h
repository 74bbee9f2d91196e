/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Semaphores and events of the cores.
 */
#ifndef NEURON_HW_CORE_H
#define NEURON_HW_CORE_H

#include <linux/types.h>

#include "hw_map.h"

struct neuron_hw;

u64 neuron_hw_event_addr(const struct neuron_hw *hw, unsigned int nc, unsigned int index);
u64 neuron_hw_fifo_addr(const struct neuron_hw *hw, unsigned int nc);
u64 neuron_hw_semaphore_addr(const struct neuron_hw *hw, unsigned int nc, unsigned int index,
			     enum neuron_semaphore_view view);

void neuron_hw_event_set(struct neuron_hw *hw, unsigned int nc, unsigned int index, bool value);
void neuron_hw_semaphore_store(struct neuron_hw *hw, unsigned int nc, unsigned int index,
			       enum neuron_semaphore_view view, u32 value);

#endif
