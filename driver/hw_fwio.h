/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The firmware mailbox: how registers are read on this card.
 */
#ifndef NEURON_HW_FWIO_H
#define NEURON_HW_FWIO_H

#include <linux/mutex.h>
#include <linux/types.h>

struct neuron_hw;

/* Most registers in one request; the request buffer is made for it. */
#define NEURON_FWIO_READ_MAX	100
/* Most bytes of a metric; more would run over registers, docs/hardware, section 4.6. */
#define NEURON_FWIO_METRIC_MAX	128

/*
 * Defaults of every card that is bound from now on; main.c makes them module
 * parameters. 3 attempts of 1000 ms suit a healthy card, which answers within
 * milliseconds. The published driver says that silicon may need 15 s in the
 * worst case (docs/hardware, section 4.7): whoever meets that raises them.
 */
extern unsigned int neuron_fwio_attempts;
extern unsigned int neuron_fwio_timeout_ms;

/**
 * struct neuron_fwio - the mailbox of one card
 * @lock: taken by each request
 * @buf: coherent memory holding the request, then the response
 * @dma_addr: DMA address of @buf
 * @seq: sequence number of the latest request, 0 before the first
 * @stale: header in the response buffer that was counted as stale already
 * @reserved: a reset has the mailbox for itself; read without the lock
 * @attempts: how often a request is made before it fails
 * @timeout_ms: how long each attempt waits for the answer
 */
struct neuron_fwio {
	struct mutex lock;	/* one request at a time, all fields, both buffers */
	void *buf;
	dma_addr_t dma_addr;
	u8 seq;
	u32 stale;
	bool reserved;
	unsigned int attempts;
	unsigned int timeout_ms;
};

int neuron_fwio_init(struct neuron_hw *hw);
void neuron_fwio_fini(struct neuron_hw *hw);

int neuron_fwio_read(struct neuron_hw *hw, const u64 *dev_addr, u32 *value, unsigned int count);
int neuron_fwio_read_opts(struct neuron_hw *hw, const u64 *dev_addr, u32 *value,
			  unsigned int count, unsigned int attempts, unsigned int timeout_ms);
int neuron_fwio_post_metric(struct neuron_hw *hw, const void *data, size_t data_bytes);
void neuron_fwio_reserve(struct neuron_hw *hw, bool reserved);
int neuron_fwio_ring(struct neuron_hw *hw, u32 misc_off, u32 value);

#endif
