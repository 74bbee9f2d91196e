// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of a context.
 *
 * An id holds one reference, and every VMA, descriptor and job another. So
 * giving up an id frees nothing that the card or a process can still reach; the
 * last to let go does, wherever that happens.
 */
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "copy.h"
#include "ctx.h"
#include "device.h"
#include "health.h"
#include "mem.h"
#include "pressure.h"
#include "progress.h"
#include "trace.h"

static int check_host(const struct neuron_mem_spec *spec, enum neuron_mem_field *wrong,
		      struct netlink_ext_ack *extack)
{
	*wrong = NEURON_MEM_FIELD_SIZE;
	if (DIV_ROUND_UP_ULL(spec->size, PAGE_SIZE) <= totalram_pages())
		return 0;

	NL_SET_ERR_MSG(extack, "This machine has less memory");

	return -ENOMEM;
}

/* Does the card have the place that is asked for? */
static int check_place(struct neuron_device *ndev, const struct neuron_mem_spec *spec,
		       enum neuron_mem_field *wrong, struct netlink_ext_ack *extack)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	u32 regions = READ_ONCE(ndev->dram.regions);
	u32 channel, region;

	*wrong = NEURON_MEM_FIELD_CHANNEL;
	if (spec->channel >= map->channels) {
		NL_SET_ERR_MSG(extack, "The card has no such DRAM channel");
		return -EINVAL;
	}
	*wrong = NEURON_MEM_FIELD_NC;
	if (spec->nc >= map->cores) {
		NL_SET_ERR_MSG(extack, "The card has no such core");
		return -EINVAL;
	}
	*wrong = NEURON_MEM_FIELD_REGION;
	if (spec->region >= regions) {
		NL_SET_ERR_MSG(extack, "The DRAM channel has no such region");
		return -EINVAL;
	}
	if (spec->nc < 0 || spec->region < 0)
		return 0;
	neuron_hw_map_home(map, regions, spec->nc, &channel, &region);
	if (spec->region != region) {
		NL_SET_ERR_MSG(extack, "The core has another DRAM region");
		return -EINVAL;
	}

	return 0;
}

static int check_device(struct neuron_device *ndev, const struct neuron_mem_spec *spec,
			enum neuron_mem_field *wrong, struct netlink_ext_ack *extack)
{
	u64 bytes = READ_ONCE(ndev->dram.region[0][0].bytes);
	int ret;

	ret = check_place(ndev, spec, wrong, extack);
	if (ret)
		return ret;
	*wrong = NEURON_MEM_FIELD_ALIGN;
	if (spec->align && !is_power_of_2(spec->align)) {
		NL_SET_ERR_MSG(extack, "Alignment is not a power of two");
		return -EINVAL;
	}
	if (spec->align > bytes) {
		NL_SET_ERR_MSG(extack, "Alignment is larger than a DRAM region");
		return -EINVAL;
	}
	*wrong = NEURON_MEM_FIELD_SIZE;
	if (spec->size > bytes) {
		NL_SET_ERR_MSG(extack, "Size is larger than a DRAM region");
		return -ENOSPC;
	}

	return 0;
}

/**
 * neuron_mem_check() - can what is asked for be had at all
 * @ndev: the card
 * @spec: what is asked for
 * @wrong: set if it cannot: the field to blame
 * @extack: gets the reason; may be NULL
 *
 * Context: Any.
 * Return: 0; -EINVAL for numbers that are wrong; -ENOMEM or -ENOSPC for more
 * than there is on this machine or card.
 */
int neuron_mem_check(struct neuron_device *ndev, const struct neuron_mem_spec *spec,
		     enum neuron_mem_field *wrong, struct netlink_ext_ack *extack)
{
	if (!spec->size) {
		*wrong = NEURON_MEM_FIELD_SIZE;
		NL_SET_ERR_MSG(extack, "Size is zero");
		return -EINVAL;
	}
	/* Rounding up must not wrap. */
	if (spec->size > U64_MAX - PAGE_SIZE) {
		*wrong = NEURON_MEM_FIELD_SIZE;
		NL_SET_ERR_MSG(extack, "Size is too large");
		return -EINVAL;
	}

