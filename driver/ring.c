// SPDX-License-Identifier: GPL-2.0
/*
 * Rings.
 *
 * Positions are 64-bit counts of descriptor pairs since the ring was attached;
 * the index in the ring and the hardware's ring id follow from them. In order:
 *
 *   acked <= finished <= started <= written < acked + descriptors
 *
 * Each written list ends with a marker, so what is finished is known list by
 * list. A slot holds what its descriptor names from writing until it is handed
 * back, or until the queue has been seen quiet after a detach.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "ctx.h"
#include "device.h"
#include "health.h"
#include "hw_core.h"
#include "hw_udma.h"
#include "mem.h"
#include "ring.h"

#define WORD_BYTES	4	/* of immediates, markers, events */
#define WORDS_TAIL	16	/* the progress word has a cache line of its own */
#define STEP_FIRST_US	10
#define STEP_LAST_US	500
#define QUIET_STEP_MS	1

static size_t half_bytes(const struct neuron_ring *ring)
{
	return ring->descriptors * sizeof(struct neuron_desc);
}

static size_t words_bytes(const struct neuron_ring *ring)
{
	return (ring->descriptors + WORDS_TAIL) * sizeof(*ring->word);
}

static u64 ring_bytes(const struct neuron_ring *ring)
{
	return PAGE_ALIGN(half_bytes(ring)) * 2 + PAGE_ALIGN(words_bytes(ring));
}

static u64 word_addr(const struct neuron_ring *ring, u32 index)
{
	return neuron_hw_host_addr(&ring->ndev->hw, ring->word_dma) + index * sizeof(*ring->word);
}

static struct neuron_slot *slot_at(const struct neuron_ring *ring, u64 desc)
{
	u32 index;

	div_u64_rem(desc, ring->descriptors, &index);

	return &ring->slot[index];
}

/* What can be written; the marker that follows is not the caller's. */
static u32 room(const struct neuron_ring *ring)
{
	u32 used = ring->written.desc - ring->acked.desc;
	u32 most = ring->descriptors - ring->ndev->hw.map->ring_reserve - 1;

	return used < most ? most - used : 0;
}

static void mem_drop(struct neuron_mem *mem)
{
	if (!mem)
		return;
	atomic_dec(&mem->users);
	neuron_mem_put(mem);
}

static void slot_clear(struct neuron_slot *slot)
{
	mem_drop(slot->src);
	mem_drop(slot->dst);
	memset(slot, 0, sizeof(*slot));
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
	kvfree(ring->slot);
}

static void ring_release(struct kref *ref)
{
	struct neuron_ring *ring = container_of(ref, struct neuron_ring, ref);
	struct neuron_device *ndev = ring->ndev;

	memory_free(ring);
	atomic64_sub(ring_bytes(ring), &ndev->counters.host_used);
	atomic64_dec(&ndev->counters.rings);
	mutex_destroy(&ring->lock);
	kfree(ring);
	neuron_device_put(ndev);
}

static int memory_alloc(struct neuron_ring *ring)
{
	struct device *dev = ring->ndev->hw.dev;
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN;

	ring->tx = dma_alloc_coherent(dev, half_bytes(ring), &ring->tx_dma, gfp);
	ring->rx = dma_alloc_coherent(dev, half_bytes(ring), &ring->rx_dma, gfp);
	ring->word = dma_alloc_coherent(dev, words_bytes(ring), &ring->word_dma, gfp);
	ring->slot = kvcalloc(ring->descriptors, sizeof(*ring->slot), gfp);

	return ring->tx && ring->rx && ring->word && ring->slot ? 0 : -ENOMEM;
}

static int publish(struct neuron_ctx *ctx, struct neuron_ring *ring)
{
	int ret = -ECANCELED;

	mutex_lock(&ctx->lock);
	if (!ctx->closed)
		ret = xa_alloc(&ctx->rings, &ring->id, ring, XA_LIMIT(1, INT_MAX), GFP_KERNEL);
	if (!ret) {
		kref_get(&ring->ref);
		atomic_inc(&ctx->nr_rings);
		atomic64_add(ring_bytes(ring), &ctx->host_bytes);
	}
	mutex_unlock(&ctx->lock);

	return ret;
}

