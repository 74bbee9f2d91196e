// SPDX-License-Identifier: GPL-2.0
/*
 * Event files that tell of new records in notification queues.
 *
 * Where the card writes next is found in memory: records of this pass through the
 * queue have one phase, those behind them the other, so the border is found in as
 * many looks as its position has bits. An event file is raised when the border is
 * elsewhere than before. Interrupts make the driver look at once; because they may
 * fail, or not be there, it also looks by itself, while such queues exist.
 */
#include <linux/eventfd.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "compat/compat.h"
#include "device.h"
#include "hw_nq.h"
#include "irq.h"
#include "nq.h"
#include "nq_watch.h"

/* Without interrupts: soon after something came, less often when nothing does. */
#define PERIOD_FIRST_MS		1
#define PERIOD_LAST_MS		20
/* With interrupts, in case one is lost. */
#define PERIOD_TRUST_MS		100

static bool phase(const struct neuron_nq_record *record, u32 index)
{
	return le32_to_cpu(READ_ONCE(record[index].value_phase)) & NEURON_NQ_RECORD_PHASE;
}

/* Index of the next record, and the phase of this pass in bit 31. */
static u32 border(const struct neuron_nq *nq)
{
	const struct neuron_nq_record *record = neuron_buf_addr(&nq->buf);
	u32 high = nq->size / sizeof(*record);
	bool now = phase(record, 0);
	u32 low = 1;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (phase(record, middle) == now)
			low = middle + 1;
		else
			high = middle;
	}

	return low | (now ? BIT(31) : 0);
}

static bool has_news(const struct neuron_nq *nq)
{
	return border(nq) != nq->told;
}

static bool tell(struct neuron_nq *nq)
{
	u32 now = border(nq);

	lockdep_assert_held(&nq->ndev->nq_watch.lock);
	if (now == nq->told)
		return false;

	nq->told = now;
	neuron_eventfd_signal(nq->eventfd);

	return true;
}

/**
 * neuron_nq_watch_core() - a core may have written records
 * @ndev: card
 * @nc: core
 *
 * Context: Any, hard interrupts included.
 */
void neuron_nq_watch_core(struct neuron_device *ndev, u32 nc)
{
	struct neuron_nq *nq;
	unsigned long flags;

	spin_lock_irqsave(&ndev->nq_watch.lock, flags);
	list_for_each_entry(nq, &ndev->nq_watch.queues, watched)
		if (nq->nc == nc)
			tell(nq);
	spin_unlock_irqrestore(&ndev->nq_watch.lock, flags);
}

/* Cores with records that nobody was told of. */
static unsigned long cores_with_news(struct neuron_device *ndev)
{
	unsigned long cores = 0;
	struct neuron_nq *nq;

	spin_lock_irq(&ndev->nq_watch.lock);
	list_for_each_entry(nq, &ndev->nq_watch.queues, watched)
		if (has_news(nq))
			__set_bit(nq->nc, &cores);
	spin_unlock_irq(&ndev->nq_watch.lock);

	return cores;
}

/* Returns whether there was something to tell. */
static bool look(struct neuron_device *ndev)
{
	struct neuron_hw_wait wait[NEURON_MAX_CORES];
	unsigned long cores;
	u32 nc;

	for (nc = 0; nc < ndev->hw.map->cores; nc++)
		neuron_hw_wait_core(&wait[nc], &ndev->hw, nc);
	cores = cores_with_news(ndev);
	for_each_set_bit(nc, &cores, NEURON_MAX_CORES) {
		/* An interrupt may be on its way; if it was lost, that counts. */
		neuron_hw_wait_end(&wait[nc]);
		neuron_nq_watch_core(ndev, nc);
	}
	neuron_irq_look(ndev);

	return cores;
}

