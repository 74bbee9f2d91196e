/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that runs short is counted, and told to who listens.
 */
#ifndef NEURON_PRESSURE_H
#define NEURON_PRESSURE_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/neuron.h>

struct neuron_device;
struct neuron_quota;

#define NEURON_PRESSURE_KINDS	(NEURON_MEM_KIND_DEVICE + 1)
#define NEURON_PRESSURES	(NEURON_PRESSURE_LIMIT_REFUSED + 1)

/**
 * struct neuron_pressure_slot - events of one kind of memory and pressure
 * @told_at: when the last one was told, jiffies; valid if @told
 * @told: one was
 * @count: how often it happened since
 */
struct neuron_pressure_slot {
	unsigned long told_at;
	bool told;
	u32 count;
};

/**
 * struct neuron_pressure_told - what was told of a card's memory
 * @lock: guards @slot
 * @slot: by enum neuron_mem_kind and enum neuron_pressure
 */
struct neuron_pressure_told {
	spinlock_t lock;
	struct neuron_pressure_slot slot[NEURON_PRESSURE_KINDS][NEURON_PRESSURES];
};

void neuron_pressure_init(struct neuron_device *ndev);
void neuron_pressure_host(struct neuron_device *ndev, int err);
void neuron_pressure_dram(struct neuron_device *ndev, int err);
void neuron_pressure_account(struct neuron_device *ndev, const struct neuron_quota *quota,
			     enum neuron_mem_kind kind, int err);

#endif
