/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver's own copies, on the queue of each core that no user can have.
 */
#ifndef NEURON_COPY_H
#define NEURON_COPY_H

#include <linux/types.h>

struct neuron_copy;
struct neuron_desc_iter;
struct neuron_desc_span;
struct neuron_device;
struct neuron_held;
struct neuron_progress;

int neuron_copy_init(struct neuron_device *ndev);
void neuron_copy_fini(struct neuron_device *ndev);
bool neuron_copy_settled(struct neuron_device *ndev, struct neuron_held *held);
int neuron_copy_run(struct neuron_device *ndev, struct neuron_desc_iter *iter, u32 count,
		    u32 *done, struct neuron_progress *progress);
int neuron_copy_block_span(void *priv, u64 offset, struct neuron_desc_span *span);
int neuron_copy_clear(struct neuron_device *ndev, u64 dev_addr, u64 len_bytes,
		      struct neuron_progress *progress);

#endif
