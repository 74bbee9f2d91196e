// SPDX-License-Identifier: GPL-2.0
/*
 * Rings: what becomes of them. What they carry is in ring_entry.c.
 *
 * A ring is detached, attached to a queue, stopping, or lost. Stopping ends when
 * the firmware says that the queue is quiet; until then, and in quarantine if it
 * does not end, the ring keeps the queue, its memory and all that its descriptors
 * name.
 */
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "claim.h"
#include "compl.h"
#include "copy.h"
#include "ctx.h"
#include "device.h"
#include "foreign.h"
#include "health.h"
#include "hw_udma.h"
#include "ring.h"
#include "ring_entry.h"
#include "ring_record.h"
#include "trace.h"

#define WORDS_TAIL	16	/* the progress word has a cache line of its own */
#define QUIET_STEP_MS	1
/* The largest piece of contiguous memory that kernels give without an IOMMU. */
#define HALF_BYTES_MAX	SZ_4M
/* Of a ring in device memory, so much is brought at a time. */
#define WINDOW		1024

static size_t half_bytes(const struct neuron_ring *ring)
{
	return ring->window * sizeof(struct neuron_desc);
}

static size_t words_bytes(const struct neuron_ring *ring)
{
	return (ring->window + WORDS_TAIL) * sizeof(*ring->word);
}

static size_t tx_compl_bytes(const struct neuron_ring *ring)
{
	return ring->descriptors * sizeof(*ring->tx_compl);
}

static size_t rx_compl_bytes(const struct neuron_ring *ring)
{
	return ring->descriptors * NEURON_COMPL_WORDS * sizeof(*ring->rx_compl);
}

static u64 ring_bytes(const struct neuron_ring *ring)
{
	u64 bytes = PAGE_ALIGN(half_bytes(ring)) * 2 + PAGE_ALIGN(words_bytes(ring));

	if (ring->completion)
		bytes += PAGE_ALIGN(tx_compl_bytes(ring)) + PAGE_ALIGN(rx_compl_bytes(ring));

	return bytes;
}

/* In device memory: both halves, then the words. */
static u64 block_bytes(const struct neuron_ring *ring)
{
	return (u64)ring->descriptors * (2 * sizeof(*ring->tx) + sizeof(*ring->word));
}

static int block_alloc(struct neuron_ring *ring, u32 channel)
{
	struct neuron_device *ndev = ring->ndev;
	int ret = -ENOSPC;
	u32 region;

	mutex_lock(&ndev->dram_lock);
	for (region = 0; region < ndev->dram.regions; region++) {
		ret = neuron_dram_alloc(&ndev->dram, channel, region, block_bytes(ring),
					ndev->hw.map->ring_align, &ring->block);
		if (!ret)
			break;
	}
	mutex_unlock(&ndev->dram_lock);
	ring->block.owner = ring->ctx_id;
	ring->has_block = !ret;
	if (ret == -E2BIG)
		ret = -ENOSPC;
	neuron_pressure_dram(ndev, ret);

	return ret;
}

static u64 block_addr(const struct neuron_ring *ring, u64 offset)
{
	const struct neuron_hw_map *map = ring->ndev->hw.map;

	return neuron_hw_map_port(map, neuron_hw_map_dram(map, ring->block.channel,
							  ring->block.offset + offset),
				  ring->port);
}

static u64 half_addr(const struct neuron_ring *ring, dma_addr_t dma_addr, u64 offset)
{
	if (ring->kind == NEURON_MEM_KIND_HOST)
		return neuron_hw_host_addr(&ring->ndev->hw, dma_addr);

	return block_addr(ring, offset);
}

/**
 * neuron_ring_tx_addr() - where the engine finds the transmit half
 * @ring: the ring
 *
 * Context: Any.
 * Return: device address.
 */
u64 neuron_ring_tx_addr(const struct neuron_ring *ring)
{
	return half_addr(ring, ring->tx_dma, 0);
}

/**
 * neuron_ring_rx_addr() - where the engine finds the receive half
 * @ring: the ring
 *
 * Context: Any.
 * Return: device address.
 */
u64 neuron_ring_rx_addr(const struct neuron_ring *ring)
{
	return half_addr(ring, ring->rx_dma, (u64)ring->descriptors * sizeof(*ring->tx));
}

/**
 * neuron_ring_word_addr() - where the engine finds the source words
 * @ring: the ring
 *
 * Context: Any.
 * Return: device address of the word of index 0.
 */
u64 neuron_ring_word_addr(const struct neuron_ring *ring)
{
	return half_addr(ring, ring->word_dma, 2ull * ring->descriptors * sizeof(*ring->tx));
}

