/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hardware layer's view of one card. It knows BARs, the DMA device and the
 * constant table of the architecture, and nothing of files, messages or users.
 */
#ifndef NEURON_HW_H
#define NEURON_HW_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "hw_fwio.h"
#include "hw_irq.h"
#include "hw_map.h"

struct device;

/**
 * struct neuron_hw_stats - what this layer counted since the card was bound
 * @fwio_requests: requests made by callers, whatever became of them
 * @fwio_retries: attempts after the first of a request
 * @fwio_timeouts: attempts that nobody answered in time
 * @fwio_errors: answers with an error code or a wrong size
 * @fwio_stale: answers with another sequence number than the expected one
 * @reg_writes: stores to BAR0 and BAR2
 * @doorbells: stores that added descriptors to a queue
 * @irqs: interrupts
 * @irqs_lost: interrupts that did not come although there was what they tell of
 */
struct neuron_hw_stats {
	atomic64_t fwio_requests;
	atomic64_t fwio_retries;
	atomic64_t fwio_timeouts;
	atomic64_t fwio_errors;
	atomic64_t fwio_stale;
	atomic64_t reg_writes;
	atomic64_t doorbells;
	atomic64_t irqs;
	atomic64_t irqs_lost;
};

/**
 * struct neuron_hw - one card
 * @index: of the card, for tracepoints; set by the caller
 * @dev: for DMA memory and the log
 * @bar0: registers
 * @bar2: core windows
 * @bar0_bytes: length of the mapping @bar0
 * @bar2_bytes: length of the mapping @bar2
 * @map: constants of the architecture
 * @gone: set once by neuron_hw_gone(), never cleared; read with READ_ONCE
 * @paused: no store is made and every wait ends, until it is false again; read with
 *	READ_ONCE
 * @gone_wq: who sleeps here is woken by neuron_hw_gone() and neuron_hw_pause()
 * @fwio: the mailbox
 * @irq: interrupts
 * @stats: counters, readable at any time without a lock
 */
struct neuron_hw {
	u32 index;
	struct device *dev;
	void __iomem *bar0;
	void __iomem *bar2;
	resource_size_t bar0_bytes;
	resource_size_t bar2_bytes;
	const struct neuron_hw_map *map;
	bool gone;
	bool paused;
	wait_queue_head_t gone_wq;
	struct neuron_fwio fwio;
	struct neuron_hw_irq irq;
	struct neuron_hw_stats stats;
};

int neuron_hw_init(struct neuron_hw *hw, struct device *dev,
		   void __iomem *bar0, resource_size_t bar0_bytes,
		   void __iomem *bar2, resource_size_t bar2_bytes,
		   const struct neuron_hw_map *map);
void neuron_hw_fini(struct neuron_hw *hw);
void neuron_hw_gone(struct neuron_hw *hw);
bool neuron_hw_is_gone(const struct neuron_hw *hw);
void neuron_hw_pause(struct neuron_hw *hw, bool paused);
bool neuron_hw_is_paused(const struct neuron_hw *hw);
int neuron_hw_sleep(struct neuron_hw *hw, unsigned int delay_ms);

#endif
