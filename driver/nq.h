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
#include "quarantine.h"
#include "quota.h"

struct eventfd_ctx;
struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;

/**
 * struct neuron_nq - a notification queue
 * @ref: its id, the hardware (then quarantine), each VMA
 * @ndev: the card, counted
 * @ctx_id: number of its context, also when that is gone
 * @id: id in its context
 * @nc: core
 * @type: enum neuron_nq_type
 * @eng: engine instance
 * @size: bytes, a power of two
 * @doomed: destroy was asked for: look-ups do not find it; under the xarray's lock
 * @acked: a position was told, so that the card drops what would overrun
 * @head: consumer position, bytes
 * @state: enum neuron_nq_state
 * @buf: its memory
 * @held: in quarantine
 * @charge: on the account of its context
 * @eventfd: raised when records were written, or NULL; while active
 * @watched: in neuron_nq_watch.queues, if there is @eventfd
 * @told: where the card wrote next when @eventfd was raised
 *
 * @acked, @head, @state and @eventfd are guarded by neuron_device.lock.
 */
struct neuron_nq {
	struct kref ref;
	struct neuron_device *ndev;
	u32 ctx_id;
	u32 id;
	u32 nc;
	enum neuron_nq_type type;
	u32 eng;
	u32 size;
	bool doomed;
	bool acked;
	u32 head;
	enum neuron_nq_state state;
	struct neuron_buf buf;
	struct neuron_held held;
	struct neuron_charge charge;
	struct eventfd_ctx *eventfd;
	struct list_head watched;
	u32 told;
};

/**
 * struct neuron_nq_spec - what is asked for
 * @nc: core
 * @type: enum neuron_nq_type
 * @eng: engine instance
 * @size: bytes
 * @eventfd: counted, or NULL
 */
struct neuron_nq_spec {
	u32 nc;
	enum neuron_nq_type type;
	u32 eng;
	u32 size;
	struct eventfd_ctx *eventfd;
};

/* What of a struct neuron_nq_spec is wrong. */
enum neuron_nq_field {
	NEURON_NQ_FIELD_NC,
	NEURON_NQ_FIELD_ENG,
	NEURON_NQ_FIELD_SIZE,
};

int neuron_nq_check(struct neuron_device *ndev, const struct neuron_nq_spec *spec,
		    enum neuron_nq_field *wrong, struct netlink_ext_ack *extack);
struct neuron_nq *neuron_nq_create(struct neuron_ctx *ctx, const struct neuron_nq_spec *spec,
				   struct netlink_ext_ack *extack);
struct neuron_nq *neuron_nq_get(struct neuron_ctx *ctx, u32 id);
struct neuron_nq *neuron_nq_next(struct neuron_ctx *ctx, unsigned long *id);
void neuron_nq_put(struct neuron_nq *nq);
int neuron_nq_doom(struct neuron_ctx *ctx, u32 id);
struct neuron_nq *neuron_nq_take(struct neuron_ctx *ctx, u32 id);
int neuron_nq_stop(struct neuron_nq *nq);
int neuron_nq_ack(struct neuron_nq *nq, u32 head, struct netlink_ext_ack *extack);
bool neuron_nq_look(struct neuron_device *ndev);
void neuron_nq_where(struct neuron_nq *nq, enum neuron_nq_state *state, u32 *head);
void neuron_nq_lose(struct neuron_device *ndev);
void neuron_nq_empty(struct neuron_ctx *ctx);
struct neuron_nq *neuron_nq_find_offset(struct neuron_ctx *ctx, u64 mmap_offset);
int neuron_nq_mmap(struct neuron_nq *nq, struct vm_area_struct *vma);

#endif
