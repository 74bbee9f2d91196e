// SPDX-License-Identifier: GPL-2.0
/*
 * The driver's own copies.
 *
 * Each core has one queue for them, set up when first needed. A batch fills its
 * ring with copies and a marker: a 4-byte copy of a number that only this batch
 * has. Packets of a queue complete in order (docs/hardware, section 3.11), so
 * when the number has arrived, everything before it has. The next batch starts
 * with an empty ring. The marker interrupts if the card can and somebody sleeps.
 *
 * Transfers are done in the order in which they are asked for. Small ones share a
 * batch of one queue; a large one is cut into parts for all queues, and the next
 * transfer begins when all of them have ended.
 *
 * A queue that does not finish is lost; others take over. When none is left, those
 * whose engines work again are set up anew, as all are after a reset. Who waits for
 * a queue that a reset or the recovery of its engine takes away stops to wait.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "copy.h"
#include "desc.h"
#include "device.h"
#include "health.h"
#include "hw_fault.h"
#include "hw_udma.h"
#include "irq.h"
#include "progress.h"
#include "ring.h"
#include "trace.h"

#define RING_ENTRIES		1024
#define RING_BYTES		(RING_ENTRIES * sizeof(struct neuron_desc))
#define ZERO_BYTES		NEURON_DESC_MAX_BYTES

/* The two words of a marker, in cache lines of their own. */
#define WORD_SRC		0
#define WORD_DST		16
#define WORD_BYTES		128

/* From here on a transfer is worth all queues. */
#define LARGE_BYTES		SZ_1M

/* One batch is 64 MiB at most: milliseconds for silicon, seconds for an emulator. */
#define BATCH_TIMEOUT_MS	10000
/* How often a slow batch makes the driver ask whether the engine has aborted. */
#define ASK_MS			1000
/* Nobody waits for less than a whole batch; a slow one is not looked at often. */
#define STEP_FIRST_US		10
#define STEP_LAST_US		20000
#define STOP_STEP_US		1000

/**
 * struct neuron_copy_queue - the driver's queue of one core
 * @lock: held while a batch runs; guards all below
 * @eng: engine, constant
 * @queue: queue of @eng, constant
 * @tx: ring of sources, then of destinations, then the marker's words
 * @rx: within @tx
 * @word: within @tx
 * @tx_dma: DMA address of @tx
 * @next: position that is filled next
 * @marker: number of the latest batch
 * @epoch: neuron_device.epoch of the set-up
 * @lost: did not finish a batch
 * @stuck: nor did it stop: the hardware may still write what it was told to
 */
struct neuron_copy_queue {
	struct mutex lock;
	u32 eng;
	u32 queue;
	struct neuron_desc *tx;
	struct neuron_desc *rx;
	__le32 *word;
	dma_addr_t tx_dma;
	struct neuron_ring_pos next;
	u32 marker;
	u32 epoch;
	bool lost;
	bool stuck;
};

/**
 * struct neuron_copy - the driver's copy queues of a card
 * @zero: a block of zeros, the source of every clearing
 * @zero_dma: its DMA address
 * @turn: where the search for a free queue begins
 * @nr_queues: one per core
 * @queue: by core
 */
struct neuron_copy {
	void *zero;
	dma_addr_t zero_dma;
	atomic_t turn;
	u32 nr_queues;
	struct neuron_copy_queue queue[NEURON_MAX_CORES];
};

#define QUEUE_BYTES		(2 * RING_BYTES + WORD_BYTES)

/**
 * struct part - what one queue works on at a time
 * @iter: transfers
 * @count: number of them
 * @next: first that has not ended
 * @at: what is left of it
 * @bytes: of it, filled into the ring by the latest batch
 */
struct part {
	struct neuron_desc_iter *iter;
	u32 count;
	u32 next;
	struct neuron_desc_iter at;
	u64 bytes;
};

static void part_init(struct part *part, struct neuron_desc_iter *iter, u32 count)
{
	part->iter = iter;
	part->count = count;
	part->next = 0;
	part->at = iter[0];
}

static int queue_init(struct neuron_device *ndev, struct neuron_copy_queue *q, u32 nc)
{
	q->tx = dma_alloc_coherent(ndev->hw.dev, QUEUE_BYTES, &q->tx_dma, GFP_KERNEL);
	if (!q->tx)
		return -ENOMEM;

	q->rx = q->tx + RING_ENTRIES;
	q->word = (__le32 *)(q->rx + RING_ENTRIES);
	q->eng = neuron_hw_map_engine(ndev->hw.map, nc, ndev->hw.map->driver_engine);
	q->queue = ndev->hw.map->driver_queue;
	mutex_init(&q->lock);

	return 0;
}