static void block_free(struct neuron_ring *ring)
{
	struct neuron_device *ndev = ring->ndev;

	if (ring->charged)
		neuron_quota_sub(ring->charge.quota, NEURON_QUOTA_DEVICE, ring->charged);
	if (!ring->has_block)
		return;
	mutex_lock(&ndev->dram_lock);
	neuron_dram_free(&ndev->dram, &ring->block);
	mutex_unlock(&ndev->dram_lock);
}

static void memory_free(struct neuron_ring *ring)
{
	struct device *dev = ring->ndev->hw.dev;

	if (ring->tx)
		dma_free_coherent(dev, half_bytes(ring), ring->tx, ring->tx_dma);
	if (ring->rx)
		dma_free_coherent(dev, half_bytes(ring), ring->rx, ring->rx_dma);
	if (ring->word)
		dma_free_coherent(dev, words_bytes(ring), ring->word, ring->word_dma);
	if (ring->tx_compl)
		dma_free_coherent(dev, tx_compl_bytes(ring), ring->tx_compl, ring->tx_compl_dma);
	if (ring->rx_compl)
		dma_free_coherent(dev, rx_compl_bytes(ring), ring->rx_compl, ring->rx_compl_dma);
}

static void ring_release(struct kref *ref)
{
	struct neuron_ring *ring = container_of(ref, struct neuron_ring, ref);
	struct neuron_device *ndev = ring->ndev;

	neuron_ring_records_clear(ring);
	memory_free(ring);
	block_free(ring);
	neuron_charge_give(&ring->charge);
	atomic64_sub(ring_bytes(ring), &ndev->counters.host_used);
	atomic64_dec(&ndev->counters.rings);
	mutex_destroy(&ring->lock);
	kfree(ring);
	neuron_device_put(ndev);
}

static int memory_alloc(struct neuron_ring *ring)
{
	struct device *dev = ring->ndev->hw.dev;
	gfp_t gfp = NEURON_GFP_ASKED;

	ring->tx = dma_alloc_coherent(dev, half_bytes(ring), &ring->tx_dma, gfp);
	ring->rx = dma_alloc_coherent(dev, half_bytes(ring), &ring->rx_dma, gfp);
	ring->word = dma_alloc_coherent(dev, words_bytes(ring), &ring->word_dma, gfp);

	if (!ring->tx || !ring->rx || !ring->word)
		return -ENOMEM;
	if (!ring->completion)
		return 0;

	ring->tx_compl = dma_alloc_coherent(dev, tx_compl_bytes(ring), &ring->tx_compl_dma, gfp);
	ring->rx_compl = dma_alloc_coherent(dev, rx_compl_bytes(ring), &ring->rx_compl_dma, gfp);

	return ring->tx_compl && ring->rx_compl ? 0 : -ENOMEM;
}

static void revoke_work(struct work_struct *work);

static void unclear_release(struct neuron_held *held)
{
	neuron_ring_put(container_of(held, struct neuron_ring, held));
}

static const struct neuron_held_ops unclear_ops = {
	.what = "ring in device memory",
	.settled = neuron_copy_settled,
	.release = unclear_release,
};

/*
 * What was in device memory before must not look like descriptors: zeros do not,
 * since no ring begins with ring id 0.
 */
static int block_clear(struct neuron_ring *ring)
{
	struct neuron_device *ndev = ring->ndev;
	int ret;

	ret = neuron_copy_clear(ndev, neuron_ring_tx_addr(ring), ring->block.bytes, NULL);
	/* Who gets this block next would see it being cleared. */
	if (ret == -EBUSY) {
		kref_get(&ring->ref);
		neuron_quarantine_add(ndev, &ring->held, &unclear_ops, ring->ctx_id,
				      ring->block.bytes);
		neuron_health_watch(ndev);
		ret = -ETIMEDOUT;
	}

	return ret;
}

/**
 * neuron_ring_publish() - give a new ring its id
 * @ctx: owner
 * @ring: from neuron_ring_create(); the id takes a reference of its own
 *
 * Device memory is cleared before.
 *
 * Context: Sleeps, for a ring in device memory until the hardware has cleared it: in
 * a job. Takes the context's lock.
 * Return: 0; -ECANCELED if the context was closed; -ENOMEM; or as
 * neuron_copy_clear(), with -ETIMEDOUT for -EBUSY.
 */
