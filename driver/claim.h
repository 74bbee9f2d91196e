/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Claims: a context has a core for itself.
 *
 * A context is named by its number, which is never used twice on a card, so a
 * claim holds no reference. What others had written into rings before the claim
 * is not looked for; from then on they are refused.
 */
#ifndef NEURON_CLAIM_H
#define NEURON_CLAIM_H

#include <linux/types.h>

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;

/**
 * struct neuron_claim - who holds a core
 * @ctx_id: the context, or 0
 * @since: when it was claimed, jiffies
 * @feeds: written ring entries that go into its FIFO and are not handed back
 * @left: the context is gone; only @feeds keep the claim
 */
struct neuron_claim {
	u32 ctx_id;
	unsigned long since;
	u32 feeds;
	bool left;
};

int neuron_claim_take(struct neuron_ctx *ctx, const u32 *nc, u32 count, u32 *wrong,
		      struct netlink_ext_ack *extack);
int neuron_claim_release(struct neuron_ctx *ctx, const u32 *nc, u32 count, u32 *wrong,
			 struct netlink_ext_ack *extack);
void neuron_claim_empty(struct neuron_ctx *ctx);
int neuron_claim_check(struct neuron_device *ndev, u32 nc, u32 ctx_id,
		       struct netlink_ext_ack *extack);
int neuron_claim_check_fifo(struct neuron_device *ndev, u32 nc, u32 ctx_id,
			    struct netlink_ext_ack *extack);
int neuron_claim_feed(struct neuron_device *ndev, u32 nc, u32 ctx_id);
void neuron_claim_unfeed(struct neuron_device *ndev, u32 nc);
struct neuron_claim neuron_claim_look(struct neuron_device *ndev, u32 nc);

#endif
