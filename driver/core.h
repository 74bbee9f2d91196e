/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of the cores, and registers that users may read.
 */
#ifndef NEURON_CORE_H
#define NEURON_CORE_H

#include <linux/types.h>
#include <linux/neuron.h>

#include "hw_map.h"

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;

int neuron_core_check_nc(struct neuron_device *ndev, u32 nc, struct netlink_ext_ack *extack);
int neuron_core_check_event(struct neuron_device *ndev, u32 event, struct netlink_ext_ack *extack);
int neuron_core_event_get(struct neuron_device *ndev, u32 nc, u32 event, u32 *value);
int neuron_core_event_set(struct neuron_ctx *ctx, u32 nc, u32 event, bool value,
			  struct netlink_ext_ack *extack);
int neuron_core_check_semaphore(struct neuron_device *ndev, u32 semaphore,
				struct netlink_ext_ack *extack);
int neuron_core_semaphore_get(struct neuron_device *ndev, u32 nc, u32 semaphore, u32 *value);
int neuron_core_semaphore_set(struct neuron_ctx *ctx, u32 nc, u32 semaphore,
			      enum neuron_semaphore_op op, u32 value,
			      struct netlink_ext_ack *extack);

/* The view of a semaphore that does it. */
static inline enum neuron_semaphore_view neuron_core_view(enum neuron_semaphore_op op)
{
	switch (op) {
	case NEURON_SEMAPHORE_OP_INCREMENT:
		return NEURON_SEMAPHORE_INC;
	case NEURON_SEMAPHORE_OP_DECREMENT:
		return NEURON_SEMAPHORE_DEC;
	default:
		return NEURON_SEMAPHORE_SET;
	}
}

int neuron_core_check_reg(struct neuron_device *ndev, u32 bar0_off, struct netlink_ext_ack *extack);
int neuron_core_regs_read(struct neuron_device *ndev, const u32 *bar0_off, u32 count, u32 *value);

#endif