int neuron_ring_publish(struct neuron_ctx *ctx, struct neuron_ring *ring)
{
	int ret = 0;

	if (ring->has_block)
		ret = block_clear(ring);
	if (ret)
		return ret;

	mutex_lock(&ctx->lock);
	ret = -ECANCELED;
	if (!ctx->closed)
		ret = xa_alloc(&ctx->rings, &ring->id, ring, XA_LIMIT(1, INT_MAX),
			       GFP_KERNEL_ACCOUNT);
	if (!ret) {
		kref_get(&ring->ref);
		atomic_inc(&ctx->nr_rings);
		neuron_ctx_changed(ctx, NEURON_LIST_RINGS);
	}
	mutex_unlock(&ctx->lock);
	if (!ret)
		trace_neuron_ring_create(ctx->ndev->index, ctx->id, ring->id, ring->descriptors);

	return ret;
}

static int check_spec(const struct neuron_hw_map *map, const struct neuron_ring_spec *spec,
		      enum neuron_ring_spec_field *wrong, struct netlink_ext_ack *extack)
{
	u32 host_most = HALF_BYTES_MAX / sizeof(struct neuron_desc);

	*wrong = NEURON_RING_SPEC_CHANNEL;
	if (spec->channel >= map->channels) {
		NL_SET_ERR_MSG(extack, "The card has no such DRAM channel");
		return -EINVAL;
	}
	*wrong = NEURON_RING_SPEC_DESCRIPTORS;
	if (spec->descriptors < map->ring_entries_min ||
	    spec->descriptors > map->ring_entries_max) {
		NL_SET_ERR_MSG(extack, "A ring of this length cannot be");
		return -ERANGE;
	}
	if (spec->kind == NEURON_MEM_KIND_HOST && spec->descriptors > host_most) {
		NL_SET_ERR_MSG(extack, "A ring in host memory is at most 4 MiB per half");
		return -ERANGE;
	}
	if (spec->completion && spec->descriptors > host_most) {
		NL_SET_ERR_MSG(extack, "Completion rings are in host memory, at most 4 MiB each");
		return -ERANGE;
	}

	return 0;
}

static struct neuron_ring *new_ring(struct neuron_ctx *ctx, const struct neuron_ring_spec *spec)
{
	const struct neuron_hw_map *map = ctx->ndev->hw.map;
	struct neuron_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);

	if (!ring)
		return NULL;

	kref_init(&ring->ref);
	mutex_init(&ring->lock);
	xa_init(&ring->records);
	INIT_LIST_HEAD(&ring->ties);
	INIT_WORK(&ring->revoke_work, revoke_work);
	ring->ndev = neuron_device_get(ctx->ndev);
	ring->ctx_id = ctx->id;
	ring->descriptors = roundup(spec->descriptors, map->ring_entries_multiple);
	ring->kind = spec->kind;
	ring->window = ring->descriptors;
	if (ring->kind == NEURON_MEM_KIND_DEVICE)
		ring->window = min_t(u32, ring->descriptors, WINDOW);
	ring->state = NEURON_RING_STATE_DETACHED;
	ring->port = spec->port;
	ring->completion = spec->completion;
	strscpy(ring->label, spec->label, sizeof(ring->label));
	atomic64_inc(&ring->ndev->counters.rings);
	atomic64_add(ring_bytes(ring), &ring->ndev->counters.host_used);

	return ring;
}

/* Device memory besides what its id and host memory are. */
static int charge(struct neuron_ctx *ctx, struct neuron_ring *ring,
		  struct netlink_ext_ack *extack)
{
	int ret;

	ret = neuron_charge_take(&ring->charge, ctx->ndev, ctx->quota, NEURON_MEM_KIND_HOST,
				 ring_bytes(ring), extack);
	if (ret || ring->kind == NEURON_MEM_KIND_HOST)
		return ret;

	ret = neuron_quota_add(ctx->quota, NEURON_QUOTA_DEVICE, block_bytes(ring), extack);
	neuron_pressure_account(ctx->ndev, ctx->quota, NEURON_MEM_KIND_DEVICE, ret);
	if (!ret)
		ring->charged = block_bytes(ring);

	return ret;
}

/**
 * neuron_ring_create() - make a detached ring
 * @ctx: owner; its card is entered
 * @spec: what is asked for
 * @wrong: set to the field to blame if it is refused
 * @extack: gets the reason of a refusal; may be NULL
 *
 * It has no id before neuron_ring_publish().
 *
 * Context: Sleeps.
 * Return: the ring, with a reference for the caller; or an ERR_PTR: -ERANGE for a
 * length that cannot be; -EINVAL for a channel that does not exist; -EDQUOT; -ENOMEM;
 * -ENOSPC if the DRAM is too full.
 */
struct neuron_ring *neuron_ring_create(struct neuron_ctx *ctx, const struct neuron_ring_spec *spec,
				       enum neuron_ring_spec_field *wrong,
				       struct netlink_ext_ack *extack)
{
	struct neuron_ring *ring;
	int ret;

