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
 * @retry: asks the hardware; true if it has let go and all is given back. May
 *	sleep. NULL if only a reset or removal helps
 * @release: gives all back without asking. May sleep
 *
 * Both get the object with no lock held, and own it if they give it back.
 */
struct neuron_held_ops {
	const char *what;
	bool (*retry)(struct neuron_held *held);
	void (*release)(struct neuron_held *held);
};

/**
 * struct neuron_held - embedded in what can be held back
 * @node: in neuron_device.quarantine
 * @ops: what it is
 */
struct neuron_held {
	struct list_head node;
	const struct neuron_held_ops *ops;
};

void neuron_quarantine_add_locked(struct neuron_device *ndev, struct neuron_held *held,
				  const struct neuron_held_ops *ops);
void neuron_quarantine_add(struct neuron_device *ndev, struct neuron_held *held,
			   const struct neuron_held_ops *ops);
void neuron_quarantine_retry(struct neuron_device *ndev);
void neuron_quarantine_release(struct neuron_device *ndev);

#endif