/**
 * neuron_ring_create() - make a detached ring
 * @ctx: owner; its card is entered
 * @descriptors: per half, rounded up to what the hardware takes
 * @label: free text
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps.
 * Return: the ring, with a reference for the caller besides that of the id; or
 * an ERR_PTR: -ERANGE for a length that cannot be, -ENOMEM, -ECANCELED if the
 * context was closed.
 */
struct neuron_ring *neuron_ring_create(struct neuron_ctx *ctx, u32 descriptors, const char *label,
				       struct netlink_ext_ack *extack)
{
	const struct neuron_hw_map *map = ctx->ndev->hw.map;
	struct neuron_ring *ring;
	int ret;

	if (descriptors < map->ring_entries_min ||
	    descriptors > min_t(u32, map->ring_entries_max, NEURON_MAX_RING_ENTRIES)) {
		NL_SET_ERR_MSG(extack, "A ring of this length cannot be");
		return ERR_PTR(-ERANGE);
	}

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return ERR_PTR(-ENOMEM);

	kref_init(&ring->ref);
	mutex_init(&ring->lock);
	ring->ndev = neuron_device_get(ctx->ndev);
	ring->descriptors = roundup(descriptors, map->ring_entries_multiple);
	ring->state = NEURON_RING_STATE_DETACHED;
	strscpy(ring->label, label, sizeof(ring->label));
	atomic64_inc(&ring->ndev->counters.rings);
	atomic64_add(ring_bytes(ring), &ring->ndev->counters.host_used);

	ret = memory_alloc(ring);
	if (!ret)
		ret = publish(ctx, ring);
	if (ret) {
		if (ret == -ENOMEM)
			NL_SET_ERR_MSG(extack, "No memory for a ring of this length");
		else
			NL_SET_ERR_MSG(extack, "The context is closed");
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
		atomic64_sub(ring_bytes(ring), &ctx->host_bytes);
	}
	mutex_unlock(&ctx->lock);
	if (!ring)
		return NULL;

	mutex_lock(&ring->lock);
	ring->orphan = true;
	mutex_unlock(&ring->lock);

	return ring;
}

static void marks_reset(struct neuron_ring *ring)
{
	memset(&ring->written, 0, sizeof(ring->written));
	memset(&ring->started, 0, sizeof(ring->started));
	memset(&ring->finished, 0, sizeof(ring->finished));
	memset(&ring->acked, 0, sizeof(ring->acked));
	neuron_ring_pos_init(&ring->next);
	WRITE_ONCE(ring->word[ring->descriptors], 0);
	ring->insane = false;
}

static int check_queue(struct neuron_device *ndev, u32 eng, u32 queue,
		       struct netlink_ext_ack *extack)
{
	const struct neuron_hw_map *map = ndev->hw.map;

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

	return 0;
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
		NL_SET_ERR_MSG(extack, "The ring was lost in a reset");

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
	engine->driver_queue = false;
	engine->was_read = false;
	engine->state = NEURON_ENGINE_STATE_UNUSED;
}

/* Both locks are held, the engine is up. */
static int claim(struct neuron_ring *ring, u32 eng, u32 queue, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ring->ndev;
	struct neuron_engine *engine = &ndev->engine[eng];
	struct neuron_udma_half tx = {
		.ring_addr = neuron_hw_host_addr(&ndev->hw, ring->tx_dma),
		.entries = ring->descriptors,
	};
	struct neuron_udma_half rx = {
		.ring_addr = neuron_hw_host_addr(&ndev->hw, ring->rx_dma),
		.entries = ring->descriptors,
	};
	int ret;

	ret = check_free(ring, extack);
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

	marks_reset(ring);
	neuron_udma_queue_init(&ndev->hw, eng, queue, &tx, &rx);
	kref_get(&ring->ref);
	engine->ring[queue] = ring;
	ring->eng = eng;
	ring->queue = queue;
	ring->state = NEURON_RING_STATE_ATTACHED;

	return 0;
}

