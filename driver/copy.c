// SPDX-License-Identifier: GPL-2.0
/*
 * The driver's own copies.
 *
 * Each core has one queue for them, set up when first needed. A batch fills its
 * ring with copies and a marker: a 4-byte copy of a number that only this batch
 * has. Packets of a queue complete in order (docs/hardware.md, section 3.11), so
 * when the number has arrived, everything before it has. The next batch starts
 * with an empty ring.
 *
 * A queue that does not finish is lost; others take over. When none is left, those
 * whose engines work again are set up anew, as all are after a reset.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "copy.h"
#include "desc.h"
#include "device.h"
#include "health.h"
#include "hw_udma.h"

#define RING_ENTRIES		1024
#define RING_BYTES		(RING_ENTRIES * sizeof(struct neuron_desc))
#define ZERO_BYTES		NEURON_DESC_MAX_BYTES

/* The two words of a marker, in cache lines of their own. */
#define WORD_SRC		0
#define WORD_DST		16
#define WORD_BYTES		128

/* One batch is 64 MiB at most: milliseconds for silicon, seconds for an emulator. */
#define BATCH_TIMEOUT_MS	10000
/* How often a slow batch makes the driver ask whether the engine has aborted. */
#define ASK_MS			1000
#define SPIN_US			10
#define STEP_LAST_US		1000

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

static void queue_start(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	u64 tx_addr = neuron_hw_host_addr(&ndev->hw, q->tx_dma);
	struct neuron_udma_half tx = { .ring_addr = tx_addr, .entries = RING_ENTRIES };
	struct neuron_udma_half rx = {
		.ring_addr = tx_addr + RING_BYTES,
		.entries = RING_ENTRIES,
	};

	neuron_ring_pos_init(&q->next);
	q->lost = false;
	WRITE_ONCE(q->stuck, false);
	neuron_udma_queue_init(&ndev->hw, q->eng, q->queue, &tx, &rx);
}

/* Give the queue its rings if it has none since the last reset. */
static int queue_up(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	struct neuron_engine *engine = &ndev->engine[q->eng];
	int ret;

	ret = neuron_engine_up(ndev, q->eng);
	if (ret)
		return ret;

	mutex_lock(&ndev->lock);
	if (!engine->driver_queue) {
		/* Whoever still waits for what a reset has ended leaves soon. */
		ret = mutex_trylock(&q->lock) ? 0 : -EBUSY;
		if (!ret) {
			queue_start(ndev, q);
			engine->driver_queue = true;
			mutex_unlock(&q->lock);
		}
	}
	mutex_unlock(&ndev->lock);

	return ret;
}

static void put_pair(struct neuron_copy_queue *q, u64 src_addr, u64 dst_addr, u32 len, u32 flags)
{
	u32 i = q->next.index;

	neuron_desc_tx(&q->tx[i], src_addr, len, NEURON_DESC_FIRST | NEURON_DESC_LAST | flags,
		       q->next.ring_id);
	neuron_desc_rx(&q->rx[i], dst_addr, len, 0, q->next.ring_id);
	neuron_ring_pos_advance(&q->next, RING_ENTRIES, 1);
}

static void put_marker(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	u64 word_addr = neuron_hw_host_addr(&ndev->hw, q->tx_dma) + 2 * RING_BYTES;

	q->marker++;
	WRITE_ONCE(q->word[WORD_SRC], cpu_to_le32(q->marker));
	put_pair(q, word_addr + WORD_SRC * sizeof(u32), word_addr + WORD_DST * sizeof(u32),
		 sizeof(u32), 0);
}

static bool batch_ended(const struct neuron_copy_queue *q)
{
	return le32_to_cpu(READ_ONCE(q->word[WORD_DST])) == q->marker;
}

static bool engine_aborted(struct neuron_device *ndev, u32 eng)
{
	u8 state;

	return !neuron_udma_engine_states(&ndev->hw, eng, 1, &state) &&
	       state == NEURON_ENGINE_HW_ABORTED;
}

static bool spin(const struct neuron_copy_queue *q)
{
	ktime_t end = ktime_add_us(ktime_get(), SPIN_US);

	do {
		if (batch_ended(q))
			return true;
		cpu_relax();
	} while (ktime_before(ktime_get(), end));

	return false;
}

/* Returns 0, -ENODEV once the card is gone, -EIO after an abort, -ETIMEDOUT. */
static int batch_wait(struct neuron_device *ndev, struct neuron_copy_queue *q)
{
	unsigned long end = jiffies + msecs_to_jiffies(BATCH_TIMEOUT_MS);
	unsigned long ask = jiffies + msecs_to_jiffies(ASK_MS);
	unsigned int step_us = SPIN_US;

	if (spin(q))
		return 0;

	for (;;) {
		bool late = time_after(jiffies, end);

		if (batch_ended(q))
			return 0;
		if (neuron_hw_is_gone(&ndev->hw))
			return -ENODEV;
		if (late)
			return -ETIMEDOUT;
		if (time_after(jiffies, ask)) {
			if (engine_aborted(ndev, q->eng))
				return -EIO;
			ask = jiffies + msecs_to_jiffies(ASK_MS);
		}
		usleep_range(step_us, 2 * step_us);
		step_us = min(2 * step_us, (unsigned int)STEP_LAST_US);
	}
}