	ret = check_spec(ctx->ndev->hw.map, spec, wrong, extack);
	if (ret)
		return ERR_PTR(ret);
	ring = new_ring(ctx, spec);
	if (!ring)
		return ERR_PTR(-ENOMEM);

	ret = charge(ctx, ring, extack);
	if (!ret) {
		ret = memory_alloc(ring);
		neuron_pressure_host(ctx->ndev, ret);
	}
	if (!ret && ring->kind == NEURON_MEM_KIND_DEVICE)
		ret = block_alloc(ring, spec->channel);
	if (ret) {
		if (ret == -ENOMEM)
			NL_SET_ERR_MSG(extack, "No memory for a ring of this length");
		else if (ret != -EDQUOT)
			NL_SET_ERR_MSG(extack, "There is not enough memory in this DRAM channel");
		neuron_ring_put(ring);
		return ERR_PTR(ret);
	}

	return ring;
}

static struct neuron_ring *live(struct neuron_ring *ring)
{
	if (!ring || ring->doomed)
		return NULL;
	kref_get(&ring->ref);

	return ring;
}

/**
 * neuron_ring_get() - find a ring
 * @ctx: owner
 * @id: of the ring
 *
 * Context: Any.
 * Return: the ring with a reference, or NULL.
 */
struct neuron_ring *neuron_ring_get(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_ring *ring;

	xa_lock(&ctx->rings);
	ring = live(xa_load(&ctx->rings, id));
	xa_unlock(&ctx->rings);

	return ring;
}

/**
 * neuron_ring_next() - find the next ring, for dumps
 * @ctx: owner
 * @id: least id; set to the one that was found
 *
 * Context: Any.
 * Return: the ring with a reference, or NULL at the end.
 */
struct neuron_ring *neuron_ring_next(struct neuron_ctx *ctx, unsigned long *id)
{
	struct neuron_ring *ring;

	xa_lock(&ctx->rings);
	ring = xa_find(&ctx->rings, id, ULONG_MAX, XA_PRESENT);
	while (ring && ring->doomed)
		ring = xa_find_after(&ctx->rings, id, ULONG_MAX, XA_PRESENT);
	ring = live(ring);
	xa_unlock(&ctx->rings);

	return ring;
}

/**
 * neuron_ring_put() - drop a reference
 * @ring: the ring
 *
 * Context: Sleeps if it is the last one; not after the card's removal, so only
 * entries, jobs and removal itself may have one.
 */
void neuron_ring_put(struct neuron_ring *ring)
{
	kref_put(&ring->ref, ring_release);
}

/**
 * neuron_ring_doom() - give an id up before the ring can be
 * @ctx: owner
 * @id: of the ring
 *
 * Nobody finds the ring any more, but its context still owns it: if the job that
 * shall destroy it never runs, teardown does.
 *
 * Context: Any.
 * Return: 0, or -ENOENT.
 */
int neuron_ring_doom(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_ring *ring;
	int ret = -ENOENT;

	xa_lock(&ctx->rings);
	ring = xa_load(&ctx->rings, id);
	if (ring && !ring->doomed) {
		ring->doomed = true;
		neuron_ctx_changed(ctx, NEURON_LIST_RINGS);
		ret = 0;
	}
	xa_unlock(&ctx->rings);

	return ret;
}

/**
 * neuron_ring_take() - take a ring, doomed or not, away from its context
 * @ctx: owner
 * @id: of the ring
 *
 * It can be detached, but not attached again.
 *
 * Context: Sleeps; takes the locks of context and ring.
 * Return: the ring with the id's reference, or NULL.
 */
struct neuron_ring *neuron_ring_take(struct neuron_ctx *ctx, u32 id)
{
	struct neuron_ring *ring;

	mutex_lock(&ctx->lock);
	ring = xa_erase(&ctx->rings, id);
	if (ring) {
		atomic_dec(&ctx->nr_rings);
		neuron_ctx_changed(ctx, NEURON_LIST_RINGS);
	}
	mutex_unlock(&ctx->lock);
	if (!ring)
		return NULL;

	mutex_lock(&ring->lock);
	ring->orphan = true;
	mutex_unlock(&ring->lock);

	return ring;
}

static void set_text(struct netlink_ext_ack *extack, const char *why)
{
	if (extack)
		extack->_msg = why;
}

/**
 * neuron_ring_lost_text() - why a lost ring was lost
 * @ring: lost, or being stopped by others than its owner
 *
 * Context: neuron_ring.lock held.
 * Return: a fixed sentence.
 */
const char *neuron_ring_lost_text(const struct neuron_ring *ring)
{
	return ring->lost_why ?: "The ring was lost in a reset or recovery";
}