	return spec->kind == NEURON_MEM_KIND_HOST ? check_host(spec, wrong, extack) :
						    check_device(ndev, spec, wrong, extack);
}

/* Where to look: @first to @last of @channel. The regions do not change meanwhile. */
static u32 pick_place(struct neuron_device *ndev, const struct neuron_mem_spec *spec, u32 *first,
		      u32 *last)
{
	u32 channel = 0;

	lockdep_assert_held(&ndev->dram_lock);
	*first = 0;
	*last = ndev->dram.regions - 1;
	if (spec->nc >= 0) {
		neuron_hw_map_home(ndev->hw.map, ndev->dram.regions, spec->nc, &channel, first);
		*last = *first;
	} else if (spec->region >= 0) {
		*first = spec->region;
		*last = *first;
	}

	return spec->channel >= 0 ? spec->channel : channel;
}

static int block_alloc(struct neuron_mem *mem, const struct neuron_mem_spec *spec)
{
	struct neuron_device *ndev = mem->ndev;
	u32 channel, region, last;
	int ret;

	mutex_lock(&ndev->dram_lock);
	channel = pick_place(ndev, spec, &region, &last);
	do {
		ret = neuron_dram_alloc(&ndev->dram, channel, region, spec->size,
					max_t(u64, spec->align, NEURON_DRAM_GRANULE), &mem->block);
	} while (ret && region++ < last);
	mem->block.owner = mem->ctx_id;
	mutex_unlock(&ndev->dram_lock);

	mem->has_block = !ret;
	if (ret == -E2BIG)
		ret = -ENOSPC;
	neuron_pressure_dram(ndev, ret);

	return ret;
}

static void block_free(struct neuron_mem *mem)
{
	struct neuron_device *ndev = mem->ndev;

	mutex_lock(&ndev->dram_lock);
	neuron_dram_free(&ndev->dram, &mem->block);
	mutex_unlock(&ndev->dram_lock);
}

static u64 block_addr(const struct neuron_mem *mem)
{
	return neuron_hw_map_dram(mem->ndev->hw.map, mem->block.channel, mem->block.offset);
}

static void mem_release(struct kref *ref)
{
	struct neuron_mem *mem = container_of(ref, struct neuron_mem, ref);
	struct neuron_device *ndev = mem->ndev;

	trace_neuron_mem_release(ndev->index, mem->ctx_id, mem->kind, mem->size);
	if (mem->has_block)
		block_free(mem);
	else if (mem->size)
		neuron_buf_fini(&mem->buf);
	neuron_charge_give(&mem->charge);
	kfree(mem);
	atomic64_dec(&ndev->counters.mems);
	neuron_device_put(ndev);
}

static void held_release(struct neuron_held *held)
{
	neuron_mem_put(container_of(held, struct neuron_mem, held));
}

static const struct neuron_held_ops held_ops = {
	.what = "memory",
	.settled = neuron_copy_settled,
	.release = held_release,
};

/* Room and content. A size of 0 tells that neither is there. */
static int mem_fill(struct neuron_mem *mem, const struct neuron_mem_spec *spec,
		    struct neuron_progress *progress)
{
	int ret;

	if (mem->kind == NEURON_MEM_KIND_HOST) {
		ret = neuron_buf_init(&mem->buf, mem->ndev, spec->size, false, true,
				      progress);
		if (!ret)
			mem->size = mem->buf.bytes;
		return ret;
	}

	ret = block_alloc(mem, spec);
	if (ret)
		return ret;
	mem->size = mem->block.bytes;
	ret = neuron_copy_clear(mem->ndev, block_addr(mem), mem->size, progress);
	/* Who gets this block next would see it being cleared. */
	if (ret == -EBUSY) {
		kref_get(&mem->ref);
		neuron_quarantine_add(mem->ndev, &mem->held, &held_ops, mem->ctx_id, mem->size);
		neuron_health_held(mem->ndev);
		ret = -ETIMEDOUT;
	}

	return ret;
}