/* Fill the ring with as much as it takes, and a marker; returns the bytes. */
static u64 batch_fill(struct neuron_device *ndev, struct neuron_copy_queue *q, u64 dev_addr,
		      u64 len_bytes, u32 *pairs)
{
	u64 src_addr = neuron_hw_host_addr(&ndev->hw, ndev->copy->zero_dma);
	u32 room = RING_ENTRIES - ndev->hw.map->ring_reserve - 1;
	u64 done = 0;

	for (*pairs = 0; *pairs < room && done < len_bytes; ++*pairs) {
		u32 len = min_t(u64, len_bytes - done, ZERO_BYTES);
		bool last = *pairs + 1 == room || done + len == len_bytes;

		put_pair(q, src_addr, dev_addr + done, len, last ? NEURON_DESC_BARRIER : 0);
		done += len;
	}
	put_marker(ndev, q);
	++*pairs;

	return done;
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
		if (late)
			return -EBUSY;
		usleep_range(STEP_LAST_US, 2 * STEP_LAST_US);
	}
}

/* As neuron_copy_clear(), with a queue that is locked and set up. */
static int clear_on(struct neuron_device *ndev, struct neuron_copy_queue *q, u64 dev_addr,
		    u64 len_bytes)
{
	u32 pairs;
	u64 done;
	int ret;

	while (len_bytes) {
		done = batch_fill(ndev, q, dev_addr, len_bytes, &pairs);
		neuron_udma_queue_start(&ndev->hw, q->eng, q->queue, pairs, pairs);
		atomic64_add(pairs, &ndev->counters.descriptors);
		atomic64_add(done, &ndev->counters.bytes);

		ret = batch_wait(ndev, q);
		if (ret == -ENODEV)
			return ret;
		if (ret) {
			neuron_health_check(ndev, ret);
			return stop(ndev, q) ? -EBUSY : ret;
		}
		atomic64_add(done, &ndev->counters.cleared_bytes);
		dev_addr += done;
		len_bytes -= done;
	}

	return 0;
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

/* Set lost queues up again if their engines have let go and work. */
static void revive(struct neuron_device *ndev)
{
	struct neuron_copy *copy = ndev->copy;
	struct neuron_copy_queue *q;
	u32 i;

	for (i = 0; i < copy->nr_queues; i++) {
		q = &copy->queue[i];
		mutex_lock(&q->lock);
		if (q->lost && settle(ndev, q) && !engine_aborted(ndev, q->eng))
			queue_start(ndev, q);
		mutex_unlock(&q->lock);
	}
}

/**
 * neuron_copy_settled() - can no lost queue write to memory any more
 * @ndev: the card
 *
 * Context: Sleeps; a firmware request for each queue that is stuck, under its
 * lock.
 * Return: true if so: whatever neuron_copy_clear() has answered with -EBUSY for
 * may then be used again.
 */
bool neuron_copy_settled(struct neuron_device *ndev)
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

/**
 * neuron_copy_clear() - fill device memory with zeros
 * @ndev: the card, ready
 * @dev_addr: device address of the memory
 * @len_bytes: its size
 *
 * What one queue cannot do, another tries, so that an engine that aborted does
 * not hinder anybody.
 *
 * Context: Sleeps; takes neuron_device.lock for moments, and the lock of a
 * queue while the hardware works.
 * Return: 0; -ENODEV once the card is gone; -EIO or -ETIMEDOUT if no queue
 * works; -EBUSY if the hardware may still write to the memory, which must not be
 * used for anything else then before neuron_copy_settled().
 */
int neuron_copy_clear(struct neuron_device *ndev, u64 dev_addr, u64 len_bytes)
{
	struct neuron_copy_queue *q;
	int ret = 0;

	for (;;) {
		if (neuron_hw_is_gone(&ndev->hw))
			return -ENODEV;
		q = queue_lock(ndev);
		if (!q && !ret) {
			revive(ndev);
			q = queue_lock(ndev);
		}
		if (!q)
			return ret ?: -EIO;

		ret = clear_on(ndev, q, dev_addr, len_bytes);
		mutex_unlock(&q->lock);
		if (!ret || ret == -ENODEV)
			return ret;
		neuron_health_report(ndev, NEURON_HEALTH_DEGRADED,
				     "A copy queue of the driver's own did not finish", q->eng);
		if (ret == -EBUSY)
			return ret;
	}
}
