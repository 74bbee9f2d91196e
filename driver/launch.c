// SPDX-License-Identifier: GPL-2.0
/*
 * Launches.
 *
 * Starts of a ring are ordered when they are asked for (neuron_ring.ordered), and
 * whoever comes first brings what is ordered, a window of descriptors at a time; the
 * ring's lock is not held meanwhile, but neuron_ring.bringing keeps others from the
 * window. If the copy fails, all that was ordered and not started is given up: the
 * entries stay written, and can be started again.
 *
 * Who detaches, resets or closes does not wait for a launch: its copy ends in memory
 * that the ring keeps, and it rings no doorbell of an attachment that is over.
 */
#include <linux/errno.h>
#include <linux/wait_bit.h>

#include "copy.h"
#include "device.h"
#include "health.h"
#include "hw_udma.h"
#include "launch.h"
#include "ring_entry.h"

/* Transmit, receive, words; each in two pieces where the ring begins anew. */
#define PIECES	6

struct piece {
	struct neuron_desc_span src;
	struct neuron_desc_span dst;
	struct neuron_span_array src_array;
	struct neuron_span_array dst_array;
};

/**
 * struct bringing - a window on its way
 * @iter: copies
 * @piece: what they copy
 * @count: number of both
 */
struct bringing {
	struct neuron_desc_iter iter[PIECES];
	struct piece piece[PIECES];
	u32 count;
};

static void add_piece(struct bringing *bringing, u64 src_addr, u64 dst_addr, u64 len)
{
	struct piece *piece = &bringing->piece[bringing->count];

	piece->src = (struct neuron_desc_span){ .dev_addr = src_addr, .len = len };
	piece->dst = (struct neuron_desc_span){ .dev_addr = dst_addr, .len = len };
	piece->src_array = (struct neuron_span_array){ .span = &piece->src, .count = 1 };
	piece->dst_array = (struct neuron_span_array){ .span = &piece->dst, .count = 1 };
	neuron_desc_iter_init(&bringing->iter[bringing->count++], neuron_span_array_lookup,
			      &piece->src_array, 0, neuron_span_array_lookup,
			      &piece->dst_array, 0, len);
}

/* An array of the window to its place in the ring, around its end if need be. */
static void add_array(struct bringing *bringing, u64 src_addr, u64 dst_addr, u32 bytes_each,
		      u32 index, u32 n, u32 entries)
{
	u32 before = min(n, entries - index);

	add_piece(bringing, src_addr, dst_addr + (u64)index * bytes_each,
		  (u64)before * bytes_each);
	if (n > before)
		add_piece(bringing, src_addr + (u64)before * bytes_each, dst_addr,
			  (u64)(n - before) * bytes_each);
}

static int bring(struct neuron_ring *ring, u32 index, u32 n, struct neuron_progress *progress)
{
	struct neuron_device *ndev = ring->ndev;
	struct bringing bringing = { };
	u32 done;

	add_array(&bringing, neuron_hw_host_addr(&ndev->hw, ring->tx_dma),
		  neuron_ring_tx_addr(ring), sizeof(*ring->tx), index, n, ring->descriptors);
	add_array(&bringing, neuron_hw_host_addr(&ndev->hw, ring->rx_dma),
		  neuron_ring_rx_addr(ring), sizeof(*ring->rx), index, n, ring->descriptors);
	add_array(&bringing, neuron_hw_host_addr(&ndev->hw, ring->word_dma),
		  neuron_ring_word_addr(ring), sizeof(*ring->word), index, n, ring->descriptors);

	return neuron_copy_run(ndev, bringing.iter, bringing.count, &done, progress);
}

static bool is_current(const struct neuron_launch *launch)
{
	const struct neuron_ring *ring = launch->ring;

	return ring->state == NEURON_RING_STATE_ATTACHED && ring->attached == launch->attached &&
	       ring->given_up == launch->given_up;
}

/* What was ordered and not started is not ordered any more. */
static void give_up(struct neuron_ring *ring)
{
	lockdep_assert_held(&ring->lock);
	ring->given_up++;
	ring->ordered = ring->started;
}

/*
 * 1 if all is started; 0 with a window that the caller has to bring, up to @mark;
 * -EAGAIN if somebody else brings one.
 */