/* Give it an id, which takes a reference of its own. */
static int publish(struct neuron_ctx *ctx, struct neuron_mem *mem,
		   const struct neuron_progress *progress)
{
	int ret = -ECANCELED;

	mutex_lock(&ctx->lock);
	xa_lock(&ctx->mems);
	/* A reset that has begun since the clearing clears what it finds here. */
	if (!ctx->closed && !neuron_progress_cancelled(progress) && !neuron_mem_content_lost(mem))
		ret = __xa_alloc(&ctx->mems, &mem->id, mem, XA_LIMIT(1, INT_MAX), GFP_KERNEL);
	if (!ret) {
		kref_get(&mem->ref);
		if (mem->kind == NEURON_MEM_KIND_HOST)
			neuron_buf_place(&ctx->mem_places, &mem->buf);
	}
	xa_unlock(&ctx->mems);
	if (!ret) {
		atomic_inc(&ctx->nr_mems);
		neuron_ctx_changed(ctx, NEURON_LIST_MEMS);
	}
	mutex_unlock(&ctx->lock);

	return ret;
}

static int charge(struct neuron_mem *mem, struct neuron_quota *quota, u64 size,
		  struct netlink_ext_ack *extack)
{
	u64 bytes = mem->kind == NEURON_MEM_KIND_HOST ? PAGE_ALIGN(size) :
							ALIGN(size, NEURON_DRAM_GRANULE);

	return neuron_charge_take(&mem->charge, mem->ndev, quota, mem->kind, bytes, extack);
}

/**
 * neuron_mem_create() - make the object of a memory, and charge for both
 * @ctx: owner
 * @spec: what is asked for, checked by neuron_mem_check()
 * @extack: gets a sentence that names a limit; may be NULL
 *
 * Nobody finds it before neuron_mem_alloc(); neuron_mem_put() forgets it.
 *
 * Context: May sleep; in the process that asks.
 * Return: the object, with a reference for the caller; ERR_PTR: -ENOMEM, -EDQUOT.
 */
struct neuron_mem *neuron_mem_create(struct neuron_ctx *ctx, const struct neuron_mem_spec *spec,
				     struct netlink_ext_ack *extack)
{
	struct neuron_mem *mem = kzalloc(sizeof(*mem), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!mem)
		return ERR_PTR(-ENOMEM);

	kref_init(&mem->ref);
	mem->ndev = neuron_device_get(ctx->ndev);
	mem->ctx_id = ctx->id;
	atomic64_inc(&mem->ndev->counters.mems);
	mem->kind = spec->kind;
	mem->nc = spec->nc;
	strscpy(mem->label, spec->label, sizeof(mem->label));
	ret = charge(mem, ctx->quota, spec->size, extack);
	if (ret) {
		neuron_mem_put(mem);
		return ERR_PTR(ret);
	}

	return mem;
}

/**
 * neuron_mem_alloc() - allocate and clear memory, and give it an id
 * @ctx: owner
 * @mem: from neuron_mem_create(); the caller's reference stays the caller's
 * @spec: what was asked for there
 * @progress: counts what was cleared; if it is cancelled, there will be no memory
 *
 * Context: Sleeps, for device memory until the hardware has cleared it: in a job.
 * Return: 0; -ENOMEM; -ENOSPC if the DRAM is too full; -EINVAL if it has no such
 * region any more; -EIO or -ETIMEDOUT if it could not be cleared; -ECANCELED if it
 * was cancelled, the context closed, or the card is being reset; -ENODEV.
 */
int neuron_mem_alloc(struct neuron_ctx *ctx, struct neuron_mem *mem,
		     const struct neuron_mem_spec *spec, struct neuron_progress *progress)
{
	int ret;

	mem->epoch = READ_ONCE(mem->ndev->epoch);
	ret = mem_fill(mem, spec, progress);
	if (!ret)
		ret = publish(ctx, mem, progress);
	if (!ret)
		trace_neuron_mem_alloc(ctx->ndev->index, ctx->id, mem->id, mem->kind, mem->size);

	return ret;
}

static struct neuron_mem *take(struct neuron_ctx *ctx, unsigned long id)
{
	struct neuron_mem *mem;

	mutex_lock(&ctx->lock);
	xa_lock(&ctx->mems);
	mem = __xa_erase(&ctx->mems, id);
	if (mem && mem->kind == NEURON_MEM_KIND_HOST)
		neuron_buf_displace(&ctx->mem_places, &mem->buf);
	xa_unlock(&ctx->mems);
	if (mem) {
		atomic_dec(&ctx->nr_mems);
		neuron_ctx_changed(ctx, NEURON_LIST_MEMS);
	}
	mutex_unlock(&ctx->lock);

