// SPDX-License-Identifier: GPL-2.0
/*
 * What rings carry: entries written, started, finished and handed back.
 *
 * Positions are 64-bit counts of descriptor pairs since the ring was attached;
 * the index in the ring and the hardware's ring id follow from them. In order:
 *
 *   acked <= finished <= started <= written < acked + descriptors
 *
 * Each written list ends with a marker, so what is finished is known list by
 * list. A slot holds what its descriptor names from writing until it is handed
 * back, or until neuron_ring_drop().
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "claim.h"
#include "core.h"
#include "ctx.h"
#include "device.h"
#include "health.h"
#include "hw_core.h"
#include "hw_udma.h"
#include "mem.h"
#include "ring.h"
#include "ring_entry.h"
#include "trace.h"

#define WORD_BYTES	4	/* of immediates, markers, events */
#define STEP_FIRST_US	10
#define STEP_LAST_US	500

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

static void slot_clear(struct neuron_device *ndev, struct neuron_slot *slot)
{
	neuron_mem_unuse(slot->src);
	neuron_mem_unuse(slot->dst);
	if (slot->feeds)
		neuron_claim_unfeed(ndev, slot->nc);
	memset(slot, 0, sizeof(*slot));
}

/**
 * neuron_ring_reset() - begin to count anew
 * @ring: empty, on no queue that works
 *
 * Context: neuron_ring.lock held, or nobody else has the ring.
 */
void neuron_ring_reset(struct neuron_ring *ring)
{
	memset(&ring->written, 0, sizeof(ring->written));
	memset(&ring->started, 0, sizeof(ring->started));
	memset(&ring->finished, 0, sizeof(ring->finished));
	memset(&ring->acked, 0, sizeof(ring->acked));
	neuron_ring_pos_init(&ring->next);
	WRITE_ONCE(ring->word[ring->descriptors], 0);
	ring->insane = false;
}

/**
 * neuron_ring_drop() - drop all that descriptors hold
 * @ring: its queue has been seen quiet, or the card is cut off from memory
 *
 * Context: Sleeps; takes the ring's lock.
 */
void neuron_ring_drop(struct neuron_ring *ring)
{
	mutex_lock(&ring->lock);
	for (; ring->acked.desc < ring->written.desc; ring->acked.desc++) {
		slot_clear(ring->ndev, slot_at(ring, ring->acked.desc));
		cond_resched();
	}
	mutex_unlock(&ring->lock);
}

static int check_attached(const struct neuron_ring *ring, const char **why)
{
	if (ring->state == NEURON_RING_STATE_ATTACHED)
		return 0;

	*why = "The ring is not attached";
	if (ring->state == NEURON_RING_STATE_LOST)
		*why = "The ring was lost in a reset or recovery";

	return -ENOTCONN;
}