/**
 * neuron_ring_attach() - put a ring on a queue
 * @ring: detached
 * @eng: engine, which is brought up if it is not
 * @queue: queue of @eng
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the locks of card and ring. The card is ready.
 * Return: 0; -ERANGE if there is no such queue; -EPERM if it is the driver's
 * own; -EBUSY if it is taken, or the ring is on one; -ENOENT if the ring is being
 * destroyed; -EIO if the engine has aborted and other rings are still on it;
 * -ENODEV.
 */
int neuron_ring_attach(struct neuron_ring *ring, u32 eng, u32 queue, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ring->ndev;
	int ret;

	ret = check_queue(ndev, eng, queue, extack);
	if (ret)
		return ret;
	mutex_lock(&ndev->lock);
	forget_aborted(ndev, eng);
	mutex_unlock(&ndev->lock);
	ret = neuron_engine_up(ndev, eng);
	if (ret)
		return ret;

	mutex_lock(&ndev->lock);
	mutex_lock(&ring->lock);
	ret = claim(ring, eng, queue, extack);
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
		if (!ret || blame_ring(ring, extack) || ret != -EBUSY)
			return ret;
	}
	NL_SET_ERR_MSG(extack, "No queue of the core is free");

	return -EBUSY;
}

static int check_attached(const struct neuron_ring *ring, const char **why)
{
	if (ring->state == NEURON_RING_STATE_ATTACHED)
		return 0;

	*why = ring->state == NEURON_RING_STATE_LOST ? "The ring was lost in a reset" :
						      "The ring is not attached";

	return -ENOTCONN;
}

/* See how far the hardware is. What it cannot have reached is not believed. */
static void progress(struct neuron_ring *ring)
{
	u32 told = le32_to_cpu(READ_ONCE(ring->word[ring->descriptors]));
	u32 delta = told - (u32)ring->finished.desc;

	if (delta > ring->started.desc - ring->finished.desc) {
		if (!ring->insane)
			neuron_health_report(ring->ndev, NEURON_HEALTH_DEGRADED,
					     "A ring told a position that it cannot have reached",
					     ring->eng);
		ring->insane = true;
		return;
	}

	/* The data of what it told was written before it. */
	dma_rmb();
	for (; delta; delta--) {
		ring->finished.entry += slot_at(ring, ring->finished.desc)->entry_end;
		ring->finished.desc++;
	}
}

/**
 * neuron_ring_check_entry() - are an entry's numbers possible at all
 * @ndev: the card
 * @entry: @src and @dst are not looked at but for being there
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Ranges within memory are neuron_ring_write()'s affair.
 *
 * Context: Any.
 * Return: 0; -EINVAL for a length that is zero, or not 4 where a word is moved;
 * -ERANGE for a core or event that does not exist.
 */
int neuron_ring_check_entry(struct neuron_device *ndev, const struct neuron_ring_entry *entry,
			    struct netlink_ext_ack *extack)
{
	const struct neuron_hw_map *map = ndev->hw.map;

	if (!entry->len) {
		NL_SET_ERR_MSG(extack, "The length is zero");
		return -EINVAL;
	}
	if ((!entry->src || !entry->dst) && entry->len != WORD_BYTES) {
		NL_SET_ERR_MSG(extack, "The length of immediates and events is 4");
		return -EINVAL;
	}
	if (!entry->dst && entry->nc >= map->cores) {
		NL_SET_ERR_MSG(extack, "The card has no such core");
		return -ERANGE;
	}
	if (!entry->dst && entry->event >= map->events) {
		NL_SET_ERR_MSG(extack, "The core has no such event");
		return -ERANGE;
	}

	return 0;
}