static void queue_fini(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	mutex_destroy(&q->lock);
	dma_free_coherent(ndev->hw.dev, QUEUE_BYTES, q->tx, q->tx_dma);
}

/**
 * neuron_copy_init() - memory for the driver's copies
 * @ndev: the card; its hardware is not touched
 *
 * Context: Sleeps.
 * Return: 0 or -ENOMEM.
 */
int neuron_copy_init(struct neuron_device *ndev)
{
	struct neuron_copy *copy = kzalloc(sizeof(*copy), GFP_KERNEL);
	u32 cores = min_t(u32, ndev->hw.map->cores, NEURON_MAX_CORES);

	if (!copy)
		return -ENOMEM;
	ndev->copy = copy;

	copy->zero = dma_alloc_coherent(ndev->hw.dev, ZERO_BYTES, &copy->zero_dma, GFP_KERNEL);
	if (!copy->zero)
		goto err_fini;
	for (; copy->nr_queues < cores; copy->nr_queues++)
		if (queue_init(ndev, &copy->queue[copy->nr_queues], copy->nr_queues))
			goto err_fini;

	return 0;

err_fini:
	neuron_copy_fini(ndev);

	return -ENOMEM;
}

/**
 * neuron_copy_fini() - give the memory for copies back
 * @ndev: the card, with bus mastering off and no copy running
 *
 * Context: Sleeps. Does nothing if neuron_copy_init() was not called or failed.
 */
void neuron_copy_fini(struct neuron_device *ndev)
{
	struct neuron_copy *copy = ndev->copy;
	u32 i;

	if (!copy)
		return;

	for (i = 0; i < copy->nr_queues; i++)
		queue_fini(ndev, &copy->queue[i]);
	if (copy->zero)
		dma_free_coherent(ndev->hw.dev, ZERO_BYTES, copy->zero, copy->zero_dma);
	kfree(copy);
	ndev->copy = NULL;
}

static void queue_start(struct neuron_device *ndev, struct neuron_copy_queue *q, u32 epoch)
{
	u64 tx_addr = neuron_hw_host_addr(&ndev->hw, q->tx_dma);
	struct neuron_udma_half tx = { .ring_addr = tx_addr, .entries = RING_ENTRIES };
	struct neuron_udma_half rx = {
		.ring_addr = tx_addr + RING_BYTES,
		.entries = RING_ENTRIES,
	};

	neuron_ring_pos_init(&q->next);
	q->epoch = epoch;
	q->lost = false;
	WRITE_ONCE(q->stuck, false);
	neuron_udma_queue_init(&ndev->hw, q->eng, q->queue, &tx, &rx);
}

/* Give the queue its rings if it has none since the last reset. */
static int queue_up(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	struct neuron_engine *engine = &ndev->engine[q->eng];
	int ret;

	mutex_lock(&ndev->lock);
	ret = neuron_engine_up(ndev, q->eng);
	if (!ret && !engine->driver_queue) {
		/* Whoever still waits for what a reset has ended leaves soon. */
		ret = mutex_trylock(&q->lock) ? 0 : -EBUSY;
		if (!ret) {
			queue_start(ndev, q, ndev->epoch);
			WRITE_ONCE(engine->driver_queue, true);
			mutex_unlock(&q->lock);
		}
	}
	mutex_unlock(&ndev->lock);

	return ret;
}

static void put_pair(struct neuron_copy_queue *q, u64 src_addr, u64 dst_addr, u32 len, u32 flags)
{
	u32 i = q->next.index;

	neuron_desc_tx(&q->tx[i], src_addr, len,
		       NEURON_DESC_FIRST | NEURON_DESC_LAST | (flags & NEURON_DESC_BARRIER),
		       q->next.ring_id);
	neuron_desc_rx(&q->rx[i], dst_addr, len, flags & NEURON_DESC_INT, q->next.ring_id);
	neuron_ring_pos_advance(&q->next, RING_ENTRIES, 1);
}

