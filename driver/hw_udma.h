/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DMA engines and their queue pairs. A queue pair has a transmit half (M2S,
 * reads the source) and a receive half (S2M, writes the destination).
 *
 * All addresses are device addresses: DRAM, a core window, or host memory as
 * neuron_hw_host_addr() makes it.
 */
#ifndef NEURON_HW_UDMA_H
#define NEURON_HW_UDMA_H

#include <linux/types.h>

struct neuron_cause;
struct neuron_hw;

/**
 * struct neuron_udma_half - the ring of one half of a queue
 * @ring_addr: device address, aligned as the map's ring_align says
 * @entries: length in descriptors, 0 for no ring
 * @compl_addr: device address of the completion ring, 0 for none
 */
struct neuron_udma_half {
	u64 ring_addr;
	u32 entries;
	u64 compl_addr;
};

/**
 * struct neuron_udma_pointers - where the hardware is in a queue pair
 * @tx_head: next descriptor that the transmit half fetches, an index
 * @tx_tail: end of what was started, an index
 * @rx_head: next descriptor that the receive half fetches, an index
 * @rx_tail: end of what was started, an index
 * @tx_status: status register, see NEURON_QUEUE_STATUS_*
 * @rx_status: likewise
 *
 * The heads run ahead of the data by what is prefetched: a descriptor that was
 * fetched is not yet done.
 */
struct neuron_udma_pointers {
	u32 tx_head;
	u32 tx_tail;
	u32 rx_head;
	u32 rx_tail;
	u32 tx_status;
	u32 rx_status;
};

/* What both halves of an engine together do, docs/hardware, section 3.8. */
enum neuron_engine_hw_state {
	NEURON_ENGINE_HW_IDLE,
	NEURON_ENGINE_HW_RUNNING,
	NEURON_ENGINE_HW_ABORTED,
	NEURON_ENGINE_HW_UNKNOWN,	/* a reserved value was read */
};

/* Requests to an engine; the values are the hardware's. */
enum neuron_engine_change {
	NEURON_ENGINE_NORMAL = 1,
	NEURON_ENGINE_DISABLE = 2,
	NEURON_ENGINE_ABORT = 4,
};

u64 neuron_hw_host_addr(const struct neuron_hw *hw, dma_addr_t dma_addr);

void neuron_udma_engine_init(struct neuron_hw *hw, u32 eng);
void neuron_udma_engine_recover(struct neuron_hw *hw, u32 eng);
void neuron_udma_engine_change(struct neuron_hw *hw, u32 eng, enum neuron_engine_change change);
int neuron_udma_engine_states(struct neuron_hw *hw, u32 first_eng, u32 count, u8 *states,
			      u32 *revisions);
int neuron_udma_engine_cause(struct neuron_hw *hw, u32 eng, struct neuron_cause *cause);

void neuron_udma_queue_init(struct neuron_hw *hw, u32 eng, u32 queue,
			    const struct neuron_udma_half *tx,
			    const struct neuron_udma_half *rx);
void neuron_udma_queue_start(struct neuron_hw *hw, u32 eng, u32 queue, u32 n_tx, u32 n_rx);
void neuron_udma_queue_disable(struct neuron_hw *hw, u32 eng, u32 queue);
int neuron_udma_queue_quiet(struct neuron_hw *hw, u32 eng, u32 queue);
void neuron_udma_queue_reset(struct neuron_hw *hw, u32 eng, u32 queue);
int neuron_udma_queue_pointers(struct neuron_hw *hw, u32 eng, u32 queue,
			       struct neuron_udma_pointers *pointers);

#endif
