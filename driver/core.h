/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events and semaphores of the cores.
 */
#ifndef NEURON_CORE_H
#define NEURON_CORE_H

#include <linux/types.h>
#include <linux/neuron.h>

#include "hw_map.h"

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;

/**
 * struct neuron_core_entry - an event or semaphore, and what happens to it
 * @nc: core
 * @index: which one of the core
 * @op: enum neuron_semaphore_op; of semaphores only
 * @value: what it becomes, or what is added or taken away
 */
struct neuron_core_entry {
	u32 nc;
	u32 index;
	u32 op;
	u32 value;
};

int neuron_core_check_nc(struct neuron_device *ndev, u32 nc, struct netlink_ext_ack *extack);
int neuron_core_check_event(struct neuron_device *ndev, u32 event, struct netlink_ext_ack *extack);
int neuron_core_events_get(struct neuron_device *ndev, const struct neuron_core_entry *list,
			   u32 count, u32 *value);
int neuron_core_events_set(struct neuron_ctx *ctx, const struct neuron_core_entry *list, u32 count,
			   u32 *wrong, struct netlink_ext_ack *extack);
int neuron_core_check_semaphore(struct neuron_device *ndev, u32 semaphore,
				struct netlink_ext_ack *extack);
int neuron_core_semaphores_get(struct neuron_device *ndev, const struct neuron_core_entry *list,
			       u32 count, u32 *value);
int neuron_core_semaphores_set(struct neuron_ctx *ctx, const struct neuron_core_entry *list,
			       u32 count, u32 *wrong, struct netlink_ext_ack *extack);

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

#endif