static int check_src(const struct neuron_ring_entry *entry, const char **why)
{
	int ret;

	if (!entry->src)
		return 0;

	ret = neuron_span_check(entry->src_offset, entry->len, entry->src->size);
	if (ret == -EOVERFLOW)
		*why = "Source offset plus length is no 64-bit number";
	else if (ret == -ERANGE)
		*why = "The source lies outside of its memory";
	else if (ret)
		*why = "The length is zero";

	return ret;
}

static int check_dst(const struct neuron_ring_entry *entry, const char **why)
{
	int ret;

	if (!entry->dst)
		return 0;

	ret = neuron_span_check(entry->dst_offset, entry->len, entry->dst->size);
	if (ret == -EOVERFLOW)
		*why = "Destination offset plus length is no 64-bit number";
	else if (ret == -ERANGE)
		*why = "The destination lies outside of its memory";
	else if (ret)
		*why = "The length is zero";

	return ret;
}

/**
 * struct walk - an entry as descriptor pairs
 * @iter: what is left
 * @word: where a source or destination of one word is
 * @array: of @word, for the lookups
 */
struct walk {
	struct neuron_desc_iter iter;
	struct neuron_desc_span word[2];
	struct neuron_span_array array[2];
};

/* The word of an immediate is that of the slot that is filled next. */
static void walk_init(struct walk *walk, const struct neuron_ring *ring,
		      const struct neuron_ring_entry *entry)
{
	bool src_word = !entry->src;
	bool dst_word = !entry->dst;

	memset(walk, 0, sizeof(*walk));
	walk->word[0].dev_addr = word_addr(ring, ring->next.index);
	walk->word[0].len = WORD_BYTES;
	walk->word[1].dev_addr = neuron_hw_event_addr(&ring->ndev->hw, entry->nc, entry->event);
	walk->word[1].len = WORD_BYTES;
	walk->array[0].span = &walk->word[0];
	walk->array[0].count = 1;
	walk->array[1].span = &walk->word[1];
	walk->array[1].count = 1;

	neuron_desc_iter_init(&walk->iter,
			      src_word ? neuron_span_array_lookup : neuron_mem_span,
			      src_word ? (void *)&walk->array[0] : entry->src,
			      src_word ? 0 : entry->src_offset,
			      dst_word ? neuron_span_array_lookup : neuron_mem_span,
			      dst_word ? (void *)&walk->array[1] : entry->dst,
			      dst_word ? 0 : entry->dst_offset,
			      entry->len);
}

/* Does the rest of a walk, which does not move, fit into so many pairs? */
static int check_room(const struct walk *walk, u32 most, const char **why)
{
	struct neuron_desc_iter iter = walk->iter;
	struct neuron_desc_pair pair;
	u32 n = 0;
	int ret;

	*why = "There is no room in the ring";
	if (iter.left > (u64)most * NEURON_DESC_MAX_BYTES)
		return -ENOSPC;
	while ((ret = neuron_desc_iter_next(&iter, &pair)) > 0)
		if (++n > most)
			return -ENOSPC;
	if (ret)
		*why = "The range lies outside of its memory";

	return ret;
}

/* Fill the next slot, which is empty; each pair is a packet of its own. */
static void put_pair(struct neuron_ring *ring, const struct neuron_desc_pair *pair, u32 flags)
{
	u32 i = ring->next.index;

	neuron_desc_tx(&ring->tx[i], pair->src_addr, pair->len,
		       NEURON_DESC_FIRST | NEURON_DESC_LAST | (flags & NEURON_DESC_BARRIER),
		       ring->next.ring_id);
	neuron_desc_rx(&ring->rx[i], pair->dst_addr, pair->len, flags & NEURON_DESC_INT,
		       ring->next.ring_id);
	neuron_ring_pos_advance(&ring->next, ring->descriptors, 1);
	ring->written.desc++;
}

static u32 desc_flags(const struct neuron_ring_entry *entry)
{
	u32 flags = 0;

	if (entry->flags & NEURON_ENTRY_FLAG_BARRIER)
		flags |= NEURON_DESC_BARRIER;
	if (entry->flags & NEURON_ENTRY_FLAG_INTERRUPT)
		flags |= NEURON_DESC_INT;

	return flags;
}

