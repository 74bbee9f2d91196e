/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only stores to the card. There are no loads: registers are read by
 * asking the firmware (hw_fwio.h), docs/hardware, section 1.4.
 */
#ifndef NEURON_HW_IO_H
#define NEURON_HW_IO_H

#include <linux/types.h>

struct neuron_hw;

void neuron_hw_write(struct neuron_hw *hw, u32 bar0_off, u32 value);
void neuron_hw_core_write(struct neuron_hw *hw, unsigned int nc, u32 core_off, u32 value);

#endif