static void put_marker(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	u64 word_addr = neuron_hw_host_addr(&ndev->hw, q->tx_dma) + 2 * RING_BYTES;

	q->marker++;
	WRITE_ONCE(q->word[WORD_SRC], cpu_to_le32(q->marker));
	put_pair(q, word_addr + WORD_SRC * sizeof(u32), word_addr + WORD_DST * sizeof(u32),
		 sizeof(u32), ndev->hw.irq.vectors ? NEURON_DESC_INT : 0);
}

static bool batch_ended(const void *data)
{
	const struct neuron_copy_queue *q = data;

	return le32_to_cpu(READ_ONCE(q->word[WORD_DST])) == q->marker;
}

static bool engine_aborted(struct neuron_device *ndev, u32 eng)
{
	u8 state;

	return !neuron_udma_engine_states(&ndev->hw, eng, 1, &state, NULL) &&
	       state == NEURON_ENGINE_HW_ABORTED;
}

/* Who repairs takes the queue away: -ECANCELED in a reset, -EIO if it was the engine. */
static int check_kept(struct neuron_device *ndev, const struct neuron_copy_queue *q)
{
	if (READ_ONCE(ndev->epoch) != q->epoch)
		return -ECANCELED;

	return READ_ONCE(ndev->engine[q->eng].driver_queue) ? 0 : -EIO;
}

/*
 * Returns 0, -ENODEV once the card is gone, -ECANCELED after a reset has begun, -EIO
 * after an abort, -ETIMEDOUT.
 */
static int batch_wait(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	unsigned long end = jiffies + msecs_to_jiffies(BATCH_TIMEOUT_MS);
	unsigned long ask = jiffies + msecs_to_jiffies(ASK_MS);
	struct neuron_hw_wait wait;
	int ret;

	if (neuron_hw_fault(NEURON_HW_FAULT_COPY))
		return -ETIMEDOUT;
	neuron_hw_wait_queue(&wait, &ndev->hw, q->eng, q->queue, STEP_FIRST_US, STEP_LAST_US);
	if (neuron_hw_wait_spin(batch_ended, q))
		return 0;

	for (;;) {
		bool late = time_after(jiffies, end);

		if (batch_ended(q)) {
			neuron_hw_wait_end(&wait);
			return 0;
		}
		if (neuron_hw_is_gone(&ndev->hw))
			return -ENODEV;
		ret = check_kept(ndev, q);
		if (ret)
			return ret;
		if (late)
			return -ETIMEDOUT;
		if (time_after(jiffies, ask)) {
			if (engine_aborted(ndev, q->eng))
				return -EIO;
			ask = jiffies + msecs_to_jiffies(ASK_MS);
		}
		neuron_hw_wait_step(&wait, UINT_MAX);
	}
}

static bool part_ended(const struct part *part)
{
	return part->next == part->count;
}

/* The next pair of a part: 1, 0 at its end, or what a lookup returned. */
static int part_next(struct part *part, struct neuron_desc_pair *pair)
{
	int ret = 0;

	while (!part_ended(part)) {
		ret = neuron_desc_iter_next(&part->at, pair);
		if (ret)
			break;
		if (++part->next < part->count)
			part->at = part->iter[part->next];
	}

	return ret;
}

/* Fill the ring with as much of a part as it takes, and a marker. */
static int batch_fill(struct neuron_device *ndev, struct neuron_copy_queue *q, struct part *part,
		      u32 *pairs)
{
	u32 room = RING_ENTRIES - ndev->hw.map->ring_reserve - 1;
	struct neuron_desc_pair last;
	struct neuron_desc_pair pair;
	int ret = 1;

	part->bytes = 0;

	for (*pairs = 0; *pairs < room; ++*pairs) {
		ret = part_next(part, &pair);
		if (ret <= 0)
			break;
		if (*pairs)
			put_pair(q, last.src_addr, last.dst_addr, last.len, 0);
		last = pair;
		part->bytes += pair.len;
	}
	/* As the published driver does; it may have no effect, section 3.11. */
	if (*pairs)
		put_pair(q, last.src_addr, last.dst_addr, last.len, NEURON_DESC_BARRIER);
	put_marker(ndev, q);
	++*pairs;
	atomic64_add(*pairs, &ndev->counters.descriptors);
	atomic64_add(part->bytes, &ndev->counters.bytes);
	atomic64_inc(&ndev->counters.copies);
	atomic64_inc(&ndev->engine[q->eng].copies);
	atomic64_add(part->bytes, &ndev->engine[q->eng].copy_bytes);

	return min(ret, 0);
}

