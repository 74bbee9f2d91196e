/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies and fills that users ask for, done by the driver's own queues.
 */
#ifndef NEURON_TRANSFER_H
#define NEURON_TRANSFER_H

#include <linux/types.h>

#include "quarantine.h"

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;
struct neuron_mem;
struct neuron_progress;

/**
 * struct neuron_transfer - one copy, or one fill if it has no source
 * @src: source memory, counted, or NULL for a fill
 * @dst: destination memory, counted
 * @src_offset: bytes into @src
 * @dst_offset: bytes into @dst
 * @len: bytes
 * @pattern: what a fill repeats, the low byte first
 */
struct neuron_transfer {
	struct neuron_mem *src;
	struct neuron_mem *dst;
	u64 src_offset;
	u64 dst_offset;
	u64 len;
	u32 pattern;
};

/* What of a struct neuron_transfer is wrong. */
enum neuron_transfer_field {
	NEURON_TRANSFER_FIELD_LEN,
	NEURON_TRANSFER_FIELD_SRC_OFFSET,
	NEURON_TRANSFER_FIELD_DST_OFFSET,
};

/**
 * struct neuron_transfers - a list of them, and what it holds
 * @ndev: the card, counted
 * @epoch: neuron_device.epoch when the list was made
 * @held: in quarantine, if the hardware did not let go
 * @block: what fills copy, or NULL
 * @block_dma: its DMA address
 * @count: valid entries of @list
 * @list: the transfers
 */
struct neuron_transfers {
	struct neuron_device *ndev;
	u32 epoch;
	struct neuron_held held;
	void *block;
	dma_addr_t block_dma;
	u32 count;
	struct neuron_transfer list[];
};

struct neuron_transfers *neuron_transfers_new(struct neuron_device *ndev, u32 most);
void neuron_transfers_free(struct neuron_transfers *transfers);
int neuron_transfer_check(const struct neuron_transfer *transfer,
			  enum neuron_transfer_field *wrong, struct netlink_ext_ack *extack);
int neuron_transfers_run(struct neuron_transfers *transfers, struct neuron_progress *progress);

#endif
