/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a context: host memory (a neuron_buf) or a block of the card's DRAM.
 */
#ifndef NEURON_MEM_H
#define NEURON_MEM_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/types.h>
#include <linux/neuron.h>

#include "buf.h"
#include "desc.h"
#include "dram.h"
#include "quarantine.h"
#include "quota.h"

struct netlink_ext_ack;
struct neuron_ctx;
struct neuron_device;
struct neuron_progress;

/**
 * struct neuron_mem - memory that descriptors can name
 * @ref: its id, each VMA, each descriptor and each job that uses it
 * @ndev: the card, counted
 * @ctx_id: number of its context, also when that is gone
 * @id: id in its context
 * @kind: enum neuron_mem_kind
 * @size: bytes, rounded up to what it takes
 * @buf: host memory
 * @block: device memory
 * @label: free text
 * @epoch: neuron_device.epoch before device memory was first cleared
 * @users: descriptors and jobs
 * @nc: core that it was asked for, or -1
 * @has_block: @block is allocated
 * @charge: on the account of its context, until it is released
 * @held: in quarantine, if its clearing did not end
 */
struct neuron_mem {
	struct kref ref;
	struct neuron_device *ndev;
	u32 ctx_id;
	u32 id;
	enum neuron_mem_kind kind;
	u64 size;
	struct neuron_buf buf;
	struct neuron_dram_block block;
	char label[NEURON_MAX_LABEL + 1];
	u32 epoch;
	atomic_t users;
	s32 nc;
	bool has_block;
	struct neuron_charge charge;
	struct neuron_held held;
};

/**
 * struct neuron_mem_spec - what is asked for
 * @kind: where
 * @size: bytes, at least 1
 * @align: of device memory, a power of two or 0
 * @channel: of device memory, -1 for that of @nc, or the first
 * @region: of the channel, -1 for that of @nc, or any
 * @nc: core whose place of the DRAM it shall be in, or -1
 * @label: free text, may be empty
 */
struct neuron_mem_spec {
	enum neuron_mem_kind kind;
	u64 size;
	u64 align;
	s64 channel;
	s64 region;
	s64 nc;
	char label[NEURON_MAX_LABEL + 1];
};

/* What of a struct neuron_mem_spec is wrong. */
enum neuron_mem_field {
	NEURON_MEM_FIELD_SIZE,
	NEURON_MEM_FIELD_ALIGN,
	NEURON_MEM_FIELD_CHANNEL,
	NEURON_MEM_FIELD_REGION,
	NEURON_MEM_FIELD_NC,
};

int neuron_mem_check(struct neuron_device *ndev, const struct neuron_mem_spec *spec,
		     enum neuron_mem_field *wrong, struct netlink_ext_ack *extack);
struct neuron_mem *neuron_mem_create(struct neuron_ctx *ctx, const struct neuron_mem_spec *spec,
				     struct netlink_ext_ack *extack);
int neuron_mem_alloc(struct neuron_ctx *ctx, struct neuron_mem *mem,
		     const struct neuron_mem_spec *spec, struct neuron_progress *progress);
int neuron_mem_set_regions(struct neuron_ctx *ctx, u32 regions, bool privileged,
			   struct netlink_ext_ack *extack);
int neuron_mem_free(struct neuron_ctx *ctx, u32 id);
struct neuron_mem *neuron_mem_get(struct neuron_ctx *ctx, u32 id);
struct neuron_mem *neuron_mem_next(struct neuron_ctx *ctx, unsigned long *id);
void neuron_mem_put(struct neuron_mem *mem);
void neuron_mem_unuse(struct neuron_mem *mem);
bool neuron_mem_content_lost(const struct neuron_mem *mem);
int neuron_mem_clear_again(struct neuron_ctx *ctx);
void neuron_mem_empty(struct neuron_ctx *ctx);
int neuron_mem_span(void *priv, u64 offset, struct neuron_desc_span *span);
struct neuron_mem *neuron_mem_find_offset(struct neuron_ctx *ctx, u64 mmap_offset);
int neuron_mem_mmap(struct neuron_mem *mem, struct vm_area_struct *vma);

#endif
