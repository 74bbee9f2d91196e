// SPDX-License-Identifier: GPL-2.0
/*
 * The system takes a card away for a while: it sleeps, resets the function or the
 * bus, or contains an error of the link. Whatever it is, the card has lost everything
 * afterwards, so it begins like a reset, at a moment that nobody here has chosen, and
 * ends like every reset. In between nothing is stored to the card and bus mastering
 * is off.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/workqueue.h>

#include "device.h"
#include "events.h"
#include "health.h"
#include "hw_udma.h"
#include "irq.h"
#include "power.h"
#include "reset.h"

/* What an engine may need to end the packet that it is at. */
#define DRAIN_US	2000

static void stop_engines(struct neuron_device *ndev)
{
	u32 eng;

	for (eng = 0; eng < ndev->hw.map->engines; eng++)
		if (ndev->engine[eng].up)
			neuron_udma_engine_change(&ndev->hw, eng, NEURON_ENGINE_DISABLE);
}

/* Returns whether the card has to be taken down, which is so once. */
static bool begin(struct neuron_device *ndev, bool orderly)
{
	bool needed;

	mutex_lock(&ndev->lock);
	needed = !ndev->down && !neuron_hw_is_gone(&ndev->hw);
	if (needed) {
		WRITE_ONCE(ndev->down, true);
		/* One that starts or is being reset already stays what it is. */
		neuron_device_set_state(ndev, NEURON_DEVICE_STATE_RESETTING);
		neuron_reset_cut(ndev);
		if (orderly)
			stop_engines(ndev);
	}
	mutex_unlock(&ndev->lock);

	return needed;
}

/**
 * neuron_power_down() - the card is about to lose everything
 * @ndev: registered card
 * @orderly: it still listens, so that its engines can be told to stop
 *
 * Rings and notification queues are lost, jobs and requests that run end with
 * -ECANCELED, a reset that runs is given up. When this returns, the card cannot reach
 * memory, and nobody touches it before neuron_power_up(). Calling it again before that
 * does nothing.
 *
 * Context: Sleeps until who resets or repairs the card has noticed, milliseconds. The
 * PCI device is locked.
 */
void neuron_power_down(struct neuron_device *ndev, bool orderly)
{
	/* Who comes now has another time for it, or none. */
	cancel_delayed_work(&ndev->power_work);
	if (!begin(ndev, orderly))
		return;

	atomic64_inc(&ndev->counters.interruptions);
	if (orderly)
		usleep_range(DRAIN_US, 2 * DRAIN_US);
	neuron_hw_pause(&ndev->hw, true);
	mutex_lock(&ndev->reset_lock);
	mutex_unlock(&ndev->reset_lock);
	neuron_reset_await_others(ndev);

	neuron_irq_quiesce(ndev);
	pci_clear_master(ndev->pdev);
	if (orderly)
		pci_wait_for_pending_transaction(ndev->pdev);
}

/* Returns whether the card was down; it is not any more, and may be touched. */
static bool end(struct neuron_device *ndev)
{
	bool was_down;

	mutex_lock(&ndev->lock);
	was_down = ndev->down;
	WRITE_ONCE(ndev->down, false);
	if (was_down)
		neuron_hw_pause(&ndev->hw, false);
	mutex_unlock(&ndev->lock);

	return was_down;
}

/*
 * What the reset of a link took is put back, so that a reset of the card can be asked
 * for, and begins if the card listens.
 */
static void give_up(struct neuron_device *ndev)
{
	if (!end(ndev))
		return;
	if (!pci_device_is_present(ndev->pdev)) {
		neuron_device_gone(ndev);
		return;
	}

	pci_restore_state(ndev->pdev);
	pci_save_state(ndev->pdev);
	neuron_irq_resume(ndev);
	neuron_device_set_state(ndev, NEURON_DEVICE_STATE_FAILED);
	neuron_health_report(ndev, NEURON_HEALTH_FAILED,
			     "The system did not bring the card's link back in time",
			     NEURON_EVENT_NO_ENGINE);
}

static void power_work(struct work_struct *work)
{
	struct neuron_device *ndev = container_of(to_delayed_work(work), struct neuron_device,
						  power_work);

	/* The system is at the card right now. Waiting here would hold up its removal. */
	if (!device_trylock(&ndev->pdev->dev)) {
		neuron_device_queue_delayed(ndev, &ndev->power_work, HZ);
		return;
	}
	give_up(ndev);
	device_unlock(&ndev->pdev->dev);
}

/**
 * neuron_power_init() - prepare a card for what the system may do to it
 * @ndev: card, not registered
 *
 * Context: Any.
 */
void neuron_power_init(struct neuron_device *ndev)
{
	INIT_DELAYED_WORK(&ndev->power_work, power_work);
}

/**
 * neuron_power_await() - the system repairs the link, and may never say how it went
 * @ndev: card that neuron_power_down() was called for
 *
 * Some kernels do not tell the driver when they have given up. Unless neuron_power_up()
 * comes within the parameter link_timeout_ms, the card counts as failed, and its
 * owner may ask for a reset.
 *
 * Context: as neuron_power_down().
 */
void neuron_power_await(struct neuron_device *ndev)
{
	neuron_device_queue_delayed(ndev, &ndev->power_work,
				    msecs_to_jiffies(READ_ONCE(neuron_link_timeout_ms)));
}

/**
 * neuron_power_up() - the card has power, link and configuration again
 * @ndev: card; nothing happens if it is not down
 *
 * A card that had failed gets another chance. Does not wait: the events tell.
 *
 * Context: Sleeps for moments; takes neuron_device.lock. The PCI device is locked.
 */
void neuron_power_up(struct neuron_device *ndev)
{
	cancel_delayed_work(&ndev->power_work);
	if (!end(ndev))
		return;
	neuron_irq_resume(ndev);
	neuron_device_queue(ndev, &ndev->start_work);
}

/**
 * neuron_power_off() - this kernel ends, and another one may start in its memory
 * @ndev: registered card
 *
 * The card reaches no memory and is not touched any more afterwards.
 *
 * Context: as neuron_power_down().
 */
void neuron_power_off(struct neuron_device *ndev)
{
	neuron_power_down(ndev, true);
	neuron_hw_gone(&ndev->hw);
	pci_clear_master(ndev->pdev);
}