static void set_text(struct netlink_ext_ack *extack, const char *why)
{
	if (extack)
		extack->_msg = why;
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

static int check_length(const struct neuron_ring_entry *entry,
			enum neuron_ring_field *wrong, struct netlink_ext_ack *extack)
{
	bool one_word = !entry->src || entry->dst_kind == NEURON_RING_DST_EVENT ||
			entry->dst_kind == NEURON_RING_DST_SEMAPHORE;

	*wrong = NEURON_RING_FIELD_LEN;
	if (!entry->len) {
		NL_SET_ERR_MSG(extack, "The length is zero");
		return -EINVAL;
	}
	if (one_word && entry->len != WORD_BYTES) {
		NL_SET_ERR_MSG(extack, "The length of immediates, events and semaphores is 4");
		return -EINVAL;
	}
	if (entry->dst_kind != NEURON_RING_DST_FIFO)
		return 0;

	/* Windows of registers take whole words, however the entry is cut. */
	if (!IS_ALIGNED(entry->len, WORD_BYTES)) {
		NL_SET_ERR_MSG(extack, "The length into a FIFO is a multiple of 4");
		return -EINVAL;
	}
	*wrong = NEURON_RING_FIELD_SRC_OFFSET;
	if (!IS_ALIGNED(entry->src_offset, WORD_BYTES)) {
		NL_SET_ERR_MSG(extack, "The source offset into a FIFO is a multiple of 4");
		return -EINVAL;
	}

	return 0;
}

static int check_core(const struct neuron_ctx *ctx, const struct neuron_ring_entry *entry,
		      enum neuron_ring_field *wrong, struct netlink_ext_ack *extack)
{
	struct neuron_device *ndev = ctx->ndev;
	int ret;

	*wrong = NEURON_RING_FIELD_NC;
	ret = neuron_core_check_nc(ndev, entry->nc, extack);
	if (!ret)
		ret = neuron_claim_check(ndev, entry->nc, ctx->id, extack);
	if (!ret && entry->dst_kind == NEURON_RING_DST_FIFO)
		ret = neuron_claim_check_fifo(ndev, entry->nc, ctx->id, extack);
	if (ret)
		return ret;

	if (entry->dst_kind == NEURON_RING_DST_EVENT) {
		*wrong = NEURON_RING_FIELD_EVENT;
		return neuron_core_check_event(ndev, entry->index, extack);
	}
	if (entry->dst_kind == NEURON_RING_DST_SEMAPHORE) {
		*wrong = NEURON_RING_FIELD_SEMAPHORE;
		return neuron_core_check_semaphore(ndev, entry->index, extack);
	}

	return 0;
}

/**
 * neuron_ring_check_entry() - is an entry possible at all
 * @ctx: whose ring it is for
 * @entry: @src and @dst are not looked at but for being there
 * @wrong: set if it is not: the field to blame
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Ranges within memory are neuron_ring_write()'s affair.
 *
 * Context: Any.
 * Return: 0; -EINVAL for a length that is zero, or not 4 where a word is moved, or
 * no whole words for a FIFO; -ERANGE for a core, event or semaphore that does not
 * exist; -EBUSY for a core that another context has claimed; -EACCES or -EPERM as
 * neuron_claim_check_fifo().
 */
int neuron_ring_check_entry(const struct neuron_ctx *ctx, const struct neuron_ring_entry *entry,
			    enum neuron_ring_field *wrong, struct netlink_ext_ack *extack)
{
	int ret;

	ret = check_length(entry, wrong, extack);
	if (!ret && entry->dst_kind != NEURON_RING_DST_MEM)
		ret = check_core(ctx, entry, wrong, extack);

	return ret;
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
 * @src_word: where an immediate is
 * @dst_word: where a register is, or the window of a FIFO
 */
struct walk {
	struct neuron_desc_iter iter;
	struct neuron_desc_span src_word;
	struct neuron_desc_span dst_word;
};

/*
 * One place at every offset: a word of which no more is taken, or the window of a
 * FIFO, at whose start each piece begins anew.
 */
static int window_lookup(void *priv, u64 offset, struct neuron_desc_span *span)
{
	*span = *(const struct neuron_desc_span *)priv;

	return 0;
}

static void dst_word(struct neuron_desc_span *word, const struct neuron_hw *hw,
		     const struct neuron_ring_entry *entry)
{
	word->len = WORD_BYTES;
	switch (entry->dst_kind) {
	case NEURON_RING_DST_EVENT:
		word->dev_addr = neuron_hw_event_addr(hw, entry->nc, entry->index);
		break;
	case NEURON_RING_DST_SEMAPHORE:
		word->dev_addr = neuron_hw_semaphore_addr(hw, entry->nc, entry->index,
							  neuron_core_view(entry->op));
		break;
	default:
		word->dev_addr = neuron_hw_fifo_addr(hw, entry->nc);
		word->len = hw->map->fifo_bytes;
		break;
	}
}

/* The word of an immediate is that of the slot that is filled next. */
static void walk_init(struct walk *walk, const struct neuron_ring *ring,
		      const struct neuron_ring_entry *entry)
{
	neuron_span_lookup src_lookup = neuron_mem_span;
	neuron_span_lookup dst_lookup = neuron_mem_span;
	void *src = entry->src;
	void *dst = entry->dst;

	memset(walk, 0, sizeof(*walk));
	if (!src) {
		walk->src_word.dev_addr = word_addr(ring, ring->next.index);
		walk->src_word.len = WORD_BYTES;
		src_lookup = window_lookup;
		src = &walk->src_word;
	}
	if (!dst) {
		dst_word(&walk->dst_word, &ring->ndev->hw, entry);
		dst_lookup = window_lookup;
		dst = &walk->dst_word;
	}
	neuron_desc_iter_init(&walk->iter, src_lookup, src, entry->src_offset,
			      dst_lookup, dst, entry->dst_offset, entry->len);
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
	slot->feeds = entry->dst_kind == NEURON_RING_DST_FIFO;
	slot->nc = entry->nc;
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
	if (entry->dst_kind == NEURON_RING_DST_FIFO) {
		*why = "The context has not claimed the core";
		ret = neuron_claim_feed(ring->ndev, entry->nc, ring->ctx_id);
		if (ret)
			return ret;
	}

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
	if (*done) {
		put_marker(ring);
		trace_neuron_ring_write(ring->ndev->index, ring->ctx_id, ring->id,
					ring->written.entry, ring->written.desc);
	}
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
	trace_neuron_ring_start(ndev->index, ring->ctx_id, ring->id, end->entry, end->desc);
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
		set_text(extack, why);
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
		slot_clear(ring->ndev, slot);
		ring->acked.desc++;
		cond_resched();
	}
	ring->acked.entry += n;
	trace_neuron_ring_ack(ring->ndev->index, ring->ctx_id, ring->id, ring->acked.entry,
			      ring->acked.desc);

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
		set_text(extack, why);
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
