/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ring entries that go to a neighbouring card.
 *
 * A *tie* stands for all entries of one ring that go to one context of another card
 * by one link and are not handed back. Who owns the target revokes its ties when it
 * is about to lose it: the rings are then stopped by the work queue of their own
 * card, and what their entries hold is dropped when the hardware has let go of it.
 *
 * No tie is made once it could be missed: neuron_foreign_tie() looks at the target
 * under the lock that revoking walks with, and a target says that it is going before
 * it revokes.
 */
#ifndef NEURON_FOREIGN_H
#define NEURON_FOREIGN_H

#include <linux/types.h>

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;
struct neuron_ring;
struct neuron_tie;

int neuron_foreign_check(const struct neuron_ctx *ctx, const struct neuron_ctx *peer,
			 struct netlink_ext_ack *extack);
struct neuron_tie *neuron_foreign_tie(struct neuron_ring *ring, struct neuron_ctx *peer,
				      const char **why);
void neuron_foreign_untie(struct neuron_tie *tie);
struct neuron_device *neuron_foreign_target(const struct neuron_tie *tie);
u64 neuron_foreign_window(const struct neuron_tie *tie);

const char *neuron_foreign_revoked(const struct neuron_ring *ring);
bool neuron_foreign_left(const struct neuron_ring *ring);
void neuron_foreign_revoke_ctx(const struct neuron_ctx *ctx);
void neuron_foreign_revoke_device(const struct neuron_device *ndev, const char *why);
void neuron_foreign_revoke_port(const struct neuron_device *ndev, u32 port);
void neuron_foreign_await(struct neuron_device *ndev);
void neuron_foreign_stuck(void);

#endif
