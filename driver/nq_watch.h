/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event files that tell of new records in notification queues.
 */
#ifndef NEURON_NQ_WATCH_H
#define NEURON_NQ_WATCH_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct neuron_device;
struct neuron_nq;

/**
 * struct neuron_nq_watch - queues of a card that have an event file
 * @lock: guards @queues and what struct neuron_nq says; taken by interrupts
 * @queues: active ones
 * @work: looks at them
 * @period_ms: until it does so again
 */
struct neuron_nq_watch {
	spinlock_t lock;
	struct list_head queues;
	struct delayed_work work;
	unsigned int period_ms;
};

void neuron_nq_watch_init(struct neuron_device *ndev);
void neuron_nq_watch_add(struct neuron_nq *nq);
void neuron_nq_watch_end(struct neuron_nq *nq);
void neuron_nq_watch_gone(struct neuron_device *ndev);
void neuron_nq_watch_core(struct neuron_device *ndev, u32 nc);

#endif