static int check_queue(const struct neuron_ring *ring, u32 eng, u32 queue,
		       struct netlink_ext_ack *extack)
{
	const struct neuron_hw_map *map = ring->ndev->hw.map;

	if (eng >= map->engines) {
		NL_SET_ERR_MSG(extack, "The card has no such engine");
		return -ERANGE;
	}
	if (queue >= map->queues) {
		NL_SET_ERR_MSG(extack, "The engine has no such queue");
		return -ERANGE;
	}
	if (neuron_hw_map_driver_queue(map, eng, queue)) {
		NL_SET_ERR_MSG(extack, "This queue is the driver's own");
		return -EPERM;
	}

	return neuron_claim_check(ring->ndev, neuron_device_core_of(ring->ndev, eng),
				  ring->ctx_id, extack);
}

static int check_free(struct neuron_ring *ring, struct netlink_ext_ack *extack)
{
	if (ring->orphan) {
		NL_SET_ERR_MSG(extack, "The ring is being destroyed");
		return -ENOENT;
	}
	if (ring->state == NEURON_RING_STATE_DETACHED)
		return 0;

	if (ring->state == NEURON_RING_STATE_ATTACHED)
		NL_SET_ERR_MSG(extack, "The ring is attached already");
	else if (ring->state == NEURON_RING_STATE_STOPPING)
		NL_SET_ERR_MSG(extack, "The ring is still being stopped");
	else
		set_text(extack, neuron_ring_lost_text(ring));

	return -EBUSY;
}

static u32 rings_on(const struct neuron_device *ndev, u32 eng)
{
	u32 rings = 0;
	u32 queue;

	for (queue = 0; queue < ndev->hw.map->queues; queue++)
		rings += !!ndev->engine[eng].ring[queue];

	return rings;
}

/*
 * An engine that has aborted and has no ring any more is brought up anew when it
 * is next used, and with it the driver's own queue.
 */
static void forget_aborted(struct neuron_device *ndev, u32 eng)
{
	struct neuron_engine *engine = &ndev->engine[eng];

	lockdep_assert_held(&ndev->lock);
	if (engine->state != NEURON_ENGINE_STATE_ABORTED || rings_on(ndev, eng))
		return;

	engine->up = false;
	engine->aborted = true;
	WRITE_ONCE(engine->driver_queue, false);
	engine->was_read = false;
	engine->state = NEURON_ENGINE_STATE_UNUSED;
}

/**
 * neuron_ring_forget_aborted() - let an engine that aborted be brought up anew
 * @ndev: card
 * @eng: engine
 *
 * Does nothing while a ring is on it. It happens at the next use, and with it the
 * driver's own queue is set up again.
 *
 * Context: Sleeps; takes the card's lock.
 */
void neuron_ring_forget_aborted(struct neuron_device *ndev, u32 eng)
{
	mutex_lock(&ndev->lock);
	forget_aborted(ndev, eng);
	mutex_unlock(&ndev->lock);
}

static u64 compl_addr(const struct neuron_ring *ring, dma_addr_t dma_addr)
{
	return ring->completion ? neuron_hw_host_addr(&ring->ndev->hw, dma_addr) : 0;
}

/* A completion ring is zero before its first pass. */
static void completions_clear(struct neuron_ring *ring)
{
	if (!ring->completion)
		return;
	memset(ring->tx_compl, 0, tx_compl_bytes(ring));
	memset(ring->rx_compl, 0, rx_compl_bytes(ring));
}

/* Both locks are held. */
static int occupy(struct neuron_ring *ring, u32 eng, u32 queue, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ring->ndev;
	struct neuron_engine *engine = &ndev->engine[eng];
	struct neuron_udma_half tx = {
		.ring_addr = neuron_ring_tx_addr(ring),
		.entries = ring->descriptors,
		.compl_addr = compl_addr(ring, ring->tx_compl_dma),
	};
	struct neuron_udma_half rx = {
		.ring_addr = neuron_ring_rx_addr(ring),
		.entries = ring->descriptors,
		.compl_addr = compl_addr(ring, ring->rx_compl_dma),
	};
	int ret;

	ret = check_free(ring, extack);
	if (!ret)
		ret = neuron_device_check_ready(ndev, extack);
	if (!ret)
		ret = neuron_claim_check(ndev, neuron_device_core_of(ndev, eng), ring->ctx_id,
					 extack);
	if (ret)
		return ret;
	if (engine->state == NEURON_ENGINE_STATE_ABORTED) {
		NL_SET_ERR_MSG(extack, "The engine has aborted and has other rings");
		return -EIO;
	}
	if (engine->ring[queue]) {
		NL_SET_ERR_MSG(extack, "The queue is taken");
		return -EBUSY;
	}
	ret = neuron_engine_up(ndev, eng);
	if (ret)
		return ret;

	neuron_ring_reset(ring);
	completions_clear(ring);
	neuron_udma_queue_init(&ndev->hw, eng, queue, &tx, &rx);
	kref_get(&ring->ref);
	engine->ring[queue] = ring;
	ring->eng = eng;
	ring->queue = queue;
	ring->state = NEURON_RING_STATE_ATTACHED;
	ring->attached++;
	trace_neuron_ring_attach(ndev->index, ring->ctx_id, ring->id, eng, queue);

	return 0;
}

