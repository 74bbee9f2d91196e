// SPDX-License-Identifier: GPL-2.0
/*
 * What the hardware did not let go of.
 */
#include "device.h"
#include "quarantine.h"
#include "trace.h"

/**
 * neuron_quarantine_add_locked() - hold something back
 * @ndev: card whose hardware may still reach it
 * @held: embedded in the object, whose reference goes over to the quarantine
 * @ops: how to give it back
 *
 * Context: neuron_device.lock held.
 */
void neuron_quarantine_add_locked(struct neuron_device *ndev, struct neuron_held *held,
				  const struct neuron_held_ops *ops)
{
	lockdep_assert_held(&ndev->lock);
	held->ops = ops;
	trace_neuron_quarantine_add(ndev->index,
				    atomic64_inc_return(&ndev->counters.quarantined));
	list_add_tail(&held->node, &ndev->quarantine);
}

/**
 * neuron_quarantine_add() - likewise
 * @ndev: card whose hardware may still reach it
 * @held: embedded in the object, whose reference goes over to the quarantine
 * @ops: how to give it back
 *
 * Context: Sleeps; takes neuron_device.lock.
 */
void neuron_quarantine_add(struct neuron_device *ndev, struct neuron_held *held,
			   const struct neuron_held_ops *ops)
{
	mutex_lock(&ndev->lock);
	neuron_quarantine_add_locked(ndev, held, ops);
	mutex_unlock(&ndev->lock);
}

static void count_release(struct neuron_device *ndev)
{
	trace_neuron_quarantine_release(ndev->index,
					atomic64_dec_return(&ndev->counters.quarantined));
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
		if (held->ops->retry && held->ops->retry(held)) {
			count_release(ndev);
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
		count_release(ndev);
		held->ops->release(held);
	}
}
