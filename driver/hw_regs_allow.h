/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which registers users may read.
 */
#ifndef NEURON_HW_REGS_ALLOW_H
#define NEURON_HW_REGS_ALLOW_H

#include <linux/types.h>

struct neuron_hw_map;

bool neuron_hw_reg_allowed(const struct neuron_hw_map *map, u32 bar0_off);

#endif