/**
 * neuron_ring_attach() - put a ring on a queue
 * @ring: detached
 * @eng: engine, which is brought up if it is not
 * @queue: queue of @eng
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the locks of card and ring.
 * Return: 0; -ERANGE if there is no such queue; -EPERM if it is the driver's
 * own; -EBUSY if it is taken, or the ring is on one, or another context has
 * claimed the core, or the card is being reset; -ENOENT if the ring is being
 * destroyed; -EIO if the engine has aborted and other rings are still on it, or
 * the card has failed; -ENODEV.
 */
int neuron_ring_attach(struct neuron_ring *ring, u32 eng, u32 queue, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ring->ndev;
	int ret;

	ret = check_queue(ring, eng, queue, extack);
	if (ret)
		return ret;

	mutex_lock(&ndev->lock);
	forget_aborted(ndev, eng);
	mutex_lock(&ring->lock);
	ret = occupy(ring, eng, queue, extack);
	mutex_unlock(&ring->lock);
	mutex_unlock(&ndev->lock);

	if (!ret)
		neuron_health_watch(ndev);

	return ret;
}

/* First free queue of an engine, or the number of queues. */
static u32 free_queue(const struct neuron_device *ndev, u32 eng)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	u32 queue;

	for (queue = 0; queue < map->queues; queue++)
		if (!ndev->engine[eng].ring[queue] && !neuron_hw_map_driver_queue(map, eng, queue))
			break;

	return queue;
}

/* A free queue of the engine that has the fewest rings, or false. */
static bool find_free(struct neuron_device *ndev, u32 nc, u32 *eng, u32 *queue)
{
	const struct neuron_hw_map *map = ndev->hw.map;
	u32 least = U32_MAX;
	u32 i;

	mutex_lock(&ndev->lock);
	for (i = 0; i < map->engines_per_core; i++) {
		u32 e = neuron_hw_map_engine(map, nc, i);
		u32 rings = rings_on(ndev, e);

		if (ndev->engine[e].state == NEURON_ENGINE_STATE_ABORTED && rings)
			continue;
		if (rings < least && free_queue(ndev, e) < map->queues) {
			least = rings;
			*eng = e;
			*queue = free_queue(ndev, e);
		}
	}
	mutex_unlock(&ndev->lock);

	return least != U32_MAX;
}

/* Is it the ring that is in the way of an attach, or was it the queue? */
static int blame_ring(struct neuron_ring *ring, struct netlink_ext_ack *extack)
{
	int ret;

	mutex_lock(&ring->lock);
	ret = check_free(ring, extack);
	mutex_unlock(&ring->lock);

	return ret;
}

/**
 * neuron_ring_attach_core() - put a ring on any free queue of a core
 * @ring: detached
 * @nc: core
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: and
 * Return: as neuron_ring_attach(); -EBUSY also if no queue is free.
 */
int neuron_ring_attach_core(struct neuron_ring *ring, u32 nc, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ring->ndev;
	u32 eng = 0;
	u32 queue = 0;
	int ret;

	if (nc >= ndev->hw.map->cores) {
		NL_SET_ERR_MSG(extack, "The card has no such core");
		return -ERANGE;
	}

	/* Somebody else may take the queue first: then there is another. */
	while (find_free(ndev, nc, &eng, &queue)) {
		ret = neuron_ring_attach(ring, eng, queue, NULL);
		if (!ret || ret != -EBUSY || blame_ring(ring, extack) ||
		    neuron_device_check_ready(ndev, extack) ||
		    neuron_claim_check(ndev, nc, ring->ctx_id, extack))
			return ret;
	}
	NL_SET_ERR_MSG(extack, "No queue of the core is free");

	return -EBUSY;
}

/*
 * The engine has let go, or can never reach memory again. Drops the reference of
 * the queue, or of quarantine, which took it over.
 */
