/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hardware did not let go of in time. It is kept, counted, and given
 * back when the hardware is quiet after all, or when the card is reset or removed.
 */
#ifndef NEURON_QUARANTINE_H
#define NEURON_QUARANTINE_H

#include <linux/list.h>
#include <linux/types.h>

struct neuron_device;
struct neuron_held;

/**
 * struct neuron_held_ops - what can be held back
 * @what: name, for those who look
 * @settled: asks the hardware; true if it has let go, and what it held may be given
 *	back. May sleep. NULL if only a reset or removal helps
 * @release: gives all back without asking. May sleep
 *
 * Both get the object with no lock held; release owns it.
 */
struct neuron_held_ops {
	const char *what;
	bool (*settled)(struct neuron_device *ndev, struct neuron_held *held);
	void (*release)(struct neuron_held *held);
};

/**
 * struct neuron_held - embedded in what can be held back
 * @node: in neuron_device.quarantine
 * @ops: what it is
 * @ctx_id: number of the context that it belonged to
 * @bytes: memory that it holds
 * @left: that context was seen to be gone
 * @left_at: when, jiffies
 */
struct neuron_held {
	struct list_head node;
	u32 ctx_id;
	u64 bytes;
	bool left;
	unsigned long left_at;
	const struct neuron_held_ops *ops;
};

/**
 * struct neuron_quarantine_look - is what is held too much
 * @full: more than the limits
 * @overdue: something is held for longer than the time-out, and its owner is gone
 * @ctx_id: whose it is, of contexts that still exist; 0 if of none or of several
 */
struct neuron_quarantine_look {
	bool full;
	bool overdue;
	u32 ctx_id;
};

void neuron_quarantine_add_locked(struct neuron_device *ndev, struct neuron_held *held,
				  const struct neuron_held_ops *ops, u32 ctx_id, u64 bytes);
void neuron_quarantine_add(struct neuron_device *ndev, struct neuron_held *held,
			   const struct neuron_held_ops *ops, u32 ctx_id, u64 bytes);
struct neuron_quarantine_look neuron_quarantine_look(struct neuron_device *ndev);
void neuron_quarantine_retry(struct neuron_device *ndev);
void neuron_quarantine_release(struct neuron_device *ndev);

#endif