/* The last slot takes over what the entry holds. */
static void hold(struct neuron_ring *ring, struct neuron_ring_entry *entry)
{
	struct neuron_slot *slot = slot_at(ring, ring->written.desc - 1);

	if (entry->src)
		atomic_inc(&entry->src->users);
	if (entry->dst)
		atomic_inc(&entry->dst->users);
	slot->src = entry->src;
	slot->dst = entry->dst;
	slot->bytes = entry->len;
	slot->entry_end = true;
	entry->src = NULL;
	entry->dst = NULL;
	ring->written.entry++;
}

static int put_entry(struct neuron_ring *ring, struct neuron_ring_entry *entry, const char **why)
{
	struct neuron_desc_pair pair;
	struct walk walk;
	int ret;

	ret = check_src(entry, why);
	if (!ret)
		ret = check_dst(entry, why);
	if (ret)
		return ret;

	walk_init(&walk, ring, entry);
	ret = check_room(&walk, room(ring), why);
	if (ret)
		return ret;

	/* From here on nothing can fail: the same walk was just made. */
	if (!entry->src)
		WRITE_ONCE(ring->word[ring->next.index], cpu_to_le32(entry->imm));
	while (neuron_desc_iter_next(&walk.iter, &pair) > 0)
		put_pair(ring, &pair, walk.iter.left ? 0 : desc_flags(entry));
	hold(ring, entry);

	return 0;
}

/* Behind a list: its end position goes to the progress word. */
static void put_marker(struct neuron_ring *ring)
{
	u32 i = ring->next.index;
	struct neuron_desc_pair pair = {
		.src_addr = word_addr(ring, i),
		.dst_addr = word_addr(ring, ring->descriptors),
		.len = WORD_BYTES,
	};

	WRITE_ONCE(ring->word[i], cpu_to_le32((u32)(ring->written.desc + 1)));
	ring->slot[i].marker = true;
	put_pair(ring, &pair, 0);
}

static void entry_drop(struct neuron_ring_entry *entry)
{
	if (entry->src)
		neuron_mem_put(entry->src);
	if (entry->dst)
		neuron_mem_put(entry->dst);
	entry->src = NULL;
	entry->dst = NULL;
}

/**
 * neuron_ring_write() - write entries behind the last one
 * @ring: attached
 * @entry: the list, each checked by neuron_ring_check_entry()
 * @count: its length
 * @done: set to the number of entries that were written
 * @why: set to a fixed sentence if not all were
 *
 * Stops at the first entry that is refused; nothing of that one has touched the
 * ring. The references in @entry are used up, whatever the result is: what was
 * written goes on holding them, the rest is dropped. Nothing is started.
 *
 * Context: Sleeps; takes the ring's lock.
 * Return: 0; or why it stopped: -ENOTCONN if the ring is not attached; -ENOSPC
 * if it is full; -EOVERFLOW or -ERANGE for a range that wraps or lies outside.
 */
int neuron_ring_write(struct neuron_ring *ring, struct neuron_ring_entry *entry, u32 count,
		      u32 *done, const char **why)
{
	int ret;
	u32 i;

	*done = 0;
	mutex_lock(&ring->lock);
	ret = check_attached(ring, why);
	while (!ret && *done < count) {
		ret = put_entry(ring, &entry[*done], why);
		if (!ret)
			++*done;
	}
	if (*done)
		put_marker(ring);
	mutex_unlock(&ring->lock);

	for (i = *done; i < count; i++)
		entry_drop(&entry[i]);

	return ret;
}

/* Where so many more entries end, their marker included if it is next. */
static struct neuron_ring_mark find_end(const struct neuron_ring *ring, u32 count, u64 *bytes)
{
	struct neuron_ring_mark end = ring->started;
	const struct neuron_slot *slot;

	*bytes = 0;
	while (end.entry - ring->started.entry < count) {
		slot = slot_at(ring, end.desc);
		end.entry += slot->entry_end;
		end.desc++;
		*bytes += slot->bytes;
	}
	if (end.desc < ring->written.desc && slot_at(ring, end.desc)->marker)
		end.desc++;