static void let_go(struct neuron_ring *ring)
{
	struct neuron_device *ndev = ring->ndev;

	neuron_ring_drop(ring);

	mutex_lock(&ndev->lock);
	mutex_lock(&ring->lock);
	ndev->engine[ring->eng].ring[ring->queue] = NULL;
	forget_aborted(ndev, ring->eng);
	neuron_ring_reset(ring);
	WRITE_ONCE(ring->stuck, false);
	if (ring->lost_why)
		WRITE_ONCE(ring->state, NEURON_RING_STATE_LOST);
	else if (ring->state != NEURON_RING_STATE_LOST)
		WRITE_ONCE(ring->state, NEURON_RING_STATE_DETACHED);
	mutex_unlock(&ring->lock);
	mutex_unlock(&ndev->lock);

	wake_up_var(&ring->state);
	neuron_ring_put(ring);
}

static bool held_settled(struct neuron_device *ndev, struct neuron_held *held)
{
	struct neuron_ring *ring = container_of(held, struct neuron_ring, held);

	if (neuron_udma_queue_quiet(&ndev->hw, ring->eng, ring->queue) != 1)
		return false;
	/* Still marked as taken: nobody else touches it. */
	neuron_udma_queue_reset(&ndev->hw, ring->eng, ring->queue);

	return true;
}

static void held_release(struct neuron_held *held)
{
	let_go(container_of(held, struct neuron_ring, held));
}

static const struct neuron_held_ops held_ops = {
	.what = "ring",
	.settled = held_settled,
	.release = held_release,
};

/*
 * Returns 0 once the engine has let go, be it in a reset of the card. A card that
 * is gone does not say so, and before removal has switched DMA off nobody else can.
 */
static int wait_quiet(struct neuron_ring *ring)
{
	struct neuron_device *ndev = ring->ndev;
	unsigned long end = jiffies + msecs_to_jiffies(neuron_stop_timeout_ms);
	int ret;

	for (;;) {
		bool late = time_after(jiffies, end);

		if (neuron_device_state(ndev) == NEURON_DEVICE_STATE_RESETTING)
			return neuron_device_await_reset(ndev);
		ret = neuron_udma_queue_quiet(&ndev->hw, ring->eng, ring->queue);
		ret = neuron_health_check(ndev, ret);
		if (ret == 1)
			return 0;
		if (ret == -ENODEV || neuron_hw_is_gone(&ndev->hw))
			return -ENODEV;
		if (late)
			return -ETIMEDOUT;
		ret = neuron_hw_sleep(&ndev->hw, QUIET_STEP_MS);
		if (ret == -ENODEV)
			return ret;
	}
}

/*
 * Begin to stop; returns 0 for whoever has to go on with it, -EINPROGRESS if
 * somebody else does.
 */
static int stop(struct neuron_ring *ring)
{
	int ret = 0;

	mutex_lock(&ring->lock);
	switch (ring->state) {
	case NEURON_RING_STATE_ATTACHED:
		ring->state = NEURON_RING_STATE_STOPPING;
		neuron_udma_queue_disable(&ring->ndev->hw, ring->eng, ring->queue);
		break;
	case NEURON_RING_STATE_STOPPING:
		ret = -EINPROGRESS;
		break;
	default:
		ret = -ENOTCONN;
		break;
	}
	mutex_unlock(&ring->lock);

	return ret;
}

static bool is_over(const struct neuron_ring *ring)
{
	return READ_ONCE(ring->state) != NEURON_RING_STATE_STOPPING || READ_ONCE(ring->stuck);
}

/* Somebody else stops the ring. */
static int await_stop(struct neuron_ring *ring)
{
	wait_var_event(&ring->state, is_over(ring));

	return READ_ONCE(ring->stuck) ? -EBUSY : 0;
}

static void into_quarantine(struct neuron_ring *ring)
{
	mutex_lock(&ring->lock);
	WRITE_ONCE(ring->stuck, true);
	mutex_unlock(&ring->lock);
	wake_up_var(&ring->state);
	neuron_foreign_stuck();

	neuron_quarantine_add(ring->ndev, &ring->held, &held_ops, ring->ctx_id, ring_bytes(ring));
	neuron_health_held(ring->ndev);
}

/**
 * neuron_ring_detach() - stop a ring and take it off its queue
 * @ring: the ring; the caller's reference stays the caller's
 *
 * What is unfinished is dropped. If the engine does not let go, the ring keeps
 * its queue, its memory and what its descriptors name, in quarantine. Who comes
 * while somebody else stops the ring waits for that.
 *
 * Context: Sleeps, up to the parameter stop_timeout_ms: in a job or in teardown.
 * Takes the locks of card and ring for moments.
 * Return: 0; -ENOTCONN if it is on no queue; -ETIMEDOUT if it is in quarantine
 * now, -ENODEV if that is because the card is gone, -EIO if because a reset has
 * failed; -EBUSY if it was before.
 */