	return mem;
}

/**
 * neuron_mem_free() - give an id up
 * @ctx: owner
 * @id: of the memory
 *
 * Context: Sleeps; takes the context's lock.
 * Return: 0, or -ENOENT.
 */
int neuron_mem_free(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_mem *mem = take(ctx, id);

	if (!mem)
		return -ENOENT;
	trace_neuron_mem_free(ctx->ndev->index, ctx->id, id);
	neuron_mem_put(mem);

	return 0;
}

/**
 * neuron_mem_content_lost() - was the card reset since the memory was allocated
 * @mem: the memory
 *
 * Context: Any.
 * Return: true for device memory whose content was lost.
 */
bool neuron_mem_content_lost(const struct neuron_mem *mem)
{
	return mem->kind == NEURON_MEM_KIND_DEVICE && mem->epoch != READ_ONCE(mem->ndev->epoch);
}

/**
 * neuron_mem_clear_again() - clear the device memory of a context after a reset
 * @ctx: context; its card was reset and is not ready yet
 *
 * Context: Sleeps until the hardware has done it; takes the context's lock.
 * Return: 0, or as neuron_copy_clear().
 */
int neuron_mem_clear_again(struct neuron_ctx *ctx)
{
	struct neuron_mem *mem;
	unsigned long id = 0;
	int ret = 0;

	/* Who had not seen the reset when he got an id has it now. */
	mutex_lock(&ctx->lock);
	mutex_unlock(&ctx->lock);

	while (!ret && (mem = neuron_mem_next(ctx, &id))) {
		if (mem->kind == NEURON_MEM_KIND_DEVICE)
			ret = neuron_copy_clear(ctx->ndev, block_addr(mem), mem->size, NULL);
		neuron_mem_put(mem);
		id++;
	}

	return ret;
}

/**
 * neuron_mem_set_regions() - cut the DRAM channels into regions
 * @ctx: who asks
 * @regions: of each channel: 1, 2 or 4
 * @privileged: also if other contexts hold something on the card
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the card's lock and dram_lock.
 * Return: 0; -EINVAL for another number; -EBUSY if device memory is allocated, or
 * if others hold something and the caller is not @privileged.
 */
int neuron_mem_set_regions(struct neuron_ctx *ctx, u32 regions, bool privileged,
			   struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	const struct neuron_hw_map *map = ndev->hw.map;
	int ret = 0;

	if (!is_power_of_2(regions) || regions > map->dram_regions_max) {
		NL_SET_ERR_MSG(extack, "A DRAM channel can have 1, 2 or 4 regions");
		return -EINVAL;
	}

	mutex_lock(&ndev->lock);
	if (!privileged)
		ret = neuron_ctx_check_alone(ctx, extack);
	mutex_lock(&ndev->dram_lock);
	if (!ret && ndev->dram.blocks) {
		NL_SET_ERR_MSG(extack, "Device memory is allocated");
		ret = -EBUSY;
	}
	if (!ret)
		ret = neuron_dram_init(&ndev->dram, map->channels, map->channel[0].bytes,
				       regions);
	mutex_unlock(&ndev->dram_lock);
	mutex_unlock(&ndev->lock);

	return ret;
}

/**
 * neuron_mem_empty() - give all ids of a context up
 * @ctx: context, which is closed
 *
 * Context: Sleeps; takes the context's lock.
 */
void neuron_mem_empty(struct neuron_ctx *ctx)
{
	struct neuron_mem *mem;
	unsigned long id;

	xa_for_each(&ctx->mems, id, mem) {
		neuron_mem_free(ctx, id);
		cond_resched();
	}
}

/**
 * neuron_mem_get() - find memory
 * @ctx: owner
 * @id: of the memory
 *
 * Context: Any.
 * Return: the memory with a reference, or NULL.
 */
struct neuron_mem *neuron_mem_get(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_mem *mem;

	xa_lock(&ctx->mems);
	mem = xa_load(&ctx->mems, id);
	if (mem)
		kref_get(&mem->ref);
	xa_unlock(&ctx->mems);

	return mem;
}