	return end;
}

static void start_to(struct neuron_ring *ring, const struct neuron_ring_mark *end, u64 bytes)
{
	struct neuron_device *ndev = ring->ndev;
	u32 n = end->desc - ring->started.desc;

	if (!n)
		return;

	ring->started = *end;
	atomic64_add(n, &ndev->counters.descriptors);
	atomic64_add(bytes, &ndev->counters.bytes);
	neuron_udma_queue_start(&ndev->hw, ring->eng, ring->queue, n, n);
}

/**
 * neuron_ring_start() - hand written entries to the hardware
 * @ring: attached
 * @count: how many, 0 for all; set to the number of those started
 * @extack: gets the reason of a refusal; may be NULL
 *
 * That they are finished is seen when the list that they were written in is.
 *
 * Context: Sleeps; takes the ring's lock.
 * Return: 0; -ENOTCONN if the ring is not attached; -ERANGE for more than are
 * written and not started.
 */
int neuron_ring_start(struct neuron_ring *ring, u32 *count, struct netlink_ext_ack *extack)
{
	struct neuron_ring_mark end;
	const char *why = NULL;
	u64 waiting;
	u64 bytes;
	int ret;

	mutex_lock(&ring->lock);
	ret = check_attached(ring, &why);
	if (ret) {
		NL_SET_ERR_MSG(extack, "The ring is not attached");
		goto unlock;
	}
	waiting = ring->written.entry - ring->started.entry;
	if (*count > waiting) {
		NL_SET_ERR_MSG(extack, "More than was written and not started");
		ret = -ERANGE;
		goto unlock;
	}
	if (!*count)
		*count = waiting;
	end = find_end(ring, *count, &bytes);
	start_to(ring, &end, bytes);
unlock:
	mutex_unlock(&ring->lock);

	return ret;
}

/* Give up to @count finished entries back, and the markers that follow them. */
static u32 hand_back(struct neuron_ring *ring, u32 count)
{
	struct neuron_slot *slot;
	u32 n = 0;

	while (ring->acked.desc < ring->finished.desc) {
		slot = slot_at(ring, ring->acked.desc);
		if (n == count && !slot->marker)
			break;
		n += slot->entry_end;
		slot_clear(slot);
		ring->acked.desc++;
		cond_resched();
	}
	ring->acked.entry += n;

	return n;
}

/* 1 if there is nothing to wait for, 0 if there is, or a negative errno. */
static int ack_once(struct neuron_ring *ring, u32 want, u32 *count, bool last,
		    struct netlink_ext_ack *extack)
{
	const char *why = NULL;
	u64 ready;
	int ret;

	mutex_lock(&ring->lock);
	ret = check_attached(ring, &why);
	if (ret) {
		NL_SET_ERR_MSG(extack, "The ring is not attached");
		goto unlock;
	}
	progress(ring);
	ready = ring->finished.entry - ring->acked.entry;
	if (ready >= want || last) {
		*count = hand_back(ring, want ? want : ready);
		ret = 1;
	} else if (want > ring->started.entry - ring->acked.entry) {
		NL_SET_ERR_MSG(extack, "More than was started and not handed back");
		ret = -ERANGE;
	}
unlock:
	mutex_unlock(&ring->lock);

	return ret;
}

/**
 * neuron_ring_ack() - take finished entries back
 * @ring: attached
 * @count: how many to wait for and take, 0 for what is finished now; set to the
 *	number of those taken, which is less if the wait ended first
 * @wait_us: how long to wait; not used if @count is 0
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Context: Sleeps; takes the ring's lock, but does not wait with it. A killed
 * caller gets what is there.
 * Return: 0; -ENOTCONN if the ring is not attached; -ERANGE for more than are
 * started and not handed back.
 */