/* Has the engine let go of a queue that was taken out of use? */
static bool settle(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	lockdep_assert_held(&q->lock);
	if (!q->stuck)
		return true;
	if (neuron_udma_queue_quiet(&ndev->hw, q->eng, q->queue) != 1)
		return false;

	neuron_udma_queue_reset(&ndev->hw, q->eng, q->queue);
	WRITE_ONCE(q->stuck, false);

	return true;
}

/* Take a queue out of use. Returns 0 once its engine has let go of it. */
static int stop(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	unsigned long end = jiffies + msecs_to_jiffies(neuron_stop_timeout_ms);

	q->lost = true;
	WRITE_ONCE(q->stuck, true);
	neuron_udma_queue_disable(&ndev->hw, q->eng, q->queue);
	for (;;) {
		bool late = time_after(jiffies, end);

		if (settle(ndev, q))
			return 0;
		if (neuron_hw_is_gone(&ndev->hw))
			return -ENODEV;
		if (late || READ_ONCE(ndev->cut))
			return -EBUSY;
		usleep_range(STOP_STEP_US, 2 * STOP_STEP_US);
	}
}

/* Wait for a queue's batch; one that fails is taken out of use. */
static int batch_end(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	int ret = batch_wait(ndev, q);

	trace_neuron_copy_end(ndev->index, q->eng, q->queue, q->marker, ret);
	if (ret)
		atomic64_inc(&ndev->counters.copy_failures);
	neuron_irq_look(ndev);
	if (!ret || ret == -ENODEV)
		return ret;
	if (ret == -ECANCELED) {
		q->lost = true;
		WRITE_ONCE(q->stuck, true);
		return ret;
	}

	neuron_health_check(ndev, ret);
	if (stop(ndev, q))
		ret = -EBUSY;
	neuron_health_report(ndev, NEURON_HEALTH_DEGRADED,
			     "A copy queue of the driver's own did not finish", q->eng);

	return ret;
}

/*
 * A batch on each queue, of a part of its own. What did not end is not counted as
 * begun; the worst of several errors is told.
 */
static int run_round(struct neuron_device *ndev, struct neuron_copy_queue **q, u32 nr_queues,
		     struct part *part, u32 nr_parts, struct neuron_progress *progress)
{
	struct part *of[NEURON_MAX_CORES];
	struct part end[NEURON_MAX_CORES];
	u32 used = 0;
	int ret = 0;
	u32 pairs;
	u32 i;

	for (i = 0; i < nr_parts && used < nr_queues; i++) {
		if (part_ended(&part[i]))
			continue;
		of[used] = &part[i];
		end[used] = part[i];
		ret = min(ret, batch_fill(ndev, q[used], &end[used], &pairs));
		trace_neuron_copy_begin(ndev->index, q[used]->eng, q[used]->queue,
					q[used]->marker, pairs);
		neuron_udma_queue_start(&ndev->hw, q[used]->eng, q[used]->queue, pairs, pairs);
		used++;
	}
	for (i = 0; i < used; i++) {
		int err = batch_end(ndev, q[i]);

		if (!err) {
			*of[i] = end[i];
			neuron_progress_add(progress, end[i].bytes);
		} else if (err == -EBUSY || (ret != -EBUSY && ret != -ECANCELED)) {
			ret = err;
		}
	}

	return ret;
}

static struct neuron_copy_queue *turn(struct neuron_copy *copy, u32 first, u32 i)
{
	return &copy->queue[(first + i) % copy->nr_queues];
}

/* Lock a queue that works: an idle one, else the first in turn. */
static struct neuron_copy_queue *queue_lock(struct neuron_device *ndev)
{
	struct neuron_copy *copy = ndev->copy;
	u32 first = atomic_inc_return(&copy->turn);
	struct neuron_copy_queue *q;
	u32 i;

	for (i = 0; i < 2 * copy->nr_queues; i++) {
		q = turn(copy, first, i);
		if (queue_up(ndev, q))
			continue;
		if (i < copy->nr_queues) {
			if (!mutex_trylock(&q->lock))
				continue;
		} else {
			mutex_lock(&q->lock);
		}
		if (!q->lost)
			return q;
		mutex_unlock(&q->lock);
	}

	return NULL;
}

/*
 * Set lost queues up again if their engines have let go. One that has aborted is
 * brought up anew by the next who needs it, unless rings are still on it.
 */