int neuron_ring_detach(struct neuron_ring *ring)
{
	int ret;

	ret = stop(ring);
	if (ret == -EINPROGRESS)
		return await_stop(ring);
	if (ret)
		return ret;

	ret = wait_quiet(ring);
	trace_neuron_ring_detach(ring->ndev->index, ring->ctx_id, ring->id, ring->eng, ring->queue,
				 ret);
	if (!ret) {
		neuron_udma_queue_reset(&ring->ndev->hw, ring->eng, ring->queue);
		let_go(ring);
		return 0;
	}

	if (ret == -ETIMEDOUT)
		neuron_health_report(ring->ndev, NEURON_HEALTH_DEGRADED,
				     "A ring did not stop and is in quarantine", ring->eng);
	into_quarantine(ring);

	return ret;
}

/*
 * Memory of a card is kept from others only while it is ours. If that ends, an engine
 * that did not stop must never go on: an abort holds until its queues are set up anew.
 */
static void abort_if_left(struct neuron_ring *ring)
{
	mutex_lock(&ring->lock);
	if (ring->stuck && neuron_foreign_left(ring))
		neuron_udma_engine_change(&ring->ndev->hw, ring->eng, NEURON_ENGINE_ABORT);
	mutex_unlock(&ring->lock);
}

/* Its entries may have been handed back in the meantime: then it goes on. */
static void revoke_work(struct work_struct *work)
{
	struct neuron_ring *ring = container_of(work, struct neuron_ring, revoke_work);
	const char *why = NULL;

	mutex_lock(&ring->lock);
	if (ring->state == NEURON_RING_STATE_ATTACHED)
		why = neuron_foreign_revoked(ring);
	if (why)
		ring->lost_why = why;
	mutex_unlock(&ring->lock);

	if (why) {
		atomic64_inc(&ring->ndev->counters.revoked);
		neuron_ring_detach(ring);
	}
	abort_if_left(ring);
	neuron_ring_put(ring);
}

/**
 * neuron_ring_revoke() - stop a ring, since what it writes to goes
 * @ring: has entries that neuron_foreign_revoked() tells of
 *
 * The work queue of the ring's card does that, and the ring is lost then. A card that
 * is being removed stops all its rings itself.
 *
 * Context: Any but interrupts; something holds the ring during this call.
 */
void neuron_ring_revoke(struct neuron_ring *ring)
{
	kref_get(&ring->ref);
	if (!neuron_device_queue(ring->ndev, &ring->revoke_work))
		kref_put(&ring->ref, ring_release);
}

/**
 * neuron_ring_lose() - take the rings of an engine from their owners
 * @ndev: the card
 * @eng: engine that is about to lose all that was set up on it
 *
 * They are lost, and in quarantine until the hardware is known to have let go;
 * those that somebody stops are left to him. The driver's own queue has to be set
 * up anew.
 *
 * Context: neuron_device.lock held; takes those of rings.
 */
void neuron_ring_lose(struct neuron_device *ndev, u32 eng)
{
	struct neuron_engine *engine = &ndev->engine[eng];
	struct neuron_ring *ring;
	bool lost;
	u32 queue;

	lockdep_assert_held(&ndev->lock);
	WRITE_ONCE(engine->driver_queue, false);
	for (queue = 0; queue < ndev->hw.map->queues; queue++) {
		ring = engine->ring[queue];
		if (!ring)
			continue;
		mutex_lock(&ring->lock);
		lost = ring->state == NEURON_RING_STATE_ATTACHED;
		if (lost)
			ring->state = NEURON_RING_STATE_LOST;
		mutex_unlock(&ring->lock);
		if (!lost)
			continue;
		trace_neuron_ring_lost(ndev->index, ring->ctx_id, ring->id, eng, queue);
		neuron_quarantine_add_locked(ndev, &ring->held, &held_ops, ring->ctx_id,
					     ring_bytes(ring));
	}
}

/**
 * neuron_ring_empty() - destroy all rings of a context
 * @ctx: context, which is closed and has no jobs
 *
 * Context: as neuron_ring_detach(), and the context's lock.
 */
void neuron_ring_empty(struct neuron_ctx *ctx)
{
	struct neuron_ring *ring;
	unsigned long id;

	/* All at once begin to drain; then one after the other is waited for. */
	xa_for_each(&ctx->rings, id, ring) {
		mutex_lock(&ring->lock);
		if (ring->state == NEURON_RING_STATE_ATTACHED)
			neuron_udma_queue_disable(&ring->ndev->hw, ring->eng, ring->queue);
		mutex_unlock(&ring->lock);
	}

	xa_for_each(&ctx->rings, id, ring) {
		ring = neuron_ring_take(ctx, id);
		if (!ring)
			continue;
		neuron_ring_detach(ring);
		neuron_ring_put(ring);
	}
}
