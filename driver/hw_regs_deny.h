/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which registers nobody but the driver may write.
 */
#ifndef NEURON_HW_REGS_DENY_H
#define NEURON_HW_REGS_DENY_H

#include <linux/types.h>

struct neuron_hw_map;

bool neuron_hw_reg_owned(const struct neuron_hw_map *map, u32 bar0_off);
bool neuron_hw_core_reg_owned(const struct neuron_hw_map *map, u32 bar2_off);

#endif