static int begin(struct neuron_launch *launch, struct neuron_ring_mark *mark)
{
	struct neuron_ring *ring = launch->ring;
	int ret = 0;

	mutex_lock(&ring->lock);
	if (!is_current(launch)) {
		ret = -ECANCELED;
	} else if (ring->started.desc >= launch->end.desc) {
		ret = 1;
	} else if (ring->spoiled) {
		give_up(ring);
		ret = -EBUSY;
	} else if (ring->bringing) {
		ret = -EAGAIN;
	} else {
		WRITE_ONCE(ring->bringing, true);
		*mark = neuron_ring_encode(ring, launch->end.desc);
	}
	mutex_unlock(&ring->lock);

	return ret;
}

static void spoil_release(struct neuron_held *held)
{
	struct neuron_ring *ring = container_of(held, struct neuron_ring, spoil);

	mutex_lock(&ring->lock);
	ring->spoiled = false;
	mutex_unlock(&ring->lock);
	neuron_ring_put(ring);
}

static const struct neuron_held_ops spoil_ops = {
	.what = "ring in device memory",
	.settled = neuron_copy_settled,
	.release = spoil_release,
};

/* The copy queue may still write to the ring's DRAM: it is kept, and not started, until then. */
static void spoil(struct neuron_ring *ring)
{
	mutex_lock(&ring->lock);
	ring->spoiled = true;
	kref_get(&ring->ref);
	mutex_unlock(&ring->lock);
	neuron_quarantine_add(ring->ndev, &ring->spoil, &spoil_ops, ring->ctx_id,
			      ring->block.bytes);
	neuron_health_watch(ring->ndev);
}

/* The copy has ended; the doorbell, unless the ring is not what it was. */
static int finish(struct neuron_launch *launch, const struct neuron_ring_mark *mark, int ret)
{
	struct neuron_ring *ring = launch->ring;

	mutex_lock(&ring->lock);
	if (!is_current(launch))
		ret = ret ?: -ECANCELED;
	else if (ret)
		give_up(ring);
	else
		neuron_ring_start_to(ring, mark, 0);
	WRITE_ONCE(ring->bringing, false);
	mutex_unlock(&ring->lock);
	wake_up_var(&ring->bringing);

	return ret;
}

/**
 * neuron_launch_run() - bring descriptors to the card and start them
 * @launch: from neuron_ring_start()
 * @progress: stops it before the next window if told to; may be NULL
 *
 * Context: Sleeps while the hardware copies: in a job.
 * Return: 0; -ECANCELED if the ring was detached, lost or an earlier start of it has
 * failed; -EIO or -ETIMEDOUT if the descriptors could not be brought; -EBUSY while
 * the remains of such a failure are not settled; -ENODEV.
 */
int neuron_launch_run(struct neuron_launch *launch, struct neuron_progress *progress)
{
	struct neuron_ring *ring = launch->ring;
	struct neuron_ring_mark mark;
	struct neuron_ring_pos pos;
	u64 from;
	int ret;

	launch->ran = true;
	for (;;) {
		ret = begin(launch, &mark);
		if (ret == -EAGAIN) {
			wait_var_event(&ring->bringing, !READ_ONCE(ring->bringing));
			continue;
		}
		if (ret)
			return min(ret, 0);

		/* Nobody else changes these while it is being brought. */
		from = ring->from;
		neuron_ring_pos_at(&pos, ring->descriptors, from);
		ret = bring(ring, pos.index, mark.desc - from, progress);
		if (ret == -EBUSY) {
			spoil(ring);
			ret = -ETIMEDOUT;
		}
		ret = finish(launch, &mark, ret);
		if (ret)
			return ret;
	}
}

/**
 * neuron_launch_drop() - a launch has ended, or never began
 * @launch: its reference is given back
 *
 * Context: as neuron_ring_put().
 */
void neuron_launch_drop(struct neuron_launch *launch)
{
	struct neuron_ring *ring = launch->ring;

	if (!ring)
		return;

	mutex_lock(&ring->lock);
	if (!launch->ran && is_current(launch))
		give_up(ring);
	mutex_unlock(&ring->lock);
	neuron_ring_put(ring);
	launch->ring = NULL;
}
