/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of the cores, and registers that users may read.
 */
#ifndef NEURON_CORE_H
#define NEURON_CORE_H

#include <linux/types.h>

struct netlink_ext_ack;
struct neuron_device;

int neuron_core_check_nc(struct neuron_device *ndev, u32 nc, struct netlink_ext_ack *extack);
int neuron_core_check_event(struct neuron_device *ndev, u32 event, struct netlink_ext_ack *extack);
int neuron_core_event_get(struct neuron_device *ndev, u32 nc, u32 event, u32 *value);
void neuron_core_event_set(struct neuron_device *ndev, u32 nc, u32 event, bool value);
int neuron_core_check_reg(struct neuron_device *ndev, u32 bar0_off, struct netlink_ext_ack *extack);
int neuron_core_regs_read(struct neuron_device *ndev, const u32 *bar0_off, u32 count, u32 *value);

#endif
