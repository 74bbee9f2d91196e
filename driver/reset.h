/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resets of the whole card, the first one included, and recovery of one engine.
 */
#ifndef NEURON_RESET_H
#define NEURON_RESET_H

#include <linux/types.h>

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;

/**
 * struct neuron_reset_ask - who asks for a reset, and when it shall be made
 * @privileged: also if other contexts hold something on the card
 * @counted: only if the card was reset @count times so far
 * @count: see @counted
 */
struct neuron_reset_ask {
	bool privileged;
	bool counted;
	u32 count;
};

void neuron_reset_init(struct neuron_device *ndev);
int neuron_reset_self(struct neuron_device *ndev, u32 ctx_id, const char *why);
void neuron_reset_cut(struct neuron_device *ndev);
void neuron_reset_await_others(struct neuron_device *ndev);
int neuron_reset_check(struct neuron_ctx *ctx, const struct neuron_reset_ask *ask,
		       struct netlink_ext_ack *extack);
int neuron_reset_run(struct neuron_ctx *ctx, const struct neuron_reset_ask *ask,
		     struct netlink_ext_ack *extack);
int neuron_reset_engine(struct neuron_ctx *ctx, u32 eng, bool privileged,
			struct netlink_ext_ack *extack);

#endif