static void look_again(struct neuron_device *ndev, bool news)
{
	struct neuron_nq_watch *watch = &ndev->nq_watch;
	bool left;

	if (neuron_hw_irq_trusted(&ndev->hw, NEURON_HW_IRQ_CORE))
		watch->period_ms = PERIOD_TRUST_MS;
	else if (news)
		watch->period_ms = PERIOD_FIRST_MS;
	else
		watch->period_ms = clamp(2 * watch->period_ms, (unsigned int)PERIOD_FIRST_MS,
					 (unsigned int)PERIOD_LAST_MS);

	spin_lock_irq(&watch->lock);
	left = !list_empty(&watch->queues);
	spin_unlock_irq(&watch->lock);
	if (left)
		neuron_device_queue_delayed(ndev, &watch->work,
					    msecs_to_jiffies(watch->period_ms));
}

static void watch_work(struct work_struct *work)
{
	struct neuron_device *ndev = container_of(to_delayed_work(work), struct neuron_device,
						  nq_watch.work);

	look_again(ndev, look(ndev));
}

/**
 * neuron_nq_watch_init() - nothing is watched yet
 * @ndev: card that is being made
 *
 * Context: Any.
 */
void neuron_nq_watch_init(struct neuron_device *ndev)
{
	struct neuron_nq_watch *watch = &ndev->nq_watch;

	spin_lock_init(&watch->lock);
	INIT_LIST_HEAD(&watch->queues);
	INIT_DELAYED_WORK(&watch->work, watch_work);
}

/* Raise an event file for the last time, unless that was done. */
static void tell_last(struct neuron_nq *nq)
{
	lockdep_assert_held(&nq->ndev->nq_watch.lock);
	if (list_empty(&nq->watched))
		return;

	list_del_init(&nq->watched);
	neuron_eventfd_signal(nq->eventfd);
}

/**
 * neuron_nq_watch_gone() - no queue of a card will ever have records again
 * @ndev: card that neuron_hw_gone() was called for
 *
 * Raises all event files for the last time: whoever waits for records of a card that
 * has vanished would do so until it is unbound.
 *
 * Context: Any but interrupts.
 */
void neuron_nq_watch_gone(struct neuron_device *ndev)
{
	struct neuron_nq *nq;
	struct neuron_nq *next;

	spin_lock_irq(&ndev->nq_watch.lock);
	list_for_each_entry_safe(nq, next, &ndev->nq_watch.queues, watched)
		tell_last(nq);
	spin_unlock_irq(&ndev->nq_watch.lock);
}

/**
 * neuron_nq_watch_add() - raise the queue's event file from now on
 * @nq: queue that the card does not write to yet
 *
 * Does nothing for a queue without one.
 *
 * Context: neuron_device.lock held.
 */
void neuron_nq_watch_add(struct neuron_nq *nq)
{
	struct neuron_nq_watch *watch = &nq->ndev->nq_watch;

	lockdep_assert_held(&nq->ndev->lock);
	if (!nq->eventfd)
		return;

	spin_lock_irq(&watch->lock);
	nq->told = border(nq);
	list_add_tail(&nq->watched, &watch->queues);
	/* Then neuron_nq_watch_gone() may have been here already. */
	if (neuron_hw_is_gone(&nq->ndev->hw))
		tell_last(nq);
	spin_unlock_irq(&watch->lock);
	neuron_device_queue_delayed(nq->ndev, &watch->work, msecs_to_jiffies(PERIOD_FIRST_MS));
}

/**
 * neuron_nq_watch_end() - raise the queue's event file once more, and never again
 * @nq: queue that was active; nothing happens if it has no event file, and it is not
 *	raised if neuron_nq_watch_gone() was called
 *
 * Whoever waits for records learns that he should look what became of the queue.
 *
 * Context: neuron_device.lock held.
 */
void neuron_nq_watch_end(struct neuron_nq *nq)
{
	struct neuron_nq_watch *watch = &nq->ndev->nq_watch;

	lockdep_assert_held(&nq->ndev->lock);
	if (!nq->eventfd)
		return;

	spin_lock_irq(&watch->lock);
	tell_last(nq);
	spin_unlock_irq(&watch->lock);
	eventfd_ctx_put(nq->eventfd);
	nq->eventfd = NULL;
}