static void revive(struct neuron_device *ndev)
{
	struct neuron_copy *copy = ndev->copy;
	u32 epoch = READ_ONCE(ndev->epoch);
	struct neuron_copy_queue *q;
	bool settled;
	u32 i;

	neuron_health_look(ndev);
	for (i = 0; i < copy->nr_queues; i++) {
		q = &copy->queue[i];
		mutex_lock(&q->lock);
		settled = settle(ndev, q);
		if (q->lost && settled && !engine_aborted(ndev, q->eng))
			queue_start(ndev, q, epoch);
		mutex_unlock(&q->lock);
		if (settled)
			neuron_ring_forget_aborted(ndev, q->eng);
	}
}

/**
 * neuron_copy_settled() - can no lost queue write to memory any more
 * @ndev: the card
 * @held: what a copy is held back for; all queues are asked, since parts of it may
 *	have been on any
 *
 * Context: Sleeps; a firmware request for each queue that is stuck, under its
 * lock.
 * Return: true if so: whatever neuron_copy_clear() has answered with -EBUSY for
 * may then be used again.
 */
bool neuron_copy_settled(struct neuron_device *ndev, struct neuron_held *held)
{
	struct neuron_copy *copy = ndev->copy;
	bool settled = true;
	u32 i;

	for (i = 0; i < copy->nr_queues; i++) {
		if (!READ_ONCE(copy->queue[i].stuck))
			continue;
		mutex_lock(&copy->queue[i].lock);
		settled &= settle(ndev, &copy->queue[i]);
		mutex_unlock(&copy->queue[i].lock);
	}

	return settled;
}

/*
 * Lock one queue that works, and up to @want of those that are idle. All are set
 * up before any is locked: setting up takes the card's lock.
 */
static u32 queues_lock(struct neuron_device *ndev, struct neuron_copy_queue **q, u32 want)
{
	struct neuron_copy *copy = ndev->copy;
	u32 first = atomic_read(&copy->turn) + 1;
	unsigned long up = 0;
	u32 locked = 1;
	u32 i;

	for (i = 1; i < want; i++)
		if (!queue_up(ndev, turn(copy, first, i)))
			up |= BIT(i);

	q[0] = queue_lock(ndev);
	if (!q[0])
		return 0;
	for (i = 1; i < want; i++) {
		struct neuron_copy_queue *other = turn(copy, first, i);

		if (other == q[0] || !(up & BIT(i)) || !mutex_trylock(&other->lock))
			continue;
		if (other->lost)
			mutex_unlock(&other->lock);
		else
			q[locked++] = other;
	}

	return locked;
}

static void queues_unlock(struct neuron_copy_queue **q, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		mutex_unlock(&q[i]->lock);
}

static u32 parts_left(const struct part *part, u32 nr_parts)
{
	u32 left = 0;
	u32 i;

	for (i = 0; i < nr_parts; i++)
		left += !part_ended(&part[i]);

	return left;
}

/*
 * Work on parts until all have ended. Between two rounds others get their turn.
 * What one queue cannot do, another tries, so that an engine that aborted does not
 * hinder anybody.
 */
static int run_parts(struct neuron_device *ndev, struct part *part, u32 nr_parts,
		     struct neuron_progress *progress)
{
	struct neuron_copy_queue *q[NEURON_MAX_CORES];
	u32 epoch = READ_ONCE(ndev->epoch);
	bool revived = false;
	u32 left = nr_parts;
	int ret = 0;
	u32 locked;

	while (left) {
		if (neuron_hw_is_gone(&ndev->hw))
			return -ENODEV;
		if (READ_ONCE(ndev->cut) || neuron_progress_cancelled(progress))
			return -ECANCELED;
		locked = queues_lock(ndev, q, left);
		if (!locked && !revived) {
			revived = true;
			revive(ndev);
			locked = queues_lock(ndev, q, left);
		}
		if (!locked && READ_ONCE(ndev->epoch) != epoch)
			return -ECANCELED;
		if (!locked)
			return ret ?: -EIO;

		ret = run_round(ndev, q, locked, part, nr_parts, progress);
		queues_unlock(q, locked);
		if (ret == -ECANCELED)
			return neuron_device_await_reset(ndev) ? -EBUSY : ret;
		if (ret == -ENODEV || ret == -EBUSY || ret == -ERANGE)
			return ret;
		left = parts_left(part, nr_parts);
	}

	return 0;
}