int neuron_ring_ack(struct neuron_ring *ring, u32 *count, u32 wait_us,
		    struct netlink_ext_ack *extack)
{
	ktime_t end = ktime_add_us(ktime_get(), wait_us);
	unsigned int step_us = STEP_FIRST_US;
	u32 want = *count;
	bool last;
	int ret;

	/* Asked once without "last", so that what is too much is always refused. */
	ret = ack_once(ring, want, count, false, extack);
	while (!ret) {
		last = ktime_after(ktime_get(), end) || fatal_signal_pending(current) ||
		       neuron_hw_is_gone(&ring->ndev->hw);
		if (!last) {
			usleep_range(step_us, 2 * step_us);
			step_us = min(2 * step_us, (unsigned int)STEP_LAST_US);
		}
		ret = ack_once(ring, want, count, last, extack);
	}

	return min(ret, 0);
}

/**
 * neuron_ring_info() - look at a ring
 * @ring: the ring
 * @info: filled
 *
 * Context: Sleeps; takes the ring's lock.
 */
void neuron_ring_info(struct neuron_ring *ring, struct neuron_ring_info *info)
{
	mutex_lock(&ring->lock);
	progress(ring);
	info->state = ring->state;
	info->eng = ring->eng;
	info->queue = ring->queue;
	info->free = room(ring);
	info->written = ring->written.entry;
	info->started = ring->started.entry;
	info->finished = ring->finished.entry;
	info->acked = ring->acked.entry;
	mutex_unlock(&ring->lock);
}

/*
 * The engine has let go, or can never reach memory again. Drops the reference of
 * the queue, or of quarantine, which took it over.
 */
static void let_go(struct neuron_ring *ring)
{
	struct neuron_device *ndev = ring->ndev;

	/* Whatever is stopping is ours alone; the queue is still marked as taken. */
	neuron_udma_queue_reset(&ndev->hw, ring->eng, ring->queue);
	mutex_lock(&ring->lock);
	for (; ring->acked.desc < ring->written.desc; ring->acked.desc++) {
		slot_clear(slot_at(ring, ring->acked.desc));
		cond_resched();
	}
	mutex_unlock(&ring->lock);

	mutex_lock(&ndev->lock);
	mutex_lock(&ring->lock);
	ndev->engine[ring->eng].ring[ring->queue] = NULL;
	forget_aborted(ndev, ring->eng);
	marks_reset(ring);
	WRITE_ONCE(ring->stuck, false);
	WRITE_ONCE(ring->state, NEURON_RING_STATE_DETACHED);
	mutex_unlock(&ring->lock);
	mutex_unlock(&ndev->lock);

	wake_up_var(&ring->state);
	neuron_ring_put(ring);
}

static bool held_retry(struct neuron_held *held)
{
	struct neuron_ring *ring = container_of(held, struct neuron_ring, held);

	if (neuron_udma_queue_quiet(&ring->ndev->hw, ring->eng, ring->queue) != 1)
		return false;
	let_go(ring);

	return true;
}

static void held_release(struct neuron_held *held)
{
	let_go(container_of(held, struct neuron_ring, held));
}

static const struct neuron_held_ops held_ops = {
	.retry = held_retry,
	.release = held_release,
};

/*
 * Returns 0 once the engine has let go. A card that is gone does not say so, and
 * before removal has switched DMA off nobody else can.
 */
static int wait_quiet(struct neuron_ring *ring)
{
	struct neuron_device *ndev = ring->ndev;
	unsigned long end = jiffies + msecs_to_jiffies(neuron_stop_timeout_ms);
	int ret;

	for (;;) {
		bool late = time_after(jiffies, end);

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

	neuron_quarantine_add(ring->ndev, &ring->held, &held_ops);
	neuron_health_watch(ring->ndev);
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
 * now, -ENODEV if that is because the card is gone; -EBUSY if it was before.
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
	if (!ret) {
		let_go(ring);
		return 0;
	}

	if (ret != -ENODEV)
		neuron_health_report(ring->ndev, NEURON_HEALTH_DEGRADED,
				     "A ring did not stop and is in quarantine", ring->eng);
	into_quarantine(ring);

	return ret;
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
