// SPDX-License-Identifier: GPL-2.0
/*
 * What the hardware did not let go of.
 */
#include <linux/jiffies.h>
#include <linux/sizes.h>

#include "ctx.h"
#include "device.h"
#include "quarantine.h"
#include "trace.h"

/**
 * neuron_quarantine_add_locked() - hold something back
 * @ndev: card whose hardware may still reach it
 * @held: embedded in the object, whose reference goes over to the quarantine
 * @ops: how to give it back
 * @ctx_id: number of the context that it belongs to
 * @bytes: memory that it holds
 *
 * Context: neuron_device.lock held.
 */
void neuron_quarantine_add_locked(struct neuron_device *ndev, struct neuron_held *held,
				  const struct neuron_held_ops *ops, u32 ctx_id, u64 bytes)
{
	lockdep_assert_held(&ndev->lock);
	held->ops = ops;
	held->ctx_id = ctx_id;
	held->bytes = bytes;
	held->left = false;
	trace_neuron_quarantine_add(ndev->index,
				    atomic64_inc_return(&ndev->counters.quarantined));
	atomic64_add(bytes, &ndev->counters.quarantined_bytes);
	list_add_tail(&held->node, &ndev->quarantine);
}

/**
 * neuron_quarantine_add() - likewise
 * @ndev: card whose hardware may still reach it
 * @held: embedded in the object, whose reference goes over to the quarantine
 * @ops: how to give it back
 * @ctx_id: number of the context that it belongs to
 * @bytes: memory that it holds
 *
 * Context: Sleeps; takes neuron_device.lock.
 */
void neuron_quarantine_add(struct neuron_device *ndev, struct neuron_held *held,
			   const struct neuron_held_ops *ops, u32 ctx_id, u64 bytes)
{
	mutex_lock(&ndev->lock);
	neuron_quarantine_add_locked(ndev, held, ops, ctx_id, bytes);
	mutex_unlock(&ndev->lock);
}

static void count_release(struct neuron_device *ndev, u64 bytes)
{
	trace_neuron_quarantine_release(ndev->index,
					atomic64_dec_return(&ndev->counters.quarantined));
	atomic64_sub(bytes, &ndev->counters.quarantined_bytes);
}

/* All that is held, on a list of the caller's. */
static void take_all(struct neuron_device *ndev, struct list_head *list)
{
	mutex_lock(&ndev->lock);
	list_splice_init(&ndev->quarantine, list);
	mutex_unlock(&ndev->lock);
}

/**
 * neuron_quarantine_retry() - ask again
 * @ndev: the card
 *
 * Context: Sleeps, for a firmware request per object; takes neuron_device.lock.
 * neuron_device.repair_lock is held, so that there is one call at a time, and none
 * during neuron_quarantine_release(): that would miss what this has in its hands.
 */
void neuron_quarantine_retry(struct neuron_device *ndev)
{
	struct neuron_held *held;
	struct neuron_held *next;
	LIST_HEAD(list);

	lockdep_assert_held(&ndev->repair_lock);
	take_all(ndev, &list);
	list_for_each_entry_safe(held, next, &list, node) {
		list_del_init(&held->node);
		if (held->ops->settled && held->ops->settled(ndev, held)) {
			count_release(ndev, held->bytes);
			held->ops->release(held);
			continue;
		}
		mutex_lock(&ndev->lock);
		list_add_tail(&held->node, &ndev->quarantine);
		mutex_unlock(&ndev->lock);
	}
}

/**
 * neuron_quarantine_release() - give all back without asking
 * @ndev: the card, with bus mastering off or just reset, and nothing set up since
 *
 * Context: Sleeps; takes neuron_device.lock.
 */
void neuron_quarantine_release(struct neuron_device *ndev)
{
	struct neuron_held *held;
	struct neuron_held *next;
	LIST_HEAD(list);

	take_all(ndev, &list);
	list_for_each_entry_safe(held, next, &list, node) {
		list_del_init(&held->node);
		count_release(ndev, held->bytes);
		held->ops->release(held);
	}
}

static bool is_overdue(struct neuron_held *held)
{
	if (!held->left) {
		held->left = true;
		held->left_at = jiffies;
	}

	return time_after_eq(jiffies, held->left_at +
			     msecs_to_jiffies(READ_ONCE(neuron_quarantine_timeout_ms)));
}

/**
 * neuron_quarantine_look() - is what is held too much, or there for too long
 * @ndev: the card
 *
 * The time begins when this first finds that the owner is gone.
 *
 * Context: Sleeps; takes neuron_device.lock.
 * Return: what was found.
 */
struct neuron_quarantine_look neuron_quarantine_look(struct neuron_device *ndev)
{
	struct neuron_quarantine_look look = { };
	struct neuron_held *held;
	bool several = false;
	u64 bytes = 0;
	u32 count = 0;

	mutex_lock(&ndev->lock);
	list_for_each_entry(held, &ndev->quarantine, node) {
		count++;
		bytes += held->bytes;
		if (!neuron_ctx_exists(ndev, held->ctx_id)) {
			look.overdue |= is_overdue(held);
			continue;
		}
		several |= look.ctx_id && look.ctx_id != held->ctx_id;
		look.ctx_id = held->ctx_id;
	}
	mutex_unlock(&ndev->lock);
	if (several)
		look.ctx_id = 0;
	look.full = count > READ_ONCE(neuron_quarantine_limit) ||
		    bytes > (u64)READ_ONCE(neuron_quarantine_limit_mib) * SZ_1M;

	return look;
}