/* One large transfer as a part for each queue that it may have. */
static int run_large(struct neuron_device *ndev, struct neuron_desc_iter *iter,
		     struct neuron_progress *progress)
{
	u32 nr_parts = clamp(READ_ONCE(neuron_copy_queues), 1U, ndev->copy->nr_queues);
	struct neuron_desc_iter piece[NEURON_MAX_CORES];
	struct part part[NEURON_MAX_CORES];
	u64 share = round_up(div_u64(iter->left, nr_parts), NEURON_DESC_MAX_BYTES);
	u32 i;

	for (i = 0; i < nr_parts; i++) {
		neuron_desc_iter_split(iter, min(iter->left, share), &piece[i]);
		part_init(&part[i], &piece[i], 1);
	}

	return run_parts(ndev, part, nr_parts, progress);
}

/* Small transfers up to the next large one, in order on one queue. */
static int run_small(struct neuron_device *ndev, struct neuron_desc_iter *iter, u32 count,
		     u32 *done, struct neuron_progress *progress)
{
	struct part part;
	u32 small;
	int ret;

	for (small = 1; small < count && iter[small].left < LARGE_BYTES; small++)
		;
	part_init(&part, iter, small);
	ret = run_parts(ndev, &part, 1, progress);
	*done += part.next;

	return ret;
}

/**
 * neuron_copy_run() - do transfers in order
 * @ndev: the card, ready
 * @iter: transfers, none of which overlaps itself, within what their lookups know
 * @count: number of them
 * @done: set to the number of transfers that have ended
 * @progress: counts the bytes; if it is cancelled, no further batch is begun; may be NULL
 *
 * A large transfer is cut into as many parts as there are queues. What one queue
 * cannot do, another tries.
 *
 * Context: Sleeps; takes neuron_device.lock for moments, and the locks of queues
 * while the hardware works.
 * Return: 0; -ENODEV once the card is gone; -ECANCELED, also if a reset came and is
 * over or nothing was begun; -EIO or -ETIMEDOUT if no queue works; -EBUSY if the
 * hardware may still write to the memory, which must not be used for anything else
 * then before neuron_copy_settled(); -ERANGE if a lookup knows less than it should.
 */
int neuron_copy_run(struct neuron_device *ndev, struct neuron_desc_iter *iter, u32 count,
		    u32 *done, struct neuron_progress *progress)
{
	int ret = 0;

	*done = 0;
	while (!ret && *done < count) {
		if (iter[*done].left < LARGE_BYTES) {
			ret = run_small(ndev, iter + *done, count - *done, done, progress);
		} else {
			ret = run_large(ndev, iter + *done, progress);
			*done += !ret;
		}
	}

	return ret;
}

/**
 * neuron_copy_block_span() - a block that repeats itself as memory to copy from
 * @priv: device address of NEURON_DESC_MAX_BYTES bytes, as u64
 * @offset: bytes
 * @span: filled with what is left of the block at @offset
 *
 * Context: Any; a neuron_span_lookup.
 * Return: 0.
 */
int neuron_copy_block_span(void *priv, u64 offset, struct neuron_desc_span *span)
{
	u32 at = offset & (NEURON_DESC_MAX_BYTES - 1);

	span->dev_addr = *(u64 *)priv + at;
	span->len = NEURON_DESC_MAX_BYTES - at;

	return 0;
}

/**
 * neuron_copy_clear() - fill device memory with zeros
 * @ndev: the card, ready
 * @dev_addr: device address of the memory
 * @len_bytes: its size
 * @progress: as of neuron_copy_run()
 *
 * Context: as neuron_copy_run().
 * Return: as neuron_copy_run().
 */
int neuron_copy_clear(struct neuron_device *ndev, u64 dev_addr, u64 len_bytes,
		      struct neuron_progress *progress)
{
	struct neuron_desc_span span = { .dev_addr = dev_addr, .len = len_bytes };
	struct neuron_span_array array = { .span = &span, .count = 1 };
	u64 zero_addr = neuron_hw_host_addr(&ndev->hw, ndev->copy->zero_dma);
	struct neuron_desc_iter iter;
	u32 done;
	int ret;

	neuron_desc_iter_init(&iter, neuron_copy_block_span, &zero_addr, 0,
			      neuron_span_array_lookup, &array, 0, len_bytes);
	ret = neuron_copy_run(ndev, &iter, 1, &done, progress);
	if (!ret)
		atomic64_add(len_bytes, &ndev->counters.cleared_bytes);

	return ret;
}