/**
 * neuron_mem_next() - find the next memory, for dumps
 * @ctx: owner
 * @id: least id; set to the one that was found
 *
 * Context: Any.
 * Return: the memory with a reference, or NULL at the end.
 */
struct neuron_mem *neuron_mem_next(struct neuron_ctx *ctx, unsigned long *id)
{
	struct neuron_mem *mem;

	xa_lock(&ctx->mems);
	mem = xa_find(&ctx->mems, id, ULONG_MAX, XA_PRESENT);
	if (mem)
		kref_get(&mem->ref);
	xa_unlock(&ctx->mems);

	return mem;
}

/**
 * neuron_mem_put() - drop a reference
 * @mem: memory
 *
 * Context: Sleeps if it is the last one; takes neuron_device.dram_lock or the
 * locks of the buffer.
 */
void neuron_mem_put(struct neuron_mem *mem)
{
	kref_put(&mem->ref, mem_release);
}

/**
 * neuron_mem_unuse() - a descriptor or job is done with memory
 * @mem: memory that was counted in neuron_mem.users for it, or NULL
 *
 * Drops the reference that went with it.
 *
 * Context: as neuron_mem_put().
 */
void neuron_mem_unuse(struct neuron_mem *mem)
{
	if (!mem)
		return;
	atomic_dec(&mem->users);
	neuron_mem_put(mem);
}

/**
 * neuron_mem_span() - where a place of the memory lies for the card
 * @priv: struct neuron_mem
 * @offset: into the memory, bytes
 * @span: filled with the contiguous piece that starts there
 *
 * Context: Any; a neuron_span_lookup.
 * Return: 0 or -ERANGE.
 */
int neuron_mem_span(void *priv, u64 offset, struct neuron_desc_span *span)
{
	struct neuron_mem *mem = priv;

	if (offset >= mem->size)
		return -ERANGE;
	if (mem->kind == NEURON_MEM_KIND_HOST)
		return neuron_buf_span(&mem->buf, offset, span);

	span->dev_addr = block_addr(mem) + offset;
	span->len = mem->size - offset;

	return 0;
}

/**
 * neuron_mem_find_offset() - find host memory by where it is mapped
 * @ctx: owner
 * @mmap_offset: as told to the owner, bytes
 *
 * Context: Any.
 * Return: the memory with a reference, or NULL.
 */
struct neuron_mem *neuron_mem_find_offset(struct neuron_ctx *ctx, u64 mmap_offset)
{
	struct neuron_mem *mem = NULL;
	struct neuron_buf *buf;

	xa_lock(&ctx->mems);
	buf = neuron_buf_at(&ctx->mem_places, mmap_offset);
	if (buf) {
		mem = container_of(buf, struct neuron_mem, buf);
		kref_get(&mem->ref);
	}
	xa_unlock(&ctx->mems);

	return mem;
}

static void vma_open(struct vm_area_struct *vma)
{
	struct neuron_mem *mem = vma->vm_private_data;

	kref_get(&mem->ref);
	neuron_buf_open(&mem->buf);
}

static void vma_close(struct vm_area_struct *vma)
{
	struct neuron_mem *mem = vma->vm_private_data;

	neuron_buf_close(&mem->buf);
	neuron_mem_put(mem);
}

static vm_fault_t vma_fault(struct vm_fault *vmf)
{
	struct neuron_mem *mem = vmf->vma->vm_private_data;

	return neuron_buf_fault(&mem->buf, vmf);
}

static const struct vm_operations_struct vm_ops = {
	.open = vma_open,
	.close = vma_close,
	.fault = vma_fault,
};

/**
 * neuron_mem_mmap() - make a VMA show host memory
 * @mem: host memory
 * @vma: new
 *
 * The VMA takes a reference of its own.
 *
 * Context: mmap_lock held for writing.
 * Return: as neuron_buf_map().
 */
int neuron_mem_mmap(struct neuron_mem *mem, struct vm_area_struct *vma)
{
	int ret = neuron_buf_map(&mem->buf, vma);

	if (ret)
		return ret;

	kref_get(&mem->ref);
	vma->vm_private_data = mem;
	vma->vm_ops = &vm_ops;

	return 0;
}
