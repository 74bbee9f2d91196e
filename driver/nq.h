/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Notification queues: circular buffers that a core writes and the owner maps.
 */
#ifndef NEURON_NQ_H
#define NEURON_NQ_H

#include <linux/kref.h>
#include <linux/types.h>
#include <linux/neuron.h>

#include "buf.h"

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;

/**
 * struct neuron_nq - a notification queue
 * @ref: its id, the hardware, each VMA
 * @ndev: the card, counted
 * @id: id in its context
 * @nc: core
 * @type: enum neuron_nq_type
 * @eng: engine instance
 * @size: bytes, a power of two
 * @head: consumer position, bytes
 * @state: enum neuron_nq_state
 * @buf: its memory
 *
 * @head and @state are guarded by neuron_device.lock.
 */
struct neuron_nq {
	struct kref ref;
	struct neuron_device *ndev;
	u32 id;
	u32 nc;
	enum neuron_nq_type type;
	u32 eng;
	u32 size;
	u32 head;
	enum neuron_nq_state state;
	struct neuron_buf buf;
};

struct neuron_nq *neuron_nq_create(struct neuron_ctx *ctx, u32 nc, enum neuron_nq_type type,
				   u32 eng, u32 size, struct netlink_ext_ack *extack);
struct neuron_nq *neuron_nq_get(struct neuron_ctx *ctx, u32 id);
void neuron_nq_put(struct neuron_nq *nq);
struct neuron_nq *neuron_nq_take(struct neuron_ctx *ctx, u32 id);
int neuron_nq_stop(struct neuron_nq *nq);
int neuron_nq_ack(struct neuron_nq *nq, u32 head, struct netlink_ext_ack *extack);
void neuron_nq_empty(struct neuron_ctx *ctx);
struct neuron_nq *neuron_nq_find_offset(struct neuron_ctx *ctx, u64 mmap_offset);
int neuron_nq_mmap(struct neuron_nq *nq, struct vm_area_struct *vma);

#endif
